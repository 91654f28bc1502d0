"""The page of an alert: why it is there, what is done with it, and a colleague who was faster."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from api.pages.alert.wrongness import FALSE_ALERTS, ON_DESK, OnDesk, Span
from bench.detection.tracks import TRAJECTORY_RULES
from models.alerts.alert import State
from models.alerts.worklists import WorklistLine
from models.sites import sites
from services import clock
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.alerts import actions
from services.alerts.actions import Action, AlertAction
from services.patients import patients
from tests.api.pages.desk import Desk
from tests.people import People, Person
from tests.questionnaires import answers_for
from tests.visitor import Visitor, text_of

CONTACT = {
    "phone_number": "+351 21 000 00 00",
    "lives_with": "her daughter",
    "born_on": "1961-03-02",
    "emergency_contact": {"name": "Joana Silva", "phone_number": "+351 91 000 00 00", "relation": "daughter"},
}


def decline_of(desk: Desk) -> WorklistLine:
    desk.falling(study_code="ALS-7", contact=CONTACT)
    return next(line for line in desk.lines() if line.topic == "decline")


def address(line: WorklistLine, action: str = "") -> str:
    return f"/pages/alerts/{line.id}" + (f"/{action}" if action else "")


def test_it_says_why_on_what_and_what_would_clear_it(signed_in: Visitor, desk: Desk) -> None:
    line = decline_of(desk)
    response = signed_in.get(address(line))
    shown = text_of(response)
    assert "born 2 Mar 1961" in shown
    sentence = line.sentence.replace("2075-10-14", "14 Oct 2075").replace("2076-03-02", "2 Mar 2076")
    for part in ("Maria Silva", "ALS-7", "soon", line.headline, sentence, "What would clear it"):
        assert part in shown
    assert "falls below 50 % at two reports in a row" in shown
    assert "6 reports" in shown
    assert "ALSFRS-R in 6 reports: 44 on" in response.text
    assert "In our simulations: 0.02 – 0.05 false alerts in a patient-year." in shown
    assert "0.00 – 0.01 for simulated patients who lose 0.1 points a month" in shown
    assert "0.07 – 0.09 for those who lose a steady 0.9." in shown
    assert "Your clinic: nobody has said yet" in shown
    assert "Raised by ALSFRS-R of 3 Feb 2076" in shown
    assert "Latest ALSFRS-R of 2 Mar 2076" in shown
    assert "Maria Silva" not in response.text.split("</title>")[0]


def test_each_thing_that_holds_it_says_what_would_clear_that(signed_in: Visitor, desk: Desk) -> None:
    patient = desk.falling()
    for days, worst in ((2, {"orthopnea": 0}), (1, {"dyspnea": 0, "orthopnea": 0})):
        desk.report(patient, "alsfrs_r", answers_for(30) | worst, days_ago=days)
    line = next(line for line in desk.lines() if line.topic == "respiratory")
    shown = text_of(signed_in.get(address(line)))
    assert "Item 10 is 1 or higher" in shown
    assert "What would clear it: Item 11 is 1 or higher" in shown


def test_what_the_clinic_said_of_the_rule_stands_beside_how_often_it_is_wrong(
    signed_in: Visitor, desk: Desk, clinician: Person
) -> None:
    line = decline_of(desk)
    form = {"rev": line.rev, "outcome": "called", "worth_a_look": "yes"}
    signed_in.post(address(line, "resolve"), form)
    shown = text_of(signed_in.get(address(line)))
    assert "Your clinic: of 1 alert of this rule that somebody judged, 0 was not worth a look." in shown


def test_a_weight_is_told_in_kilograms(signed_in: Visitor, desk: Desk) -> None:
    patient = desk.people.patient(desk.site, name="Rui Costa", consent_at=desk.now - timedelta(days=90))
    for days, grams in ((60, 80_000), (30, 70_000), (2, 69_500)):
        desk.report(patient, "weight", {"weight_g": grams}, days_ago=days)
    line = next(line for line in desk.lines(patient) if line.topic == "weight")
    response = signed_in.get(address(line))
    assert "69.5 kg" in text_of(response)
    assert "69500" not in response.text
    reports = text_of(signed_in.get(f"/pages/patients/{patient.id}/reports"))
    assert "69.5 kg" in reports
    assert "69500" not in reports


def phq_9(total: int) -> dict[str, int]:
    """A PHQ-9 of this total, without thoughts of self-harm."""
    codes = [min(3, max(0, total - 3 * place)) for place in range(8)]
    return {f"phq_{place}": code for place, code in enumerate(codes, 1)} | {"phq_9": 0}


def test_what_has_passed_or_is_resolved_does_not_say_what_would_end_it(
    signed_in: Visitor, desk: Desk
) -> None:
    patient = desk.people.patient(desk.site, name="Rui Costa", consent_at=desk.now - timedelta(days=90))
    for days, total in ((30, 16), (20, 4)):
        desk.report(patient, "phq_9", phq_9(total), days_ago=days)
    line = next(line for line in desk.lines(patient) if line.topic == "mood")
    clearing = text_of(signed_in.get(address(line)))
    assert "(not in latest report)" in clearing
    assert "still so, since 1 Feb; the last report that says so is of 1 Feb" in clearing
    for days, total in ((10, 3), (2, 2)):
        desk.report(patient, "phq_9", phq_9(total), days_ago=days)
    passed = text_of(signed_in.get(address(line)))
    assert "has passed, 21 Feb" in passed
    assert "Latest PHQ-9 of 29 Feb 2076 by the clinician: 2" in passed
    form = {"rev": actions.read(line.id, desk.scope).alert.rev, "outcome": "called"}
    assert signed_in.post(address(line, "resolve"), form).status_code == 303
    ended = signed_in.get(address(line))
    assert 'class="alert ended"' in ended.text
    for shown in (passed, text_of(ended), text_of(signed_in.get("/pages/"))):
        assert "a second one like it" not in shown
        assert "not in latest report" not in shown
        assert "What would clear it" not in shown


def test_who_to_call_stands_beside_it(signed_in: Visitor, desk: Desk) -> None:
    desk.in_danger(contact=CONTACT)
    response = signed_in.get(address(desk.lines()[0]))
    assert 'href="tel:+351210000000"' in response.text
    assert "her daughter" in response.text
    assert "Joana Silva" in response.text
    assert "Snooze" not in text_of(response)


def test_who_snoozes_is_told_that_it_comes_back_in_working_hours(signed_in: Visitor, desk: Desk) -> None:
    shown = text_of(signed_in.get(address(decline_of(desk))))
    assert "at night and on weekends, at the next opening" in shown


def test_a_safety_alert_without_a_number_says_so(signed_in: Visitor, desk: Desk) -> None:
    desk.in_danger()
    assert "No telephone number is on record." in signed_in.get(address(desk.lines()[0])).text


@pytest.mark.parametrize(
    ("action", "form", "said"),
    [
        ("acknowledge", {}, "Acknowledged."),
        ("snooze", {"span": "3d", "note": "On holiday"}, "Snoozed."),
        ("close", {"outcome": "resolve:called", "worth_a_look": "yes", "note": "Spoke to her"}, "Closed."),
        ("close", {"outcome": "dismiss:known", "worth_a_look": "no"}, "Closed."),
        ("comment", {"note": "A <word>"}, "The comment was stored."),
        ("assign", {"assigned_to": "me"}, "The assignment was stored."),
    ],
)
def test_what_is_done_is_stored_and_stands_in_the_history(
    signed_in: Visitor, desk: Desk, clinician: Person, action: str, form: dict[str, str], said: str
) -> None:
    line = decline_of(desk)
    if action == "assign":
        form = {"assigned_to": clinician.account.id}
    done = signed_in.post(address(line, action), {"rev": line.rev, **form})
    assert done.status_code == 303
    response = signed_in.get(done.location)
    shown = text_of(response)
    assert said in shown
    history = shown.split("History")[-1]
    assert clinician.account.name in history
    assert form.get("note", "") in history
    stored = actions.read(line.id, desk.scope)
    assert stored.history[-1].event == form.get("outcome", action).partition(":")[0]


def test_it_is_reopened(signed_in: Visitor, desk: Desk) -> None:
    line = decline_of(desk)
    signed_in.post(address(line, "dismiss"), {"rev": line.rev, "outcome": "known"})
    rev = actions.read(line.id, desk.scope).alert.rev
    assert signed_in.post(address(line, "reopen"), {"rev": rev}).status_code == 303
    assert "Reopen" not in text_of(signed_in.get(address(line)))


@pytest.mark.parametrize(
    ("action", "form", "said"),
    [
        ("close", {"note": "Spoke to her"}, "Say what came of it."),
        ("close", {"outcome": "resolve:", "note": "Spoke to her"}, "Say what came of it."),
        ("snooze", {"span": "a year", "note": "Spoke to her"}, "Say until when."),
        ("comment", {"note": "   "}, "Write something first."),
        (
            "assign",
            {"assigned_to": "nobody we know"},
            "Must be somebody of this site who may read the alert.",
        ),
    ],
)
def test_what_is_not_possible_is_said_and_what_was_typed_stays(
    signed_in: Visitor, desk: Desk, action: str, form: dict[str, str], said: str
) -> None:
    line = decline_of(desk)
    refused = signed_in.post(address(line, action), {"rev": line.rev, **form})
    assert refused.status_code == 422
    assert said in text_of(refused)
    if form.get("note", "").strip():
        assert "Spoke to her</textarea>" in refused.text
    assert actions.read(line.id, desk.scope).alert.rev == line.rev


def test_a_colleague_who_was_faster_is_named_and_nothing_is_lost(
    signed_in: Visitor, people: People, desk: Desk
) -> None:
    line = decline_of(desk)
    other = people.signed_in(people.account((desk.site, Role.CLINICIAN), name="Dr. Okafor"))
    wanted = AlertAction(Action.COMMENT, note="I am on it")
    actions.act(line.id, wanted, line.rev, desk.scope, actor=other.actor, now=desk.now)
    form = {
        "rev": line.rev,
        "outcome": "resolve:called",
        "note": "She will come on Monday",
        "worth_a_look": "yes",
    }
    refused = signed_in.post(address(line, "close"), form)
    assert refused.status_code == 409
    shown = text_of(refused)
    assert "Somebody was faster: nothing was stored" in shown
    assert "Dr. Okafor" in shown
    assert "I am on it" in shown
    assert "She will come on Monday</textarea>" in refused.text
    assert '<option value="resolve:called" selected>' in refused.text
    again = signed_in.post(address(line, "close"), {**form, "rev": line.rev + 1})
    assert again.status_code == 303


def test_an_action_that_is_not_possible_any_more_keeps_the_note(signed_in: Visitor, desk: Desk) -> None:
    line = decline_of(desk)
    signed_in.post(address(line, "dismiss"), {"rev": line.rev, "outcome": "known"})
    rev = actions.read(line.id, desk.scope).alert.rev
    refused = signed_in.post(address(line, "snooze"), {"rev": rev, "span": "1d", "note": "Wait for Monday"})
    assert refused.status_code == 409
    assert "is not possible any more" in text_of(refused)
    assert "Wait for Monday" in refused.text


def test_what_is_out_of_reach_or_not_there_is_no_page(
    signed_in: Visitor, visitor: Visitor, people: People, desk: Desk
) -> None:
    line = decline_of(desk)
    assert signed_in.post(address(line, "delete"), {"rev": line.rev}).status_code == 404
    assert signed_in.post(address(line, "acknowledge"), {"rev": "nonsense"}).status_code == 409
    visitor.sign_in(people.staff(people.site(), Role.CLINICIAN).account.email)
    assert visitor.get(address(line)).status_code == 404
    assert visitor.get("/pages/alerts/019ab1c2-0000-7000-8000-0000000000b1").status_code == 404


def measured() -> dict[str, Any]:
    stored = Path(__file__).parents[3] / "docs" / "detection" / "operating.json"
    return cast(dict[str, Any], json.loads(stored.read_text(encoding="utf-8")))


def span(times: Iterable[float]) -> Span:
    rounded = [round(number, 2) for number in times]
    return Span(min(rounded), max(rounded))


def test_the_false_alerts_that_are_told_are_those_of_the_bench() -> None:
    found = measured()
    cells = [cell["rows"] for own in found["populations"].values() for cell in own.values()]
    weights = [own["nobody loses weight"] for own in found["other_information"]["weight"].values()]
    told = {rule: span(rows[rule]["rate"] for rows in cells) for rule in TRAJECTORY_RULES}
    assert {**told, "weight_quick_loss": span(own["before_quick"] for own in weights)} == FALSE_ALERTS


def test_what_is_told_of_the_desk_is_what_the_bench_saw_there() -> None:
    loads = measured()["desk"].values()
    rules = {key.partition(",")[0] for paces in loads for load in paces.values() for key in load["by_rule"]}

    def seen(rule: str, pace: str) -> Span:
        return span(
            sum(times for key, times in paces[pace]["by_rule"].items() if key.partition(",")[0] == rule)
            for paces in loads
        )

    assert {rule: OnDesk(seen(rule, "stable"), seen(rule, "typical")) for rule in rules} == ON_DESK


def test_an_alert_is_muted_from_its_page_by_an_exception_of_the_patient(
    signed_in: Visitor, desk: Desk, people: People, clinician: Person
) -> None:
    line = decline_of(desk)
    assert "Mute for this patient" in signed_in.get(address(line)).text
    form = {"rev": line.rev, "ends_on": "2076-03-31", "reason": "Known, seen in clinic."}
    for changed, status in (
        ({"reason": " "}, 422),
        ({"ends_on": "2076-03-01"}, 422),
        ({"ends_on": "x"}, 422),
    ):
        assert signed_in.post(address(line, "mute"), {**form, **changed}).status_code == status
    assert signed_in.post(address(line, "mute"), {**form, "rev": line.rev + 7}).status_code == 409
    assert signed_in.post(address(line, "mute"), form).status_code == 303
    scope = scope_for(clinician.actor, Operation.PATIENT_OVERRIDE)
    patient = patients.read(line.patient_id, scope, now=clock.now())
    assert [dict(exception) for exception in patient.overrides] == [
        {
            "reason": "Known, seen in clinic.",
            "starts_on": "2076-03-02",
            "ends_on": "2076-03-31",
            "mute": ["decline"],
        }
    ]
    ended = signed_in.get(address(line) + "?done=mute")
    assert "Muted for this patient." in text_of(ended)
    found = actions.read(line.id, scope_for(clinician.actor, Operation.ALERT_READ)).alert
    assert (found.state, found.end and found.end.by) == (State.ENDED, "policy")
    assert "Mute for this patient" not in ended.text
    assert signed_in.post(address(line, "mute"), {**form, "rev": found.rev}).status_code == 409


def test_of_what_cannot_wait_the_page_says_whom_to_ring_up(
    signed_in: Visitor, desk: Desk, clinician: Person
) -> None:
    desk.falling()
    desk.in_danger()
    contact = {"account_id": clinician.account.id, "telephone": "+49 30 123 456"}
    changed = {"$set": {"escalation.out_of_hours": contact}}
    sites.SiteDocument.raw().update_one({"_id": desk.site.id}, changed)
    sites.forget()
    for line in desk.lines():
        shown = signed_in.get(address(line)).text
        waits = line.topic == "self_harm" or line.level == "urgent"
        assert ("+49 30 123 456" in shown) is waits
        assert ("Mute for this patient" in shown) is not waits
