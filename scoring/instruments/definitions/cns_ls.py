"""CNS-LS: seven items on laughing and crying that do not fit the mood, 35 is worst. Scored without its text.

Printed forms order the items differently, so they go by what they ask about: four on laughter, three on
tears.
"""

from scoring.instruments.definition import Band, Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

MOORE = "Moore SR et al. J Neurol Neurosurg Psychiatry 1997;63:89-93"
WORSE = Direction.HIGHER_IS_WORSE
LAUGHTER = tuple(f"laughter_{place}" for place in range(1, 5))
TEARS = tuple(f"tears_{place}" for place in range(1, 4))

VERSION_1 = Definition(
    key="cns_ls",
    version="1",
    title="CNS-LS",
    sources=(MOORE,),
    licence=Licence(
        owner="Center for Neurologic Study",
        terms="notice of copyright; no text is shipped",
        wording=Wording.SUPPLIED,
        supplied=("text",),
    ),
    direction=WORSE,
    recall="last week",
    subject=Respondent.PATIENT,
    respondents=ANYBODY,
    proxy=Proxy.APART,
    domains=(Domain("laughter", "Laughter"), Domain("tears", "Tears")),
    items=(
        *(Item(key, "laughter", range(1, 6), f"Laughter {place}") for place, key in enumerate(LAUGHTER, 1)),
        *(Item(key, "tears", range(1, 6), f"Tears {place}") for place, key in enumerate(TEARS, 1)),
    ),
    scores=(
        ScoreRule("total", "Total", Kind.SUM, LAUGHTER + TEARS, 7, 35, WORSE),
        ScoreRule("laughter", "Laughter", Kind.SUM, LAUGHTER, 4, 20, WORSE),
        ScoreRule("tears", "Tears", Kind.SUM, TEARS, 3, 15, WORSE),
    ),
    main="total",
    missing=Missing(rule="All seven items are needed.", source="Moore 1997"),
    bands=(
        Band(
            "total",
            "screen",
            "positive",
            "13 or more suggests pseudobulbar affect (research cut-off)",
            13,
            None,
            MOORE,
        ),
        Band(
            "total",
            "sensitive_screen",
            "positive",
            "11 or more: clinical cut-off, sensitivity 0.91, specificity 0.71",
            11,
            None,
            "NINDS common data elements, CNS-LS sheet",
        ),
    ),
)

VERSIONS = (VERSION_1,)
