"""The change of pace: against brute force, in every order, for every input."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scoring.trajectory import DAYS_PER_MONTH, Change, NoBend, Point, Prior, change_point
from scoring.trajectory.bends import BENDS, CHANGED, CHANGES_PER_DAY, EARLIER, HISTORY_DAYS, RECENT_DAYS

PRIOR = Prior(own_noise=True)
RATERS = ("patient", "caregiver", "clinician")
START = date(2024, 1, 1).toordinal()


def course(values: list[float], every: int = 14, rater: str = "patient") -> list[Point]:
    return [
        Point(START + every * place, value, f"{rater}{place}", rater) for place, value in enumerate(values)
    ]


def accelerating(before: int, after: int, every: int = 14) -> list[Point]:
    """Half a point a month, then two and a half."""
    months = [every * place / DAYS_PER_MONTH for place in range(before + after)]
    bend = months[before - 1]
    return course([44 - 0.5 * month - 2 * max(0, month - bend) for month in months], every)


@st.composite
def histories(draw: st.DrawFn, most: int = 20) -> list[Point]:
    span = draw(st.sampled_from([0, 30, 364, 500, 22_000]))
    values = draw(st.sampled_from([st.just(0.0), st.integers(0, 48).map(float), st.floats(0, 48)]))
    return [
        Point(START + draw(st.integers(0, span)), draw(values), str(place), draw(st.sampled_from(RATERS)))
        for place in range(draw(st.integers(1, most)))
    ]


def brute_force(points: list[Point], prior: Prior, noise: float, reference: str) -> dict[str, float]:
    """Every bend and component as one multivariate normal density of the reports."""
    last = max(point.day for point in points)
    used = [point for point in points if point.day >= last - HISTORY_DAYS]
    span = last - min(point.day for point in used)
    t = np.array([(point.day - last) / DAYS_PER_MONTH for point in used])
    y = np.array([point.value for point in used])
    base = prior.level_sd**2 + noise**2 * np.eye(len(used))
    for rater in RATERS:
        own = np.array([float(point.rater == rater) for point in used])
        base = base + (prior.offset_sd**2 * np.outer(own, own) if rater != reference else 0)
    stay = math.log1p(-CHANGES_PER_DAY)

    def density(design: np.ndarray, mean: np.ndarray, spread: np.ndarray) -> float:
        covariance = base + design @ spread @ design.T
        return float(stats.multivariate_normal.logpdf(y, prior.level + design @ mean, covariance))

    logs, recent, before, after, faster = [], [], [], [], []
    for part in EARLIER:
        one = density(t[:, None], np.array([part.slope]), np.array([[part.sd**2]]))
        logs.append(one + math.log(part.weight) + stay * span)
        recent.append(False)
    for back, width in BENDS:
        if back >= span:
            continue
        for part in CHANGED:
            design = np.stack([t, np.maximum(0, t + back / DAYS_PER_MONTH)], 1)
            mean = np.array([part.slope, part.change])
            spread = np.array(
                [[part.slope_variance, part.covariance], [part.covariance, part.change_variance]]
            )
            place = math.log(CHANGES_PER_DAY * width) + stay * (span - back) + math.log(part.weight)
            logs.append(density(design, mean, spread) + place)
            recent.append(back <= RECENT_DAYS)
            gain = spread @ design.T @ np.linalg.inv(base + design @ spread @ design.T)
            slopes = mean + gain @ (y - prior.level - design @ mean)
            before.append(slopes[0])
            after.append(slopes.sum())
            left = spread - gain @ design @ spread
            faster.append(stats.norm.cdf(-(slopes[1]) / math.sqrt(left[1, 1])))
    weights = np.exp(np.array(logs) - max(logs))
    marked = np.array(recent)
    bent = (weights * marked)[len(EARLIER) :]
    steeper = np.array(faster)
    return {
        "any_change": bent.sum() / weights.sum(),
        "probability": (bent * steeper).sum() / weights.sum(),
        "probability_ever": (weights[len(EARLIER) :] * steeper).sum() / weights.sum(),
        "before": bent @ before / bent.sum() if bent.sum() else math.nan,
        "after": bent @ after / bent.sum() if bent.sum() else math.nan,
    }


@settings(max_examples=100, deadline=None)
@given(histories(most=12), st.sampled_from(RATERS), st.sampled_from([0.0, 1.5]))
def test_it_agrees_with_enumeration(points: list[Point], reference: str, offset_sd: float) -> None:
    prior = replace(PRIOR, offset_sd=offset_sd)
    found = change_point(points, prior, reference=reference)
    expected = brute_force(points, prior, found.residual_sd, reference)
    assert found.any_change == pytest.approx(expected["any_change"], abs=1e-6)
    assert found.probability == pytest.approx(expected["probability"], abs=1e-6)
    assert found.probability_ever == pytest.approx(expected["probability_ever"], abs=1e-6)
    if has_room(points) and not math.isnan(expected["before"]):
        assert found.turn().before == pytest.approx(expected["before"], abs=1e-6)
        assert found.turn().after == pytest.approx(expected["after"], abs=1e-6)


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_the_points_does_not_matter(points: list[Point], random: object) -> None:
    shuffled = list(points)
    random.shuffle(shuffled)
    one, other = change_point(points, PRIOR), change_point(shuffled, PRIOR)
    assert one == other
    assert not has_room(points) or one.turn() == other.turn()


def has_room(points: list[Point]) -> bool:
    """Whether a bend fits between the first report that is looked at and the last."""
    last = max(point.day for point in points)
    return last - min(point.day for point in points if point.day >= last - HISTORY_DAYS) > BENDS[0][0]


def finite(found: Change, points: list[Point]) -> bool:
    turn = found.turn() if has_room(points) else (0.0,)
    return all(math.isfinite(number) for number in (found.probability, found.probability_ever, *turn))


@given(histories())
def test_it_is_finite_and_in_order(points: list[Point]) -> None:
    found = change_point(points, PRIOR)
    assert finite(found, points)
    assert 0 <= found.probability <= min(found.any_change, found.probability_ever) + 1e-12 <= 1 + 2e-12
    if has_room(points):
        turn = found.turn()
        assert turn.low <= turn.since <= turn.high < found.day
    assert set(found.used) | {point.id for point in found.left_out} == {point.id for point in points}


@pytest.mark.parametrize("every", [0, 1, 7, 400])
@pytest.mark.parametrize("value", [0.0, 48.0])
def test_it_is_finite_for_500_reports(every: int, value: float) -> None:
    points = course([value] * 500, every)
    assert finite(change_point(points, PRIOR), points)


def test_one_report_says_nothing_of_a_change() -> None:
    found = change_point(course([40]), PRIOR)
    assert (found.probability, found.probability_ever) == (0, 0)
    with pytest.raises(NoBend, match=r"^the reports are too close together for a bend$"):
        found.turn()


def test_a_straight_course_has_not_changed_and_a_bent_one_has() -> None:
    assert change_point(course([44 - 0.4 * place for place in range(26)]), PRIOR).probability < 0.2
    found = change_point(accelerating(18, 8), PRIOR)
    assert found.probability > 0.9
    turn = found.turn()
    assert turn.before == pytest.approx(-0.5, abs=0.2)
    assert turn.after == pytest.approx(-2.5, abs=0.4)
    assert turn.low <= START + 14 * 17 <= turn.high


def test_a_steady_fast_course_is_no_change() -> None:
    assert change_point(course([44 - 0.9 * place for place in range(26)]), PRIOR).probability < 0.3


def test_a_course_that_slows_is_no_acceleration() -> None:
    slowing = [44 - 1.0 * min(place, 12) for place in range(26)]
    assert change_point(course(slowing), PRIOR).probability < 0.2


def test_a_change_of_long_ago_is_no_news() -> None:
    found = change_point(accelerating(8, 18), PRIOR)
    assert found.probability_ever > 0.9
    assert found.probability < 0.3


def test_another_respondents_lower_level_is_no_change() -> None:
    values = [42 - 0.25 * place - (3 if place >= 20 else 0) for place in range(26)]
    alone = course(values)
    mixed = [one._replace(rater="caregiver") if place >= 20 else one for place, one in enumerate(alone)]
    assert change_point(mixed, PRIOR).probability < change_point(alone, PRIOR).probability / 2


def test_the_priors_are_the_cohorts() -> None:
    mean = sum(part.weight * part.slope for part in EARLIER)
    square = sum(part.weight * (part.sd**2 + part.slope**2) for part in EARLIER)
    assert sum(part.weight for part in EARLIER) == pytest.approx(1)
    assert (mean, math.sqrt(square - mean**2)) == pytest.approx((-0.9, 0.6), abs=0.01)
    assert sum(part.weight for part in CHANGED) == pytest.approx(1)
    assert sum(part.weight * part.slope for part in CHANGED) == pytest.approx(-0.9, abs=0.01)


def test_the_bends_cover_the_history_without_a_gap() -> None:
    edges = [back + width // 2 for back, width in BENDS]
    starts = [edge - width for edge, (_, width) in zip(edges, BENDS, strict=True)]
    assert starts == [0, *edges[:-1]]
    assert edges[-1] <= HISTORY_DAYS
