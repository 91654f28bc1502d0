"""WHO-5 well-being index, version of 1998: five positive items, shown as a percentage, 100 is best.

The text is under CC BY-NC-SA 3.0 IGO, so only neutral labels are shipped. None of the items is bodily,
which suits people whose body is what has changed.
"""

from scoring.instruments.definition import Band, Change, Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

LABELS = {
    "cheerful": "Cheerfulness",
    "calm": "Calm",
    "active": "Energy",
    "rested": "Rest",
    "interested": "Interest in daily life",
}
TOPP = "Topp CW et al. Psychother Psychosom 2015;84:167-176"

VERSION_1 = Definition(
    key="who_5",
    version="1",
    title="WHO-5",
    sources=("WHO/UCN/MSD/MHE/2024.1: scoring and terms", TOPP),
    licence=Licence(
        owner="World Health Organization",
        terms="CC BY-NC-SA 3.0 IGO; commercial use needs permission",
        wording=Wording.LABELS,
        supplied=("text",),
    ),
    direction=Direction.HIGHER_IS_BETTER,
    recall="last two weeks",
    subject=Respondent.PATIENT,
    respondents=ANYBODY,
    proxy=Proxy.APART,
    domains=(Domain("well_being", "Well-being"),),
    items=tuple(
        Item(key, "well_being", range(6), label, options={0: "never", 5: "always"})
        for key, label in LABELS.items()
    ),
    scores=(
        ScoreRule(
            "total", "Percentage", Kind.SUM, tuple(LABELS), 0, 100, Direction.HIGHER_IS_BETTER, factor=4
        ),
        ScoreRule("raw", "Raw sum", Kind.SUM, tuple(LABELS), 0, 25, Direction.HIGHER_IS_BETTER),
    ),
    main="total",
    missing=Missing(rule="All five items are needed.", source=TOPP),
    bands=(
        Band("total", "screen", "likely_depression", "28 or less: depression is likely", None, 29, TOPP),
        Band("total", "screen", "low_well_being", "below 50: ask about mood", 29, 50, "WHO 2024"),
    ),
    changes=(Change("total", 10, "a change of 10 points", TOPP),),
)

VERSIONS = (VERSION_1,)
