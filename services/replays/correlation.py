"""How long errors last from week to week at a site, from its stored ALSFRS-R reports; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.patients import patients
from models.patients.patient import Patient
from scoring.decline.alsfrs import points
from scoring.trajectory import Correlation, Point, estimate_correlation
from services.replays.replays import reports_of, slices


def estimate(site_id: str) -> Correlation:
    """Estimate the correlation of errors a week apart from the complete reports of a site's patients.

    Raises:
        NoPoints: nobody has four complete reports within half a year.
    """
    followed = (patient for following in slices(site_id) for patient in patients.of_site(site_id, following))
    return estimate_correlation(series for patient in followed for series in series_of(patient))


def series_of(patient: Patient) -> Iterator[list[Point]]:
    """The totals of each respondent apart, and of each form of item 5: neither change is an error."""
    found: tuple[points.Point, ...] = ()
    for _, report in reports_of(patient):
        if report is not None and report.instrument == points.ALSFRS_R:
            found = points.insert(found, points.point_of(report))
    for rater, form in sorted({(point.rater, point.form) for point in found}):
        yield list(_totals(point for point in found if (point.rater, point.form) == (rater, form)))


def _totals(found: Iterable[points.Point]) -> Iterator[Point]:
    for point in found:
        if point.total is not None:
            yield Point(point.day, point.total, point.id, point.rater)
