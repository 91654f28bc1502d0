"""Fatigue Severity Scale: nine items from 1 to 7, the mean is the score, 7 is worst; no text is shipped."""

from scoring.instruments.definition import Band, Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

KRUPP = "Krupp LB et al. Arch Neurol 1989;46:1121-1123"
KEYS = tuple(f"fss_{place}" for place in range(1, 10))

VERSION_1 = Definition(
    key="fss",
    version="1",
    title="Fatigue Severity Scale",
    sources=(KRUPP,),
    licence=Licence(
        owner="L. Krupp",
        terms="under copyright, permission needed; no text is shipped",
        wording=Wording.SUPPLIED,
        supplied=("text",),
    ),
    direction=Direction.HIGHER_IS_WORSE,
    recall="last week",
    subject=Respondent.PATIENT,
    respondents=ANYBODY,
    proxy=Proxy.APART,
    domains=(Domain("fatigue", "Fatigue"),),
    items=tuple(Item(key, "fatigue", range(1, 8), f"Item {place}") for place, key in enumerate(KEYS, 1)),
    scores=(
        ScoreRule(
            "mean", "Mean", Kind.MEAN, KEYS, 1, 7, Direction.HIGHER_IS_WORSE, min_answered=8, decimals=1
        ),
        ScoreRule("sum", "Sum", Kind.SUM, KEYS, 9, 63, Direction.HIGHER_IS_WORSE),
    ),
    main="mean",
    missing=Missing(
        rule="The mean of those answered when at most one is missing; the sum needs all nine.",
        source="our choice; no rule is published",
    ),
    bands=(Band("mean", "screen", "fatigue", "4 or more: fatigue", 4, None, KRUPP),),
)

VERSIONS = (VERSION_1,)
