"""Responders: slopes before and after, the limit of a quarter, and who cannot be judged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.endpoints import Caveat, LeftOut, Reason, responders
from scoring.endpoints.responder import IMPROVEMENT, wilson_interval
from scoring.instruments import Direction
from tests.scoring.endpoints.trials import CLINIC, HOME, make_trial

LEAD_IN = {-90: 44.0, -45: 42.5, 0: 41.0}


def after(loss_share: float) -> dict[int, float]:
    """A straight course after day 0 that loses this share of the lead-in's points a day."""
    return {day: 41.0 - loss_share * 3 * day / 90 for day in (45, 90, 135)}


def test_a_response_compares_two_least_squares_slopes() -> None:
    trial = make_trial({"A1": {-100: 44, -50: 43, 0: 40, 60: 39, 120: 37, 168: 36, 200: 10}})
    (row,) = responders(trial, CLINIC, 182).rows
    before = stats.linregress([-100 / 30.4375, -50 / 30.4375, 0], [44, 43, 40]).slope
    during = stats.linregress([day / 30.4375 for day in (0, 60, 120, 168)], [40, 39, 37, 36]).slope
    assert row.lead_in_slope_per_month == pytest.approx(before)
    assert row.treatment_slope_per_month == pytest.approx(during)
    assert row.improvement == pytest.approx(1 - during / before)
    assert (row.subject, row.arm, row.responder) == ("A1", "A", True)


@pytest.mark.parametrize(
    ("loss_share", "responder"),
    [(-0.2, True), (0, True), (0.74, True), (0.75, True), (0.76, False), (1.0, False), (1.5, False)],
)
def test_a_quarter_less_loss_is_a_response(loss_share: float, responder: bool) -> None:
    (row,) = responders(make_trial({"A1": {**LEAD_IN, **after(loss_share)}}), CLINIC, 182).rows
    assert row.improvement == pytest.approx(1 - loss_share)
    assert row.responder is responder
    assert IMPROVEMENT == 0.25


@given(st.integers(1, 40).map(lambda points: points / 4), st.integers(60, 400))
def test_exactly_a_quarter_counts_whatever_the_digits(points: float, days: int) -> None:
    lead_in = {-2 * days: 40 + 2 * points, -days: 40 + points, 0: 40.0}
    treatment = {day: 40 - 0.75 * points * day / days for day in (days, 2 * days)}
    (row,) = responders(make_trial({"A1": {**lead_in, **treatment}}), CLINIC, 1000).rows
    assert row.responder is True


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, Reason.NO_BASELINE),
        ({5: 40, 50: 39, 100: 38}, Reason.NO_BASELINE),
        ({-90: 44, 0: 41, **after(1)}, Reason.LEAD_IN_SHORT),
        ({-83: 44, -45: 43, 0: 41, **after(1)}, Reason.LEAD_IN_SHORT),
        ({-90: 44, -45: None, 0: 41, **after(1)}, Reason.LEAD_IN_SHORT),
        ({**LEAD_IN, 90: 39}, Reason.TREATMENT_SHORT),
        ({**LEAD_IN, 40: 40, 83: 39}, Reason.TREATMENT_SHORT),
        ({**LEAD_IN, 40: 40, 183: 39}, Reason.TREATMENT_SHORT),
        ({-90: 41, -45: 41, 0: 41, **after(1)}, Reason.LEAD_IN_STABLE),
        ({-90: 40, -45: 41, 0: 41, **after(1)}, Reason.LEAD_IN_STABLE),
    ],
)
def test_who_cannot_be_judged_is_left_out_with_the_reason(
    values: dict[int, float | None], reason: Reason
) -> None:
    found = responders(make_trial({"A1": values}), CLINIC, 182)
    assert (found.rows, found.left_out) == ((), (LeftOut("A1", "A", reason),))


def test_twelve_weeks_and_three_values_are_enough() -> None:
    values = {-84: 44, -40: 43, 0: 41, 40: 40, 84: 39}
    assert len(responders(make_trial({"A1": values}), CLINIC, 84).rows) == 1
    assert responders(make_trial({"A1": values}), CLINIC, 83).rows == ()
    assert responders(make_trial({"A1": values}), HOME, 84).rows == ()


def test_a_value_of_day_1_belongs_to_the_treatment() -> None:
    (row,) = responders(make_trial({"A1": {**LEAD_IN, 1: 30, 90: 30}}), CLINIC, 182).rows
    assert row.lead_in_slope_per_month == pytest.approx(-3 * 30.4375 / 90)
    assert row.treatment_slope_per_month == pytest.approx(
        stats.linregress([day / 30.4375 for day in (0, 1, 90)], [41, 30, 30]).slope
    )


def test_shares_are_of_those_who_can_be_judged() -> None:
    trial = make_trial(
        {
            "A1": {**LEAD_IN, **after(0.5)},
            "A2": {**LEAD_IN, **after(1)},
            "A3": {0: 40},
            "B1": {0: 40},
        }
    )
    found = responders(trial, CLINIC, 182)
    share = found.share("A", 0.9)
    assert (share.arm, share.n, share.responders, share.share, share.confidence) == ("A", 2, 1, 0.5, 0.9)
    assert (share.died, share.notes) == (0, ())
    assert (share.low, share.high) == wilson_interval(1, 2, 0.9)
    empty = found.share("B")
    assert (empty.arm, empty.n, empty.responders, empty.confidence) == ("B", 0, 0, 0.95)
    assert (empty.share, empty.low, empty.high, empty.notes) == (None, None, None, (Caveat.NOBODY,))


def test_who_died_by_the_end_of_the_window_did_not_respond() -> None:
    saved = {**LEAD_IN, **after(0)}
    trial = make_trial({"A1": saved, "A2": LEAD_IN, "A3": saved}, died={"A2": 70, "A3": 182})
    found = responders(trial, CLINIC, 182)
    share = found.share("A")
    assert (share.n, share.responders, share.died) == (3, 1, 2)
    assert [(row.subject, row.died, row.improvement) for row in found.rows if row.died] == [
        ("A2", True, None),
        ("A3", True, None),
    ]
    assert responders(trial, CLINIC, 181).share("A").died == 1


@pytest.mark.parametrize("unsure", [{-90: 44, 0: 41}, {-90: 41, -45: 41, 0: 41}, {5: 40}])
def test_who_died_and_has_no_lead_in_with_a_loss_is_left_out_like_anybody(unsure: dict[int, float]) -> None:
    trials = (make_trial({"A1": unsure}, died=died) for died in ({}, {"A1": 70}))
    alive, dead = (responders(trial, CLINIC, 182) for trial in trials)
    assert dead.left_out == alive.left_out
    assert len(dead.left_out) == 1


@pytest.mark.parametrize("values", [(31, 30, 30, 31), (30, 31, 31, 30)])
@pytest.mark.parametrize("later", [(31, 31), (30, 30)])
def test_a_slope_of_exactly_zero_is_no_loss(values: tuple[int, ...], later: tuple[int, int]) -> None:
    series = dict(zip((-84, -56, -28, 0, 42, 84), (*values, *later), strict=True))
    found = responders(make_trial({"A1": series}), CLINIC, 182)
    assert (found.rows, found.left_out) == ((), (LeftOut("A1", "A", Reason.LEAD_IN_STABLE),))


@given(st.lists(st.integers(0, 48), min_size=2, max_size=5), st.integers(1, 60))
def test_a_lead_in_that_is_its_own_mirror_image_has_no_slope(half: list[int], step: int) -> None:
    values = [*half, *reversed(half)]
    days = [-step * 30 * place for place in reversed(range(len(values)))]
    found = responders(make_trial({"A1": dict(zip(days, values, strict=True))}), CLINIC, 182)
    assert found.left_out == (LeftOut("A1", "A", Reason.LEAD_IN_STABLE),)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_interval_agrees_with_scipy(pair: tuple[int, int]) -> None:
    hits, n = pair
    expected = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
    assert wilson_interval(hits, n) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert wilson_interval(hits, n)[0] >= 0
    assert wilson_interval(hits, n)[1] <= 1


def test_rounding_does_not_push_wilsons_interval_out_of_0_to_1() -> None:
    assert wilson_interval(11, 11, 0.9)[1] == wilson_interval(32, 32)[1] == 1
    assert wilson_interval(0, 2)[0] == wilson_interval(0, 1, 0.99)[0] == 0


WORSE = Direction.HIGHER_IS_WORSE


@pytest.mark.parametrize("loss_share", [-0.2, 0, 0.75, 0.76, 1.5])
def test_where_higher_is_worse_a_rise_is_the_loss(loss_share: float) -> None:
    values = {**LEAD_IN, **after(loss_share)}
    turned = {day: 48 - value for day, value in values.items()}
    (there,) = responders(make_trial({"A1": values}), CLINIC, 182).rows
    (row,) = responders(make_trial({"A1": turned}), CLINIC, 182, WORSE).rows
    assert row.improvement == pytest.approx(there.improvement)
    assert (row.responder, row.lead_in_slope_per_month > 0) == (there.responder, True)
    stable = responders(make_trial({"A1": values}), CLINIC, 182, WORSE).left_out
    assert stable == (LeftOut("A1", "A", Reason.LEAD_IN_STABLE),)


def test_without_a_better_end_nobody_responds() -> None:
    with pytest.raises(ValueError, match="neither end of the scale"):
        responders(make_trial({"A1": LEAD_IN}), CLINIC, 182, Direction.NEITHER)
