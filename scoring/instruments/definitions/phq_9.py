"""PHQ-9: nine symptoms of depression over two weeks, 27 is worst.

Item 9 is shown to a clinician from code 1 on, whatever the total and however incomplete the form; not
answered is not zero. The question on difficulty below them is in no score. Fatigue, appetite, sleep and
slowing overlap with ALS, so the total runs high.
"""

from dataclasses import replace

from scoring.instruments.definition import Band, Change, Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.terms import ANYBODY, Audience, Direction, Kind, Proxy, Respondent, Wording

KROENKE = "Kroenke K, Spitzer RL, Williams JBW. J Gen Intern Med 2001;16:606-613"
CODES = range(4)
FREQUENCIES = {
    0: "Not at all",
    1: "Several days",
    2: "More than half the days",
    3: "Nearly every day",
}
TEXTS = (
    ("Interest or pleasure", "Little interest or pleasure in doing things"),
    ("Low mood", "Feeling down, depressed, or hopeless"),
    ("Sleep", "Trouble falling or staying asleep, or sleeping too much"),
    ("Energy", "Feeling tired or having little energy"),
    ("Appetite", "Poor appetite or overeating"),
    (
        "View of oneself",
        "Feeling bad about yourself — or that you are a failure or have let yourself or your family down",
    ),
    (
        "Concentration",
        "Trouble concentrating on things, such as reading the newspaper or watching television",
    ),
    (
        "Slowness or restlessness",
        "Moving or speaking so slowly that other people could have noticed? Or the opposite — being so"
        " fidgety or restless that you have been moving around a lot more than usual",
    ),
    (
        "Thoughts of being better off dead or of self-harm",
        "Thoughts that you would be better off dead or of hurting yourself in some way",
    ),
)
KEYS = tuple(f"phq_{place}" for place in range(1, 10))
SELF_HARM = "phq_9"
DIFFICULTIES = {
    0: "Not difficult at all",
    1: "Somewhat difficult",
    2: "Very difficult",
    3: "Extremely difficult",
}
DIFFICULTY_TEXT = (
    "If you checked off any problems, how difficult have these problems made it for you to do your work, take"
    " care of things at home, or get along with other people?"
)
SEVERITIES = (
    ("minimal", "Minimal", None, 5),
    ("mild", "Mild", 5, 10),
    ("moderate", "Moderate", 10, 15),
    ("moderately_severe", "Moderately severe", 15, 20),
    ("severe", "Severe", 20, None),
)


def difficulty(domain: str) -> Item:
    """The question that stands below the scored ones, in no score: how hard the problems make daily life."""
    return Item(
        "difficulty",
        domain,
        range(4),
        "Difficulty in daily life",
        DIFFICULTY_TEXT,
        options=DIFFICULTIES,
        optional=True,
    )


def _item(key: str, label: str, text: str) -> Item:
    item = Item(key, "depression", CODES, label, text, options=FREQUENCIES)
    return replace(item, safety_from=1, audience=Audience.RESTRICTED) if key == SELF_HARM else item


VERSION_1 = Definition(
    key="phq_9",
    version="1",
    title="PHQ-9",
    sources=(KROENKE, "Instruction manual for the PHQ and GAD-7: prorating"),
    licence=Licence(
        owner="Spitzer, Williams, Kroenke and colleagues; Pfizer Inc.",
        terms="no permission required to reproduce, translate, display or distribute",
        wording=Wording.FULL,
        credit=(
            "Developed by Drs. Robert L. Spitzer, Janet B.W. Williams, Kurt Kroenke and colleagues, with an"
            " educational grant from Pfizer Inc."
        ),
    ),
    direction=Direction.HIGHER_IS_WORSE,
    recall="last two weeks",
    subject=Respondent.PATIENT,
    respondents=ANYBODY,
    proxy=Proxy.APART,
    domains=(Domain("depression", "Depression"),),
    items=(
        *(_item(key, *texts) for key, texts in zip(KEYS, TEXTS, strict=True)),
        difficulty("depression"),
    ),
    scores=(
        ScoreRule(
            "total",
            "Total",
            Kind.SUM,
            KEYS,
            0,
            27,
            Direction.HIGHER_IS_WORSE,
            min_answered=7,
            decimals=1,
            whole_for_bands=True,
        ),
    ),
    main="total",
    missing=Missing(
        rule="With one or two items missing the sum is scaled up to nine; bands use it rounded half up.",
        source="convention of the instruction manual",
    ),
    bands=(
        *(
            Band("total", "severity", name, label, low, below, KROENKE)
            for name, label, low, below in SEVERITIES
        ),
        Band("total", "screen", "positive", "10 or more: ask further", 10, None, KROENKE),
    ),
    changes=(
        Change("total", 5, "change that clinicians look for", "Löwe B et al. Med Care 2004"),
        Change(
            "total",
            3.7,
            "average smallest change that patients notice",
            "Bauer-Staeb C et al. J Clin Epidemiol 2021;137:200-208: more where the start is worse",
        ),
    ),
    instruction="Over the last 2 weeks, how often have you been bothered by any of the following problems?",
)

VERSIONS = (VERSION_1,)
