"""The page of a patient without a browser: what it says, to whom, in how many queries and bytes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from models.alerts import worklists
from models.alerts.worklists import AlertFilter
from models.patients.patient import Patient
from models.sites import sites
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.alerts import actions
from services.alerts.actions import Action, AlertAction
from services.alerts.outcomes import Outcome
from tests.clinics import Clinic
from tests.people import People
from tests.round_trips import commands
from tests.visitor import Visitor, text_of

__all__ = ["commands"]
FASTER = (43, 43, 42, 43, 42, 42, 42, 41, 42, 41, 41, 41, 40, 39, 37, 36, 34)


@pytest.fixture
def clinic(people: People) -> Clinic:
    return Clinic.of(people, people.now)


@pytest.fixture
def falling(clinic: Clinic) -> Patient:
    contact = {"born_on": "1961-03-02", "hospital_number": "H-17"}
    made = clinic.people.patient(clinic.site, consent_at=clinic.now - timedelta(days=800), contact=contact)
    for place, total in enumerate(FASTER):
        clinic.send(made, total, days_ago=14 * (len(FASTER) - 1 - place), by_patient=True)
    return made


def visitor_as(clinic: Clinic, visitor: Visitor, role: Role) -> Visitor:
    person = clinic.people.staff(clinic.site, role)
    assert visitor.sign_in(person.account.email).status_code == 303
    return visitor


@pytest.mark.usefixtures("stopped_clock")
class TestPage:
    def test_a_clinician_reads_who_it_is_and_what_has_changed(
        self, clinic: Clinic, falling: Patient, visitor: Visitor
    ) -> None:
        visitor_as(clinic, visitor, Role.CLINICIAN)
        text = text_of(visitor.get(f"/pages/patients/{falling.id}"))
        for said in ("Maria Silva", "born 2 Mar 1961", "H-17", "34 of 48", "lost a month", "Acknowledge"):
            assert said in text
        assert "points a month" in text

    def test_a_coordinator_reads_answers_and_no_line(
        self, clinic: Clinic, falling: Patient, visitor: Visitor
    ) -> None:
        visitor_as(clinic, visitor, Role.COORDINATOR)
        response = visitor.get(f"/pages/patients/{falling.id}")
        text = text_of(response)
        assert response.status_code == 200
        assert "34 of 48" in text
        assert "King’s" not in text
        assert "lost a month" not in text
        assert 'class="band"' not in response.text

    def test_a_patient_of_another_clinic_is_not_there(
        self, people: People, falling: Patient, visitor: Visitor
    ) -> None:
        visitor_as(Clinic.of(people, people.now), visitor, Role.CLINICIAN)
        for path in ("", "/reports"):
            assert visitor.get(f"/pages/patients/{falling.id}{path}").status_code == 404

    def test_no_open_alert_is_no_reassurance(self, clinic: Clinic, visitor: Visitor) -> None:
        visitor_as(clinic, visitor, Role.CLINICIAN)
        (made,) = clinic.patients(1)
        text = text_of(visitor.get(f"/pages/patients/{made.id}"))
        assert "No open alert. This does not mean that all is well." in text
        assert "no report yet" in text
        assert "stable" not in text

    @pytest.mark.parametrize("span", ["12_months", "all", "nonsense"])
    def test_another_span_is_a_link_away(
        self, clinic: Clinic, falling: Patient, visitor: Visitor, span: str
    ) -> None:
        visitor_as(clinic, visitor, Role.CLINICIAN)
        assert visitor.get(f"/pages/patients/{falling.id}?span={span}").status_code == 200

    def test_all_reports_are_a_page_and_a_part_of_one(
        self, clinic: Clinic, falling: Patient, visitor: Visitor
    ) -> None:
        visitor_as(clinic, visitor, Role.CLINICIAN)
        path = f"/pages/patients/{falling.id}/reports"
        whole, part = visitor.get(path), visitor.get(path, **{"HX-Request": "true"})
        assert whole.text.count("<tr>") == part.text.count("<tr>") == len(FASTER) + 1
        assert "<html" in whole.text
        assert "<html" not in part.text

    def test_a_note_is_marked_as_read(self, clinic: Clinic, visitor: Visitor) -> None:
        visitor_as(clinic, visitor, Role.CLINICIAN)
        (made,) = clinic.patients(1)
        report = clinic.send(made, 40, by_patient=True, note="I fell in the bathroom.")
        path = f"/pages/patients/{made.id}"
        assert "not read yet" in text_of(visitor.get(path))
        answer = visitor.post(f"{path}/notes/{report}/read")
        assert answer.status_code == 303
        text = text_of(visitor.get(answer.location))
        assert "I fell in the bathroom." in text
        assert "not read yet" not in text

    def test_the_text_for_the_record_has_five_lines(
        self, clinic: Clinic, falling: Patient, visitor: Visitor
    ) -> None:
        visitor_as(clinic, visitor, Role.CLINICIAN)
        response = visitor.get(f"/pages/patients/{falling.id}").text
        text = response.partition("readonly>")[2].partition("</textarea>")[0]
        lines = text.strip().splitlines()
        assert len(lines) == 5
        assert lines[0].startswith("Maria Silva, born 2 Mar 1961")
        assert "ALSFRS-R 34 of 48" in lines[1]

    def test_it_is_read_in_few_queries_and_sent_in_few_bytes(
        self, clinic: Clinic, visitor: Visitor, commands: list[str]
    ) -> None:
        visitor_as(clinic, visitor, Role.CLINICIAN)
        (made,) = clinic.patients(1)
        for place in range(120):
            clinic.send(made, 40 - place % 3, days_ago=4 * (120 - place), by_patient=True)
        path = f"/pages/patients/{made.id}"
        visitor.get(path)
        sites.read(made.site_id)
        counts = []
        for _ in range(3):  # what is kept for some seconds may run out once on a busy machine
            commands.clear()
            response = visitor.get(path)
            counts.append(commands.count("find"))
        assert len(response.data) < 60_000
        assert min(counts) <= 5
        assert set(commands) == {"find"}

    def test_what_nobody_has_recorded_is_not_said_to_be_absent(
        self, clinic: Clinic, visitor: Visitor
    ) -> None:
        visitor_as(clinic, visitor, Role.CLINICIAN)
        (made,) = clinic.patients(1)
        text = text_of(visitor.get(f"/pages/patients/{made.id}"))
        assert "feeding tube not recorded · ventilation not recorded" in text
        assert "no feeding tube" not in text
        assert "no ventilation" not in text

    def test_the_telephone_number_stands_beside_the_facts(self, clinic: Clinic, visitor: Visitor) -> None:
        visitor_as(clinic, visitor, Role.CLINICIAN)
        contact = {"phone_number": "+351 21 000 00 00", "best_time": "mornings", "lives_with": "her son"}
        made = clinic.people.patient(clinic.site, consent_at=clinic.now, contact=contact)
        other = clinic.people.patient(clinic.site, consent_at=clinic.now)
        response = visitor.get(f"/pages/patients/{made.id}")
        assert 'href="tel:+351210000000"' in response.text
        assert "telephone +351 21 000 00 00 (mornings) · lives with her son" in text_of(response)
        assert "no telephone number on record" in text_of(visitor.get(f"/pages/patients/{other.id}"))
        assert "No device with the app yet." in text_of(visitor.get(f"/pages/patients/{other.id}/phones"))

    def test_where_the_pace_may_have_changed_no_chance_of_the_straight_line_stands_beside(
        self, clinic: Clinic, falling: Patient, visitor: Visitor
    ) -> None:
        visitor_as(clinic, visitor, Role.CLINICIAN)
        response = visitor.get(f"/pages/patients/{falling.id}")
        text = text_of(response)
        assert re.search(
            r"Chance that the pace has changed \d+% if so about \d+ \w+( 2075)?; \d\.\d a month", text
        )
        assert "Chance of more than" not in text
        assert "the line stands at" not in response.text
        for shape in ("band", "ahead", "window", "line"):
            assert f'<path class="{shape}"' not in response.text
        record = response.text.partition("readonly>")[2].partition("</textarea>")[0]
        assert "chance of more than" not in record
        assert re.search(r"the pace has changed with a chance of \d+%, if so about \d+ \w+ 20\d\d", record)
        assert f"{len(FASTER)} reports over" in record

    def test_another_ones_total_and_stages_are_named_beside_those_that_are_followed(
        self, clinic: Clinic, visitor: Visitor
    ) -> None:
        visitor_as(clinic, visitor, Role.CLINICIAN)
        (made,) = clinic.patients(1)
        for days_ago in (84, 56, 28):
            clinic.send(made, 42, days_ago=days_ago, by_patient=True)
        clinic.send(made, 35, days_ago=3)
        response = visitor.get(f"/pages/patients/{made.id}")
        text = text_of(response)
        assert "Total, 3 Feb, patient 42 of 48 35 by the clinician, 28 Feb" in text
        assert "Stages, by the clinician, 28 Feb" in text
        record = response.text.partition("readonly>")[2].partition("</textarea>")[0]
        assert "By the clinician on 28 Feb 2076: 35; by the patient on 3 Feb 2076: 42." in record
        listed = text_of(visitor.get("/pages/patients"))
        assert "42 patient 35 clinician" in listed

    def test_a_note_that_nobody_has_read_stands_above_the_figure(
        self, clinic: Clinic, visitor: Visitor
    ) -> None:
        visitor_as(clinic, visitor, Role.CLINICIAN)
        (made,) = clinic.patients(1)
        report = clinic.send(made, 40, by_patient=True, note="I fell in the bathroom.")
        path = f"/pages/patients/{made.id}"
        above, _, below = text_of(visitor.get(path)).partition("ALSFRS-R patient")
        assert "I fell in the bathroom." in above
        assert "I fell in the bathroom." not in below
        visitor.post(f"{path}/notes/{report}/read")
        above, _, below = text_of(visitor.get(path)).partition("ALSFRS-R patient")
        assert "I fell in the bathroom." not in above
        assert "I fell in the bathroom." in below

    def test_what_was_closed_stays_in_sight(self, clinic: Clinic, falling: Patient, visitor: Visitor) -> None:
        person = clinic.people.staff(clinic.site, Role.CLINICIAN)
        visitor.sign_in(person.account.email)
        path = f"/pages/patients/{falling.id}"
        assert "Alerts that have ended" not in text_of(visitor.get(path))
        wanted = AlertFilter(patient_id=falling.id)
        scope = scope_for(person.actor, Operation.ALERT_ACT)
        lines = worklists.page(wanted, scope, after=None, limit=9, now=clinic.now).lines
        for line in lines:
            action = AlertAction(Action.RESOLVE, outcome=Outcome.CALLED)
            actions.act(line.id, action, line.rev, scope, actor=person.actor, now=clinic.now)
        ended = text_of(visitor.get(path)).partition("Alerts that have ended")[2]
        assert f"2 Mar – 2 Mar, resolved, {person.account.name}: May be falling faster" in ended

    def test_the_alert_is_told_in_the_numbers_that_stand_beside_it(
        self, clinic: Clinic, falling: Patient, visitor: Visitor
    ) -> None:
        visitor_as(clinic, visitor, Role.CLINICIAN)
        text = text_of(visitor.get(f"/pages/patients/{falling.id}"))
        told = re.search(r"May be falling faster: (\d+) % chance, about (\d\.\d) points a month now", text)
        shown = re.search(
            r"Points lost a month now (\d\.\d) .* Chance that the pace has changed (\d+)%", text
        )
        assert told is not None
        assert shown is not None
        assert (told[1], told[2]) == (shown[2], shown[1])
