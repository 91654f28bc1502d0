"""How the fold's memory of firsts and last values changes with a report.

The rules read the memory as it was before the report; this file brings it up to date afterwards. Each list
is bounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from scoring.decline.alsfrs.points import DYSPNEA, ORTHOPNEA, Point, apart
from scoring.decline.alsfrs.series import Series
from scoring.decline.alsfrs.staging import (
    confirmed_domains,
    confirmed_stages,
    failures,
    region_stages,
)
from scoring.decline.limits import Limits
from scoring.decline.memory.baseline import BREATHING, FIVE_B, MARKED, MAX_DOUBTED, Baseline
from scoring.decline.memory.measures import KEPT_DAYS, WEIGHT, Measure, Measures, kept
from scoring.decline.memory.states import ReportRef
from scoring.decline.memory.weights import remember_weight, weights_before
from scoring.decline.reports import Profile


def recall(
    baseline: Baseline, point: Point, before: Point | None, profile: Profile, limits: Limits, *, first: bool
) -> Baseline:
    """Firsts of the ALSFRS-R series after this report.

    `before` is the same respondent's report before it, really apart; with `first` nobody reported before.
    """
    seen = set(failures(point, profile))
    for name, item in MARKED.items():
        if _at_most(point.code(item), getattr(limits.function, name)):
            seen.add(name)
    if point.form == "b":
        seen.add(FIVE_B)
    if _at_most(point.code(DYSPNEA), 3) or _at_most(point.code(ORTHOPNEA), 3):
        seen.add(BREATHING)
    if not seen <= baseline.seen:
        baseline = baseline._replace(seen=baseline.seen | seen)
    if baseline.total is None and point.total is not None:
        baseline = baseline._replace(day=point.day, total=point.total)
    lost = confirmed_domains(point, before, profile)
    if not lost <= baseline.lost and (before is not None or first):
        baseline = baseline._replace(lost=baseline.lost | lost)
    return _with_stages(baseline, region_stages(point, profile), confirmed_stages(point, before, profile))


def with_doubt(
    baseline: Baseline, point: Point, earlier: Sequence[Point], series: Series, *, doubted: bool
) -> Baseline:
    """Which reports are in doubt after this one; it bears out the same respondent's that were no lower."""
    if not baseline.doubted and not doubted:
        return baseline
    others = doubted_of(baseline, point, earlier, series)
    borne_out = [other.id for other in others if series.is_as_low(point, other)]
    left = [report for report in baseline.doubted if report not in borne_out]
    return baseline._replace(doubted=(*left, *([point.id] if doubted else []))[-MAX_DOUBTED:])


def doubted_of(baseline: Baseline, point: Point, earlier: Sequence[Point], series: Series) -> list[Point]:
    """The same respondent's reports in doubt that are really apart from this one."""
    if not baseline.doubted or not series.uses(point):
        return []
    own = [other for other in earlier if other.rater == point.rater and other.id in baseline.doubted]
    return [other for other in own if apart(other, point) and series.uses(other)]


def _at_most(code: int | None, limit: int) -> bool:
    return code is not None and code <= limit


def _with_stages(
    baseline: Baseline, here: tuple[int | None, int | None], twice: tuple[int | None, int | None]
) -> Baseline:
    """The stages that two reports running have reached; the first report with a stage sets its start."""
    kings, mitos = _higher(baseline.kings, here[0], twice[0]), _higher(baseline.mitos, here[1], twice[1])
    if (kings, mitos) == (baseline.kings, baseline.mitos):
        return baseline
    return baseline._replace(kings=kings, mitos=mitos)


def _higher(old: int | None, here: int | None, twice: int | None) -> int | None:
    if old is None:
        return here
    return old if twice is None else max(old, twice)


def remember(
    measures: Measures,
    report: ReportRef,
    instrument: str,
    value: float | None,
    limits: Limits,
) -> Measures:
    """Last values of the other instruments after this report: `value` is its total, or its weight."""
    if value is None or instrument not in KEPT_DAYS:
        return measures
    new = Measure(report.day, report.at, floor(value + 0.5), report.respondent, report.id)
    if instrument == WEIGHT:
        return remember_weight(
            measures, weights_before(measures, report, value, limits.weight.jump_percent), new
        )
    return {**measures, instrument: kept(measures.get(instrument, ()), new, instrument)}
