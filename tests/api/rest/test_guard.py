"""The guard lets in who is signed in and permitted, and hands the view who that is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from api.rest.guard import signed_in
from models.accounts import accounts, sessions
from models.store.scope import Scope
from services.access.actor import Role
from services.access.permissions import Operation
from services.access.revocations import BELIEVE_SECONDS, Revocations
from services.access.security import Security
from services.errors import NotAllowed, NotSignedIn, Unavailable
from services.settings import Settings
from tests.people import People

SetClock = Callable[[datetime], None]


@signed_in(Operation.REPORT_VOID)
def view(*given: object) -> SimpleNamespace:
    return SimpleNamespace(actor=g.actor, scope=g.scope, given=given)


def called(app: Flask, headers: dict[str, str], *given: object) -> Any:
    with app.test_request_context(headers=headers):
        return view(*given)


def test_the_view_learns_who_calls_and_how_far_they_reach(app: Flask, people: People) -> None:
    site = people.site()
    person = people.staff(site, Role.CLINICIAN)
    seen = called(app, person.headers, "a", "b")
    assert seen.actor == person.actor
    assert seen.scope == Scope(site_ids=frozenset({site.id}), roles=((site.id, Role.CLINICIAN),))
    assert seen.given == ("a", "b")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic am86am8=", "Bearer a.b.c", "bearer é", "Token x"]
)
def test_without_a_token_of_ours_nobody_is_let_in(app: Flask, header: str) -> None:
    with pytest.raises(NotSignedIn):
        called(app, {"Authorization": header})


def test_a_role_that_does_not_permit_it_is_sent_away(app: Flask, people: People) -> None:
    person = people.staff(people.site(), Role.RESEARCHER)
    with pytest.raises(NotAllowed):
        called(app, person.headers)


def test_a_remembered_token_ends_like_any_other(
    app: Flask, people: People, now: datetime, set_clock: SetClock
) -> None:
    person = people.staff(people.site(), Role.CLINICIAN)
    called(app, person.headers)
    set_clock(now + timedelta(minutes=11))
    with pytest.raises(NotSignedIn) as caught:
        called(app, person.headers)
    assert caught.value.code == "token_expired"


def test_a_token_is_verified_once_only(app: Flask, people: People, security: Security) -> None:
    person = people.staff(people.site(), Role.CLINICIAN)
    called(app, person.headers)
    security.signer, kept = None, security.signer  # type: ignore[assignment]
    try:
        assert called(app, person.headers).actor == person.actor
    finally:
        security.signer = kept


def test_an_ended_session_is_refused_at_once_where_it_was_ended(
    app: Flask, client: FlaskClient, people: People
) -> None:
    person = people.staff(people.site(), Role.CLINICIAN)
    assert client.post("/v1/auth/sign-out", headers=person.headers).status_code == 204
    with pytest.raises(NotSignedIn) as caught:
        called(app, person.headers)
    assert caught.value.code == "session_ended"


def test_a_session_ended_elsewhere_is_refused_within_five_seconds(
    client: FlaskClient, people: People, settings: Settings, now: datetime
) -> None:
    ticks = [100.0]
    person = people.staff(people.site(), Role.CLINICIAN)
    elsewhere = Security(settings)  # another process has lists of its own
    elsewhere.revocations = Revocations(
        sessions.ended_since, accounts.powers_since, timedelta(minutes=10), lambda: ticks[0]
    )
    assert elsewhere.authenticate(person.headers["Authorization"], now) == person.actor
    client.post("/v1/auth/sign-out", headers=person.headers)
    ticks[0] += BELIEVE_SECONDS
    with pytest.raises(NotSignedIn):
        elsewhere.authenticate(person.headers["Authorization"], now)


def test_without_knowing_what_was_ended_nobody_is_let_in(
    app: Flask, people: People, security: Security, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_since: datetime) -> list[str]:
        raise ConnectionError

    person = people.staff(people.site(), Role.CLINICIAN)
    monkeypatch.setattr("services.access.revocations.DRIVER_ERRORS", (ConnectionError,))
    monkeypatch.setattr(security, "revocations", Revocations(away, away, timedelta(minutes=10)))
    with pytest.raises(Unavailable):
        called(app, person.headers)


def test_every_operation_says_which_permission_it_needs(app: Flask) -> None:
    paths = app.test_client().get("/openapi.json").get_json()["paths"]
    operation = paths["/v1/patients/{patient_id}"]["patch"]
    assert operation["x-permission"] == "patient:change"
    assert {"401", "403", "503"} <= set(operation["responses"])
