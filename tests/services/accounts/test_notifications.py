"""Everybody chooses for themselves how they are told, and can see that messages arrive."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from models.accounts import accounts
from models.accounts.account import AccountEvent, AccountStep
from models.accounts.notifications import Notifications, Pace, QuietHours, SwitchedOff
from models.outbox import messages
from models.outbox.message import MessageState
from models.store.provenance import by_itself
from services.access.actor import Role
from services.accounts import notifications
from services.delivery.carry import carry_next
from services.delivery.channels.email import EmailChannel
from services.errors import Invalid, NotFound
from services.settings import Settings
from tests.people import People, Person


@pytest.fixture
def doctor(people: People) -> Person:
    return people.staff(people.site(), Role.CLINICIAN)


def test_nothing_chosen_is_at_once_to_where_one_signs_in(doctor: Person) -> None:
    found = notifications.read(doctor.actor)
    assert (found.chosen, found.address, found.locale) == (Notifications(), doctor.account.email, None)


def test_what_is_not_named_stays(doctor: Person, now: datetime) -> None:
    notifications.change(doctor.actor, {"email": "ward@example.org", "quiet": QuietHours(20, 7)}, now=now)
    found = notifications.change(doctor.actor, {"pace": Pace.DIGEST, "locale": "ko"}, now=now)
    expected = Notifications("ward@example.org", Pace.DIGEST, quiet=QuietHours(20, 7))
    assert (found.chosen, found.address, found.locale) == (expected, "ward@example.org", "ko")
    assert notifications.read(doctor.actor) == found
    events = [step.event for step in accounts.steps(doctor.account.id)]
    assert events == [AccountEvent.NOTIFICATIONS_CHANGED] * 2


@pytest.mark.parametrize("named", ["ward@example.org", None])
def test_naming_an_address_switches_it_on_again(doctor: Person, now: datetime, named: str | None) -> None:
    off = Notifications(switched_off=SwitchedOff("jo@example.org", now, "address_refused"))
    step = AccountStep(now, AccountEvent.ADDRESS_SWITCHED_OFF, by_itself("delivery"))
    assert accounts.change(doctor.account, step, notifications=off)
    assert notifications.change(doctor.actor, {"digest_hour": 9}, now=now).chosen.switched_off is not None
    assert notifications.change(doctor.actor, {"email": named}, now=now).chosen.switched_off is None


def test_a_test_message_arrives_and_says_so(doctor: Person, now: datetime, settings: Settings) -> None:
    sent = notifications.send_test(doctor.actor, now=now)
    assert notifications.send_test(doctor.actor, now=now).public_id == sent.public_id  # one a minute
    assert carry_next(EmailChannel(settings), urgent=False, now=now)
    done = notifications.read_test(doctor.actor, sent.public_id)
    assert done.state is MessageState.DELIVERED
    later = notifications.send_test(doctor.actor, now=now + timedelta(minutes=1))
    assert later.public_id != sent.public_id


def test_nobody_reads_anothers_test_message(doctor: Person, people: People, now: datetime) -> None:
    sent = notifications.send_test(doctor.actor, now=now)
    other = people.staff(people.site(), Role.CLINICIAN)
    with pytest.raises(NotFound):
        notifications.read_test(other.actor, sent.public_id)
    of_alert = replace(sent, key="x", public_id="of-an-alert", site_id="site")
    messages.insert(of_alert)
    with pytest.raises(NotFound):
        notifications.read_test(doctor.actor, "of-an-alert")


@pytest.mark.parametrize(
    "address", ["jo", "jo@example.org\nBcc: x@example.org", "jo\x00@example.org"], ids=ascii
)
def test_an_address_that_is_none_is_not_kept(people: People, now: datetime, address: str) -> None:
    actor = people.staff(people.site(), Role.CLINICIAN).actor
    with pytest.raises(Invalid):
        notifications.change(actor, {"email": address}, now=now)
    assert notifications.read(actor).chosen.email is None
