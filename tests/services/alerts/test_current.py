"""The present numbers of an alert are those of the newest evaluation that it is in step with."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from models.alerts import alerts
from models.alerts.alert import AlertDetail, Condition, State
from models.ledger import ledger
from models.patients.patient import Patient
from models.store.scope import Scope
from services.access.actor import Role
from services.alerts import actions, current, news
from services.alerts.actions import Action, AlertAction
from services.reports.evaluate import needs_alignment
from tests.clinics import Clinic
from tests.people import People
from tests.questionnaires import answers_for


@pytest.fixture
def clinic(people: People, now: datetime) -> Clinic:
    return Clinic.of(people, now)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return clinic.patients(1)[0]


def lowest_breathing(clinic: Clinic, patient: Patient, days_ago: int) -> str:
    """A report with dyspnea at its lowest: a state with a mark that does not move."""
    return clinic.send(patient, days_ago=days_ago, answers=answers_for(44) | {"dyspnea": 0})


def detail(clinic: Clinic, patient: Patient, topic: str = "respiratory") -> AlertDetail:
    alert = alerts.latest(clinic.site.id, [patient.id])[patient.id][topic]
    found = alerts.read(alert.public_id, Scope(site_ids=frozenset({clinic.site.id})))
    assert found is not None
    return found


def test_a_report_that_changes_nothing_about_an_alert_leaves_it_alone(
    clinic: Clinic, patient: Patient
) -> None:
    for days in (28, 21, 14):
        lowest_breathing(clinic, patient, days)
    before = detail(clinic, patient)
    latest = lowest_breathing(clinic, patient, 7)
    head = ledger.read_head(patient.id)
    assert head is not None
    assert not head.alerts_pending
    after = detail(clinic, patient)
    assert (after.alert.version, after.alert.based_on) == (before.alert.version, before.alert.based_on)
    old = replace(after.alert, headline="As it was.", sentence="As it was.")
    shown = current.with_present_numbers(replace(after, alert=old), clinic.now)
    assert shown.alert.grounds.met_by == latest
    assert shown.alert.rev == after.alert.rev
    (flag,) = head.evaluated.evaluation["flags"]
    assert (shown.flag, shown.alert.sentence) == (flag, flag["sentence"])
    assert replace(shown.alert, grounds=after.alert.grounds, sentence=after.alert.sentence) == after.alert


def test_what_decides_is_looked_at(clinic: Clinic, patient: Patient) -> None:
    for days in (28, 21):
        lowest_breathing(clinic, patient, days)
    before = detail(clinic, patient).alert
    clinic.send(patient, 44, days_ago=7)
    clinic.send(patient, 44)
    after = detail(clinic, patient).alert
    assert after.version > before.version
    assert after.standing != before.standing


def test_an_ended_alert_keeps_its_numbers(clinic: Clinic, patient: Patient) -> None:
    lowest_breathing(clinic, patient, 21)
    found = detail(clinic, patient)
    lowest_breathing(clinic, patient, 14)
    ended = replace(found, alert=replace(found.alert, state=State.ENDED))
    assert current.with_present_numbers(ended, clinic.now) == ended


@pytest.mark.parametrize("condition", [Condition.PASSED, Condition.WITHDRAWN])
def test_so_does_one_whose_condition_has_gone(clinic: Clinic, patient: Patient, condition: Condition) -> None:
    lowest_breathing(clinic, patient, 21)
    found = detail(clinic, patient)
    lowest_breathing(clinic, patient, 14)
    passed = replace(found, alert=replace(found.alert, condition=condition))
    assert current.with_present_numbers(passed, clinic.now) == passed


def test_an_event_that_is_off_and_that_nobody_has_seen_keeps_its_numbers(
    clinic: Clinic, patient: Patient
) -> None:
    lowest_breathing(clinic, patient, 90)
    found = detail(clinic, patient)
    for days in (60, 40, 20):
        clinic.send(patient, 44, days_ago=days)
    head = ledger.read_head(patient.id)
    assert head is not None
    assert head.evaluated.evaluation["flags"] == []
    for standing in (found.alert.standing, {}):
        unseen = replace(found, alert=replace(found.alert, based_on=1, standing=standing))
        assert current.with_present_numbers(unseen, clinic.now) == unseen


def test_whoever_acts_leaves_it_as_the_reports_say_now(
    clinic: Clinic, patient: Patient, people: People
) -> None:
    for days in (28, 21):
        lowest_breathing(clinic, patient, days)
    latest = lowest_breathing(clinic, patient, 7)
    found, head = detail(clinic, patient), ledger.read_head(patient.id)
    assert head is not None
    (flag,) = head.evaluated.evaluation["flags"]
    assert found.flag != flag
    actor = people.staff(clinic.site, Role.CLINICIAN).actor
    scope, wanted = Scope(site_ids=frozenset({clinic.site.id})), AlertAction(Action.COMMENT, "Rang.")
    done = actions.act(found.alert.public_id, wanted, found.alert.rev, scope, actor=actor, now=clinic.now)
    assert (done.flag, done.alert.grounds.met_by) == (flag, latest)
    stored = detail(clinic, patient)
    assert (stored.flag, stored.alert) == (flag, done.alert)


def test_one_that_waits_for_its_alignment_shows_what_it_was_told(clinic: Clinic, patient: Patient) -> None:
    lowest_breathing(clinic, patient, 21)
    found = detail(clinic, patient)
    lowest_breathing(clinic, patient, 14)
    other = replace(found, alert=replace(found.alert, standing={"another": {"points": 1.0}}))
    assert current.with_present_numbers(other, clinic.now) == other


def test_an_entry_after_one_that_is_pending_is_looked_at(clinic: Clinic, patient: Patient) -> None:
    for days in (28, 21):
        lowest_breathing(clinic, patient, days)
    head = ledger.read_head(patient.id)
    assert head is not None
    evaluated = replace(head.evaluated, evaluation={**head.evaluated.evaluation, "news": []})
    assert not needs_alignment(evaluated, head)
    assert needs_alignment(evaluated, replace(head, alerts_pending=True))
    muted = {**evaluated.evaluation, "mutes": [{"topic": "weight"}]}
    assert needs_alignment(replace(evaluated, evaluation=muted), head)


def test_met_again_is_no_difference_and_anything_else_is() -> None:
    state = {
        "on": True,
        "level": "soon",
        "raised_by": "r1",
        "raised_at": "a",
        "cleared_at": None,
        "met_by": "r1",
        "met_at": "a",
    }
    signal = {"rule": "x", "level": "soon", "mark": {"points": 1.0}, "evidence": ["r1"]}
    flag = {
        **signal,
        "topic": "weight",
        "restricted": False,
        "data_query": False,
        "further": [],
        "numbers": {},
    }
    said = {"topics": {"weight": state}, "flags": [flag]}
    same = {
        "topics": {"weight": {**state, "met_by": "r9", "met_at": "z"}},
        "flags": [{**flag, "numbers": {"n": 2}, "evidence": ["r9"]}],
    }
    assert news.decisive(said) == news.decisive(same)
    for other in (
        {"topics": {"weight": {**state, "on": False, "cleared_at": "b"}}, "flags": []},
        {"topics": {"weight": {**state, "level": "urgent"}}, "flags": [flag]},
        {"topics": {"weight": {**state, "raised_by": "r2"}}, "flags": [flag]},
        {"topics": {"weight": state}, "flags": [{**flag, "further": [{**signal, "rule": "y"}]}]},
        {"topics": {"weight": state}, "flags": [{**flag, "rule": "y"}]},
        {"topics": {}, "flags": []},
    ):
        assert news.decisive(said) != news.decisive(other)


def test_of_a_safety_topic_every_report_counts() -> None:
    state = dict.fromkeys(("on", "level", "raised_by", "raised_at", "cleared_at"))
    flag = {"topic": "self_harm", "rule": "x", "level": "urgent", "mark": {}, "evidence": ["r1"]}
    plain = {"restricted": True, "data_query": False, "further": []}
    first = {"topics": {"self_harm": state}, "flags": [flag | plain]}
    second = {"topics": {"self_harm": state}, "flags": [flag | plain | {"evidence": ["r1", "r2"]}]}
    assert news.decisive(first) != news.decisive(second)
