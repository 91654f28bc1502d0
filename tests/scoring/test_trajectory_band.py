"""The line as it is drawn: the band follows from the posterior, a bent line runs through its reports."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.trajectory import DAYS_PER_MONTH, Line, Point, Prior, band, posterior, through
from tests.scoring.test_trajectory import START, points

lines = st.builds(
    Line,
    day=st.just(START),
    level=st.floats(0, 48),
    level_sd=st.floats(0.1, 5),
    slope=st.floats(-4, 1),
    slope_sd=st.floats(0.01, 2),
    covariance=st.just(0.0),
)


def correlated(line: Line, correlation: float) -> Line:
    return line._replace(covariance=correlation * line.level_sd * line.slope_sd)


@given(lines, st.floats(-1, 1), st.lists(st.integers(START - 400, START + 60), min_size=1, max_size=20))
def test_the_band_holds_the_line_and_is_as_wide_as_its_variance_says(
    line: Line, correlation: float, days: list[int]
) -> None:
    line = correlated(line, correlation)
    for drawn in band(line, days):
        t = (drawn.day - line.day) / DAYS_PER_MONTH
        variance = line.level_sd**2 + 2 * t * line.covariance + t * t * line.slope_sd**2
        assert drawn.low <= drawn.mean <= drawn.high
        assert drawn.mean == pytest.approx(line.level + line.slope * t)
        assert drawn.high - drawn.low == pytest.approx(2 * 1.959964 * math.sqrt(max(0, variance)), abs=1e-6)


def test_a_band_is_narrowest_among_the_reports_and_widens_away_from_them() -> None:
    fit = posterior(points([40, 39, 39, 38, 37, 36, 36]), Prior())
    line = Line(fit.day, fit.level, fit.level_sd, fit.slope, fit.slope_sd, fit.covariance)
    widths = [day.high - day.low for day in band(line, range(fit.day - 168, fit.day + 57, 28))]
    narrowest = widths.index(min(widths))
    assert 0 < narrowest < 7
    assert widths[narrowest:] == sorted(widths[narrowest:])
    assert widths[: narrowest + 1] == sorted(widths[: narrowest + 1], reverse=True)


def test_the_band_of_a_posterior_is_what_it_expects_of_a_report_without_noise() -> None:
    fit = posterior([Point(START, 40, "a"), Point(START + 100, 35, "b")], Prior())
    line = Line(fit.day, fit.level, fit.level_sd, fit.slope, fit.slope_sd, fit.covariance)
    (drawn,) = band(line, [START + 30])
    mean, sd = fit.expected(START + 30)
    assert drawn.mean == pytest.approx(mean)
    noiseless = math.sqrt(sd**2 - fit.residual_sd**2)
    assert (drawn.high - drawn.low) / 2 == pytest.approx(1.959964 * noiseless)


@given(
    st.lists(st.tuples(st.integers(START, START + 365), st.floats(0, 48)), min_size=1, max_size=30),
    st.integers(START, START + 365),
    st.floats(-3, 0),
    st.floats(-5, 0),
)
def test_a_bent_line_has_as_much_above_it_as_below(
    totals: list[tuple[int, float]], bend: int, before: float, after: float
) -> None:
    line = through(totals, bend=bend, before=before, after=after)
    assert math.fsum(total - line.at(day) for day, total in totals) == pytest.approx(0, abs=1e-6)
    assert (line.day, line.before, line.after) == (bend, before, after)
    assert line.at(bend - 30) - line.at(bend) == pytest.approx(-before * 30 / DAYS_PER_MONTH)
    assert line.at(bend + 30) - line.at(bend) == pytest.approx(after * 30 / DAYS_PER_MONTH)


def test_nothing_has_no_line_through_it() -> None:
    with pytest.raises(ValueError, match="needs a total"):
        through([], bend=START, before=0, after=-1)
