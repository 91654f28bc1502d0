"""A patient's series: what it draws, in how many reads, and what of it is only the clinicians'."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.patients.patient import Patient
from models.sites import sites
from services.access.actor import Actor, Role
from services.access.permissions import Operation, scope_for
from services.errors import NotFound
from services.patients import series
from services.patients.shapes import Series, Span
from tests.clinics import Clinic
from tests.people import People, own_actor
from tests.round_trips import commands

__all__ = ["commands"]
TOTALS = (46, 43, 40, 36, 32, 28)


@pytest.fixture
def clinic(people: People, now: datetime) -> Clinic:
    return Clinic.of(people, now)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    (made,) = clinic.patients(1)
    last = len(TOTALS) - 1
    for place, total in enumerate(TOTALS):
        clinic.send(made, total, days_ago=28 * (last - place), by_patient=True)
    return made


def read(patient: Patient, actor: Actor, now: datetime, span: Span = Span.MONTHS_18) -> Series:
    scope = scope_for(actor, Operation.REPORT_READ)
    return series.read(patient.id, scope, span=span, actor=actor, now=now)


def test_a_clinician_gets_the_line_on_the_basis_of_the_points(clinic: Clinic, patient: Patient) -> None:
    found = read(patient, clinic.actor, clinic.now)
    assert [point.total for point in found.totals] == list(TOTALS)
    assert found.assessed is not None
    assert found.assessed.trend is not None
    trajectory = found.assessed.evaluation["trajectory"]
    assert found.assessed.band[-1].mean == pytest.approx(trajectory["level"])
    used = [point for point in found.totals if point.used]
    assert [point.report_id for point in used] == trajectory["evidence"]
    level_off = [abs((point.comparable or 0) - 48) for point in used]
    assert level_off == [48 - total for total in TOTALS]
    assert {alert.topic for alert in found.assessed.alerts} >= {"decline"}


def test_the_patient_gets_answers_and_no_line(clinic: Clinic, patient: Patient) -> None:
    found = read(patient, own_actor(patient), clinic.now)
    assert [point.total for point in found.totals] == list(TOTALS)
    assert found.assessed is None
    assert all(point.comparable is None and not point.used for point in found.totals)


def test_a_coordinator_gets_answers_and_no_line(clinic: Clinic, patient: Patient) -> None:
    coordinator = clinic.people.staff(clinic.site, Role.COORDINATOR).actor
    found = read(patient, coordinator, clinic.now)
    assert len(found.totals) == len(TOTALS)
    assert found.assessed is None


def test_a_patient_gets_nothing_where_the_site_shows_no_history(people: People, now: datetime) -> None:
    site = people.site(shows_patient=("total",))
    sites.forget()
    made = people.patient(site, consent_at=now)
    clinic = Clinic(people, site, people.staff(site, Role.CLINICIAN).actor, now)
    clinic.send(made, 40, by_patient=True)
    assert not read(made, own_actor(made), now).totals
    assert len(read(made, clinic.actor, now).totals) == 1


def test_a_patient_of_another_clinic_is_not_found(people: People, clinic: Clinic, patient: Patient) -> None:
    stranger = people.staff(people.site(), Role.CLINICIAN).actor
    with pytest.raises(NotFound):
        read(patient, stranger, clinic.now)


def test_before_any_report_there_is_nothing_to_draw(clinic: Clinic) -> None:
    (made,) = clinic.patients(1)
    found = read(made, clinic.actor, clinic.now, Span.ALL)
    assert (found.seq, found.totals, found.respondent) == (0, (), None)
    assert found.assessed is not None
    assert (found.assessed.trend, found.assessed.band, found.assessed.bend) == (None, (), None)
    assert found.starts_on == found.ends_on


@pytest.mark.parametrize("reports", [1, 40])
def test_a_series_is_read_in_four_queries_whatever_its_length(
    clinic: Clinic, commands: list[str], reports: int
) -> None:
    (made,) = clinic.patients(1)
    for place in range(reports):
        clinic.send(made, 40, days_ago=7 * (reports - place))
    sites.read(made.site_id)
    commands.clear()
    assert len(read(made, clinic.actor, clinic.now, Span.ALL).totals) == reports
    assert commands == ["find"] * 4


def test_a_faster_loss_is_drawn_with_its_bend(clinic: Clinic) -> None:
    faster = (43, 43, 42, 43, 42, 42, 42, 41, 42, 41, 41, 41, 40, 39, 37, 36, 34)
    (made,) = clinic.patients(1)
    for place, total in enumerate(faster):
        clinic.send(made, total, days_ago=14 * (len(faster) - 1 - place), by_patient=True)
    found = read(made, clinic.actor, clinic.now)
    assert found.assessed is not None
    bend = found.assessed.bend
    assert bend is not None
    assert bend.line.after < bend.line.before < 0
    drawn = {point.day.toordinal(): point.comparable for point in found.totals}
    misses = [abs((total or 0) - bend.line.at(day)) for day, total in drawn.items()]
    assert max(misses) < 3
    today = clinic.now.date().toordinal()
    assert bend.low_day <= bend.line.day <= bend.high_day <= today + timedelta(days=1).days
