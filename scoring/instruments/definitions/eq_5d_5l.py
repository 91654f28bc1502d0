"""EQ-5D-5L: five dimensions with five levels, and a scale of 0 to 100 for health today.

The profile is the result; the level sum is a crude summary of it. A utility needs a country's value set,
which the licensee supplies as a table over the profile in a definition of the site's own.
"""

from scoring.instruments.definition import Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

HERDMAN = "Herdman M et al. Qual Life Res 2011;20:1727-1736"
DEVLIN = "Devlin N, Parkin D, Janssen B. Methods for analysing and reporting EQ-5D data. Springer 2020"
DIMENSIONS = (
    ("mobility", "Mobility"),
    ("self_care", "Self-care"),
    ("usual_activities", "Usual activities"),
    ("pain_discomfort", "Pain and discomfort"),
    ("anxiety_depression", "Anxiety and depression"),
)
KEYS = tuple(key for key, _ in DIMENSIONS)

VERSION_1 = Definition(
    key="eq_5d_5l",
    version="1",
    title="EQ-5D-5L",
    sources=(HERDMAN, DEVLIN),
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
        *(Item(key, key, range(1, 6), label) for key, label in DIMENSIONS),
        Item("vas", "health", range(101), "Health today"),
    ),
    scores=(
        ScoreRule("profile", "Profile", Kind.PROFILE, KEYS, None, None, Direction.NEITHER),
        ScoreRule("level_sum", "Level sum", Kind.SUM, KEYS, 5, 25, Direction.HIGHER_IS_WORSE),
        ScoreRule("vas", "Health today", Kind.SUM, ("vas",), 0, 100, Direction.HIGHER_IS_BETTER),
    ),
    main="level_sum",
    missing=Missing(rule="Profile and level sum need all five dimensions.", source="EuroQol user guide"),
)

VERSIONS = (VERSION_1,)
