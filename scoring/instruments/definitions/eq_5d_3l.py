"""EQ-5D-3L: five dimensions with three levels, and a scale of 0 to 100 for health today.

The profile is the result; the level sum is a crude summary of it. An index needs a country's value set, which
the user brings as a table over the profile in a definition of their own; none is shipped.
"""

from scoring.instruments.definition import Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.definitions.eq_5d_5l import DEVLIN, DIMENSIONS, KEYS
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

VERSION_1 = Definition(
    key="eq_5d_3l",
    version="1",
    title="EQ-5D-3L",
    sources=("Brooks R. Health Policy 1996;37:53-72", DEVLIN),
    licence=Licence(
        owner="EuroQol Research Foundation",
        terms="each use is registered, the digital form approved; no text and no value set is shipped",
        wording=Wording.SUPPLIED,
        supplied=("text", "value set"),
    ),
    direction=Direction.HIGHER_IS_WORSE,
    recall="today",
    subject=Respondent.PATIENT,
    respondents=ANYBODY,
    proxy=Proxy.APART,
    domains=(*(Domain(key, label) for key, label in DIMENSIONS), Domain("health", "Health today")),
    items=(
        *(Item(key, key, range(1, 4), label) for key, label in DIMENSIONS),
        Item("vas", "health", range(101), "Health today"),
    ),
    scores=(
        ScoreRule("profile", "Profile", Kind.PROFILE, KEYS, None, None, Direction.NEITHER),
        ScoreRule("level_sum", "Level sum", Kind.SUM, KEYS, 5, 15, Direction.HIGHER_IS_WORSE),
        ScoreRule("vas", "Health today", Kind.SUM, ("vas",), 0, 100, Direction.HIGHER_IS_BETTER),
    ),
    main="level_sum",
    missing=Missing(rule="Profile and level sum need all five dimensions.", source="EuroQol user guide"),
)

VERSIONS = (VERSION_1,)
