"""PHQ-8: the PHQ-9 without its ninth item, 24 is worst; for studies in which nobody can act on that one.

Items and codes are the PHQ-9's, and so are the keys of the items: answers to the one are answers to both.
"""

from scoring.instruments.definition import Band, Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.definitions.phq_9 import CODES, FREQUENCIES, KEYS, SELF_HARM, SEVERITIES, TEXTS
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

KROENKE = (
    "Kroenke K, Strine TW, Spitzer RL, Williams JBW, Berry JT, Mokdad AH. J Affect Disord 2009;114:163-173"
)
ASKED = tuple(key for key in KEYS if key != SELF_HARM)

VERSION_1 = Definition(
    key="phq_8",
    version="1",
    title="PHQ-8",
    sources=(KROENKE,),
    licence=Licence(
        owner="Spitzer, Williams, Kroenke and colleagues; Pfizer Inc.",
        terms="no permission required to reproduce, translate, display or distribute; labels are enough here",
        wording=Wording.LABELS,
    ),
    direction=Direction.HIGHER_IS_WORSE,
    recall="last two weeks",
    subject=Respondent.PATIENT,
    respondents=ANYBODY,
    proxy=Proxy.APART,
    domains=(Domain("depression", "Depression"),),
    items=tuple(
        Item(key, "depression", CODES, label, options=FREQUENCIES)
        for key, (label, _) in zip(ASKED, TEXTS, strict=False)
    ),
    scores=(ScoreRule("total", "Total", Kind.SUM, ASKED, 0, 24, Direction.HIGHER_IS_WORSE),),
    main="total",
    missing=Missing(
        rule="All eight items are needed.",
        source="our choice: no rule for missing items was found in Kroenke 2009",
    ),
    bands=(
        *(
            Band("total", "severity", name, label, low, below, KROENKE)
            for name, label, low, below in SEVERITIES
        ),
        Band("total", "screen", "positive", "10 or more: ask further", 10, None, KROENKE),
    ),
)

VERSIONS = (VERSION_1,)
