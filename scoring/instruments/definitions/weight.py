"""Body weight in whole grams, so that 10 % is exactly 10 %.

The unit guard refuses a number given in kilograms or pounds; a jump from the weight before is asked about
by the decline rules.
"""

from scoring.instruments.definition import Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

LIGHTEST_G, HEAVIEST_G = 20_000, 300_000

VERSION_1 = Definition(
    key="weight",
    version="1",
    title="Weight",
    sources=("a measurement; the permitted range is our choice",),
    licence=Licence(owner="nobody", terms="free", wording=Wording.OWN_WORDS),
    direction=Direction.NEITHER,
    recall="now",
    subject=Respondent.PATIENT,
    respondents=ANYBODY,
    proxy=Proxy.MARKED,
    domains=(Domain("body", "Body"),),
    items=(
        Item(
            "weight_g",
            "body",
            range(LIGHTEST_G, HEAVIEST_G + 1),
            "Body weight",
            unit="g",
            other_units={"kilograms": 1000, "pounds": 453.59237},
        ),
    ),
    scores=(
        ScoreRule(
            "weight_g", "Weight (g)", Kind.SUM, ("weight_g",), LIGHTEST_G, HEAVIEST_G, Direction.NEITHER
        ),
    ),
    main="weight_g",
    missing=Missing(rule="There is one number.", source="our choice"),
)

VERSIONS = (VERSION_1,)
