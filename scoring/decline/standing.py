"""What the fold remembers between reports, and its compact plain form.

Everything a later report needs, and nothing else: the ALSFRS-R points of a year, a few last values of other
instruments, what has been seen before, the rules that are on, the topics. Its size is bounded, so a
patient's hundredth report costs what the tenth did. The whole history is never kept here; it is in the
ledger, and `fold.evaluate` rebuilds this from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scoring.decline import coding
from scoring.decline.flags import Topic, TopicStanding
from scoring.decline.memory import NO_BASELINE, Baseline, Measure, Opening
from scoring.decline.points import Point
from scoring.decline.rule import RuleState
from scoring.decline.trend import Trend

FORMAT = 2


class UnknownStanding(ValueError):
    """A remembered state written in another format: evaluate the history anew."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The fold's memory after the report at `last_key`; `trend` is None until an ALSFRS-R report has come."""

    last_key: tuple[datetime, str] | None = None
    points: tuple[Point, ...] = ()
    baseline: Baseline = NO_BASELINE
    measures: Mapping[str, tuple[Measure, ...]] = field(default_factory=dict)
    states: Mapping[str, RuleState] = field(default_factory=dict)
    topics: Mapping[Topic, TopicStanding] = field(default_factory=dict)
    trend: Trend | None = None
    opening: Opening | None = None

    def as_dict(self) -> dict[str, Any]:
        """Compact and JSON-ready, read back by `from_dict`.

        Raises:
            ValueError: a number is not finite, so it has no JSON.
        """
        ids = coding.Ids(self.points)
        return {
            "v": FORMAT,
            "key": self.last_key and [self.last_key[0].isoformat(), self.last_key[1]],
            "points": [list(point) for point in self.points],
            "baseline": coding.write_baseline(self.baseline),
            "measures": {name: coding.write_measures(own, ids) for name, own in self.measures.items()},
            "states": coding.write_states(self.states, ids),
            "topics": coding.write_topics(self.topics, ids),
            "trend": self.trend and coding.write_trend(self.trend, ids),
            "opening": self.opening and coding.write_opening(self.opening, ids),
            "ids": ids.others,
        }

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Standing:
        """Read what `as_dict` wrote.

        Raises:
            UnknownStanding: written in another format.
        """
        if body.get("v") != FORMAT:
            raise UnknownStanding("this state has another format; evaluate the history anew")
        points = tuple(map(Point._make, body["points"]))
        ids = [*(point.id for point in points), *body["ids"]]
        key = body["key"]
        return cls(
            last_key=key and (datetime.fromisoformat(key[0]), key[1]),
            points=points,
            baseline=coding.read_baseline(body["baseline"]),
            measures={name: coding.read_measures(rows, ids) for name, rows in body["measures"].items()},
            states=coding.read_states(body["states"], ids),
            topics=coding.read_topics(body["topics"], ids),
            trend=body["trend"] and coding.read_trend(body["trend"], ids),
            opening=body["opening"] and coding.read_opening(body["opening"], ids),
        )
