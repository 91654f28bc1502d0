"""Whatever stands beside a safety answer: the notice is stored, and the answer carries the text."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st
from pymongo.errors import AutoReconnect

from models.alerts.alerts import AlertDocument
from models.ledger import ledger
from models.ledger.entries import EntryKind
from models.patients.patient import Patient
from models.sites.sites import Site
from services.reports.safety import notices
from tests.api.resources.safety_first.forms import Alerts, Send, at_risk
from tests.people import People, Person
from tests.questionnaires import alsfrs, answers_for

ENDS = (
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T23:59:59-12:00",
    "0900-02-28T12:00:00Z",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-14:00",
    "9999-12-31T00:00:00+14:00",
)
ZONES = ("America/New_York", "Pacific/Kiritimati", "Etc/GMT+12", "UTC", "Mars/Olympus")
ODD_TEXTS = ("", "\0", "1\0", "\ud800", "a\udfff", "1" * 5000, "\u202e1", "{}", "-1", "1e400", *ENDS)
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(ODD_TEXTS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(ODD_TEXTS[:6]), inner, max_size=3)
    ),
    max_leaves=6,
)
MEMBERS = (
    "id",
    "instrument_version",
    "observed_at",
    "sent_at",
    "zone",
    "mode",
    "respondent",
    "duration_seconds",
    "note",
)
KEYS = st.sampled_from((*(f"phq_{place}" for place in range(1, 9)), *ODD_TEXTS[:6]))


@example(beside={"instrument_version": "\ud800"}, answers={}, zone="UTC", by_staff=False)
@example(beside={"observed_at": ENDS[0]}, answers={}, zone="America/New_York", by_staff=True)
@given(
    beside=st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(ODD_TEXTS) | ODD for name in MEMBERS}
    ).flatmap(
        lambda known: st.dictionaries(st.text(max_size=3), ODD, max_size=2).map(lambda more: more | known)
    ),
    answers=st.dictionaries(KEYS, ODD, max_size=4),
    zone=st.sampled_from(ZONES),
    by_staff=st.booleans(),
)
@of_hypothesis(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_beside_a_safety_answer_keeps_it_from_being_told(
    send: Send,
    people: People,
    site: Site,
    clinician: Person,
    now: datetime,
    beside: dict[str, Any],
    answers: dict[str, Any],
    zone: str,
    by_staff: bool,
) -> None:
    about = people.patient(site, consent_at=now, zone=zone)
    form = at_risk(now) | beside | {"instrument": "phq_9", "answers": answers | {"phq_9": 3}, "surplus": 1}
    sender = clinician if by_staff else people.caregiver(site, about)
    response = send(form, by=sender, about=about)
    assert 400 <= response.status_code < 500
    assert "emergency number" in response.json["crisis_text"]
    assert [entry.kind for entry in ledger.read_entries(about.id)] == [EntryKind.SAFETY_NOTICE]
    assert AlertDocument.raw().count_documents({"patient_id": about.id, "topic": "self_harm"}) == 1


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", ENDS)
def test_a_time_at_the_ends_of_the_calendar_keeps_nobody_from_being_told(
    send: Send,
    people: People,
    site: Site,
    clinician: Person,
    alerts: Alerts,
    now: datetime,
    at: str,
    zone: str,
) -> None:
    about = people.patient(site, consent_at=now, zone=zone)
    form = at_risk(now, observed_at=at, mode="paper", respondent="patient", surplus=1)
    response = send(form, by=clinician, about=about)
    assert (response.status_code, "crisis_text" in response.json) == (422, True)
    assert "self_harm" in alerts()


@pytest.fixture
def two(patient: Patient, now: datetime) -> dict[str, Any]:
    """A batch that is refused as a whole, with two forms that each tell of another concern."""
    worst = alsfrs(now, answers=answers_for(40) | {"dyspnea": 0}, patient_id=patient.id)
    return {"entries": [at_risk(now, patient_id=patient.id), worst], "surplus": 1}


def failing_once(monkeypatch: pytest.MonkeyPatch, error: Exception) -> Callable[[], int]:
    """Have the first notice fail, and count how often one was asked for."""
    tell, asked = notices.tell, []

    def first_fails(*args: Any, **kwargs: Any) -> Any:
        asked.append(args)
        if len(asked) == 1:
            raise error
        return tell(*args, **kwargs)

    monkeypatch.setattr(notices, "tell", first_fails)
    return lambda: len(asked)


def test_a_form_that_cannot_be_told_silences_none_that_follow(
    client: FlaskClient,
    own: Person,
    alerts: Alerts,
    two: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failing_once(monkeypatch, TypeError())
    response = client.post("/v1/report-batches", json=two, headers=own.headers)
    assert response.status_code == 503
    assert {"crisis_text", "breathing_text"} <= response.json.keys()
    assert list(alerts()) == ["respiratory"]
    again = client.post("/v1/report-batches", json=two, headers=own.headers)
    assert again.status_code == 422
    assert sorted(alerts()) == ["respiratory", "self_harm"]


def test_while_the_database_is_away_every_form_has_its_text_and_one_waits_for_it(
    client: FlaskClient, own: Person, two: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = failing_once(monkeypatch, AutoReconnect())
    response = client.post("/v1/report-batches", json=two, headers=own.headers)
    assert response.status_code == 503
    assert {"crisis_text", "breathing_text"} <= response.json.keys()
    assert asked() == 1


def test_the_site_s_own_text_goes_before_the_one_that_sites_begin_with(
    client: FlaskClient,
    people: People,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = people.site(crisis_text={"en": "Call 112."})
    patient = people.patient(site, consent_at=now)
    forms = [at_risk(now, patient_id=patient.id) for _ in range(2)]
    body = json.dumps({"entries": forms[::-1], "surplus": 1})
    tell = notices.tell

    def second_fails(form: Any, *args: Any, **kwargs: Any) -> Any:
        if form.id == forms[0]["id"]:
            raise AutoReconnect
        return tell(form, *args, **kwargs)

    monkeypatch.setattr(notices, "tell", second_fails)
    headers = {**people.own(site, patient).headers, "Content-Type": "application/json"}
    response = client.post("/v1/report-batches", data=body, headers=headers)
    assert (response.status_code, response.json["crisis_text"]) == (503, "Call 112.")
