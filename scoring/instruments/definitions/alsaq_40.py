"""ALSAQ-40: forty items on living with ALS, five dimensions from 0 to 100, 0 is best.

Scored without its text, which the licensee supplies.
"""

from scoring.instruments.definition import Change, Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

JENKINSON = "Jenkinson C et al. J Neurol 1999;246 Suppl 3:III16-21"
WORSE = Direction.HIGHER_IS_WORSE
KEYS = tuple(f"alsaq_{place}" for place in range(1, 41))
DIMENSIONS = (
    ("physical_mobility", "Physical mobility", 1, 10),
    ("adl_independence", "Activities of daily living and independence", 11, 20),
    ("eating_drinking", "Eating and drinking", 21, 23),
    ("communication", "Communication", 24, 30),
    ("emotional_reactions", "Emotional reactions", 31, 40),
)


def _dimension(place: int) -> str:
    return next(key for key, _, first, last in DIMENSIONS if first <= place <= last)


def _score(key: str, label: str, of: tuple[str, ...], note: str = "") -> ScoreRule:
    """100 * sum / (4 * items), which is 25 times the mean."""
    return ScoreRule(key, label, Kind.MEAN, of, 0, 100, WORSE, factor=25, decimals=1, note=note)


VERSION_1 = Definition(
    key="alsaq_40",
    version="1",
    title="ALSAQ-40",
    sources=(JENKINSON, "Jenkinson C et al. J Neurol Neurosurg Psychiatry 2003;74:242-245: single index"),
    licence=Licence(
        owner="Oxford University Innovation",
        terms="licence needed; no text is shipped",
        wording=Wording.SUPPLIED,
        supplied=("text",),
    ),
    direction=WORSE,
    recall="last two weeks",
    subject=Respondent.PATIENT,
    respondents=ANYBODY,
    proxy=Proxy.MARKED,
    domains=tuple(Domain(key, label) for key, label, _, _ in DIMENSIONS),
    items=tuple(Item(key, _dimension(place), range(5), f"Item {place}") for place, key in enumerate(KEYS, 1)),
    scores=(
        *(_score(key, label, KEYS[first - 1 : last]) for key, label, first, last in DIMENSIONS),
        _score("index", "Single index", KEYS, "mean of all forty items; defensible by a Rasch analysis"),
    ),
    main="index",
    missing=Missing(
        rule="A dimension needs all its items, the index all forty.",
        source="our choice; the manual's rule could not be read",
    ),
    changes=(
        Change(
            "physical_mobility",
            6,
            "smallest difference by distribution",
            "Jenkinson C et al., Oxford: minimal difference of the ALSAQ-40",
        ),
    ),
)

VERSIONS = (VERSION_1,)
