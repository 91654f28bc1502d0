"""The messages of a site on a page: by what became of them, and tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.outbox import messages
from models.outbox.message import MessageState
from models.sites.sites import Site
from services.access.actor import Role
from tests.message_samples import dead_message, make_message
from tests.people import People, Person
from tests.visitor import Visitor, text_of


def test_what_could_not_be_delivered_comes_first_and_is_tried_again(
    signed_in: Visitor, clinician: Person, site: Site, now: datetime
) -> None:
    message = dead_message(site.id, clinician.account.id, now)
    path = f"/pages/sites/{site.id}/messages"
    shown = text_of(signed_in.get(path))
    for part in ("Jo", "e-mail", "told of it", "1 attempt", "the address is refused", "Try again"):
        assert part in shown
    assert "No message like this." in text_of(signed_in.get(f"{path}?state=delivered"))
    assert signed_in.get(f"{path}?state=nonsense&after=nonsense").status_code == 200
    done = signed_in.post(f"{path}/{message.public_id}/retry")
    assert "It is tried again from now on" in text_of(signed_in.get(done.location))
    assert messages.read(message.key).state is MessageState.WAITING
    again = signed_in.post(f"{path}/{message.public_id}/retry")
    assert (again.status_code, "can be tried again" in again.text) == (409, True)


def test_why_a_message_was_not_sent_is_said(
    signed_in: Visitor, clinician: Person, site: Site, now: datetime
) -> None:
    waiting = make_message(
        site_id=site.id, channel="email", recipient=clinician.account.id, created_at=now, due_at=now
    )
    assert messages.insert(waiting)
    held = messages.claim(waiting.lane, now=now, lasting=timedelta(minutes=1))
    assert held is not None
    assert messages.drop(held, "alert_acknowledged", now=now)
    shown = text_of(signed_in.get(f"/pages/sites/{site.id}/messages?state=dropped"))
    assert "not sent: somebody had acknowledged it before" in shown
    assert "alert acknowledged" not in shown


def test_other_roles_and_other_sites_see_none(visitor: Visitor, people: People, site: Site) -> None:
    visitor.sign_in(people.staff(site, Role.COORDINATOR).account.email)
    assert visitor.get(f"/pages/sites/{site.id}/messages").status_code == 403
    visitor.sign_in(people.staff(people.site(), Role.CLINICIAN).account.email)
    assert visitor.get(f"/pages/sites/{site.id}/messages").status_code == 404
