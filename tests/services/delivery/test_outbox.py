"""A notice becomes one message per recipient and channel, whoever makes them and wherever a worker dies."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from models.accounts.absences import AbsenceDocument
from models.accounts.account import Account
from models.accounts.accounts import AccountDocument
from models.alerts import alerts
from models.alerts.alert import Alert, Escalation, State
from models.alerts.notices import NoticeKind
from models.outbox import messages
from models.outbox.message import SITE_ADDRESS, Message, MessageKind, MessageState
from models.sites.escalation_policy import EscalationPolicy
from models.sites.sites import Site
from models.store import unreadable
from scoring.decline import Level, Topic
from services.access.actor import Role
from services.alerts.escalation.climb import climb
from services.delivery.channels.port import Address, Telling
from services.delivery.outbox import make_messages
from tests.alert_samples import Told, make_alert, only, store
from tests.message_samples import NOON, Keeping
from tests.people import People

LATER = NOON + timedelta(hours=3)


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def team(people: People, site: Site) -> list[Account]:
    return [people.account((site, Role.CLINICIAN)) for _ in range(3)]


def alert_of(site: Site, **fields: object) -> Alert:
    alert = make_alert(site_id=site.id, **fields)
    store(alert)
    return alert


def about(alert: Alert) -> list[Message]:
    return messages.of_alert(alert.public_id)


def make(*channels: Keeping) -> int:
    return make_messages({channel.name: channel for channel in channels or [Keeping()]}, NOON)


def told_again(alert: Alert, kind: NoticeKind, **fields: object) -> Alert:
    """The alert with a further notice."""
    after = replace(alert, notices=alert.notices.after(kind, NOON), **fields)
    changed = alerts.change(alert, after)
    assert changed is not None
    return changed


def test_a_notice_makes_a_message_for_each_recipient_and_channel(site: Site, team: list[Account]) -> None:
    alert = alert_of(site)
    assert make(Keeping("one"), Keeping("two")) == 1
    keys = {f"{alert.public_id}:1:{person.id}:{name}" for person in team for name in ("one", "two")}
    found = about(alert)
    assert {message.key for message in found} == keys
    assert {(message.kind, message.level, message.state) for message in found} == {
        (MessageKind.RAISED, Level.SOON, MessageState.WAITING)
    }
    assert only().notices.pending == ()
    assert make() == 0


def test_the_mark_goes_without_costing_anybody_a_change(site: Site, team: list[Account]) -> None:
    alert = alert_of(site)
    make()
    after = only()
    assert (after.rev, after.version, after.notices.last) == (alert.rev, alert.version, 1)
    assert alerts.change(alert, replace(alert, told=("x",))) is not None  # read before, and not lost


@pytest.mark.parametrize("name", ["insert", "clear_notices"])
@pytest.mark.parametrize("before", [True, False])
def test_a_worker_that_dies_anywhere_leaves_nothing_out_and_nothing_twice(
    monkeypatch: pytest.MonkeyPatch, site: Site, team: list[Account], name: str, before: bool
) -> None:
    alert = alert_of(site)
    owner = messages if name == "insert" else alerts
    whole: Callable[..., bool] = getattr(owner, name)
    calls = 0

    def dies(*args: object, **kwargs: object) -> bool:
        nonlocal calls
        calls += 1
        if calls == 2 or name == "clear_notices":
            if not before:
                whole(*args, **kwargs)
            raise SystemExit  # nothing catches it, as nothing catches a kill
        return whole(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, dies)
        with pytest.raises(SystemExit):
            make()
    make()
    assert len(about(alert)) == len(team)
    assert only().notices.pending == ()


def test_ten_workers_make_each_message_once(site: Site, team: list[Account]) -> None:
    made = [alert_of(site, patient_id=f"patient-{number}") for number in range(8)]
    with ThreadPoolExecutor(10) as workers:
        list(workers.map(lambda _: make(), range(10)))
    assert [len(about(alert)) for alert in made] == [len(team)] * len(made)


def test_a_notice_that_comes_meanwhile_is_not_lost(site: Site, team: list[Account]) -> None:
    alert = alert_of(site)
    told_again(alert, NoticeKind.ESCALATED)
    assert not alerts.clear_notices(alert)
    assert make() == 1
    kinds = [message.kind for message in about(alert)]
    assert sorted(set(kinds)) == [MessageKind.ESCALATED, MessageKind.RAISED]
    assert len(kinds) == 2 * len(team)


def test_one_alert_that_cannot_be_told_costs_that_alert_only(site: Site, team: list[Account]) -> None:
    good, bad = alert_of(site, patient_id="good"), alert_of(site, patient_id="bad")

    class Choosy(Keeping):
        def addresses(self, telling, *, now):  # type: ignore[no-untyped-def]
            if telling.alert.patient_id == "bad":
                raise ValueError("cannot be told")
            return super().addresses(telling, now=now)

    assert make(Choosy()) == 1
    assert (len(about(good)), len(about(bad))) == (len(team), 0)
    assert make() == 1  # once it can be told, it is
    assert len(about(bad)) == len(team)


def test_an_assignment_is_told_to_the_assignee_unless_it_was_their_own_doing(
    site: Site, team: list[Account]
) -> None:
    alert = alert_of(site)
    make()
    assigned = told_again(only(), NoticeKind.ASSIGNED, assigned_to=team[0].id, seen_by=team[1].id)
    make()
    (message,) = [sent for sent in about(alert) if sent.kind is MessageKind.ASSIGNED]
    assert message.recipient == team[0].id
    told_again(only(), NoticeKind.ASSIGNED, assigned_to=team[1].id, seen_by=team[1].id)
    make()
    assert len([sent for sent in about(assigned) if sent.kind is MessageKind.ASSIGNED]) == 1


def test_what_is_withdrawn_is_told_to_who_had_been_told(
    people: People, site: Site, team: list[Account]
) -> None:
    alert = alert_of(site, told=Told(level=Level.URGENT))
    make()
    newcomer = people.account((site, Role.CLINICIAN))
    told_again(only(), NoticeKind.WITHDRAWN)
    make()
    told = {message.recipient for message in about(alert) if message.kind is MessageKind.WITHDRAWN}
    assert told == {person.id for person in team}
    assert newcomer.id not in told


def test_who_cannot_be_reached_is_seen_in_the_receipts(site: Site, team: list[Account]) -> None:
    alert = alert_of(site)
    channel = Keeping(addressed={team[0].id: Address(team[0].id, unreachable="address_off")})
    make(channel)
    dead = [message for message in about(alert) if message.state is MessageState.DEAD]
    assert [(message.recipient, message.reason) for message in dead] == [(team[0].id, "address_off")]


def test_what_is_put_off_is_due_later_and_a_digest_takes_it_in(site: Site, team: list[Account]) -> None:
    alert = alert_of(site)
    quiet = Address(team[0].id, due_at=LATER)
    daily = Address(team[1].id, due_at=LATER, digest="site.2076-01-11")
    make(Keeping(addressed={team[0].id: quiet, team[1].id: daily}))
    due = {message.recipient: (message.due_at, message.kind) for message in about(alert)}
    assert due == {
        team[0].id: (LATER, MessageKind.RAISED),
        team[1].id: (LATER, MessageKind.DIGEST),
        team[2].id: (NOON, MessageKind.RAISED),
    }


def test_nothing_is_told_of_what_is_not_shown_yet(site: Site, team: list[Account]) -> None:
    alert = alert_of(site, state=State.OPENING)
    assert make() == 0
    assert about(alert) == []


@pytest.mark.parametrize(
    "damage", [{"away_from": "soon"}, {"deputy_id": 5}, {"rev": None}, {"at": 7}], ids=str
)
def test_a_colleagues_damaged_absence_keeps_nobody_from_being_told(
    site: Site, team: list[Account], damage: dict[str, object]
) -> None:
    AbsenceDocument.raw().insert_one({"_id": team[0].id, "rev": 1, "earlier": []} | damage)
    alert = alert_of(site, told=Told(level=Level.URGENT))
    assert make() == 1
    assert {message.recipient for message in about(alert)} == {account.id for account in team}
    assert climb(NOON) == 1
    assert set(unreadable.counts()) <= {"absences"}


def test_a_colleagues_damaged_account_keeps_nobody_else_from_being_told(
    site: Site, team: list[Account]
) -> None:
    AccountDocument.raw().update_one({"_id": team[0].id}, {"$set": {"name": 7}})
    alert = alert_of(site, told=Told(level=Level.URGENT))
    assert make() == 1
    assert {message.recipient for message in about(alert)} >= {account.id for account in team[1:]}
    assert set(unreadable.counts()) == {"accounts"}


class Door(Keeping):
    """A channel that reaches a program whoever a notice is for, as a webhook does."""

    def addresses(self, telling: Telling, *, now: datetime) -> list[Address]:
        return [Address("subscription")]


OFF, QUIET, DIGEST = (
    {"unreachable": "address_off"},
    {"due_at": LATER},
    {"due_at": LATER, "digest": "site.2076-01-11"},
)
WHO_IS_TOLD: list[tuple[tuple[dict[str, object], ...], bool]] = [
    ((OFF, OFF, OFF), True),
    (({"unreachable": "no_address"}, OFF, OFF), True),
    ((OFF, OFF, QUIET), False),
    ((OFF, DIGEST, OFF), False),
    (({}, OFF, OFF), False),
    (({}, {}, {}), False),
]


def addressed(team: list[Account], how: tuple[dict[str, object], ...]) -> dict[str, Address]:
    return {person.id: replace(Address(person.id), **each) for person, each in zip(team, how, strict=True)}


def told_of_site(alert: Alert) -> list[tuple[int, MessageState]]:
    return [(sent.notice, sent.state) for sent in about(alert) if sent.recipient == SITE_ADDRESS]


@pytest.fixture
def with_desk(people: People) -> Site:
    return people.site(escalation=EscalationPolicy(second_address="desk@example.org"))


@pytest.fixture
def desk_team(people: People, with_desk: Site) -> list[Account]:
    return [people.account((with_desk, Role.CLINICIAN)) for _ in range(3)]


@pytest.mark.parametrize(("how", "site_told"), WHO_IS_TOLD)
@pytest.mark.parametrize("topic", [Topic.DECLINE, Topic.SELF_HARM])
def test_where_nobody_can_be_told_the_second_address_is_at_once(
    with_desk: Site,
    desk_team: list[Account],
    how: tuple[dict[str, object], ...],
    site_told: bool,
    topic: Topic,
) -> None:
    alert = alert_of(with_desk, told=Told(topic, Level.SOON))
    channel = Keeping(addressed=addressed(desk_team, how))
    assert make(channel, Door("door")) == 1
    assert told_of_site(alert) == ([(1, MessageState.WAITING)] if site_told else [])
    told_again(only(), NoticeKind.ESCALATED)
    make(channel, Door("door"))
    assert told_of_site(alert) == (
        [(1, MessageState.WAITING), (2, MessageState.WAITING)] if site_told else []
    )
    doors = [sent.key for sent in about(alert) if sent.channel == "door"]
    assert len(doors) == len(set(doors)) == 2


@pytest.mark.parametrize("kind", [NoticeKind.WITHDRAWN, NoticeKind.ASSIGNED])
def test_what_is_one_persons_matter_goes_to_no_second_address(
    with_desk: Site, desk_team: list[Account], kind: NoticeKind
) -> None:
    alert = alert_of(with_desk)
    make()
    told_again(only(), kind, assigned_to=desk_team[0].id)
    make(Keeping(addressed=addressed(desk_team, (OFF, OFF, OFF))))
    assert told_of_site(alert) == []


def test_an_escalation_that_has_come_to_the_second_address_tells_it_once(
    with_desk: Site, desk_team: list[Account]
) -> None:
    alert = alert_of(with_desk, escalation=Escalation(3, NOON))
    make(Keeping(addressed=addressed(desk_team, (OFF, OFF, OFF))))
    assert told_of_site(alert) == [(1, MessageState.WAITING)]


def test_a_site_without_a_second_address_has_none_told(site: Site, team: list[Account]) -> None:
    alert = alert_of(site)
    assert make(Keeping(addressed=addressed(team, (OFF, OFF, OFF)))) == 1
    assert told_of_site(alert) == []
