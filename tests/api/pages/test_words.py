"""Every stored word that the pages show has a name of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from api.pages.words import WORDS, became, word
from models.alerts.alert import Because, Condition, EndedHow, NotFollowed, State
from models.outbox.message import MessageKind, MessageState
from models.sites.escalation_policy import Unit
from scoring.decline import Level, Topic
from services.access.actor import Role
from services.alerts.actions import Action
from services.alerts.outcomes import Outcome
from services.delivery import carry


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        ("level", Level),
        ("state", State),
        ("condition", Condition),
        ("topic", Topic),
        ("ended_how", EndedHow),
        ("not_followed", NotFollowed),
        ("because", Because),
        ("outcome", Outcome),
        ("action", Action),
        ("event", Action),
        ("message", MessageState),
        ("message_kind", MessageKind),
        ("role", Role),
        ("unit", Unit),
    ],
)
def test_every_word_of_a_set_is_in_the_table(kind: str, stored: Iterable[str]) -> None:
    assert {str(name) for name in stored} - WORDS[kind].keys() <= {State.OPENING}  # which nobody is shown


def test_why_a_message_was_not_sent_is_said_for_every_reason() -> None:
    source = Path(carry.__file__).read_text(encoding="utf-8")
    plain = set(re.findall(r'(?:return|else) "([a-z_]+)"', source))
    made = {f"alert_{state}" for state in State} | {f"patient_{why}" for why in NotFollowed}
    assert {"superseded", "may_not_read", "alert_gone", "holds_again"} <= plain
    for reason in plain | made:
        assert became("dropped", reason).startswith("not sent: "), reason
    assert became("delivered", "") == "delivered"
    assert became("dropped", "of a later release") == "not sent: there was no need any more"


def test_a_word_of_a_later_release_is_shown_as_it_is_stored() -> None:
    assert word("state", "put_away") == "put away"
