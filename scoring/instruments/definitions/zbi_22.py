"""ZBI-22, the Zarit Burden Interview: twenty-two items a carer answers about themself, 88 is worst.

Scored without its text, which the licensor supplies, and without cut-offs, because no source that we could
read gives them for carers of people with ALS. The carer's answers are for the carer and the site's
clinicians; the patient does not read them.
"""

from scoring.instruments.definition import Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.terms import Audience, Direction, Kind, Proxy, Respondent, Wording

KEYS = tuple(f"zbi22_{place}" for place in range(1, 23))

VERSION_1 = Definition(
    key="zbi_22",
    version="1",
    title="ZBI-22",
    sources=(
        "Zarit SH, Reever KE, Bach-Peterson J. Gerontologist 1980;20:649-655",
        "Hébert R, Bravo G, Préville M. Can J Aging 2000;19:494-507: 22 items, codes 0 to 4, total 0 to 88",
    ),
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
    scores=(ScoreRule("total", "Total", Kind.SUM, KEYS, 0, 88, Direction.HIGHER_IS_WORSE),),
    main="total",
    missing=Missing(rule="All twenty-two items are needed.", source="our choice, as for the ZBI-12"),
    audience=Audience.RESTRICTED,
)

VERSIONS = (VERSION_1,)
