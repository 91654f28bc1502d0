"""A message is looked at again before it is sent, tried again when it fails, and never lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NoReturn

import pytest

from models.accounts import accounts
from models.accounts.account import Account, AccountEvent, AccountStep
from models.accounts.accounts import AccountDocument
from models.alerts import alerts
from models.alerts.alert import Alert, Condition, NotFollowed, State
from models.outbox import messages
from models.outbox.message import AttemptOutcome, Message, MessageKind, MessageState
from models.sites.sites import Site
from scoring.decline import Level
from services.access.actor import Role
from services.delivery.carry import (
    FAULT,
    FIRST_PAUSE,
    LEASE,
    LONGEST_PAUSE,
    LONGEST_PAUSE_URGENT,
    LONGEST_WISH,
    carry_next,
    next_try,
)
from services.delivery.channels.port import Delivered, Failed, Gone
from services.delivery.hours import GIVE_UP_AFTER
from tests.alert_samples import make_alert, store
from tests.message_samples import NOON, Keeping, make_message
from tests.people import CLINIC, People


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def doctor(people: People, site: Site) -> Account:
    return people.account((site, Role.CLINICIAN))


@pytest.fixture
def alert(site: Site) -> Alert:
    alert = make_alert(site_id=site.id)
    store(alert)
    return alert


@pytest.fixture
def message(alert: Alert, doctor: Account) -> Message:
    made = make_message(alert_id=alert.public_id, site_id=alert.site_id, recipient=doctor.id)
    messages.insert(made)
    return made


def carry(channel: Keeping | None = None, now: datetime = NOON) -> bool:
    return carry_next(channel or Keeping(), urgent=False, now=now)


def after(message: Message) -> Message:
    found = messages.read(message.key)
    assert found is not None
    return found


def test_a_message_is_carried_once_and_its_receipt_says_when(message: Message) -> None:
    channel = Keeping()
    assert carry(channel)
    assert not carry(channel)
    assert [carried.public_id for carried in channel.carried] == [message.public_id]
    done = after(message)
    assert (done.state, done.finished_at, done.first_attempt_at) == (MessageState.DELIVERED, NOON, NOON)
    assert [attempt.outcome for attempt in done.attempts] == [AttemptOutcome.DELIVERED]


PAST: list[tuple[dict[str, Any], str]] = [
    ({"state": State.ACKNOWLEDGED, "until": NOON + timedelta(days=1)}, "alert_acknowledged"),
    ({"state": State.SNOOZED, "until": NOON + timedelta(days=1)}, "alert_snoozed"),
    ({"state": State.ENDED}, "alert_ended"),
    ({"not_followed": NotFollowed.DIED}, "patient_died"),
    ({"not_followed": NotFollowed.CLOSED}, "patient_closed"),
    ({"not_followed": NotFollowed.CONSENT_WITHDRAWN}, "patient_consent_withdrawn"),
]


@pytest.mark.parametrize(("values", "reason"), PAST)
def test_what_is_not_true_any_more_is_not_sent(
    alert: Alert, message: Message, values: dict[str, Any], reason: str
) -> None:
    assert alerts.change(alert, replace(alert, **values))
    channel = Keeping()
    carry(channel)
    assert channel.carried == []
    assert (after(message).state, after(message).reason) == (MessageState.DROPPED, reason)
    assert after(message).attempts == ()


@pytest.mark.parametrize(
    ("kind", "values", "reason"),
    [
        (MessageKind.ASSIGNED, {"state": State.ACKNOWLEDGED, "until": NOON + timedelta(days=1)}, ""),
        (MessageKind.ASSIGNED, {"assigned_to": "another"}, "assigned_to_another"),
        (MessageKind.WITHDRAWN, {"condition": Condition.WITHDRAWN}, ""),
        (MessageKind.WITHDRAWN, {}, "holds_again"),
        (MessageKind.WITHDRAWN, {"condition": Condition.WITHDRAWN, "state": State.ENDED}, "alert_ended"),
        (MessageKind.ESCALATED, {}, ""),
        (MessageKind.RAISED, {"state": State.ACKNOWLEDGED, "until": NOON - timedelta(days=1)}, ""),
    ],
)
def test_what_each_kind_tells_decides_whether_it_is_still_true(
    alert: Alert, doctor: Account, kind: MessageKind, values: dict[str, Any], reason: str
) -> None:
    given = {"assigned_to": doctor.id, **values}
    assert alerts.change(alert, replace(alert, **given))
    made = make_message(alert_id=alert.public_id, site_id=alert.site_id, recipient=doctor.id, kind=kind)
    messages.insert(made)
    carry()
    expected = MessageState.DROPPED if reason else MessageState.DELIVERED
    assert (after(made).state, after(made).reason) == (expected, reason)


def test_who_has_left_is_told_nothing(message: Message, doctor: Account) -> None:
    step = AccountStep(NOON, AccountEvent.CLOSED, CLINIC)
    assert accounts.change(doctor, step, closed_at=NOON)
    carry()
    assert (after(message).state, after(message).reason) == (MessageState.DROPPED, "may_not_read")


def test_of_two_that_say_the_same_the_later_one_is_sent(alert: Alert, message: Message) -> None:
    told = replace(alert.notices, last=2)
    assert alerts.change(alert, replace(alert, notices=told))
    messages.insert(replace(message, key=f"{message.key}:2", public_id="second", notice=2))
    channel = Keeping()
    while carry(channel):
        pass
    assert [carried.public_id for carried in channel.carried] == ["second"]
    assert after(message).reason == "superseded"


SUPERSEDED_BY: dict[MessageState, bool] = {
    MessageState.WAITING: True,
    MessageState.DELIVERED: True,
    MessageState.DROPPED: False,
    MessageState.DEAD: False,
}


def test_the_table_names_every_state() -> None:
    assert set(SUPERSEDED_BY) == set(MessageState)


@pytest.mark.parametrize("state", list(SUPERSEDED_BY))
@pytest.mark.parametrize("kind", [MessageKind.RAISED, MessageKind.ESCALATED])
@pytest.mark.parametrize("tried_again", [False, True])
def test_only_a_later_one_that_tells_or_still_may_supersedes(
    alert: Alert, message: Message, state: MessageState, kind: MessageKind, tried_again: bool
) -> None:
    assert alerts.change(alert, replace(alert, notices=replace(alert.notices, last=2)))
    due = NOON + timedelta(hours=8)  # when quiet hours are over, say
    later = replace(
        message, key=f"{message.key}:2", public_id="second", notice=2, kind=kind, state=state, due_at=due
    )
    assert messages.insert(later)
    if tried_again:
        carry(Keeping(outcomes=[Failed("recipient_deferred")]))
    channel = Keeping()
    carry(channel, NOON + FIRST_PAUSE * 2)
    reason = "superseded" if SUPERSEDED_BY[state] else ""
    assert after(message).reason == reason
    assert [carried.public_id for carried in channel.carried] == ([] if reason else [message.public_id])


def test_a_later_notice_for_somebody_else_supersedes_nothing(alert: Alert, message: Message) -> None:
    assert alerts.change(alert, replace(alert, notices=replace(alert.notices, last=2)))
    messages.insert(replace(message, key="other", public_id="x", notice=2, recipient="another"))
    channel = Keeping()
    while carry(channel):
        pass
    assert message.public_id in [carried.public_id for carried in channel.carried]


def test_a_failure_is_tried_again_later_with_the_same_id(message: Message) -> None:
    channel = Keeping(outcomes=[Failed("no_connection")])
    carry(channel)
    waits = after(message)
    assert (waits.state, waits.reason) == (MessageState.WAITING, "no_connection")
    assert not carry(channel)
    assert carry(channel, NOON + FIRST_PAUSE * 2)
    assert {carried.public_id for carried in channel.carried} == {message.public_id}
    done = after(message)
    assert [(attempt.outcome, attempt.reason) for attempt in done.attempts] == [
        (AttemptOutcome.FAILED, "no_connection"),
        (AttemptOutcome.DELIVERED, ""),
    ]


def test_one_messages_fault_costs_that_message_only(alert: Alert, message: Message, doctor: Account) -> None:
    other = replace(message, key="other", public_id="other", created_at=NOON)
    messages.insert(other)
    channel = Keeping(outcomes=[ValueError("a mistake of ours")])
    assert carry(channel)
    assert carry(channel)
    assert {after(message).state, after(other).state} == {MessageState.WAITING, MessageState.DELIVERED}
    assert {after(message).reason, after(other).reason} == {FAULT, ""}


def damaged_account(alert: Alert, doctor: Account, patched: pytest.MonkeyPatch) -> None:
    AccountDocument.raw().update_one({"_id": doctor.id}, {"$set": {"name": 7}})


def raising(*_: object) -> NoReturn:
    raise ZeroDivisionError


def failing_alert(alert: Alert, doctor: Account, patched: pytest.MonkeyPatch) -> None:
    patched.setattr(alerts, "present", raising)


def failing_look(alert: Alert, doctor: Account, patched: pytest.MonkeyPatch) -> None:
    assert alerts.change(alert, replace(alert, notices=replace(alert.notices, last=2)))
    patched.setattr(messages, "of_alert", raising)


@pytest.mark.parametrize("damage", [damaged_account, failing_alert, failing_look])
@pytest.mark.parametrize("mended", [True, False])
def test_what_fails_before_the_sending_is_a_failed_attempt_and_dies_some_day(
    alert: Alert,
    message: Message,
    doctor: Account,
    damage: Callable[[Alert, Account, pytest.MonkeyPatch], None],
    mended: bool,
) -> None:
    account = AccountDocument.raw().find_one({"_id": doctor.id})
    channel = Keeping()
    with pytest.MonkeyPatch.context() as patched:
        damage(alert, doctor, patched)
        assert carry(channel)
        waits = after(message)
        assert (waits.state, waits.reason, len(waits.attempts)) == (MessageState.WAITING, FAULT, 1)
        assert not carry(channel), "it is tried again later"
        for hour in range(1, 6 if mended else 80):
            carry(channel, NOON + timedelta(hours=hour))
    assert channel.carried == []
    AccountDocument.raw().replace_one({"_id": doctor.id}, account)
    assert carry(channel, NOON + timedelta(hours=81)) is mended
    done = after(message)
    assert done.state is (MessageState.DELIVERED if mended else MessageState.DEAD)
    assert {attempt.outcome for attempt in done.attempts} <= {AttemptOutcome.FAILED, AttemptOutcome.DELIVERED}
    assert len(done.attempts) <= messages.MOST_ATTEMPTS


def test_an_address_that_is_gone_is_not_tried_again(message: Message) -> None:
    carry(Keeping(outcomes=[Gone("address_refused")]))
    assert (after(message).state, after(message).reason) == (MessageState.DEAD, "address_refused")
    assert not carry(now=NOON + timedelta(days=30))


def test_a_message_that_fails_for_three_days_is_dead_and_was_tried_all_the_time(message: Message) -> None:
    channel = Keeping(outcomes=[Failed("no_connection")] * 2000)
    now = NOON
    while after(message).state is MessageState.WAITING:
        carry(channel, now)
        now += timedelta(minutes=1)
        assert now < NOON + GIVE_UP_AFTER + timedelta(hours=1)
    assert after(message).state is MessageState.DEAD
    assert now > NOON + GIVE_UP_AFTER - timedelta(hours=1)
    gaps = GIVE_UP_AFTER / LONGEST_PAUSE
    assert gaps * 0.8 < len(channel.carried) < gaps * 1.5


def test_a_worker_that_dies_while_it_sends_has_it_sent_again_with_the_same_id(message: Message) -> None:
    channel = Keeping(outcomes=[Delivered()])
    assert messages.claim("test", now=NOON, lasting=LEASE) is not None  # and dies
    assert not carry(channel, NOON + LEASE / 2)
    assert carry(channel, NOON + LEASE)
    outcomes = [attempt.outcome for attempt in after(message).attempts]
    assert outcomes == [AttemptOutcome.UNKNOWN, AttemptOutcome.DELIVERED]


def test_pauses_grow_to_a_bound_that_is_shorter_for_what_is_urgent() -> None:
    soon, urgent = make_message(), make_message(level=Level.URGENT)
    for message, longest in ((soon, LONGEST_PAUSE), (urgent, LONGEST_PAUSE_URGENT)):
        pauses = [next_try(replace(message, tries=n), NOON) - NOON for n in range(1, 40)]
        assert all(FIRST_PAUSE * 0.8 <= pause <= longest * 1.2 for pause in pauses)
        assert pauses[0] < longest * 0.8 <= pauses[-1]
        assert len(set(pauses[20:])) > 1  # not all at the same moment


@pytest.mark.parametrize(
    ("wished", "expected"),
    [
        (NOON + timedelta(minutes=7), NOON + timedelta(minutes=7)),
        (NOON + timedelta(days=7), NOON + LONGEST_WISH),
        (NOON - timedelta(days=7), NOON + timedelta(seconds=1)),
    ],
)
def test_a_receivers_wish_is_followed_within_bounds(wished: datetime, expected: datetime) -> None:
    assert next_try(make_message(), NOON, wished) == expected


def test_a_digest_tells_of_what_is_still_open(site: Site, doctor: Account, alert: Alert) -> None:
    done = make_alert(State.ENDED, site_id=site.id, patient_id="another")
    store(done)
    ids = (alert.public_id, done.public_id)
    digest = make_message(
        kind=MessageKind.DIGEST, alert_ids=ids, recipient=doctor.id, site_id=site.id, level=None
    )
    messages.insert(digest)
    channel = Keeping()
    carry(channel)
    assert [message.alert_ids for message in channel.carried] == [(alert.public_id,)]
    assert after(digest).alert_ids == ids  # the receipts keep what it was made for


def test_twenty_workers_carry_each_message_once(alert: Alert, doctor: Account) -> None:
    for number in range(30):
        made = make_message(alert_id=alert.public_id, recipient=doctor.id, key=f"key-{number}")
        messages.insert(made)
    channel = Keeping()
    with ThreadPoolExecutor(10) as workers:
        list(workers.map(lambda _: carry(channel), range(80)))
    assert len(channel.carried) == len({message.public_id for message in channel.carried}) == 30
