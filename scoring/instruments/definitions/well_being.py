"""Well-being today, one rating from 1 to 10, 10 is best; made to be asked often."""

from scoring.instruments.definition import Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

VERSION_1 = Definition(
    key="well_being",
    version="1",
    title="Well-being",
    sources=("a rating from 1 to 10 as asked daily by ALS Home-monitoring and Coaching, Utrecht",),
    licence=Licence(owner="nobody", terms="free", wording=Wording.OWN_WORDS),
    direction=Direction.HIGHER_IS_BETTER,
    recall="today",
    subject=Respondent.PATIENT,
    respondents=ANYBODY,
    proxy=Proxy.APART,
    domains=(Domain("well_being", "Well-being"),),
    items=(
        Item(
            "rating",
            "well_being",
            range(1, 11),
            "How are you today?",
            options={1: "as bad as can be", 10: "as good as can be"},
        ),
    ),
    scores=(ScoreRule("rating", "Rating", Kind.SUM, ("rating",), 1, 10, Direction.HIGHER_IS_BETTER),),
    main="rating",
    missing=Missing(rule="There is one number.", source="our choice"),
)

VERSIONS = (VERSION_1,)
