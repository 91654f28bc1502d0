"""WHOQOL-BREF: 26 items, four domains given from 4 to 20 and from 0 to 100, higher is better.

Items 3, 4 and 26 are reversed. Scored without its text, which the licensee supplies.
"""

from scoring.instruments.definition import Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

SKEVINGTON = "Skevington SM, Lotfy M, O'Connell KA. Qual Life Res 2004;13:299-310"
MANUAL = "WHOQOL-BREF manual, 1996"
BETTER = Direction.HIGHER_IS_BETTER
REVERSED = {3, 4, 26}
# Domain, its items, and how many of them have to be answered.
DOMAINS = (
    ("physical", "Physical health", (3, 4, 10, 15, 16, 17, 18), 5),
    ("psychological", "Psychological health", (5, 6, 7, 11, 19, 26), 4),
    ("social", "Social relationships", (20, 21, 22), 2),
    ("environment", "Environment", (8, 9, 12, 13, 14, 23, 24, 25), 6),
)


def _item(place: int) -> Item:
    domain = next((key for key, _, places, _ in DOMAINS if place in places), "overall")
    return Item(f"whoqol_{place}", domain, range(1, 6), f"Item {place}", reversed=place in REVERSED)


def _scores(key: str, label: str, places: tuple[int, ...], least: int) -> tuple[ScoreRule, ScoreRule]:
    """25 * mean - 25, which is (4 * mean - 4) * 6.25; and 4 * mean."""
    of = tuple(f"whoqol_{place}" for place in places)
    return (
        ScoreRule(
            key,
            label,
            Kind.MEAN,
            of,
            0,
            100,
            BETTER,
            factor=25,
            offset=-25,
            min_answered=least,
            decimals=1,
        ),
        ScoreRule(
            f"{key}_4_20",
            f"{label} (4 to 20)",
            Kind.MEAN,
            of,
            4,
            20,
            BETTER,
            factor=4,
            min_answered=least,
            decimals=1,
        ),
    )


VERSION_1 = Definition(
    key="whoqol_bref",
    version="1",
    title="WHOQOL-BREF",
    sources=(MANUAL, SKEVINGTON),
    licence=Licence(
        owner="World Health Organization",
        terms="all rights reserved; not for commercial purposes; permission for full reproduction",
        wording=Wording.SUPPLIED,
        supplied=("text",),
    ),
    direction=BETTER,
    recall="last two weeks",
    subject=Respondent.PATIENT,
    respondents=ANYBODY,
    proxy=Proxy.APART,
    domains=(
        Domain("overall", "Overall"),
        *(Domain(key, label) for key, label, _, _ in DOMAINS),
    ),
    items=tuple(_item(place) for place in range(1, 27)),
    scores=(
        *(rule for row in DOMAINS for rule in _scores(*row)),
        ScoreRule("overall_quality", "Quality of life, item 1", Kind.SUM, ("whoqol_1",), 1, 5, BETTER),
        ScoreRule("overall_health", "Health, item 2", Kind.SUM, ("whoqol_2",), 1, 5, BETTER),
    ),
    main="",
    missing=Missing(
        rule=(
            "Nothing when more than five items are missing. A domain takes the mean of those answered when at"
            " most two of its items are missing, in social relationships at most one."
        ),
        source=f"{MANUAL}, as its prose says; the published syntax is stricter in two domains",
        at_most=5,
    ),
)

VERSIONS = (VERSION_1,)
