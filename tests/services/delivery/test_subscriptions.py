"""Subscriptions of a site: who reaches them, what is refused, and how secrets are replaced."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.outbox import messages
from models.outbox.message import Message, MessageKind, MessageState
from models.sites import webhooks
from models.sites.sites import Site
from models.sites.webhooks import WebhookEvent, WebhookSubscription
from models.store.base import new_id
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.delivery import subscriptions
from services.delivery.channels.port import Delivered, Failed, Gone, Outcome
from services.delivery.egress import Egress
from services.delivery.signing import Signing
from services.delivery.subscriptions import MOST_OF_A_SITE, Verdict, Webhooks
from services.errors import ChangedMeanwhile, Conflict, Invalid, NotFound
from tests.people import People, Person

SIGNING = Signing("a secret of the settings")
ENGINE = Egress((ipaddress.ip_network("10.20.0.0/24"),))
Made = Callable[..., tuple[WebhookSubscription, str | None]]


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def admin(people: People, site: Site) -> Person:
    return people.staff(site, Role.ADMIN)


@pytest.fixture
def of_site(site: Site, admin: Person, now: datetime) -> Webhooks:
    reach = scope_for(admin.actor, Operation.WEBHOOK_CHANGE)
    return Webhooks(SIGNING, ENGINE, site.id, reach, admin.actor, now)


def wanted(**fields: Any) -> dict[str, Any]:
    values = {
        "id": new_id(),
        "address": "https://engine.example.org/slope",
        "audience": "coordination",
        "events": ["alert.raised", "alert.escalated"],
        "description": "Engine.",
    }
    return values | fields


def test_one_that_is_made_has_a_secret_that_is_shown_once(
    of_site: Webhooks, admin: Person, now: datetime
) -> None:
    content = wanted()
    made, secret = of_site.create(content)
    assert secret is not None
    assert of_site.all() == [made] == [of_site.read(made.id)]
    assert secret.removeprefix("whsec_") not in str(webhooks.WebhookDocument.raw().find_one({}))
    (created,) = webhooks.history(made.id)
    assert (created.event, created.at) == (WebhookEvent.CREATED, now)
    assert (created.by.account_id, created.by.role) == (admin.account.id, "admin")
    assert created.changed == {name: value for name, value in content.items() if name != "id"}


def test_made_twice_there_is_one_without_the_secret(of_site: Webhooks) -> None:
    content = wanted()
    made, _ = of_site.create(content)
    assert of_site.create(content) == (made, None)
    with pytest.raises(Conflict) as caught:
        of_site.create(content | {"address": "https://other.example.org/"})
    assert caught.value.code == "id_used"
    assert of_site.all() == [made]


def test_made_by_many_at_once_there_is_one_with_one_secret(of_site: Webhooks) -> None:
    content = wanted()
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: of_site.create(content), range(8)))
    assert len([secret for _, secret in made if secret]) == 1
    assert len(of_site.all()) == 1


def test_a_site_has_so_many_and_no_more(of_site: Webhooks) -> None:
    for _ in range(MOST_OF_A_SITE):
        of_site.create(wanted())
    with pytest.raises(Conflict) as caught:
        of_site.create(wanted())
    assert caught.value.code == "too_many_webhooks"


@pytest.mark.parametrize(
    "address",
    [
        *("http://engine.example.org/", "ftp://engine.example.org/", "https://jo:word@engine.example.org/"),
        *(
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://127.1/",
            "https://[::1]/",
        ),
        *(
            "https://10.0.0.1/",
            "https://169.254.169.254/",
            "https://[::ffff:10.0.0.1]/",
            "https://10.20.1.7/",
        ),
        *("https://①②⑦.0.0.1/", "https://engine.example.org/#x", "https:///x"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(of_site: Webhooks, address: str) -> None:
    made, _ = of_site.create(wanted())
    for refused in (
        lambda: of_site.create(wanted(address=address)),
        lambda: of_site.change(made.id, 0, {"address": address}),
    ):
        with pytest.raises(Invalid) as caught:
            refused()
        (error,) = caught.value.errors
        assert (error.pointer, error.code) == ("/address", "address_refused")
    assert of_site.all() == [made]


def test_the_engine_that_the_operator_permits_can_be_subscribed(of_site: Webhooks) -> None:
    made, _ = of_site.create(wanted(address="https://10.20.0.7:8443/slope"))
    assert of_site.all() == [made]


def test_another_site_has_nothing_here(of_site: Webhooks, people: People, now: datetime) -> None:
    made, _ = of_site.create(wanted())
    other = people.site()
    admin = people.staff(other, Role.ADMIN).actor
    reach = scope_for(admin, Operation.WEBHOOK_CHANGE)
    elsewhere = replace(of_site, scope=reach, actor=admin)
    for asked in (elsewhere, replace(elsewhere, site_id=other.id)):
        for tried in (
            lambda asked=asked: asked.read(made.id),
            lambda asked=asked: asked.change(made.id, 0, {"active": False}),
            lambda asked=asked: asked.rotate(made.id, 0, keep_hours=1),
            lambda asked=asked: asked.remove(made.id, 0),
            lambda asked=asked: asked.test(made.id, Answering(Delivered())),
            lambda asked=asked: asked.deliveries(made.id, after=None, limit=2),
        ):
            with pytest.raises(NotFound):
                tried()
    with pytest.raises(NotFound):
        elsewhere.all()
    with pytest.raises(NotFound):
        elsewhere.create(wanted())
    assert of_site.all() == [made]


def test_a_change_names_what_was_read(of_site: Webhooks) -> None:
    made, _ = of_site.create(wanted())
    after = of_site.change(made.id, 0, {"events": ["alert.raised"], "active": False})
    assert (after.events, after.active, after.rev) == (("alert.raised",), False, 1)
    for tried in (
        lambda: of_site.change(made.id, 0, {"active": True}),
        lambda: of_site.rotate(made.id, 0, keep_hours=1),
        lambda: of_site.remove(made.id, 0),
    ):
        with pytest.raises(ChangedMeanwhile):
            tried()


def test_a_new_secret_works_beside_the_one_before_for_a_while(of_site: Webhooks, now: datetime) -> None:
    made, first = of_site.create(wanted())
    after, second = of_site.rotate(made.id, 0, keep_hours=24)
    assert second != first
    current, former = after.secrets
    assert (current.until, former.until) == (None, now + timedelta(hours=24))
    assert former.sealed == made.secrets[0].sealed
    third, _ = of_site.rotate(made.id, 1, keep_hours=0)
    assert len(third.secrets) == 1
    assert [step.changed for step in webhooks.history(made.id)][1:] == [{"keep_hours": 24}, {"keep_hours": 0}]


def test_what_is_removed_is_gone_with_its_secrets(of_site: Webhooks) -> None:
    made, _ = of_site.create(wanted())
    of_site.remove(made.id, 0)
    assert of_site.all() == []
    assert webhooks.WebhookDocument.raw().find_one({"_id": made.id})["secrets"] == []
    with pytest.raises(NotFound):
        of_site.read(made.id)


def test_a_receiver_that_is_gone_is_switched_off_once_and_the_site_sees_why(
    of_site: Webhooks, now: datetime
) -> None:
    made, _ = of_site.create(wanted())
    for _ in range(2):
        subscriptions.switch_off(made.id, "status_410", now=now)
    off = of_site.read(made.id)
    assert (off.active, off.off_because, off.off_at) == (False, "status_410", now)
    (_, step) = webhooks.history(made.id)
    assert (step.event, step.by.name, step.changed) == (
        WebhookEvent.SWITCHED_OFF,
        "system",
        {"because": "status_410"},
    )
    on = of_site.change(made.id, off.rev, {"active": True})
    assert (on.active, on.off_because, on.off_at) == (True, "", None)
    subscriptions.switch_off("nothing", "status_410", now=now)


class Answering:
    """A channel that says one thing."""

    name = "webhook"

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.sent: list[Message] = []

    def addresses(self, *_args: Any, **_kwargs: Any) -> tuple[()]:
        return ()

    def send(self, message: Message, *, now: datetime) -> Outcome:
        self.sent.append(message)
        return self.outcome


@pytest.mark.parametrize(
    ("outcome", "delivered", "reason"),
    [
        (Delivered(), True, ""),
        (Failed("status_500"), False, "status_500"),
        (Gone("status_410"), False, "status_410"),
    ],
)
def test_a_test_says_what_became_of_it(
    of_site: Webhooks, now: datetime, outcome: Outcome, delivered: bool, reason: str
) -> None:
    made, _ = of_site.create(wanted())
    channel = Answering(outcome)
    assert of_site.test(made.id, channel) == Verdict(delivered, now, reason)
    (message,) = channel.sent
    assert (message.kind, message.recipient, message.alert_ids) == (MessageKind.TEST, made.id, ())
    kept = messages.read(message.key)
    assert kept is not None
    assert (kept.state, kept.reason) == (MessageState.DELIVERED if delivered else MessageState.DEAD, reason)
    assert [(attempt.at, attempt.reason) for attempt in kept.attempts] == [(now, reason)]


def test_what_was_sent_is_listed_by_pages_the_latest_first(of_site: Webhooks, now: datetime) -> None:
    made, _ = of_site.create(wanted())
    other, _ = of_site.create(wanted())
    for minutes in range(3):
        later = replace(of_site, now=now + timedelta(minutes=minutes))
        later.test(made.id, Answering(Failed(f"status_50{minutes}")))
    first, following = of_site.deliveries(made.id, after=None, limit=2)
    assert [message.reason for message in first] == ["status_502", "status_501"]
    rest, end = of_site.deliveries(made.id, after=following, limit=2)
    assert ([message.reason for message in rest], end) == (["status_500"], None)
    assert of_site.deliveries(other.id, after=None, limit=2) == ([], None)
