"""Correlation of errors: against the multivariate normal, and found again in simulated data."""

from __future__ import annotations

import math
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from scoring.trajectory import NoPoints, Point, estimate_correlation
from scoring.trajectory.correlation import HALF_CHI_SQUARE, _log_likelihood, _stretches


def patient(chance: random.Random, weekly: float, *, every: int = 7, reports: int = 26) -> list[Point]:
    kept = weekly ** (every / 7)
    error, points = chance.gauss(0, 1.6), []
    for place in range(reports):
        points.append(Point(every * place, 40 - 0.2 * place + error, str(place)))
        error = kept * error + chance.gauss(0, 1.6 * math.sqrt(1 - kept**2))
    return points


def direct(stretch: list[tuple[int, float]], weekly: float) -> float:
    """The restricted likelihood from the whole covariance: of the totals freed of any line."""
    days = np.array([day for day, _ in stretch], float)
    values = np.array([value for _, value in stretch])
    covariance = weekly ** (np.abs(days[:, None] - days[None, :]) / 7)
    design = np.stack([np.ones_like(days), days - days[0]], 1)
    free = np.linalg.svd(design)[0][:, 2:]
    spread, contrast = free.T @ covariance @ free, free.T @ values
    scale = contrast @ np.linalg.inv(spread) @ contrast / len(contrast)
    return float(stats.multivariate_normal.logpdf(contrast, np.zeros(len(contrast)), scale * spread))


@pytest.mark.parametrize("every", [5, 7, 14])
def test_the_likelihood_is_that_of_the_whole_covariance(every: int) -> None:
    (stretch,) = _stretches(patient(random.Random(3), 0.5, every=every, reports=12))
    logs = [_log_likelihood([stretch], len(stretch) - 2, weekly) for weekly in (0.1, 0.3, 0.7)]
    expected = [direct(stretch, weekly) for weekly in (0.1, 0.3, 0.7)]
    differences = [log - value for log, value in zip(logs, expected, strict=True)]
    assert differences == pytest.approx([differences[0]] * 3, abs=1e-8)


def test_the_interval_is_that_of_the_likelihood_ratio() -> None:
    assert pytest.approx(stats.chi2.ppf(0.95, 1) / 2, abs=1e-6) == HALF_CHI_SQUARE


@pytest.mark.parametrize(("weekly", "every"), [(0.0, 7), (0.4, 7), (0.7, 7), (0.7, 14)])
def test_what_was_put_in_is_found_again(weekly: float, every: int) -> None:
    chance = random.Random(11)
    found = estimate_correlation(
        patient(chance, weekly, every=every, reports=180 // every) for _ in range(60)
    )
    assert found.low <= weekly <= found.high
    assert abs(found.weekly - weekly) < 0.15
    assert found.enough
    assert found.error_sd == pytest.approx(1.6, rel=0.15)
    assert (found.stretches, found.reports) == (60, 60 * (180 // every))


def test_a_bend_is_not_taken_for_errors_that_last() -> None:
    chance = random.Random(5)
    bent = [
        [
            Point(7 * week, 44 - 0.1 * week - 0.5 * max(0, week - 27) + chance.gauss(0, 1.6), str(week))
            for week in range(53)
        ]
        for _ in range(40)
    ]
    assert estimate_correlation(bent).weekly < 0.15


def test_of_few_reports_it_says_that_they_are_too_few() -> None:
    chance = random.Random(7)
    found = estimate_correlation([patient(chance, 0.3, every=28, reports=6)])
    assert not found.enough
    assert found.high - found.low > 0.4


def test_fewer_than_four_reports_in_half_a_year_say_nothing() -> None:
    with pytest.raises(NoPoints, match=r"^nobody has four reports within half a year$"):
        estimate_correlation([patient(random.Random(1), 0.3, every=90, reports=9)])


def test_stretches_end_after_half_a_year_and_the_last_report_of_a_day_counts() -> None:
    days = (0, 0, 61, 122, 183, 184, 200, 230, 260)
    points = [Point(day, 40.0 + place, f"r{place}") for place, day in enumerate(days)]
    first, second = _stretches(points)
    assert [day for day, _ in first] == [0, 61, 122, 183]
    assert first[0][1] == 41.0
    assert [day for day, _ in second] == [184, 200, 230, 260]


def test_of_one_day_the_last_given_counts_whatever_its_total() -> None:
    points = [Point(day, total, str(day)) for day, total in ((0, 41), (0, 40), (7, 40), (14, 39), (21, 39))]
    (stretch,) = _stretches(points)
    assert stretch[0] == (0, 40)


@pytest.mark.parametrize("row", ["a,31.3.2026,40", "a,2026-03-31,", "a,2026-03-31", "a,2026-03-31,nan"])
def test_a_row_that_is_no_reading_is_named(tmp_path: Path, row: str) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(f"patient,date,total\n{row}\n")
    wrong = command(bad)
    assert (wrong.returncode, wrong.stderr) == (
        1,
        "row 2: a date such as 2026-03-31 and a number are needed\n",
    )


def test_the_command_prints_the_estimate(tmp_path: Path) -> None:
    rows = ["patient,date,total"]
    chance = random.Random(2)
    for name in ("a", "b"):
        rows += [
            f"{name},2026-{1 + place:02d}-01,{40 - place + chance.gauss(0, 1):.0f}" for place in range(6)
        ]
    good = tmp_path / "good.csv"
    good.write_text("\n".join(rows))
    told = command(good)
    assert told.returncode == 0
    assert told.stdout.startswith("Correlation of errors a week apart: ")
    assert "too little to change a policy for" in told.stdout


def command(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scoring.trajectory", str(path)], capture_output=True, text=True, check=False
    )
