"""How the latest day began: a second report of one respondent on one day replaces the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scoring.decline.alsfrs.points import Point
from scoring.decline.flags import Topic
from scoring.decline.memory.baseline import Baseline
from scoring.decline.memory.states import ReportRef, RuleState, TopicState


class Visit(NamedTuple):
    """An ALSFRS-R report of the day in progress, kept in case it has to be read again."""

    report: ReportRef
    point: Point


class DayStart(NamedTuple):
    """How the ALSFRS-R rules stood when the latest day began, and the reports of that day so far.

    A second report of one respondent on one day replaces the first; the day is then read again from here.
    """

    day: int
    visits: tuple[Visit, ...]
    baseline: Baseline
    states: Mapping[str, RuleState]
    topics: Mapping[Topic, TopicState]
