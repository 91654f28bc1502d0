"""The decline engine: a fold over a patient's reports that says what a clinician should look at, and why.

`evaluate` folds a whole history; `begin`, `advance` and `conclude` do the same one report at a time, with
`Standing` as the memory between reports. Thresholds are a `Policy`. No clock and no I/O: dates come with
the reports. Start reading at `fold`, then `rule` and `rules/`; docs/rules.md is generated from them.
"""

from scoring.decline.evaluation import Evaluation, conclude, unread
from scoring.decline.flags import Flag, Kind, Signal, Topic, TopicStanding
from scoring.decline.fold import OutOfOrder, advance, begin, evaluate
from scoring.decline.policy import InvalidPolicy, Override, Policy
from scoring.decline.reports import Level, Profile, Report
from scoring.decline.rules import RULES_VERSION
from scoring.decline.silence import Silence, SilenceStep, silence
from scoring.decline.standing import Standing, UnknownStanding
from scoring.decline.trend import Trend

__all__ = [
    "RULES_VERSION",
    "Evaluation",
    "Flag",
    "InvalidPolicy",
    "Kind",
    "Level",
    "OutOfOrder",
    "Override",
    "Policy",
    "Profile",
    "Report",
    "Signal",
    "Silence",
    "SilenceStep",
    "Standing",
    "Topic",
    "TopicStanding",
    "Trend",
    "UnknownStanding",
    "advance",
    "begin",
    "conclude",
    "evaluate",
    "silence",
    "unread",
]
