"""When a message to a person is given up and nobody else is told, the second address is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.accounts.account import Account
from models.alerts.alert import Alert
from models.outbox import messages
from models.outbox.message import SITE_ADDRESS, Message, MessageKind, MessageState
from models.sites.escalation_policy import EscalationPolicy
from models.sites.sites import Site
from services.access.actor import Role
from services.delivery import outbox
from services.delivery.carry import carry_next
from services.delivery.channels.port import Delivered, Failed, Gone, Outcome
from services.delivery.hours import GIVE_UP_AFTER
from tests.alert_samples import make_alert, store
from tests.message_samples import NOON, Keeping, make_message
from tests.people import People

REFUSED = Gone("address_refused")


@pytest.fixture
def site(people: People) -> Site:
    return people.site(escalation=EscalationPolicy(second_address="desk@example.org"))


@pytest.fixture
def doctors(people: People, site: Site) -> list[Account]:
    return [people.account((site, Role.CLINICIAN)) for _ in range(2)]


@pytest.fixture
def alert(site: Site) -> Alert:
    made = make_alert(site_id=site.id)
    store(made)
    return made


def message_to(alert: Alert, doctor: Account, **fields: object) -> Message:
    values = {"channel": "email", "alert_id": alert.public_id, "site_id": alert.site_id, **fields}
    made = make_message(recipient=doctor.id, **values)
    assert messages.insert(made)
    return made


def carry(*outcomes: Outcome, channel: str = "email") -> Keeping:
    """Carry as many messages as there are outcomes."""
    keeping = Keeping(channel, list(outcomes))
    for _ in outcomes:
        assert carry_next(keeping, urgent=False, now=NOON)
    return keeping


def told_of_site(alert: Alert) -> list[tuple[int, MessageKind, MessageState]]:
    found = messages.of_alert(alert.public_id)
    return [(sent.notice, sent.kind, sent.state) for sent in found if sent.recipient == SITE_ADDRESS]


@pytest.mark.parametrize("kind", [MessageKind.RAISED, MessageKind.ESCALATED])
@pytest.mark.parametrize("reason", ["address_refused", "mail_refused", "address_off", "no_address"])
def test_the_only_message_of_a_notice_that_is_given_up_goes_to_the_second_address(
    alert: Alert, doctors: list[Account], kind: MessageKind, reason: str
) -> None:
    message_to(alert, doctors[0], kind=kind)
    carry(Gone(reason))
    assert told_of_site(alert) == [(1, kind, MessageState.WAITING)]
    (sent,) = carry(Delivered()).carried
    assert (sent.recipient, sent.alert_ids, sent.because) == (
        SITE_ADDRESS,
        (alert.public_id,),
        "second_address",
    )


def test_what_nobody_would_take_for_three_days_goes_there_too(alert: Alert, doctors: list[Account]) -> None:
    message_to(alert, doctors[0], give_up_at=NOON)
    carry(Failed("recipient_deferred"))
    assert told_of_site(alert) == [(1, MessageKind.RAISED, MessageState.WAITING)]


@pytest.mark.parametrize("notice", [1, 2])
def test_while_somebody_is_told_or_still_may_be_it_goes_nowhere_else(
    alert: Alert, doctors: list[Account], notice: int
) -> None:
    message_to(alert, doctors[0])
    message_to(
        alert, doctors[1], notice=notice, about=(f"{alert.public_id}:{notice}",), due_at=NOON + GIVE_UP_AFTER
    )
    carry(REFUSED)
    assert told_of_site(alert) == []


def test_the_last_of_several_that_are_given_up_is_the_one(alert: Alert, doctors: list[Account]) -> None:
    for doctor in doctors:
        message_to(alert, doctor)
    carry(REFUSED)
    assert told_of_site(alert) == []
    carry(REFUSED)
    assert told_of_site(alert) == [(1, MessageKind.RAISED, MessageState.WAITING)]


def test_two_that_are_given_up_in_the_same_moment_do_not_wait_for_each_other(
    alert: Alert, doctors: list[Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    for doctor in doctors:
        message_to(alert, doctor)
    finish, crossed = messages.finish, []

    def meanwhile(*args: object, **kwargs: object) -> bool:
        if not crossed:
            crossed.append(1)
            carry(REFUSED)
        return finish(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(messages, "finish", meanwhile)
    carry(REFUSED)
    assert told_of_site(alert) == [(1, MessageKind.RAISED, MessageState.WAITING)]


def test_who_dies_before_it_is_noted_has_told_the_second_address(
    alert: Alert, doctors: list[Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise SystemExit

    message_to(alert, doctors[0])
    with monkeypatch.context() as patched:
        patched.setattr(messages, "finish", dies)
        with pytest.raises(SystemExit):
            carry(REFUSED)
    assert told_of_site(alert) == [(1, MessageKind.RAISED, MessageState.WAITING)]


def test_a_digest_that_is_given_up_is_told_alert_by_alert(
    site: Site, alert: Alert, doctors: list[Account]
) -> None:
    other = make_alert(site_id=site.id, patient_id="another")
    store(other)
    ids = (alert.public_id, other.public_id)
    about = tuple(f"{alert_id}:1" for alert_id in ids)
    message_to(alert, doctors[0], kind=MessageKind.DIGEST, alert_ids=ids, about=about, notice=0, level=None)
    message_to(other, doctors[1], due_at=NOON + timedelta(days=1))
    carry(REFUSED)
    assert told_of_site(alert) == [(1, MessageKind.RAISED, MessageState.WAITING)]
    assert told_of_site(other) == []


@pytest.mark.parametrize(
    "values",
    [
        {"channel": "webhook"},
        {"kind": MessageKind.ASSIGNED},
        {"kind": MessageKind.WITHDRAWN},
        {"recipient": SITE_ADDRESS},
    ],
    ids=str,
)
def test_what_was_no_news_for_a_person_goes_nowhere_else(
    alert: Alert, doctors: list[Account], values: dict[str, str]
) -> None:
    given = {"channel": "email", "recipient": doctors[0].id, **values}
    made = make_message(alert_id=alert.public_id, site_id=alert.site_id, **given)
    outbox.tell_site(made, now=NOON)
    assert told_of_site(alert) == []


def test_a_site_without_a_second_address_has_none_told(people: People) -> None:
    site = people.site()
    made = make_alert(site_id=site.id)
    store(made)
    message_to(made, people.account((site, Role.CLINICIAN)))
    carry(REFUSED)
    assert told_of_site(made) == []


def test_a_message_ends_also_when_nobody_can_say_who_else_is_told(
    alert: Alert, doctors: list[Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    def raising(*_: object) -> None:
        raise ZeroDivisionError

    made = message_to(alert, doctors[0])
    monkeypatch.setattr(messages, "of_alert", raising)
    carry(REFUSED)
    ended = messages.read(made.key)
    assert ended is not None
    assert (ended.state, ended.reason) == (MessageState.DEAD, "address_refused")
