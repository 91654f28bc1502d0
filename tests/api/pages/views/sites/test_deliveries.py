"""The messages of a site on a page: by what became of them, and tried again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from models.outbox import messages
from models.outbox.message import Attempt, AttemptOutcome, Message, MessageKind, MessageState
from models.sites.sites import Site
from models.store.base import new_id
from services.access.actor import Role
from tests.people import People, Person
from tests.visitor import Visitor, text_of


def dead_message(site: Site, person: Person, now: datetime) -> Message:
    made = Message(
        key=f"{new_id()}:1:{person.account.id}:email",
        public_id=new_id(),
        site_id=site.id,
        channel="email",
        recipient=person.account.id,
        kind=MessageKind.RAISED,
        created_at=now,
        due_at=now,
        alert_ids=(new_id(),),
        give_up_at=now + timedelta(days=3),
    )
    assert messages.insert(made)
    held = messages.claim(made.lane, now=now, lasting=timedelta(minutes=1))
    assert held is not None
    attempt = Attempt(now, AttemptOutcome.GONE, "address_refused")
    assert messages.finish(held, MessageState.DEAD, attempt, now=now)
    return replace(made, state=MessageState.DEAD)


def test_what_could_not_be_delivered_comes_first_and_is_tried_again(
    signed_in: Visitor, clinician: Person, site: Site, now: datetime
) -> None:
    message = dead_message(site, clinician, now)
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


def test_other_roles_and_other_sites_see_none(visitor: Visitor, people: People, site: Site) -> None:
    visitor.sign_in(people.staff(site, Role.COORDINATOR).account.email)
    assert visitor.get(f"/pages/sites/{site.id}/messages").status_code == 403
    visitor.sign_in(people.staff(people.site(), Role.CLINICIAN).account.email)
    assert visitor.get(f"/pages/sites/{site.id}/messages").status_code == 404
