"""ALSSQOL-SF: twenty items from 0 to 10 on quality of life with ALS.

Which items are reversed and which form a domain is in the authors' guide, so nothing is scored until a
licensee supplies the key: this definition with `domains`, `reversed` and `scores` filled in, as a site's own.
"""

from scoring.instruments.definition import Definition, Item, Licence, Missing
from scoring.instruments.terms import ANYBODY, Direction, Proxy, Respondent, Wording

FELGOISE = "Felgoise SH et al. Muscle Nerve 2018"

VERSION_1 = Definition(
    key="alssqol_sf",
    version="1",
    title="ALSSQOL-SF",
    sources=(FELGOISE,),
    licence=Licence(
        owner="the authors, Penn State",
        terms="permission from the authors needed; neither text nor key is shipped",
        wording=Wording.SUPPLIED,
        supplied=("text", "scoring key"),
    ),
    direction=Direction.HIGHER_IS_BETTER,
    recall="last seven days",
    subject=Respondent.PATIENT,
    respondents=ANYBODY,
    proxy=Proxy.APART,
    domains=(),
    items=tuple(Item(f"alssqol_{place}", "", range(11), f"Item {place}") for place in range(1, 21)),
    scores=(),
    main="",
    missing=Missing(rule="As the guide says.", source="supplied by the licensee"),
)

VERSIONS = (VERSION_1,)
