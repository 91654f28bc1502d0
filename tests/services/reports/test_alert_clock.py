"""What time does to alerts: the worker's step, on stored alerts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from models.alerts import alerts
from models.alerts.alert import Alert, Because, State
from models.alerts.changes import Change
from models.store import unreadable
from models.store.base import new_id
from scoring.decline import Level, Topic
from services import readiness
from services.alerts import align, by_clock
from services.alerts.moves import Cause
from services.reports import alert_clock, reconcile
from tests.alert_samples import EVENT, Told, make_alert, on_day, store
from tests.people import People


@pytest.fixture
def site_id(people: People) -> str:
    return people.site().id


def kept(site_id: str, *made: Alert) -> None:
    store(*(replace(one, site_id=site_id, episode=place) for place, one in enumerate(made, 1)))


def present(site_id: str, made: Alert) -> Alert:
    found = alerts.latest(site_id, [made.patient_id])[made.patient_id].get(made.topic)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("state", "because"),
    [
        (State.SNOOZED, Because.SNOOZE_ENDED),
        (State.ACKNOWLEDGED, Because.ACKNOWLEDGEMENT_EXPIRED),
    ],
)
def test_what_has_run_out_comes_back(site_id: str, state: State, because: Because) -> None:
    alert = make_alert(state, until=on_day(10))
    kept(site_id, alert)
    assert alert_clock.go_on(on_day(10) - timedelta(seconds=1)) == 0
    assert present(site_id, alert).state is state
    assert alert_clock.go_on(on_day(10)) == 1
    after = present(site_id, alert)
    assert (after.state, after.raised_because) == (State.OPEN, because)


def test_it_comes_back_once(site_id: str) -> None:
    alert = make_alert(State.SNOOZED, until=on_day(10))
    kept(site_id, alert)
    alert_clock.go_on(on_day(10))
    assert alert_clock.go_on(on_day(10)) == 0


def test_what_is_not_due_is_left_alone(site_id: str) -> None:
    alert = make_alert()
    kept(site_id, alert)
    before = present(site_id, alert)
    assert alert_clock.go_on(on_day(1)) == 0
    assert present(site_id, alert) == before


def test_nothing_ends_by_a_clock_with_which_the_database_does_not_agree(
    site_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was put off comes back all the same: that is the safe side."""
    old = make_alert(told=Told(Topic.SPEECH, Level.INFORM, rule=EVENT))
    snoozed = make_alert(State.SNOOZED, until=on_day(10))
    kept(site_id, old, snoozed)
    monkeypatch.setattr(readiness, "clock_agrees", lambda: False)
    assert alert_clock.go_on(on_day(60)) == 1
    assert (present(site_id, old).state, present(site_id, snoozed).state) == (State.OPEN, State.OPEN)
    monkeypatch.setattr(readiness, "clock_agrees", lambda: True)
    assert alert_clock.go_on(on_day(60)) == 1
    assert present(site_id, old).state is State.ENDED


def test_one_that_fails_costs_the_others_nothing(site_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, other = (
        make_alert(State.SNOOZED, until=on_day(10), public_id=name) for name in ("broken", "other")
    )
    kept(site_id, broken, other)
    next_change = by_clock.next_change

    def failing(alert: Alert, cause: Cause) -> Change | None:
        if alert.public_id == "broken":
            raise ValueError
        return next_change(alert, cause)

    monkeypatch.setattr(by_clock, "next_change", failing)
    assert alert_clock.go_on(on_day(10)) == 1
    assert unreadable.named() == {("alerts", "broken")}


def muted(site_id: str, patient_id: str, day: float = 10) -> Alert:
    alert = make_alert(State.ENDED, site_id=site_id, patient_id=patient_id, muted_until=on_day(day))
    store(alert)
    return alert


def test_patients_who_cannot_be_brought_in_step_keep_nobody_waiting(
    site_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are come back to: neither what comes back nor other mutes that end wait for them."""
    failing = {muted(site_id, new_id(), day).patient_id for day in (10, 11, 12)}
    others = [muted(site_id, new_id(), 13).patient_id for _ in range(3)]
    back = make_alert(State.SNOOZED, until=on_day(14))
    kept(site_id, back)
    asked: list[str] = []

    def tried(patient_id: str, *, now: datetime) -> bool:
        asked.append(patient_id)
        return patient_id not in failing

    monkeypatch.setattr(align, "CLOCK_BATCH", 2)
    monkeypatch.setattr(reconcile, "reconcile_or_leave", tried)
    for minutes in range(4):
        alert_clock.go_on(on_day(15) + timedelta(minutes=minutes))
    assert present(site_id, back).state is State.OPEN
    assert set(others) <= set(asked)
    assert set(alerts.patients_unmuted(on_day(15))) == failing
    failing.clear()
    for minutes in range(5, 8):
        alert_clock.go_on(on_day(15) + timedelta(minutes=minutes))
    assert alerts.patients_unmuted(on_day(15)) == []


def test_a_mute_is_not_forgotten_of_a_patient_whose_alerts_nobody_looked_at(site_id: str) -> None:
    alert = muted(site_id, new_id())
    assert align.go_by_clock(on_day(20)) == 0
    assert align.go_by_clock(on_day(20), unmuted=[new_id()]) == 0
    assert present(site_id, alert).muted_until == on_day(10)
    assert align.go_by_clock(on_day(20), unmuted=[alert.patient_id]) == 1
    assert present(site_id, alert).muted_until is None
