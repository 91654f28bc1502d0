"""Several alerts acknowledged at once: a verdict for each."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.alerts import alerts
from models.alerts.alert import State
from models.store.base import new_id
from services.access.actor import Role
from services.alerts import several
from services.alerts.closures import MAX_AT_ONCE, Named
from services.alerts.several import Done, Verdict
from services.errors import Invalid
from tests.api.pages.desk import Desk
from tests.people import People


def test_each_gets_its_own_verdict(people: People, now: datetime) -> None:
    desk = Desk(people, people.site(), now)
    actor = people.staff(desk.site, Role.CLINICIAN).actor
    desk.falling()
    desk.in_danger()
    first, second, *_ = desk.lines()
    unknown = new_id()
    named = [Named(first.id, first.rev), Named(second.id, second.rev + 1), Named(unknown, 1)]
    assert several.acknowledge(named, desk.scope, actor=actor, now=now) == [
        Done(first.id, Verdict.DONE),
        Done(second.id, Verdict.CHANGED_MEANWHILE),
        Done(unknown, Verdict.NOT_FOUND),
    ]
    stored = alerts.read_several([first.id, second.id], desk.scope)
    assert [stored[alert.id].state for alert in (first, second)] == [State.ACKNOWLEDGED, State.OPEN]
    again = [Named(first.id, stored[first.id].rev)]
    assert several.acknowledge(again, desk.scope, actor=actor, now=now) == [
        Done(first.id, Verdict.NOT_ALLOWED)
    ]


def test_there_is_a_most(people: People, now: datetime) -> None:
    desk = Desk(people, people.site(), now)
    actor = people.staff(desk.site, Role.CLINICIAN).actor
    named = [Named(new_id(), 1)] * MAX_AT_ONCE
    assert len(several.acknowledge(named, desk.scope, actor=actor, now=now)) == MAX_AT_ONCE
    with pytest.raises(Invalid) as refused:
        several.acknowledge([*named, named[0]], desk.scope, actor=actor, now=now)
    (found,) = refused.value.errors
    assert (found.pointer, found.code) == ("/alerts", "too_many")
    assert str(MAX_AT_ONCE) in found.detail
