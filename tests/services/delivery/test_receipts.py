"""Receipts are for who may read the alert; what was given up is tried again once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.alerts.alert import Alert
from models.outbox import messages
from models.outbox.message import MessageState
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from scoring.decline import Topic
from services.delivery import receipts
from services.errors import Conflict, NotFound
from tests.alert_samples import Told, make_alert, store
from tests.message_samples import NOON, make_message
from tests.people import People


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def alert(site: Site) -> Alert:
    made = make_alert(told=Told(Topic.SELF_HARM), site_id=site.id)
    store(made)
    return made


def reach(site: Site) -> Scope:
    return Scope(site_ids=frozenset({site.id}))


def dead(site: Site, **fields: object) -> str:
    message = make_message(site_id=site.id, key=new_id(), **fields)
    messages.insert(replace(message, state=MessageState.DEAD, reason="address_refused"))
    return message.public_id


def test_receipts_are_read_by_who_may_read_the_alert(site: Site, alert: Alert) -> None:
    messages.insert(make_message(alert_id=alert.public_id, site_id=site.id))
    (found,) = receipts.of_alert(alert.public_id, reach(site))
    assert found.alert_id == alert.public_id
    for scope in (Scope(), Scope(query_site_ids=frozenset({site.id})), Scope(site_ids=frozenset({"far"}))):
        with pytest.raises(NotFound):
            receipts.of_alert(alert.public_id, scope)


def test_a_site_goes_through_what_cannot_be_delivered_page_by_page(site: Site) -> None:
    made = [dead(site, created_at=NOON + timedelta(minutes=n)) for n in range(5)]
    first, after = receipts.of_site(site.id, MessageState.DEAD, reach(site), after=None, limit=3)
    rest, end = receipts.of_site(site.id, MessageState.DEAD, reach(site), after=after, limit=3)
    assert [message.public_id for message in (*first, *rest)] == made[::-1]
    assert end is None
    with pytest.raises(NotFound):
        receipts.of_site(site.id, MessageState.DEAD, Scope(), after=None, limit=3)


def test_the_dead_messages_of_one_notice_stand_on_the_next_page_where_one_ends(site: Site) -> None:
    made = {dead(site, recipient=f"person-{number}") for number in range(5)}
    first, after = receipts.of_site(site.id, MessageState.DEAD, reach(site), after=None, limit=3)
    rest, end = receipts.of_site(site.id, MessageState.DEAD, reach(site), after=after, limit=3)
    assert {message.public_id for message in (*first, *rest)} == made
    assert end is None


def test_what_was_given_up_is_tried_again_once(site: Site) -> None:
    message_id = dead(site)
    with pytest.raises(NotFound):
        receipts.try_again(site.id, message_id, Scope(), now=NOON)
    again = receipts.try_again(site.id, message_id, reach(site), now=NOON)
    assert (again.state, again.reason) == (MessageState.WAITING, "")
    assert messages.claim("test", now=NOON, lasting=timedelta(minutes=1)) is not None
    with pytest.raises(Conflict):
        receipts.try_again(site.id, message_id, reach(site), now=NOON)
