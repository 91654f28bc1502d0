"""GAD-7: seven symptoms of anxiety over two weeks, 21 is worst.

Few of the items are bodily, so it fits people with ALS better than most scales of its kind. The question on
difficulty below them is in no score.
"""

from scoring.instruments.definition import Band, Change, Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.definitions.phq_9 import difficulty
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

SPITZER = "Spitzer RL et al. Arch Intern Med 2006;166:1092-1097"
FREQUENCIES = {
    0: "Not at all",
    1: "Several days",
    2: "More than half the days",
    3: "Nearly every day",
}
TEXTS = (
    ("Nervousness", "Feeling nervous, anxious, or on edge"),
    ("Uncontrolled worry", "Not being able to stop or control worrying"),
    ("Too much worry", "Worrying too much about different things"),
    ("Relaxing", "Trouble relaxing"),
    ("Restlessness", "Being so restless that it is hard to sit still"),
    ("Irritability", "Becoming easily annoyed or irritable"),
    ("Fear", "Feeling afraid as if something awful might happen"),
)
KEYS = tuple(f"gad_{place}" for place in range(1, 8))
SEVERITIES = (
    ("minimal", "Minimal", None, 5),
    ("mild", "Mild", 5, 10),
    ("moderate", "Moderate", 10, 15),
    ("severe", "Severe", 15, None),
)

VERSION_1 = Definition(
    key="gad_7",
    version="1",
    title="GAD-7",
    sources=(SPITZER, "Instruction manual for the PHQ and GAD-7: prorating"),
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
    domains=(Domain("anxiety", "Anxiety"),),
    items=(
        *(
            Item(key, "anxiety", range(4), label, text, options=FREQUENCIES)
            for key, (label, text) in zip(KEYS, TEXTS, strict=True)
        ),
        difficulty("anxiety"),
    ),
    scores=(
        ScoreRule(
            "total",
            "Total",
            Kind.SUM,
            KEYS,
            0,
            21,
            Direction.HIGHER_IS_WORSE,
            min_answered=5,
            decimals=1,
            whole_for_bands=True,
        ),
    ),
    main="total",
    missing=Missing(
        rule="With one or two items missing the sum is scaled up to seven; bands use it rounded half up.",
        source="convention of the instruction manual",
    ),
    bands=(
        *(
            Band("total", "severity", name, label, low, below, SPITZER)
            for name, label, low, below in SEVERITIES
        ),
        Band("total", "screen", "positive", "10 or more: ask further", 10, None, SPITZER),
    ),
    changes=(
        Change("total", 4, "change beyond chance", "Toussaint A et al. J Affect Disord 2020"),
        Change(
            "total",
            3.3,
            "average smallest change that patients notice",
            "Bauer-Staeb C et al. J Clin Epidemiol 2021;137:200-208: more where the start is worse",
        ),
    ),
    instruction="Over the last 2 weeks, how often have you been bothered by the following problems?",
)

VERSIONS = (VERSION_1,)
