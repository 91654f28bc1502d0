"""Synthetic courses: how many of the 48 points are lost when, in which items, and what a person reports.

A caricature for trying the service out, and no model of the disease: points are lost one after another in an
order that begins in the region of onset, and a report is off by a point or two now and then. Rates are in
the range that cohorts show (0.2 to 2 points a month); the rest is our choice.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

ITEMS: Mapping[str, tuple[str, ...]] = {
    "bulbar": ("speech", "salivation", "swallowing"),
    "arm": ("handwriting", "cutting_without_gastrostomy", "dressing_hygiene"),
    "leg": ("turning_in_bed", "walking", "climbing_stairs"),
    "breathing": ("dyspnea", "orthopnea", "respiratory_insufficiency"),
}
_SPREAD = {
    "bulbar": ("bulbar", "arm", "leg", "breathing"),
    "arm": ("arm", "leg", "bulbar", "breathing"),
    "leg": ("leg", "arm", "bulbar", "breathing"),
}
_FULL = 4
_WHO_5 = ("cheerful", "calm", "active", "rested", "interested")
_NOISE_SD = 0.8
DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Course:
    """How function and mood develop.

    Attributes:
        total: ALSFRS-R at the first report.
        losses: points lost a month, each from this month on.
        onset: region in which it begins: bulbar, arm or leg.
        tube_month: month from which a feeding tube is the main way of feeding.
        mood: usual WHO-5 code of an item at the beginning, 0 to 5.
        mood_loss: codes lost in a year.
    """

    total: int
    losses: Sequence[tuple[float, float]]
    onset: str = "arm"
    tube_month: float | None = None
    mood: float = 3.9
    mood_loss: float = 0.3

    def lost_by(self, month: float) -> float:
        """Return the points lost since the first report."""
        ends = [*(begin for begin, _ in self.losses[1:]), float("inf")]
        spans = zip(self.losses, ends, strict=True)
        return sum(loss * max(0.0, min(month, end) - begin) for (begin, loss), end in spans)


@dataclass(slots=True)
class Reporter:
    """Answers questionnaires along a course; the same seed gives the same answers."""

    course: Course
    seed: str
    _chance: random.Random = field(init=False)
    _order: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._order = _order_of_loss(self.course.onset, self._chance)

    def alsfrs_r(self, month: float) -> dict[str, int]:
        """Return the answers after so many months."""
        lost = 48 - self.course.total + self.course.lost_by(month) + self._chance.gauss(0, _NOISE_SD)
        answers = {item: _FULL for items in ITEMS.values() for item in items}
        for item in self._order[: min(48, max(0, round(lost)))]:
            answers[item] -= 1
        tube = self.course.tube_month
        if tube is not None and month >= tube:
            answers["cutting_with_gastrostomy"] = answers.pop("cutting_without_gastrostomy")
            answers["gastrostomy"] = 1
        return answers

    def who_5(self, month: float) -> dict[str, int]:
        """Return the answers after so many months."""
        level = self.course.mood - self.course.mood_loss * month / 12
        return {item: min(5, max(0, round(self._chance.gauss(level, 0.5)))) for item in _WHO_5}


def _order_of_loss(onset: str, chance: random.Random) -> list[str]:
    """Return the items in the order in which they lose their 48 points."""
    when: list[tuple[float, str]] = []
    for place, region in enumerate(_SPREAD[onset]):
        begin = 1.8 * place + (2.0 if region == "breathing" else 0.0)
        for item in ITEMS[region]:
            pace = chance.uniform(0.9, 1.6)
            first = begin + chance.uniform(0, 0.8)
            when += [(first + pace * step + _put_off(item, step), item) for step in range(_FULL)]
    return [item for _, item in sorted(when)]


def _put_off(item: str, step: int) -> float:
    # Below 2, swallowing means that a tube is used, which only some courses come to.
    return 4.0 if item == "swallowing" and step >= 2 else 0.0
