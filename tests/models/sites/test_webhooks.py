"""Subscriptions are stored once, changed by one at a time, and removed without being forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.sites import webhooks
from models.sites.webhooks import SigningSecret, WebhookEvent, WebhookStep, WebhookSubscription
from models.store.base import new_id
from models.store.provenance import Provenance

NOW = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)
ADMIN = Provenance("somebody", "admin", "a session", "a request")


@pytest.fixture(autouse=True)
def _emptied(database: Any) -> None:
    """The database is empty."""


def step(event: WebhookEvent, **changed: Any) -> WebhookStep:
    return WebhookStep(NOW, event, ADMIN, changed)


def made(**fields: Any) -> WebhookSubscription:
    values = {
        "id": new_id(),
        "site_id": "a site",
        "address": "https://engine.example.org/",
        "audience": "clinical",
        "events": ("alert.raised",),
        "created_at": NOW,
        "secrets": (SigningSecret("sealed", NOW),),
    }
    subscription = WebhookSubscription(**values | fields)
    assert webhooks.add(subscription, step(WebhookEvent.CREATED))
    return subscription


def test_what_was_stored_is_read_back() -> None:
    subscription = made(secrets=(SigningSecret("b", NOW), SigningSecret("a", NOW, NOW + timedelta(hours=1))))
    assert webhooks.read(subscription.id) == subscription
    assert webhooks.history(subscription.id) == [step(WebhookEvent.CREATED)]
    assert "sealed" not in repr(made())
    assert webhooks.read("nothing") is None
    assert webhooks.history("nothing") == []


def test_an_id_is_used_once() -> None:
    subscription = made()
    other = replace(subscription, address="https://other.example.org/")
    assert not webhooks.add(other, step(WebhookEvent.CREATED))
    assert webhooks.read(subscription.id) == subscription


def test_a_site_has_its_own_in_the_order_in_which_they_were_made() -> None:
    later, earlier = made(created_at=NOW + timedelta(days=1)), made()
    made(site_id="another site")
    assert webhooks.of_site("a site") == [earlier, later]


def test_a_change_is_kept_with_who_made_it_and_when() -> None:
    before = made()
    after = webhooks.change(before, step(WebhookEvent.CHANGED, active=False), active=False)
    assert after == replace(before, active=False, rev=1)
    assert webhooks.read(before.id) == after
    assert [change.event for change in webhooks.history(before.id)] == [
        WebhookEvent.CREATED,
        WebhookEvent.CHANGED,
    ]
    assert webhooks.history(before.id)[1] == step(WebhookEvent.CHANGED, active=False)


def test_of_changes_at_the_same_time_one_is_made() -> None:
    before = made()
    changes = [step(WebhookEvent.CHANGED, description=str(number)) for number in range(8)]

    def change(one: WebhookStep) -> WebhookSubscription | None:
        return webhooks.change(before, one, description=one.changed["description"])

    with ThreadPoolExecutor(8) as threads:
        won = [after for after in threads.map(change, changes) if after is not None]
    assert len(won) == 1
    assert webhooks.read(before.id) == won[0]
    assert len(webhooks.history(before.id)) == 2


def test_what_was_removed_is_not_listed_and_its_id_stays_taken() -> None:
    before = made()
    assert webhooks.change(before, step(WebhookEvent.REMOVED), removed_at=NOW, active=False, secrets=())
    assert (webhooks.read(before.id), webhooks.of_site("a site")) == (None, [])
    assert not webhooks.add(before, step(WebhookEvent.CREATED))
    assert [change.event for change in webhooks.history(before.id)] == [
        WebhookEvent.CREATED,
        WebhookEvent.REMOVED,
    ]
