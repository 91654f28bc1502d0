"""ALSAQ-5: one item of the ALSAQ-40 for each of its five dimensions, 0 to 100, 0 is best.

Items keep their number of the long form. Scored without its text, which the licensee supplies.
"""

from scoring.instruments.definition import Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

JENKINSON = "Jenkinson C, Fitzpatrick R. J Neurol Neurosurg Psychiatry 2001;70:70-73"
WORSE = Direction.HIGHER_IS_WORSE
DIMENSIONS = (
    ("physical_mobility", "Physical mobility", 9),
    ("adl_independence", "Activities of daily living and independence", 11),
    ("eating_drinking", "Eating and drinking", 22),
    ("communication", "Communication", 25),
    ("emotional_reactions", "Emotional reactions", 34),
)

VERSION_1 = Definition(
    key="alsaq_5",
    version="1",
    title="ALSAQ-5",
    sources=(JENKINSON,),
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
    domains=tuple(Domain(key, label) for key, label, _ in DIMENSIONS),
    items=tuple(
        Item(f"alsaq_{place}", key, range(5), f"Item {place} of the ALSAQ-40") for key, _, place in DIMENSIONS
    ),
    scores=tuple(
        ScoreRule(key, label, Kind.SUM, (f"alsaq_{place}",), 0, 100, WORSE, factor=25)
        for key, label, place in DIMENSIONS
    ),
    main="",
    missing=Missing(rule="Each dimension is one item.", source="Jenkinson 2001"),
)

VERSIONS = (VERSION_1,)
