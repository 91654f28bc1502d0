"""The correlation of errors from stored reports: whose totals go together, and what counts."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.patients.patient import Patient
from scoring.trajectory import NoPoints
from services.replays import correlation
from tests.clinics import Clinic
from tests.people import People
from tests.questionnaires import answers_for


@pytest.fixture
def clinic(people: People, now: datetime) -> Clinic:
    return Clinic.of(people, now)


def totals(patient: Patient) -> list[list[float]]:
    return [[point.value for point in series] for series in correlation.series_of(patient)]


def test_each_respondent_and_each_form_of_item_5_is_a_series_of_its_own(clinic: Clinic) -> None:
    (patient,) = clinic.patients(1)
    for back, total in ((28, 40), (21, 39), (0, 37)):
        clinic.send(patient, total, days_ago=back, by_patient=True)
    clinic.send(patient, 30, days_ago=21)
    fed = answers_for(36)
    fed["cutting_with_gastrostomy"] = fed.pop("cutting_without_gastrostomy")
    clinic.send(patient, days_ago=7, by_patient=True, answers=fed)
    assert sorted(totals(patient)) == [[30], [36], [40, 39, 37]]


def test_an_incomplete_report_does_not_count(clinic: Clinic) -> None:
    (patient,) = clinic.patients(1)
    lacking = answers_for(40)
    del lacking["speech"]
    clinic.send(patient, days_ago=14, answers=lacking)
    clinic.send(patient, 38, days_ago=7)
    assert totals(patient) == [[38]]


def test_a_site_is_estimated_over_all_its_patients(clinic: Clinic) -> None:
    first, second = clinic.patients(2)
    for place, total in enumerate((40, 41, 39, 40, 38, 39)):
        clinic.send(first, total, days_ago=28 * (5 - place))
        clinic.send(second, total - 5, days_ago=28 * (5 - place))
    found = correlation.estimate(clinic.site.id)
    assert (found.stretches, found.reports, found.enough) == (2, 12, False)
    assert 0 <= found.low <= found.weekly <= found.high < 1


def test_too_few_reports_say_nothing(clinic: Clinic) -> None:
    (patient,) = clinic.patients(1)
    clinic.send(patient, 40)
    with pytest.raises(NoPoints):
        correlation.estimate(clinic.site.id)
