"""RAND-36 (36-Item Health Survey 1.0): eight scales from 0 to 100, 100 is best, and one item on change.

Not the SF-36v2, whose norm-based weights are commercial. Scales on physical function and roles reach their
floor early in ALS; energy, emotional well-being and social functioning stay informative.
"""

from scoring.instruments.definition import Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

RAND = "Hays RD, Sherbourne CD, Mazel RM. Health Econ 1993;2:217-227"
HEALTH = ("Excellent", "Very good", "Good", "Fair", "Poor")
COMPARED = (
    "Much better now than one year ago",
    "Somewhat better now than one year ago",
    "About the same",
    "Somewhat worse now than one year ago",
    "Much worse now than one year ago",
)
LIMITED = ("Yes, limited a lot", "Yes, limited a little", "No, not limited at all")
YES_NO = ("Yes", "No")
EXTENT = ("Not at all", "Slightly", "Moderately", "Quite a bit", "Extremely")
PAIN = ("None", "Very mild", "Mild", "Moderate", "Severe", "Very severe")
INTERFERENCE = ("Not at all", "A little bit", "Moderately", "Quite a bit", "Extremely")
OFTEN = (
    "All of the time",
    "Most of the time",
    "A good bit of the time",
    "Some of the time",
    "A little of the time",
    "None of the time",
)
SOMETIMES = tuple(level for level in OFTEN if level != "A good bit of the time")
TRUE = ("Definitely true", "Mostly true", "Don't know", "Mostly false", "Definitely false")

ACTIVITIES_STEM = (
    "The following items are about activities you might do during a typical day. Does your health now limit"
    " you in these activities? If so, how much?"
)
PHYSICAL_STEM = (
    "During the past 4 weeks, have you had any of the following problems with your work or other regular"
    " daily activities as a result of your physical health?"
)
EMOTIONAL_STEM = (
    "During the past 4 weeks, have you had any of the following problems with your work or other regular"
    " daily activities as a result of any emotional problems (such as feeling depressed or anxious)?"
)
FEELINGS_STEM = (
    "These questions are about how you feel and how things have been with you during the past 4 weeks. For"
    " each question, please give the one answer that comes closest to the way you have been feeling. How"
    " much of the time during the past 4 weeks..."
)
TRUE_STEM = "How TRUE or FALSE is each of the following statements for you."


def _best_first(levels: tuple[str, ...]) -> tuple[float, ...]:
    """Code 1 counts 100, the last code 0."""
    return tuple(100 - place * (100 // (len(levels) - 1)) for place in range(len(levels)))


def _worst_first(levels: tuple[str, ...]) -> tuple[float, ...]:
    """Code 1 counts 0, the last code 100."""
    return _best_first(levels)[::-1]


def _item(  # noqa: PLR0913, PLR0917 - a row of the table below
    place: int,
    domain: str,
    label: str,
    text: str,
    levels: tuple[str, ...],
    values: tuple[float, ...],
    stem: str = "",
) -> Item:
    codes = range(1, len(levels) + 1)
    options = dict(zip(codes, levels, strict=True))
    return Item(f"rand_{place}", domain, codes, label, text, stem, options, values=values)


def _activity(place: int, label: str, text: str) -> Item:
    return _item(place, "physical_functioning", label, text, LIMITED, _worst_first(LIMITED), ACTIVITIES_STEM)


def _physical_role(place: int, label: str, text: str) -> Item:
    return _item(place, "role_physical", label, text, YES_NO, _worst_first(YES_NO), PHYSICAL_STEM)


def _emotional_role(place: int, label: str, text: str) -> Item:
    return _item(place, "role_emotional", label, text, YES_NO, _worst_first(YES_NO), EMOTIONAL_STEM)


def _good_feeling(place: int, domain: str, label: str, text: str) -> Item:
    return _item(place, domain, label, text, OFTEN, _best_first(OFTEN), FEELINGS_STEM)


def _bad_feeling(place: int, domain: str, label: str, text: str) -> Item:
    return _item(place, domain, label, text, OFTEN, _worst_first(OFTEN), FEELINGS_STEM)


def _good_belief(place: int, label: str, text: str) -> Item:
    return _item(place, "general_health", label, text, TRUE, _best_first(TRUE), TRUE_STEM)


def _bad_belief(place: int, label: str, text: str) -> Item:
    return _item(place, "general_health", label, text, TRUE, _worst_first(TRUE), TRUE_STEM)


def _scale(key: str, label: str, *places: int) -> ScoreRule:
    """Mean of the recoded items that were answered, at least half of them."""
    of = tuple(f"rand_{place}" for place in places)
    half = (len(of) + 1) // 2
    return ScoreRule(
        key, label, Kind.MEAN, of, 0, 100, Direction.HIGHER_IS_BETTER, min_answered=half, decimals=1
    )


VERSION_1 = Definition(
    key="rand_36",
    version="1",
    title="RAND-36",
    sources=(RAND, "RAND 36-Item Health Survey 1.0 scoring instructions: recoding and scales"),
    licence=Licence(
        owner="RAND Corporation",
        terms="free for anyone; changes have to be marked; the text here is unchanged",
        wording=Wording.FULL,
        credit="The RAND 36-Item Health Survey was developed at RAND as part of the Medical Outcomes Study.",
    ),
    direction=Direction.HIGHER_IS_BETTER,
    recall="last four weeks",
    subject=Respondent.PATIENT,
    respondents=ANYBODY,
    proxy=Proxy.APART,
    domains=(
        Domain("physical_functioning", "Physical functioning"),
        Domain("role_physical", "Roles and physical health"),
        Domain("role_emotional", "Roles and emotional problems"),
        Domain("energy_fatigue", "Energy and fatigue"),
        Domain("emotional_wellbeing", "Emotional well-being"),
        Domain("social_functioning", "Social functioning"),
        Domain("pain", "Pain"),
        Domain("general_health", "General health"),
        Domain("health_change", "Change in health"),
    ),
    items=(
        _item(
            1,
            "general_health",
            "General health",
            "In general, would you say your health is:",
            HEALTH,
            _best_first(HEALTH),
        ),
        _item(
            2,
            "health_change",
            "Health compared with a year ago",
            "Compared to one year ago, how would you rate your health in general now?",
            COMPARED,
            _best_first(COMPARED),
        ),
        _activity(
            3,
            "Vigorous activities",
            "Vigorous activities, such as running, lifting heavy objects, participating in strenuous sports",
        ),
        _activity(
            4,
            "Moderate activities",
            "Moderate activities, such as moving a table, pushing a vacuum cleaner, bowling, or playing golf",
        ),
        _activity(5, "Carrying", "Lifting or carrying groceries"),
        _activity(6, "Several flights of stairs", "Climbing several flights of stairs"),
        _activity(7, "One flight of stairs", "Climbing one flight of stairs"),
        _activity(8, "Bending", "Bending, kneeling, or stooping"),
        _activity(9, "Walking far", "Walking more than a mile"),
        _activity(10, "Walking some way", "Walking several blocks"),
        _activity(11, "Walking a little", "Walking one block"),
        _activity(12, "Bathing or dressing", "Bathing or dressing yourself"),
        _physical_role(
            13, "Less time, physical", "Cut down the amount of time you spent on work or other activities"
        ),
        _physical_role(14, "Less done, physical", "Accomplished less than you would like"),
        _physical_role(15, "Limited, physical", "Were limited in the kind of work or other activities"),
        _physical_role(
            16,
            "Difficulty, physical",
            "Had difficulty performing the work or other activities (for example, it took extra effort)",
        ),
        _emotional_role(
            17, "Less time, emotional", "Cut down the amount of time you spent on work or other activities"
        ),
        _emotional_role(18, "Less done, emotional", "Accomplished less than you would like"),
        _emotional_role(
            19, "Less care, emotional", "Didn't do work or other activities as carefully as usual"
        ),
        _item(
            20,
            "social_functioning",
            "Social activities, extent",
            "During the past 4 weeks, to what extent has your physical health or emotional problems"
            " interfered with your normal social activities with family, friends, neighbors, or groups?",
            EXTENT,
            _best_first(EXTENT),
        ),
        _item(
            21,
            "pain",
            "Pain",
            "How much bodily pain have you had during the past 4 weeks?",
            PAIN,
            _best_first(PAIN),
        ),
        _item(
            22,
            "pain",
            "Pain in the way of work",
            "During the past 4 weeks, how much did pain interfere with your normal work (including both work"
            " outside the home and housework)?",
            INTERFERENCE,
            _best_first(INTERFERENCE),
        ),
        _good_feeling(23, "energy_fatigue", "Pep", "Did you feel full of pep?"),
        _bad_feeling(24, "emotional_wellbeing", "Nervous", "Have you been a very nervous person?"),
        _bad_feeling(
            25,
            "emotional_wellbeing",
            "Down in the dumps",
            "Have you felt so down in the dumps that nothing could cheer you up?",
        ),
        _good_feeling(26, "emotional_wellbeing", "Calm", "Have you felt calm and peaceful?"),
        _good_feeling(27, "energy_fatigue", "Energy", "Did you have a lot of energy?"),
        _bad_feeling(28, "emotional_wellbeing", "Downhearted", "Have you felt downhearted and blue?"),
        _bad_feeling(29, "energy_fatigue", "Worn out", "Did you feel worn out?"),
        _good_feeling(30, "emotional_wellbeing", "Happy", "Have you been a happy person?"),
        _bad_feeling(31, "energy_fatigue", "Tired", "Did you feel tired?"),
        _item(
            32,
            "social_functioning",
            "Social activities, time",
            "During the past 4 weeks, how much of the time has your physical health or emotional problems"
            " interfered with your social activities (like visiting with friends, relatives, etc.)?",
            SOMETIMES,
            _worst_first(SOMETIMES),
        ),
        _bad_belief(33, "Sick easily", "I seem to get sick a little easier than other people"),
        _good_belief(34, "As healthy as others", "I am as healthy as anybody I know"),
        _bad_belief(35, "Expecting worse", "I expect my health to get worse"),
        _good_belief(36, "Excellent health", "My health is excellent"),
    ),
    scores=(
        _scale("physical_functioning", "Physical functioning", 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
        _scale("role_physical", "Role limitations, physical", 13, 14, 15, 16),
        _scale("role_emotional", "Role limitations, emotional", 17, 18, 19),
        _scale("energy_fatigue", "Energy and fatigue", 23, 27, 29, 31),
        _scale("emotional_wellbeing", "Emotional well-being", 24, 25, 26, 28, 30),
        _scale("social_functioning", "Social functioning", 20, 32),
        _scale("pain", "Pain (100 is none)", 21, 22),
        _scale("general_health", "General health", 1, 33, 34, 35, 36),
        _scale("health_change", "Change in health", 2),
    ),
    main="",
    missing=Missing(
        rule="The mean of the answered items of a scale; no value when fewer than half are answered.",
        source="RAND: mean of those answered; the half rule is that of the SF-36 manual",
    ),
)

VERSIONS = (VERSION_1,)
