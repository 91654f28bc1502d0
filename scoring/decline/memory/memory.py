"""What the fold remembers between reports, and its compact plain form.

Everything a later report needs, and nothing else: the ALSFRS-R points of a year, a few last values of other
instruments, what has been seen before, the rules that are on, the topics. Its size is bounded, so a
patient's hundredth report costs what the tenth did. The whole history is never kept here; it is in the
ledger, and `history.evaluate` rebuilds this from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from scoring.decline.alsfrs.points import Point
from scoring.decline.alsfrs.trend import Trend
from scoring.decline.flags import Topic
from scoring.decline.memory import coding
from scoring.decline.memory.baseline import NO_BASELINE, Baseline
from scoring.decline.memory.day import DayStart
from scoring.decline.memory.measures import Measure
from scoring.decline.memory.states import RuleState, TopicState
from scoring.decline.reports import Key

FORMAT = 8
HISTORY_DAYS = 365
SHIFT_SAME_SECONDS = 1800
"""Two shifts of one phone that differ by no more are one (our choice)."""
MAX_CLOCKS = 20
"""Our choice: a phone and shift that is as many others ago is asked about again."""
MAX_POINTS = 200
"""A daily reporter's window of 183 days still fits; a weekly reporter's year has 53."""


class UnknownMemory(ValueError):
    """A remembered state written in another format: evaluate the history anew."""


_NONE: Mapping[Any, Any] = {}  # of all memories: nobody writes into one


class Memory(NamedTuple):
    """The fold's memory after the report at `last_key`.

    Attributes:
        trend: None until an ALSFRS-R report has come.
        clocks: phones whose clocks were far off, and by how many seconds; the latest `MAX_CLOCKS`.
        events: rules whose alerts never pass, of all that the history ever brought on.
    """

    last_key: Key | None = None
    points: tuple[Point, ...] = ()
    baseline: Baseline = NO_BASELINE
    measures: Mapping[str, tuple[Measure, ...]] = _NONE
    states: Mapping[str, RuleState] = _NONE
    topics: Mapping[Topic, TopicState] = _NONE
    trend: Trend | None = None
    day_start: DayStart | None = None
    clocks: tuple[tuple[str, int], ...] = ()
    events: frozenset[str] = frozenset()

    def as_dict(self) -> dict[str, Any]:
        """Compact and JSON-ready, read back by `from_dict`.

        Raises:
            ValueError: a number is not finite, so it has no JSON.
        """
        ids = coding.Ids(self.points)
        return {
            "v": FORMAT,
            "key": self.last_key
            and [*(moment.isoformat() for moment in self.last_key[:2]), self.last_key[2]],
            "points": coding.write_points(self.points),
            "baseline": coding.write_baseline(self.baseline),
            "measures": {name: coding.write_measures(own, ids) for name, own in self.measures.items()},
            "states": coding.write_states(self.states, ids),
            "topics": coding.write_topics(self.topics, ids),
            "trend": self.trend and coding.write_trend(self.trend, ids),
            "day_start": self.day_start and coding.write_day_start(self.day_start, ids),
            "clocks": [list(clock) for clock in self.clocks],
            "events": sorted(self.events),
            "ids": ids.others,
        }

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Memory:
        """Read what `as_dict` wrote.

        Raises:
            UnknownMemory: written in another format.
        """
        if body.get("v") != FORMAT:
            raise UnknownMemory("this state has another format; evaluate the history anew")
        points = coding.read_points(body["points"])
        ids = [*map(attrgetter("id"), points), *body["ids"]]
        key = body["key"]
        return cls(
            last_key=key and (datetime.fromisoformat(key[0]), datetime.fromisoformat(key[1]), key[2]),
            points=points,
            baseline=coding.read_baseline(body["baseline"]),
            measures={name: coding.read_measures(rows, ids) for name, rows in body["measures"].items()},
            states=coding.read_states(body["states"], ids),
            topics=coding.read_topics(body["topics"], ids),
            trend=body["trend"] and coding.read_trend(body["trend"], ids),
            day_start=body["day_start"] and coding.read_day_start(body["day_start"], ids),
            clocks=tuple((phone, shift) for phone, shift in body["clocks"]),
            events=frozenset(body["events"]),
        )


def asked_before(memory: Memory, phone: str, shift_seconds: int) -> bool:
    """Return whether this phone's clock was seen to be off by about as much before."""
    return any(
        known == phone and abs(shift - shift_seconds) <= SHIFT_SAME_SECONDS for known, shift in memory.clocks
    )
