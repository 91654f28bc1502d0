"""The decline engine: a fold over a patient's reports that says what a clinician should look at, and why.

`evaluate` folds a whole history; `begin`, `read` and `conclude` do the same one report at a time, with
`Memory` as the memory between reports. Thresholds are a `Policy`. No clock and no I/O: dates come with
the reports. Start reading at `fold`, then `rule` and `rules/`; docs/rules.md is generated from them.
"""

from scoring.decline.alsfrs.trend import Trend
from scoring.decline.evaluation import Evaluation, conclude, unread
from scoring.decline.flags import Flag, Kind, Mark, Numbers, Signal, Status, Topic
from scoring.decline.fold import OutOfOrder, advance, begin, read
from scoring.decline.history import evaluate
from scoring.decline.marks import NOT_EVALUATED, QUARANTINED, is_worse, mark_of, milder, passes
from scoring.decline.memory.memory import Memory, UnknownMemory
from scoring.decline.memory.states import TopicState
from scoring.decline.news import News
from scoring.decline.policy import InvalidPolicy, Override, Policy
from scoring.decline.reports import Level, Profile, Report
from scoring.decline.rules import RULES_VERSION
from scoring.decline.silence import Silence, SilenceStep, silence

__all__ = [
    "NOT_EVALUATED",
    "QUARANTINED",
    "RULES_VERSION",
    "Evaluation",
    "Flag",
    "InvalidPolicy",
    "Kind",
    "Level",
    "Mark",
    "Memory",
    "News",
    "Numbers",
    "OutOfOrder",
    "Override",
    "Policy",
    "Profile",
    "Report",
    "Signal",
    "Silence",
    "SilenceStep",
    "Status",
    "Topic",
    "TopicState",
    "Trend",
    "UnknownMemory",
    "advance",
    "begin",
    "conclude",
    "evaluate",
    "is_worse",
    "mark_of",
    "milder",
    "passes",
    "read",
    "silence",
    "unread",
]
