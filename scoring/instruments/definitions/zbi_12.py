"""ZBI-12, the short Zarit Burden Interview: twelve items a carer answers about themself, 48 is worst.

Scored without its text, which the licensor supplies. The carer's answers are for the carer and the site's
clinicians; the patient does not read them.
"""

from scoring.instruments.definition import Band, Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.terms import Audience, Direction, Kind, Proxy, Respondent, Wording

BEDARD = "Bédard M et al. Gerontologist 2001;41:652-657"
KEYS = tuple(f"zbi_{place}" for place in range(1, 13))

VERSION_1 = Definition(
    key="zbi_12",
    version="1",
    title="ZBI-12",
    sources=(BEDARD, "Higginson IJ et al. J Clin Epidemiol 2010;63:535-542: short forms compared"),
    licence=Licence(
        owner="Zarit and Zarit; exclusive licensor Mapi Research Trust",
        terms="licence needed; no text is shipped",
        wording=Wording.SUPPLIED,
        supplied=("text",),
    ),
    direction=Direction.HIGHER_IS_WORSE,
    recall="now",
    subject=Respondent.CAREGIVER,
    respondents=(Respondent.CAREGIVER,),
    proxy=Proxy.REFUSED,
    domains=(Domain("burden", "Burden of caring"),),
    items=tuple(Item(key, "burden", range(5), f"Item {place}") for place, key in enumerate(KEYS, 1)),
    scores=(ScoreRule("total", "Total", Kind.SUM, KEYS, 0, 48, Direction.HIGHER_IS_WORSE),),
    main="total",
    missing=Missing(rule="All twelve items are needed.", source="Bédard 2001"),
    bands=(
        Band("total", "severity", "little", "No to mild burden", None, 11, "convention, after Bédard 2001"),
        Band(
            "total",
            "severity",
            "moderate",
            "Mild to moderate burden",
            11,
            21,
            "convention, after Bédard 2001",
        ),
        Band("total", "severity", "high", "High burden", 21, None, "convention, after Bédard 2001"),
        Band("total", "screen", "positive", "17 or more: the highest quarter", 17, None, BEDARD),
    ),
    audience=Audience.RESTRICTED,
)

VERSIONS = (VERSION_1,)
