"""ALSFRS: the ten items from before the revision, 40 is full function. Old studies and PRO-ACT have it.

Its last item, breathing, became three in the ALSFRS-R; it is none of them, and the two totals are never
mixed. Items 1 to 9 are the ALSFRS-R's, with their keys.
"""

from scoring.instruments.definition import Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.definitions import alsfrs_r
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

CODES = range(5)
SAME = alsfrs_r.BULBAR + alsfrs_r.MOTOR
ALL = (*SAME, "breathing")


def _same_items() -> tuple[Item, ...]:
    return tuple(item for item in alsfrs_r.VERSION_1.items if item.place in SAME)


VERSION_1 = Definition(
    key="alsfrs",
    version="1",
    title="ALSFRS (ten items)",
    sources=(
        "ALS CNTF Treatment Study (ACTS) Phase I-II Study Group. Arch Neurol 1996;53:141-147: items, codes",
        "Cedarbaum JM, Stambler N. J Neurol Sci 1997;152 Suppl 1:S1-S9: total in clinical trials",
    ),
    licence=Licence(
        owner="published 1996; no licence desk is known",
        terms="scoring is a fact; the original sentences are not shown",
        wording=Wording.OWN_WORDS,
    ),
    direction=Direction.HIGHER_IS_BETTER,
    recall="now",
    subject=Respondent.PATIENT,
    respondents=ANYBODY,
    proxy=Proxy.MARKED,
    domains=(*alsfrs_r.VERSION_1.domains[:3], Domain("respiratory", "Breathing")),
    items=(
        *_same_items(),
        Item(
            "breathing",
            "respiratory",
            CODES,
            "Breathing",
            options={
                4: "no change",
                3: "short of breath with little effort",
                2: "short of breath at rest",
                1: "ventilated some of the time",
                0: "ventilated all the time",
            },
        ),
    ),
    scores=(ScoreRule("total", "Total", Kind.SUM, ALL, 0, 40, Direction.HIGHER_IS_BETTER),),
    main="total",
    missing=Missing(
        rule="All ten items are needed.", source="our choice: no published rule, as for the ALSFRS-R"
    ),
)

VERSIONS = (VERSION_1,)
