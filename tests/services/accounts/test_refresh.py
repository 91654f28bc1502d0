"""A refresh family moves on once per token; a lost answer can be repeated, and who takes turns is put out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from models.accounts import sessions
from models.accounts.account import Account
from models.accounts.sessions import Device, EndReason
from models.store.base import new_id
from services.access.actor import Role
from services.access.security import Security
from services.accounts import issue
from services.accounts import refresh as refreshing
from services.accounts.issue import SignedIn
from services.accounts.refresh import GRACE, LATE_WITHIN
from services.errors import NotSignedIn
from tests.people import People

RACERS = 16
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def account(people: People) -> Account:
    return people.account((people.site(), Role.CLINICIAN), email="anna@example.org")


@pytest.fixture
def signed_in(security: Security, account: Account, now: datetime) -> SignedIn:
    return issue.begin_session(security, account, Device(new_id(), "phone"), now=now)


@pytest.fixture
def phone(security: Security, people: People, now: datetime) -> SignedIn:
    """A patient's phone: without a password."""
    site = people.site()
    patient = people.patient(site)
    own = people.account((site, Role.PATIENT), id=patient.id, patient_id=patient.id)
    return issue.begin_session(security, own, Device(new_id(), "phone"), now=now)


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(NotSignedIn) as caught:
        attempt()
    return caught.value.code


def test_refreshing_gives_another_token_for_the_same_session(
    security: Security, signed_in: SignedIn, now: datetime
) -> None:
    token = signed_in.refresh_token
    seen = {token}
    for step in range(1, 6):
        result = refreshing.refresh(security, token, now=now + step * timedelta(hours=1))
        token = result.refresh_token
        seen.add(token)
    assert len(seen) == 6


def test_a_lost_answer_is_repeated_within_the_grace(
    security: Security, signed_in: SignedIn, now: datetime
) -> None:
    first = refreshing.refresh(security, signed_in.refresh_token, now=now)
    again = refreshing.refresh(security, signed_in.refresh_token, now=now + GRACE)
    assert again.refresh_token == first.refresh_token
    assert refreshing.refresh(security, first.refresh_token, now=now + GRACE).refresh_token


def test_of_racing_refreshes_all_get_the_same_successor(
    security: Security, signed_in: SignedIn, now: datetime
) -> None:
    with ThreadPoolExecutor(RACERS) as pool:
        answers = pool.map(
            lambda _: refreshing.refresh(security, signed_in.refresh_token, now=now), range(RACERS)
        )
        tokens = {answer.refresh_token for answer in answers}
    assert len(tokens) == 1
    assert tokens != {signed_in.refresh_token}


def test_a_used_token_after_the_grace_ends_the_session(
    security: Security, signed_in: SignedIn, now: datetime
) -> None:
    successor = refreshing.refresh(security, signed_in.refresh_token, now=now).refresh_token
    late = now + GRACE + SECOND
    actor, _ = security.signer.verify(signed_in.access_token, now)
    assert refused(lambda: refreshing.refresh(security, signed_in.refresh_token, now=late)) == "session_ended"
    assert refused(lambda: refreshing.refresh(security, successor, now=late)) == "session_ended"
    assert security.revocations.contains(actor.session_id, late)


def test_a_token_two_steps_back_ends_the_session_at_once(
    security: Security, signed_in: SignedIn, now: datetime
) -> None:
    second = refreshing.refresh(security, signed_in.refresh_token, now=now).refresh_token
    refreshing.refresh(security, second, now=now)
    assert refused(lambda: refreshing.refresh(security, signed_in.refresh_token, now=now)) == "session_ended"


def test_a_forged_token_does_not_end_the_session(
    security: Security, signed_in: SignedIn, now: datetime
) -> None:
    family, _, secret = signed_in.refresh_token.partition(".")
    forged = f"{family}.{'A' * 6}{secret[6:][::-1]}"
    for token in (forged, f"{family}.AAAA", "nothing", f"{new_id()}.{secret}"):
        code = refused(lambda: refreshing.refresh(security, token, now=now))  # noqa: B023 (called at once)
        assert code == "refresh_token_invalid"
    assert refreshing.refresh(security, signed_in.refresh_token, now=now)


def test_two_lost_answers_within_a_week_never_lock_a_phone_out(
    security: Security, phone: SignedIn, now: datetime
) -> None:
    first = refreshing.refresh(security, phone.refresh_token, now=now)
    for days in (1, 6):
        again = refreshing.refresh(security, phone.refresh_token, now=now + timedelta(days=days))
        assert again.refresh_token == first.refresh_token
    assert refreshing.refresh(security, first.refresh_token, now=now + timedelta(days=6, hours=1))


def test_the_third_late_repeat_ends_the_family_and_asks_for_the_recovery_code(
    security: Security, phone: SignedIn, now: datetime
) -> None:
    first = refreshing.refresh(security, phone.refresh_token, now=now)
    for hours in (1, 2):
        refreshing.refresh(security, phone.refresh_token, now=now + hours * HOUR)
    third = now + 3 * HOUR
    code = refused(lambda: refreshing.refresh(security, phone.refresh_token, now=third))
    assert code == "recovery_needed"
    assert refused(lambda: refreshing.refresh(security, first.refresh_token, now=third)) == "session_ended"


def test_lost_answers_of_the_week_before_are_forgotten(
    security: Security, phone: SignedIn, now: datetime
) -> None:
    moment, token = now, phone.refresh_token
    for _ in range(6):
        successor = refreshing.refresh(security, token, now=moment).refresh_token
        assert refreshing.refresh(security, token, now=moment + HOUR).refresh_token == successor
        moment, token = moment + LATE_WITHIN / 2, successor


def test_a_phone_that_wakes_and_asks_ten_times_repeats_once(
    security: Security, phone: SignedIn, now: datetime
) -> None:
    refreshing.refresh(security, phone.refresh_token, now=now)
    late = now + HOUR
    with ThreadPoolExecutor(10) as pool:
        answers = list(
            pool.map(lambda _: refreshing.refresh(security, phone.refresh_token, now=late), range(10))
        )
    assert len({answer.refresh_token for answer in answers}) == 1
    actor, _ = security.signer.verify(answers[0].access_token, late)
    session = sessions.read(actor.session_id)
    assert session is not None
    assert session.late_repeats == (late,)


def test_a_thief_who_takes_turns_with_the_owner_is_out_at_the_third_late_repeat(
    security: Security, phone: SignedIn, now: datetime
) -> None:
    token, moment, turns = phone.refresh_token, now, 0
    refreshing.refresh(security, token, now=moment)
    ended = None
    while ended is None and turns < 10:
        moment += HOUR
        try:
            successor = refreshing.refresh(security, token, now=moment).refresh_token  # the thief, late
            refreshing.refresh(security, successor, now=moment)  # the owner, who goes on
            token, turns = successor, turns + 1
        except NotSignedIn as error:
            ended = error.code
    assert (ended, turns) == ("recovery_needed", 2)
    actor, _ = security.signer.verify(phone.access_token, now)
    session = sessions.read(actor.session_id)
    assert session is not None
    assert EndReason.REPEATED_LATE == "repeated_late"
    assert not session.usable(moment)
