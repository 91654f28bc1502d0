"""Trial endpoints: change from baseline at visits, arms compared, responders, and the joint rank (CAFS).

    analysis = analyse(Trial(subjects, measurements), Plan(visits=("week 24",)))

Values from the clinic and from home are never mixed in one analysis, nothing is imputed, and whoever is left
out is named with the reason. A result that does not exist is None with a caveat. What is computed how:
docs/endpoints.md. A mixed model (MMRM) is another program's work; `long_table` writes its input.
"""

from scoring.endpoints.analysis import STRATEGIES, Analysis, Plan, Strategy, UnknownArm, analyse, long_table
from scoring.endpoints.change import Change, Changes, LeftOut, LongRow, changes_at, long_form
from scoring.endpoints.groups import CAVEATS, Caveat, Difference, RankSum, Summary, rank_sum, summarise, welch
from scoring.endpoints.joint_rank import JointRank, Rules, joint_rank
from scoring.endpoints.pairs import Participant, scores
from scoring.endpoints.published import OH_2018, BackCalculation, PublishedDifference, back_calculate
from scoring.endpoints.responder import Responders, Response, Share, responders
from scoring.endpoints.schedule import (
    MONTHS,
    WEEKS,
    TrialSchedule,
    TrialVisit,
    UnknownVisit,
    find_visit,
    schedule_of,
)
from scoring.endpoints.trial import (
    REASONS,
    History,
    InvalidTrial,
    Measurement,
    Reason,
    Source,
    Subject,
    Trial,
)

__all__ = [
    "CAVEATS",
    "MONTHS",
    "OH_2018",
    "REASONS",
    "STRATEGIES",
    "WEEKS",
    "Analysis",
    "BackCalculation",
    "Caveat",
    "Change",
    "Changes",
    "Difference",
    "History",
    "InvalidTrial",
    "JointRank",
    "LeftOut",
    "LongRow",
    "Measurement",
    "Participant",
    "Plan",
    "PublishedDifference",
    "RankSum",
    "Reason",
    "Responders",
    "Response",
    "Rules",
    "Share",
    "Source",
    "Strategy",
    "Subject",
    "Summary",
    "Trial",
    "TrialSchedule",
    "TrialVisit",
    "UnknownArm",
    "UnknownVisit",
    "analyse",
    "back_calculate",
    "changes_at",
    "find_visit",
    "joint_rank",
    "long_form",
    "long_table",
    "rank_sum",
    "responders",
    "schedule_of",
    "scores",
    "summarise",
    "welch",
]
