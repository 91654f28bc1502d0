"""The rows below the totals: a line per domain, bars of constant answer per item, a line per measure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from markupsafe import Markup

from api.pages.figure import paths
from api.pages.figure.axis import Axis
from api.pages.figure.paths import At
from services.patients.shapes import DomainSeries, ItemRun, ItemSeries, Measure, Series, ValueOn

COMPARED_DAYS = 170
"""Our choice: values are compared with the latest report from so many days before, about half a year."""
FULL_ITEM, FULL_DOMAIN = 4, 12
LEAST = 0.6
"""In percent: the width of a bar of a single last report."""
NARROW = 1.7
"""In percent: a bar that is no wider has no room for its digit."""
NEWEST = 1.9
"""In percent: the least width of the newest bar, so that the digit of the latest answer is always there."""


@dataclass(frozen=True, slots=True)
class Bars:
    """The answers of one respondent: per code a path, and digits where there is room for one."""

    respondent: str
    paths: tuple[tuple[int, str], ...]
    digits: tuple[tuple[float, int], ...]

    def drawn_digits(self, y: float) -> Markup:
        """The digits, with their feet at this height."""
        return paths.digits(self.digits, y)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item.

    Attributes:
        key: as it was asked last; the words of the answer are that key's.
        now: code of the last answer, `before` that of the compared report; None where there is none.
        changed_from: the code before the last change, `changed_on` when that was; None without one.
        bars: of whom the figure follows; `others` of the other respondents.
        runs: what the bars show, for those who hear it.
    """

    item: str
    key: str
    now: int | None
    before: int | None
    changed_from: int | None
    changed_on: date | None
    bars: Bars | None
    others: tuple[Bars, ...]
    runs: tuple[ItemRun, ...]

    @property
    def fell(self) -> bool:
        """Whether the answer is lower than it was."""
        return self.now is not None and self.before is not None and self.now < self.before


@dataclass(frozen=True, slots=True)
class LineRow:
    """Values over time as a line.

    Attributes:
        last: the latest value; `before` that of the compared report.
    """

    name: str
    respondent: str
    path: str
    end: At | None
    last: ValueOn | None
    before: ValueOn | None
    low: float
    high: float

    @property
    def change(self) -> float | None:
        """How much the value has changed since the compared report."""
        if self.last is None or self.before is None or self.last is self.before:
            return None
        return self.last.value - self.before.value


@dataclass(frozen=True, slots=True)
class DomainRow:
    """A domain with its items.

    Attributes:
        worst: it lost most, and at least two points.
        full: every answer shown is the highest.
        older: a later report leaves an item of it unanswered, so its value is of an earlier one.
    """

    line: LineRow
    items: tuple[ItemRow, ...]
    worst: bool
    full: bool
    older: bool = False

    @property
    def changed(self) -> ItemRow | None:
        """The item of it that changed last."""
        known = [item for item in self.items if item.changed_on is not None]
        return max(known, key=lambda item: item.changed_on or date.min, default=None)


def domain_rows(series: Series, axis: Axis) -> tuple[DomainRow, ...]:
    """Return the rows of the four domains, by whom the figure follows."""
    own = [domain for domain in series.domains if domain.respondent == series.respondent]
    lines = {domain.domain: _domain_line(domain, axis) for domain in own}
    days = _days_of(series)
    worst = min(lines.values(), key=lambda line: line.change or 0, default=None)
    rows = []
    for name, line in lines.items():
        items = tuple(_item_row(series, item, axis, days) for item in _items_of(series, name))
        rows.append(
            DomainRow(
                line=line,
                items=items,
                worst=line is worst and (line.change or 0) <= -2,
                full=all(run.code == FULL_ITEM for item in items for run in item.runs),
                older=_is_older(line, days.get(line.respondent, ())),
            )
        )
    return tuple(rows)


def _is_older(line: LineRow, days: Sequence[date]) -> bool:
    return bool(days) and line.last is not None and line.last.day < days[-1]


def _items_of(series: Series, domain: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.item for item in series.items if item.domain == domain))


def _domain_line(domain: DomainSeries, axis: Axis) -> LineRow:
    return line_row(domain.domain, domain.respondent, domain.points, axis, (0, FULL_DOMAIN))


def line_row(
    name: str, respondent: str, points: Sequence[ValueOn], axis: Axis, span: tuple[float, float]
) -> LineRow:
    """Return a row for these values, on a scale from the one end of `span` to the other."""
    low, high = span
    placed = [At(axis.at(point.day), _level(point.value, low, high)) for point in points]
    last = points[-1] if points else None
    return LineRow(
        name=name,
        respondent=respondent,
        path=paths.line(placed),
        end=placed[-1] if placed else None,
        last=last,
        before=None if last is None else _compared(points, last),
        low=low,
        high=high,
    )


def _level(value: float, low: float, high: float) -> float:
    return round(100 - 100 * (value - low) / ((high - low) or 1), 1)


def _compared(points: Sequence[ValueOn], last: ValueOn) -> ValueOn:
    """The value to compare the last one with: of half a year before, or the first there is."""
    since = last.day - timedelta(days=COMPARED_DAYS)
    old = [point for point in points if point.day <= since]
    return old[-1] if old else points[0]


def _days_of(series: Series) -> dict[str, list[date]]:
    """The days of each respondent's reports."""
    found: dict[str, list[date]] = {}
    for point in series.totals:
        found.setdefault(point.respondent, []).append(point.day)
    return found


def _item_row(series: Series, item: str, axis: Axis, days: Mapping[str, list[date]]) -> ItemRow:
    of_item = [entry for entry in series.items if entry.item == item]
    own = next((entry for entry in of_item if entry.respondent == series.respondent), None)
    runs = () if own is None else own.runs
    last, change = runs[-1] if runs else None, _last_change(runs)
    return ItemRow(
        item=item,
        key=item if last is None else last.key,
        now=None if last is None else last.code,
        before=_code_before(days.get(series.respondent or "", []), runs),
        changed_from=None if change is None else change[0],
        changed_on=None if change is None else change[1],
        bars=None if own is None else _bars(own, axis, days[own.respondent][-1]),
        others=tuple(_bars(entry, axis, days[entry.respondent][-1]) for entry in of_item if entry is not own),
        runs=runs,
    )


def _last_change(runs: Sequence[ItemRun]) -> tuple[int, date] | None:
    """The code before the last change, and the day of that change."""
    changes = ((run, other) for run, other in pairwise(runs) if run.code != other.code)
    return next(((run.code, other.starts_on) for run, other in reversed(list(changes))), None)


def _code_before(days: Sequence[date], runs: Sequence[ItemRun]) -> int | None:
    """The code that stood at the report that values are compared with."""
    if not days or not runs:
        return None
    since = days[-1] - timedelta(days=COMPARED_DAYS)
    day = max((day for day in days if day <= since), default=days[0])
    standing = [run for run in runs if run.starts_on <= day]
    return standing[-1].code if standing else None


def _bars(item: ItemSeries, axis: Axis, last: date) -> Bars:
    placed = _placed(item.runs, axis, last)
    codes = sorted({code for code, _, _ in placed})
    return Bars(
        respondent=item.respondent,
        paths=tuple((code, paths.bars(_of_code(placed, code))) for code in codes),
        digits=tuple((start, code) for code, start, end in placed if end - start > NARROW),
    )


def _placed(runs: Sequence[ItemRun], axis: Axis, last: date) -> list[tuple[int, float, float]]:
    """Code, beginning and end of each bar; none goes on after the last report or into the bar after it.

    One that is too narrow to be seen begins earlier, at the cost of the bar before.
    """
    placed: list[tuple[int, float, float]] = []
    following, least = 100.0, NEWEST
    for run in reversed(runs):
        end = min(axis.at(min(run.ends_on, last)), following)
        start = min(axis.at(run.starts_on), max(0.0, round(end - least, 1)))
        placed.append((run.code, start, end))
        following, least = start, LEAST
    return placed[::-1]


def _of_code(placed: Iterable[tuple[int, float, float]], code: int) -> list[tuple[float, float]]:
    return [(start, end) for run_code, start, end in placed if run_code == code]


def measure_rows(series: Series, axis: Axis, spans: dict[str, tuple[float, float]]) -> tuple[LineRow, ...]:
    """Return a row for each of these instruments that the patient has answered.

    Args:
        series: of the patient.
        axis: of the figure.
        spans: by instrument, the ends of its scale; where both are 0, those of the values.
    """
    found = (measure for measure in series.measures if measure.instrument in spans)
    return tuple(_measure_row(measure, axis, spans[measure.instrument]) for measure in found)


def _measure_row(measure: Measure, axis: Axis, span: tuple[float, float]) -> LineRow:
    values = [point.value for point in measure.points]
    ends = span if span != (0, 0) else (min(values), max(values))
    return line_row(measure.instrument, measure.respondent, measure.points, axis, ends)
