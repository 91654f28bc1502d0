"""A report that was sent keeps the context of the request that sent it."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import UTC, datetime

from models.store.base import new_id
from models.store.scope import Scope
from services.access.actor import Actor
from services.reports.intake.check import Submission
from services.reports.intake.outcomes import TAKE_ALONE, Sent, TakeAlone

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
REQUEST: ContextVar[str] = ContextVar("request", default="none")


def sent() -> Sent:
    given = Submission(new_id(), "alsfrs_r", "1", NOW, {})
    return Sent("p", given, Scope(patient_id="p"), Actor("a", "s"), NOW)


def test_what_is_logged_on_the_way_belongs_to_the_request_that_sent_it() -> None:
    token = REQUEST.set("first")
    first = sent()
    REQUEST.reset(token)
    assert REQUEST.get() == "none"
    assert first.context.run(REQUEST.get) == "first"
    assert sent().context.run(REQUEST.get) == "none"


def test_there_is_one_way_to_ask_for_being_taken_alone() -> None:
    assert TakeAlone() == TAKE_ALONE
