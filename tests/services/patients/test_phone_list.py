"""Who has not been heard from, with what a caller needs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.access.permissions import Operation, scope_for
from services.alerts import actions
from services.alerts.actions import Action, AlertAction
from services.patients import phone_list, silence
from services.patients.phone_list import PhoneList
from tests.clinics import Clinic
from tests.people import People
from tests.round_trips import commands

__all__ = ["commands"]


@pytest.fixture
def clinic(people: People) -> Clinic:
    return Clinic.of(people, people.now)


def read(clinic: Clinic, **page: object) -> PhoneList:
    scope = scope_for(clinic.actor, Operation.ALERT_READ)
    return phone_list.read(scope, actor=clinic.actor, now=clinic.now, **page)


def test_only_what_people_did_is_what_was_tried(clinic: Clinic) -> None:
    (patient,) = clinic.patients(1)
    clinic.send(patient, 40, days_ago=100)
    silence.look(clinic.now)
    (line,) = read(clinic).lines
    assert line.tried == ()
    assert line.last_on == (clinic.now - timedelta(days=100)).date()
    assert line.days_overdue == 72
    scope = scope_for(clinic.actor, Operation.ALERT_ACT)
    wanted = AlertAction(Action.COMMENT, note="Called.")
    actions.act(line.alert.public_id, wanted, line.alert.rev, scope, actor=clinic.actor, now=clinic.now)
    (line,) = read(clinic).lines
    assert [step.note for step in line.tried] == ["Called."]


def test_it_comes_in_pages_of_three_reads_each(clinic: Clinic, commands: list[str]) -> None:
    for patient in clinic.patients(5):
        clinic.send(patient, 40, days_ago=100)
    silence.look(clinic.now)
    first = read(clinic, limit=3)
    commands.clear()
    rest = read(clinic, limit=3, after=first.following)
    assert commands == ["find"] * 3
    assert (len(first.lines), len(rest.lines), rest.following) == (3, 2, None)
