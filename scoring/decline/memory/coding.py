"""The parts of a memory as short JSON-ready lists, and back.

Points, the longest part, are written by columns, so that they pack well; what else names a report refers to
its number. Nothing here knows a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import accumulate, count, repeat
from math import isfinite
from operator import add, attrgetter, mul, sub
from typing import Any

from scoring.decline.alsfrs.points import Point
from scoring.decline.alsfrs.trend import Trend
from scoring.decline.flags import Topic
from scoring.decline.memory.baseline import Baseline
from scoring.decline.memory.day import DayStart, Visit
from scoring.decline.memory.measures import Measure
from scoring.decline.memory.states import Hold, ReportRef, RuleState, TopicState
from scoring.decline.reports import Level

DAY_SECONDS = 86400
_EPOCH = date(1970, 1, 1).toordinal()
_point = partial(tuple.__new__, Point)  # of all its members in their order, as `Point._make` in a third of it


class Ids:
    """Report ids by number: those that the points carry, then others in the order of first use.

    Attributes:
        others: the ids that no point carries.
    """

    def __init__(self, points: Sequence[Point]) -> None:
        self._places: dict[str, int] = dict(zip(map(attrgetter("id"), points), count()))
        self._carried = len(points)
        self.others: list[str] = []

    def place(self, report_id: str) -> int:
        """Number of an id, counted from 0."""
        if report_id not in self._places:
            self._places[report_id] = self._carried + len(self.others)
            self.others.append(report_id)
        return self._places[report_id]

    def places(self, report_ids: Iterable[str]) -> list[int]:
        """Numbers of ids, of which most are the points' own."""
        report_ids = list(report_ids)
        if self._places.keys() >= set(report_ids):
            return list(map(self._places.__getitem__, report_ids))
        return list(map(self.place, report_ids))


def write_points(points: Sequence[Point]) -> list[Any]:
    """Points by columns, what is alike side by side: days as steps, times as seconds of their day."""
    if not points:
        return []
    days, raters, items, forms, gastrostomies, ids, totals, times = map(list, zip(*points, strict=True))
    steps = [days[0], *map(sub, days[1:], days)]
    seconds = list(map(sub, times, _midnights(days)))
    return [steps, raters, items, "".join(forms), "".join(gastrostomies), ids, totals, seconds]


def read_points(columns: Sequence[Any]) -> tuple[Point, ...]:
    """Points of columns."""
    if not columns:
        return ()
    steps, raters, items, forms, gastrostomies, ids, totals, seconds = columns
    days = list(accumulate(steps))
    times = map(add, seconds, _midnights(days))
    return tuple(map(_point, zip(days, raters, items, forms, gastrostomies, ids, totals, times, strict=True)))


def _midnights(days: Iterable[int]) -> list[int]:
    """The beginnings of days, in seconds."""
    return list(map(mul, map(sub, days, repeat(_EPOCH)), repeat(DAY_SECONDS)))


def write_baseline(baseline: Baseline) -> list[Any]:
    """Firsts as a row."""
    seen, lost = sorted(baseline.seen), sorted(baseline.lost)
    doubted = list(baseline.doubted)
    return [baseline.day, baseline.total, seen, baseline.kings, baseline.mitos, lost, doubted]


def read_baseline(row: Sequence[Any]) -> Baseline:
    """Firsts of a row."""
    day, total, seen, kings, mitos, lost, doubted = row
    return Baseline(day, total, frozenset(seen), kings, mitos, frozenset(lost), tuple(doubted))


def write_measures(measures: Iterable[Measure], ids: Ids) -> list[list[Any]]:
    """Measures as rows."""
    return [
        [measure.day, measure.at, measure.value, measure.rater, ids.place(measure.id)] for measure in measures
    ]


def read_measures(rows: Iterable[Sequence[Any]], ids: Sequence[str]) -> tuple[Measure, ...]:
    """Measures of rows."""
    return tuple(Measure(row[0], row[1], row[2], row[3], ids[row[4]]) for row in rows)


def write_states(states: Mapping[str, RuleState], ids: Ids) -> dict[str, list[Any]]:
    """Rules that are on, by rule id."""
    return {
        rule: [
            state.level,
            ids.place(state.raised_by),
            state.raised_at.isoformat(),
            ids.place(state.met_by),
            state.met_on.toordinal(),
            _finite(state.numbers),
            ids.places(state.evidence),
            [list(hold) for hold in state.holds],
            state.met_now,
        ]
        for rule, state in states.items()
    }


def _finite(numbers: Mapping[str, Any]) -> dict[str, Any]:
    _refuse_infinite(value for value in numbers.values() if isinstance(value, float))
    return dict(numbers)


def _refuse_infinite(numbers: Iterable[float]) -> None:
    if not all(map(isfinite, numbers)):
        raise ValueError("a number is not finite")


def read_states(rows: Mapping[str, Sequence[Any]], ids: Sequence[str]) -> dict[str, RuleState]:
    """Rules that are on."""
    return {
        rule: RuleState(
            level=Level(row[0]),
            raised_by=ids[row[1]],
            raised_at=datetime.fromisoformat(row[2]),
            met_by=ids[row[3]],
            met_on=date.fromordinal(row[4]),
            numbers=row[5],
            evidence=tuple(map(ids.__getitem__, row[6])),
            holds=tuple(map(Hold._make, row[7])),
            met_now=row[8],
        )
        for rule, row in rows.items()
    }


def write_topics(topics: Mapping[Topic, TopicState], ids: Ids) -> dict[str, list[Any]]:
    """Where the topics stand."""
    return {
        topic.value: [
            topic_now.on,
            topic_now.level,
            ids.place(topic_now.raised_by),
            topic_now.raised_at.isoformat(),
            topic_now.cleared_at and topic_now.cleared_at.isoformat(),
            ids.place(topic_now.met_by),
            topic_now.met_at.isoformat(),
        ]
        for topic, topic_now in topics.items()
    }


def read_topics(rows: Mapping[str, Sequence[Any]], ids: Sequence[str]) -> dict[Topic, TopicState]:
    """Where the topics stood."""
    return {
        Topic(topic): TopicState(
            on=row[0],
            level=Level(row[1]),
            raised_by=ids[row[2]],
            raised_at=datetime.fromisoformat(row[3]),
            cleared_at=row[4] and datetime.fromisoformat(row[4]),
            met_by=ids[row[5]],
            met_at=datetime.fromisoformat(row[6]),
        )
        for topic, row in rows.items()
    }


def write_trend(trend: Trend, ids: Ids) -> list[Any]:
    """The trend's fields in their order of declaration."""
    evidence, rater, omitted, *numbers = trend
    _refuse_infinite(numbers)
    return [ids.places(evidence), rater, list(omitted), *numbers]


def read_trend(row: Sequence[Any], ids: Sequence[str]) -> Trend:
    """The trend of a row."""
    evidence, rater, omitted, *numbers = row
    return Trend(tuple(map(ids.__getitem__, evidence)), rater, tuple(omitted), *numbers)


def write_day_start(day_start: DayStart, ids: Ids) -> list[Any]:
    """How the day began."""
    visits = [
        [ref.observed_at.isoformat(), ref.mode, ref.seconds, list(point)] for ref, point in day_start.visits
    ]
    return [
        day_start.day,
        visits,
        write_baseline(day_start.baseline),
        write_states(day_start.states, ids),
        write_topics(day_start.topics, ids),
    ]


def read_day_start(row: Sequence[Any], ids: Sequence[str]) -> DayStart:
    """How the day began."""
    return DayStart(
        day=row[0],
        visits=tuple(_read_visit(visit) for visit in row[1]),
        baseline=read_baseline(row[2]),
        states=read_states(row[3], ids),
        topics=read_topics(row[4], ids),
    )


def _read_visit(row: Sequence[Any]) -> Visit:
    point = Point._make(row[3])
    ref = ReportRef(
        id=point.id,
        observed_at=datetime.fromisoformat(row[0]),
        observed_on=date.fromordinal(point.day),
        respondent=point.rater,
        mode=row[1],
        seconds=row[2],
    )
    return Visit(ref, point)
