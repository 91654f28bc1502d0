"""What an alert rests on and the figure does not show: said beside the figure, and in the record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.patients.patient import Patient
from models.store.base import new_id
from services.access.permissions import Operation, scope_for
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from services.reports.safety import notices
from services.reports.safety.notices import RefusedForm
from tests.api.pages.desk import Desk
from tests.people import own_actor
from tests.questionnaires import answers_for
from tests.visitor import Visitor, text_of

AT_WORST = {"dyspnea": 0}


def record_text(visitor: Visitor, patient: Patient) -> str:
    page = visitor.get(f"/pages/patients/{patient.id}").text
    return page.partition("readonly>")[2].partition("</textarea>")[0]


@pytest.fixture
def patient(desk: Desk) -> Patient:
    """Somebody whose breathing was as before at every report."""
    made = desk.people.patient(desk.site, name="Mira Kovac", consent_at=desk.now - timedelta(days=200))
    for days in (56, 28):
        desk.report(made, "alsfrs_r", answers_for(40), days_ago=days)
    return made


def refuse(desk: Desk, patient: Patient) -> None:
    actor = own_actor(patient)
    form = RefusedForm(patient.id, new_id(), "alsfrs_r", "1", AT_WORST | {"nonsense": 3})
    scope = scope_for(actor, Operation.REPORT_SUBMIT)
    assert notices.tell(form, scope, actor=actor, now=desk.now) is not None


def keep_aside(desk: Desk, patient: Patient) -> None:
    actor = own_actor(patient)
    given = Submission(new_id(), "alsfrs_r", "99", desk.now, AT_WORST)
    submit_report(patient.id, given, scope_for(actor, Operation.REPORT_SUBMIT), actor=actor, now=desk.now)


def replace_later_that_day(desk: Desk, patient: Patient) -> None:
    """A form with one answer, and a whole one an hour later, which the figure shows in its place."""
    desk.report(patient, "alsfrs_r", AT_WORST, days_ago=1 / 24)
    desk.report(patient, "alsfrs_r", answers_for(40))


@pytest.mark.parametrize("told", [refuse, keep_aside, replace_later_that_day])
def test_breathing_does_not_read_as_before_while_a_form_outside_says_the_worst(
    signed_in: Visitor, desk: Desk, patient: Patient, told: object
) -> None:
    path = f"/pages/patients/{patient.id}"
    row = "Breathing 12 of 12 every answer shown is 4"
    assert row in text_of(signed_in.get(path))
    told(desk, patient)  # type: ignore[operator]
    shown = text_of(signed_in.get(path))
    assert row not in shown
    assert "Breathing 12 of 12 a form that is not in this figure says otherwise, 2 Mar" in shown
    assert "orst level" in shown.partition("Kept aside or doubtful")[2].partition("as a table")[0]
    assert "Not in these answers: Breath" in record_text(signed_in, patient)
    assert "by the answers shown" in shown


@pytest.mark.parametrize(("told", "fate"), [(refuse, "refused"), (keep_aside, "kept aside")])
def test_the_alert_says_which_form_it_was_and_when(
    signed_in: Visitor, desk: Desk, patient: Patient, told: object, fate: str
) -> None:
    told(desk, patient)  # type: ignore[operator]
    line = next(line for line in desk.lines(patient) if line.topic == "respiratory")
    shown = text_of(signed_in.get(f"/pages/alerts/{line.id}"))
    raised = shown.partition("Raised by")[2][:120]
    assert "2 Mar 2076" in raised
    assert fate in raised
    assert ": none" not in shown


def test_an_incomplete_form_is_said_to_be_incomplete(
    signed_in: Visitor, desk: Desk, patient: Patient
) -> None:
    desk.report(patient, "alsfrs_r", AT_WORST)
    line = next(line for line in desk.lines(patient) if line.topic == "respiratory")
    shown = text_of(signed_in.get(f"/pages/alerts/{line.id}"))
    assert "Raised by ALSFRS-R of 2 Mar 2076 by the clinician: not complete" in shown
    course = text_of(signed_in.get(f"/pages/patients/{patient.id}"))
    assert "not complete; 40 on 3 Feb" in course
    assert "Moving 8 of 12 on 3 Feb, not complete since" in course
    record = record_text(signed_in, patient)
    assert "ALSFRS-R not complete on 2 Mar 2076, answered by the clinician; 40 of 48 on 3 Feb 2076" in record
    assert "Breathing 12 (3 Feb 2076)" in record


def test_a_form_that_says_the_worst_comes_before_one_that_the_latest_report_has_eased(
    desk: Desk, patient: Patient
) -> None:
    replace_later_that_day(desk, patient)
    line = next(line for line in desk.lines(patient) if line.topic == "respiratory")
    assert line.headline.endswith("(not in latest report)")
    refuse(desk, patient)
    line = next(line for line in desk.lines(patient) if line.topic == "respiratory")
    assert line.headline == "Breathing at its worst level, in a form that was refused"
