"""Sessions of the pages: their two limits, and that they are of no use elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.accounts import sessions
from models.accounts.sessions import Device, EndReason
from models.store.base import new_id
from services.access.actor import Role
from services.access.security import Security
from services.accounts import issue, page_sessions, refresh
from services.accounts.issue import SignedIn
from services.accounts.page_sessions import NOTED_WITHIN, TYPED_WITHIN, Typed
from services.accounts.sign_in import SignIn
from services.errors import NotAllowed, NotSignedIn
from tests.people import PASSWORD, People

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)


def begun(security: Security, people: People, now: datetime, role: Role = Role.CLINICIAN) -> SignedIn:
    account = people.account((people.site(), role))
    given = SignIn(account.email or "", PASSWORD, Device(new_id(), "Firefox on Linux"), "10.0.0.1")
    return page_sessions.sign_in(security, given, now=now)


def test_an_access_token_lives_as_long_as_activity_may_go_unnoted(
    security: Security, people: People, now: datetime
) -> None:
    signed = begun(security, people, now)
    _, end = security.signer.verify(signed.access_token, now)
    assert end == now + NOTED_WITHIN
    actor = security.authenticate(f"Bearer {signed.access_token}", now)
    assert page_sessions.ends_at(actor) == now + IDLE + NOTED_WITHIN


def test_only_activity_extends_it_and_never_past_its_own_end(
    security: Security, people: People, now: datetime
) -> None:
    signed = begun(security, people, now)
    actor = security.authenticate(f"Bearer {signed.access_token}", now)
    later = now + timedelta(minutes=20)
    page_sessions.go_on(security, signed.refresh_token, now=later, active=False)
    assert page_sessions.ends_at(actor) == now + IDLE + NOTED_WITHIN
    page_sessions.go_on(security, signed.refresh_token, now=later, active=True)
    assert page_sessions.ends_at(actor) == later + IDLE + NOTED_WITHIN
    moment = later
    while moment < now + LONGEST:
        page_sessions.go_on(security, signed.refresh_token, now=moment, active=True)
        moment += timedelta(minutes=29)
    assert page_sessions.ends_at(actor) == now + LONGEST
    with pytest.raises(NotSignedIn):
        page_sessions.go_on(security, signed.refresh_token, now=now + LONGEST, active=True)


def test_an_access_token_never_outlives_the_session(
    security: Security, people: People, now: datetime
) -> None:
    signed = begun(security, people, now)
    late = now + IDLE + NOTED_WITHIN - timedelta(seconds=30)
    last = page_sessions.go_on(security, signed.refresh_token, now=late, active=False)
    _, end = security.signer.verify(last.access_token, late)
    assert end == now + IDLE + NOTED_WITHIN


def test_its_token_is_refused_by_the_other_door_and_the_others_here(
    security: Security, people: People, now: datetime
) -> None:
    signed = begun(security, people, now)
    with pytest.raises(NotSignedIn):
        refresh.refresh(security, signed.refresh_token, now=now)
    phone = issue.begin_session(security, signed.account, Device(new_id(), "phone"), now=now)
    for token in (phone.refresh_token, "", "nonsense", signed.refresh_token[:-4] + "AAA="):
        with pytest.raises(NotSignedIn):
            page_sessions.go_on(security, token, now=now, active=True)


def test_a_session_that_was_ended_goes_on_no_more(security: Security, people: People, now: datetime) -> None:
    signed = begun(security, people, now)
    session_id = signed.refresh_token.partition(".")[0]
    assert page_sessions.is_of(session_id, signed.account)
    sessions.end(session_id, EndReason.SIGNED_OUT, now=now)
    for active in (True, False):
        with pytest.raises(NotSignedIn):
            page_sessions.go_on(security, signed.refresh_token, now=now, active=active)
    assert page_sessions.is_of(session_id, signed.account)
    assert not page_sessions.is_of("nothing", signed.account)


def test_patients_sign_in_elsewhere(security: Security, people: People, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        begun(security, people, now, Role.PATIENT)


def test_what_was_typed_is_sealed_for_some_minutes(security: Security, now: datetime) -> None:
    ticket = page_sessions.seal(security, Typed("jo@example.org", PASSWORD), now)
    assert page_sessions.unseal(security, ticket, "123456", now + TYPED_WITHIN) == Typed(
        "jo@example.org", PASSWORD, "123456"
    )
    refused = [
        (ticket, now + TYPED_WITHIN + timedelta(seconds=1)),
        (ticket, now - timedelta(seconds=1)),
        (ticket[:-2], now),
        (security.seals.seal('["something else", "a", "b", 0]'), now),
        (security.seals.seal("[]"), now),
    ]
    for given, moment in refused:
        with pytest.raises(NotSignedIn):
            page_sessions.unseal(security, given, "123456", moment)
