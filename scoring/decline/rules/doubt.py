"""Totals and answers that are in doubt: a rise, a fall, twelve identical answers; and what ends the doubt.

Nothing of this is left out of the trajectory: these are questions about a report. A fall that another report,
really apart, bears out by being as bad or worse is asked about no more; one that is less bad is another doubt
about a fall, and soon.
"""

from __future__ import annotations

from typing import NamedTuple

from scoring.decline.alsfrs.points import MISSING, Omitted, Point, apart, compared_on, value
from scoring.decline.alsfrs.trend import surprise_of
from scoring.decline.flags import Numbers
from scoring.decline.memory.recall import doubted_of
from scoring.decline.reports import Level
from scoring.decline.rule import Finding, RuleInput, met

HIGHEST, SURPRISE = "4", "surprise"


def _own_last(given: RuleInput) -> Point | None:
    """The same respondent's last comparable report of an earlier day."""
    point = given.point
    own = (
        report
        for report in reversed(given.before.points)
        if report.rater == point.rater and report.day < point.day
    )
    return next((report for report in own if given.series.uses(report)), None)


class _Step(NamedTuple):
    """A total against the same respondent's before it, and against what the earlier ones lead to expect."""

    compared: tuple[Point, ...]
    omitted: Omitted
    earlier: int
    latest: int

    def numbers(self, given: RuleInput) -> dict[str, int | float | str]:
        """What both questions tell; z is how many SDs the total lies above what was expected."""
        return {
            "latest": self.latest,
            "earlier": self.earlier,
            "z": surprise_of(given.point, self.compared[:-1], self.omitted, given.limits),
            "compared_on": compared_on(self.omitted),
            "respondent": given.point.rater,
        }


def _step(given: RuleInput, least: int, by: float) -> _Step | None:
    """The step from the same respondent's total before, where so many lie in the window before it.

    What is in doubt is no expectation: it is left out of those before. Where whole totals are compared, most
    steps are seen at once to be less than `by`, up or down; None of these.
    """
    point, doubted = given.point, given.before.baseline.doubted
    if not given.series.uses(point):
        return None
    if not doubted and given.series.is_whole:
        last = _own_last(given)
        if last is None or abs((point.total or 0) - (last.total or 0)) < by:
            return None
    window = given.series.since(point.day - given.limits.primary.window_days)
    used = [report for report in window if report.rater == point.rater and report.day < point.day]
    if doubted:
        used = [report for report in used if report.id not in doubted]
    if len(used) < least:
        return None
    compared = (*used, point)
    omitted = given.series.comparable(compared)
    return _Step(compared, omitted, value(used[-1], omitted), value(point, omitted))


def read_rise(given: RuleInput) -> Finding | None:
    """A total four points up or more, and far above what the earlier reports lead to expect."""
    limits = given.limits.plausibility
    step = _step(given, 1, limits.rise)
    if step is None or step.latest - step.earlier < limits.rise:
        return None
    numbers = step.numbers(given)
    if float(numbers["z"]) < limits.rise_z:
        return None
    rise = step.latest - step.earlier
    return met(Level.INFORM, {"rise": rise, **numbers}, *(report.id for report in step.compared))


def read_surprise(given: RuleInput) -> Finding | None:
    """A total four points down or more, and far below what the earlier reports lead to expect.

    As bad as one that was in doubt, or worse, it bears that one out and is believed; less bad, it is another
    doubt about a fall, and soon.
    """
    limits = given.limits.plausibility
    step = _step(given, given.limits.primary.min_reports, limits.surprise_drop)
    if step is None or step.earlier - step.latest < limits.surprise_drop:
        return None
    numbers, before = step.numbers(given), given.before
    if float(numbers["z"]) > -limits.surprise_z:
        return None
    doubted = doubted_of(before.baseline, given.point, before.points, given.series)
    if any(given.series.is_as_low(given.point, other) for other in doubted):
        return None
    fall, level = step.earlier - step.latest, Level.SOON if doubted else Level.INFORM
    return met(level, {"fall": fall, **numbers}, *(report.id for report in step.compared))


def read_straight_line(given: RuleInput) -> Finding | None:
    """Twelve identical answers below 4, where the report before was not the same.

    An earlier one, really apart, that was no lower is borne out by it; after a lower one it is soon if the
    total fell.
    """
    marks = given.point.items
    codes = set(marks) - {MISSING}
    if not given.series.uses(given.point) or len(codes) > 1 or HIGHEST in codes:
        return None
    before = _own_last(given)
    if before is not None and before.items == marks:
        return None
    own = [other for other in given.before.points if other.rater == given.point.rater and _is_straight(other)]
    lines = [other for other in own if apart(other, given.point) and given.series.uses(other)]
    if any(given.series.is_as_low(given.point, other) for other in lines):
        return None
    fell = before is not None and given.series.is_as_low(given.point, before)
    numbers: Numbers = {
        "code": int(*codes),
        "answered": len(marks) - marks.count(MISSING),
        "respondent": given.point.rater,
    }
    return met(Level.SOON if lines and fell else Level.INFORM, numbers, given.point.id)


def _is_straight(point: Point) -> bool:
    codes = set(point.items) - {MISSING}
    return len(codes) == 1 and HIGHEST not in codes
