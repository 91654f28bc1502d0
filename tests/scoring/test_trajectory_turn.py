"""When and by how much the pace has changed: against enumeration of every place and component."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from scoring.trajectory import DAYS_PER_MONTH, NoBend, Point, Prior, Reason, change_point
from scoring.trajectory.bends import BENDS, CHANGED, CHANGES_PER_DAY, HISTORY_DAYS, RECENT_DAYS
from tests.scoring.test_trajectory_change import PRIOR, RATERS, START, accelerating, course, histories


@dataclass(frozen=True)
class Place:
    """One bend and component: its share of the recent ones, and what the reports say of the slope after."""

    back: int
    share: float
    after: float
    variance: float


def places(points: list[Point], prior: Prior, noise: float, reference: str) -> list[Place]:
    """Recent bends, latest first, each as a multivariate normal density of the reports."""
    last = max(point.day for point in points)
    used = [point for point in points if point.day >= last - HISTORY_DAYS]
    span = last - min(point.day for point in used)
    t = np.array([(point.day - last) / DAYS_PER_MONTH for point in used])
    rest = np.array([point.value for point in used]) - prior.level
    base = prior.level_sd**2 + noise**2 * np.eye(len(used))
    for rater in set(RATERS) - {reference}:
        own = np.array([float(point.rater == rater) for point in used])
        base = base + prior.offset_sd**2 * np.outer(own, own)
    found = []
    for back, width in BENDS:
        if back >= span or back > RECENT_DAYS:
            continue
        for part in CHANGED:
            design = np.stack([t, np.maximum(0, t + back / DAYS_PER_MONTH)], 1)
            mean = np.array([part.slope, part.change])
            spread = np.array(
                [[part.slope_variance, part.covariance], [part.covariance, part.change_variance]]
            )
            whole = base + design @ spread @ design.T
            gain = spread @ design.T @ np.linalg.inv(whole)
            posterior = spread - gain @ design @ spread
            density = stats.multivariate_normal.logpdf(rest, design @ mean, whole)
            place = math.log(width * part.weight) - back * math.log1p(-CHANGES_PER_DAY)
            after = float((mean + gain @ (rest - design @ mean)).sum())
            found.append(Place(back, float(density) + place, after, float(posterior.sum())))
    top = max(bend.share for bend in found)
    whole_weight = sum(math.exp(bend.share - top) for bend in found)
    return [replace(bend, share=math.exp(bend.share - top) / whole_weight) for bend in found]


def day_reached(found: list[Place], share: float) -> int:
    """The place at which the shares, latest bend first, pass this one."""
    reached = 0.0
    for bend in found:
        reached += bend.share
        if reached > share:
            return bend.back
    return found[-1].back


def sure(found: list[Place]) -> bool:
    """Whether no sum of shares up to a bend lies so near a limit that rounding decides."""
    sums = [sum(bend.share for bend in found if bend.back <= back) for back in {bend.back for bend in found}]
    return all(abs(total - limit) > 1e-6 for total in sums for limit in (0.1, 0.5, 0.9))


@settings(max_examples=100, deadline=None)
@given(histories(most=12), st.sampled_from(RATERS), st.sampled_from([0.0, 1.5]))
def test_it_agrees_with_enumeration(points: list[Point], reference: str, offset_sd: float) -> None:
    prior = replace(PRIOR, offset_sd=offset_sd)
    change = change_point(points, prior, reference=reference)
    last = max(point.day for point in points)
    assume(last - min(point.day for point in points if point.day >= last - HISTORY_DAYS) > BENDS[0][0])
    found = places(points, prior, change.residual_sd, reference)
    assume(sure(found))
    turn = change.turn()
    assert turn.since == last - day_reached(found, 0.5)
    assert turn.low == last - day_reached(found, 0.9)
    assert turn.high == last - day_reached(found, 0.1)
    mean = sum(bend.share * bend.after for bend in found)
    square = sum(bend.share * (bend.variance + bend.after**2) for bend in found)
    assert turn.after == pytest.approx(mean, abs=1e-6)
    assert turn.after_sd == pytest.approx(math.sqrt(square - mean**2), abs=1e-6)


@pytest.mark.parametrize(("span", "room"), [(0, False), (6, False), (7, False), (8, True)])
def test_a_bend_needs_more_than_a_week(span: int, room: bool) -> None:
    """The latest place of a bend lies seven days back, and a report has to come before it."""
    change = change_point([Point(START, 40, "a"), Point(START + span, 39, "b")], PRIOR)
    assert (change.probability > 0) is room
    if room:
        assert change.turn().since == START + span - 7
    else:
        with pytest.raises(NoBend):
            change.turn()


def test_the_turn_lies_where_the_course_bends() -> None:
    points = accelerating(18, 8)
    turn = change_point(points, PRIOR).turn()
    bend = START + 14 * 17
    assert abs(turn.since - bend) <= 28
    assert bend - 56 <= turn.low <= bend <= turn.high <= bend + 56
    assert 0 < turn.after_sd < 0.6


def test_a_bend_beyond_every_doubt_overflows_nothing() -> None:
    """Daily totals that lose a point every third day after half a year of none: odds that no float holds."""
    precise = replace(PRIOR, own_noise=False, residual_sd=0.5)
    change = change_point(course([48 - max(0, place - 180) / 3 for place in range(320)], 1), precise)
    assert change.probability == pytest.approx(1)
    assert change.turn().after < -5


def test_the_noise_is_that_of_the_last_half_year_raised_where_errors_last() -> None:
    """The first reports are wild; those of the last 183 days lie on a line."""
    wild = [44, 36, 44, 36, 44, 36, 44, 36]
    calm = [40 - 0.25 * place for place in range(14)]
    lasting, factor = replace(PRIOR, correlation=0.4), math.sqrt(1.16 / 0.84)  # 0.4 a week, 0.16 in two
    own = max(1.2, math.sqrt(8 * 1.8**2 / (8 + 14 - 2)))
    assert change_point(course([*wild, *calm]), PRIOR).residual_sd == pytest.approx(own)
    assert change_point(course([*wild, *calm]), lasting).residual_sd == pytest.approx(own * factor)
    plain = replace(lasting, own_noise=False)
    assert change_point(course(wild), plain).residual_sd == pytest.approx(1.8 * factor)


@pytest.mark.parametrize(("before", "counts"), [(183, True), (184, False)])
def test_the_half_year_of_the_noise_includes_its_first_day(before: int, counts: bool) -> None:
    """One report far off the line, on the first day or the day before it."""
    line = [Point(START + before - back, 40, str(back)) for back in range(140, -1, -28)]
    noise = change_point([Point(START, 20, "off"), *line], PRIOR).residual_sd
    assert (noise > 1.8) is counts


def test_what_is_older_than_a_year_or_no_number_is_left_out_and_named() -> None:
    points = [*course([40, 40, 39]), Point(START + 28 - 366, 48, "old"), Point(START, math.nan, "broken")]
    change = change_point(points, PRIOR)
    assert change.left_out == (("old", Reason.BEFORE_WINDOW), ("broken", Reason.NOT_FINITE))
    assert change.used == ("patient0", "patient1", "patient2")
    assert (change.day, change.probability) == (
        START + 28,
        change_point(course([40, 40, 39]), PRIOR).probability,
    )
    first = change_point([*course([40, 40, 39]), Point(START + 28 - 365, 48, "first")], PRIOR)
    assert first.used[0] == "first"
