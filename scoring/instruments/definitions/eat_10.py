"""EAT-10: ten items on swallowing difficulty, 40 is worst. Scored without its text."""

from scoring.instruments.definition import Band, Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

BELAFSKY = "Belafsky PC et al. Ann Otol Rhinol Laryngol 2008;117:919-924"
PLOWMAN = "Plowman EK et al. Neurogastroenterol Motil 2016;28:85-90, 70 people with ALS"
KEYS = tuple(f"eat_{place}" for place in range(1, 11))

VERSION_1 = Definition(
    key="eat_10",
    version="1",
    title="EAT-10",
    sources=(BELAFSKY, PLOWMAN),
    licence=Licence(
        owner="Belafsky and Nestlé",
        terms="free in clinics, under copyright; no text is shipped",
        wording=Wording.SUPPLIED,
        supplied=("text",),
    ),
    direction=Direction.HIGHER_IS_WORSE,
    recall="now",
    subject=Respondent.PATIENT,
    respondents=ANYBODY,
    proxy=Proxy.APART,
    domains=(Domain("swallowing", "Swallowing"),),
    items=tuple(Item(key, "swallowing", range(5), f"Item {place}") for place, key in enumerate(KEYS, 1)),
    scores=(ScoreRule("total", "Total", Kind.SUM, KEYS, 0, 40, Direction.HIGHER_IS_WORSE),),
    main="total",
    missing=Missing(rule="All ten items are needed.", source="Belafsky 2008"),
    bands=(
        Band("total", "screen", "abnormal", "3 or more: swallowing may be unsafe", 3, 8, BELAFSKY),
        Band("total", "screen", "aspiration_risk", "8 or more: ask about aspiration", 8, None, PLOWMAN),
    ),
)

VERSIONS = (VERSION_1,)
