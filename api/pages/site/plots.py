"""A site's figures month by month as drawings: bars of what was opened, and how soon somebody acted.

Across, places are in percent of the width, so a drawing fits any window without a script; upwards they are
pixels. The tables under the drawings have the same in words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scoring.decline import Level
from services.alerts.figures.period import AlertFigures, PeriodFigures

HEIGHT, TOP, BOTTOM = 160, 18, 22
LEVELS = (Level.URGENT, Level.SOON, Level.INFORM)
_SHARE = 0.6
"""Of the width of a month that its bar takes."""
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: so many alerts of a level."""

    level: Level
    count: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A month: where its bar is, of what parts, and how many alerts in all.

    Attributes:
        is_over: no more will be opened in it.
    """

    month: date
    x: float
    width: float
    parts: tuple[Part, ...]
    total: int
    y: float
    is_over: bool

    @property
    def middle(self) -> float:
        """Where its label stands."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Wait:
    """How soon somebody acted in a month: in half of the alerts, and in nine of ten; None where in none."""

    month: date
    x: float
    half: float | None
    most: float | None
    half_y: float
    most_y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the grid, with its value."""

    value: float
    y: float


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened, month by month."""

    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Acted:
    """How soon somebody acted, month by month; the lines are of days."""

    waits: tuple[Wait, ...]
    lines: tuple[Line, ...]


def of_level(period: PeriodFigures, level: Level | None) -> AlertFigures:
    """Return the figures of a level in a period."""
    return next(entry for entry in period.figures if entry.level is level and entry.topic is None)


def opened(months: Sequence[PeriodFigures]) -> Opened:
    """Return the bars of what was opened."""
    top = _top(max((of_level(month, None).opened for month in months), default=0))
    bars = tuple(_bar(month, place, len(months), top) for place, month in enumerate(months))
    return Opened(bars, _grid(top))


def acted(months: Sequence[PeriodFigures]) -> Acted:
    """Return how soon somebody acted for the first time."""
    known = [of_level(month, None).first_action for month in months]
    days = [wait.most_within / 86_400 for wait in known if wait is not None]
    top = _top(max(days, default=0))
    waits = []
    for place, (month, wait) in enumerate(zip(months, known, strict=True)):
        half, most = (None, None) if wait is None else (wait.half_within, wait.most_within)
        at = [HEIGHT - BOTTOM if value is None else _y(value / 86_400, top) for value in (half, most)]
        waits.append(Wait(month.since, (place + 0.5) * 100 / len(months), half, most, *at))
    return Acted(tuple(waits), _grid(top))


def _bar(period: PeriodFigures, place: int, count: int, top: float) -> Bar:
    wide = 100 / count
    below, parts = 0, []
    for level in reversed(LEVELS):
        number = of_level(period, level).opened
        y = _y(below + number, top)
        if number:
            parts.append(Part(level, number, y, _y(below, top) - y))
        below += number
    x = place * wide + wide * (1 - _SHARE) / 2
    return Bar(period.since, x, wide * _SHARE, tuple(parts), below, _y(below, top), period.is_over)


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 2)


def _grid(top: float) -> tuple[Line, ...]:
    return tuple(Line(value, _y(value, top)) for value in (0, top / 2, top))


def _top(value: float) -> float:
    """The least round number that is not below the value and can be halved."""
    if value <= 2:
        return 2
    power = 10 ** math.floor(math.log10(value))
    return next(float(step * power) for step in (*(2 * half for half in _STEPS), 20) if step * power >= value)
