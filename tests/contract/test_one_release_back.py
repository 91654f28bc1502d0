"""Data that a later release wrote is served by this one: after a rollback nothing is answered 500.

The later release is a test double: in every stored document it adds members, in the nested objects too, and
where a document holds a word of an enumeration it writes one that this release does not know.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest

import models
from models import soundness
from models.accounts.accounts import AccountDocument
from models.alerts.alerts import AlertDocument
from models.indexes import DOCUMENTS
from models.outbox.messages import MessageDocument
from models.sites import sites
from models.sites.webhooks import WebhookDocument
from models.store import unreadable
from scoring.decline import Kind, Level, Topic
from services.access.actor import Role
from services.delivery.events import EventType
from tests.contract.test_damaged_documents import answers_about, failing_steps
from tests.contract.world import World
from tests.questionnaires import alsfrs

LATER = "word_of_a_later_release"
ADDED = "added_by_a_later_release"
OPAQUE = frozenset(
    {
        *("derived", "definition", "answers", "texts", "crisis_text", "breathing_text", "content"),
        *("flag", "standing", "counts", "baseline", "policy", "limits", "limits_before", "unreadable"),
    }
)
"""What names its members by what it holds, what is shown as it is, or what is packed."""


def words_of_models() -> set[str]:
    """Every word of the enumerations whose members are stored."""
    found: set[str] = {word.value for kind in (Level, Topic, Kind, EventType, Role) for word in kind}
    for module in pkgutil.walk_packages(models.__path__, "models."):
        if module.name.endswith("__main__"):
            continue
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(kind, StrEnum) and kind is not StrEnum:
                found |= {word.value for word in kind}
    return found


def later(value: Any, words: set[str], name: str = "") -> Any:
    """The value as a later release might have written it."""
    if name in OPAQUE:
        return value
    if isinstance(value, list):
        return [later(item, words, name) for item in value]
    if isinstance(value, dict):
        # An empty object stands for none.
        more = {ADDED: "more"} if value else {}
        return {key: later(one, words, key) for key, one in value.items()} | more
    return LATER if isinstance(value, str) and value in words else value


@pytest.fixture(autouse=True)
def _nothing_met_before() -> Iterator[None]:
    unreadable.forget()
    yield
    unreadable.forget()
    sites.forget()


@pytest.mark.parametrize("words", [set(), words_of_models()], ids=["members", "members and words"])
def test_what_a_later_release_wrote_is_served(words: set[str], world: World) -> None:
    before = answers_about(world, world.neighbour)
    assert failing_steps() == []
    world._passkey(world.neighbour, Role.CLINICIAN)
    stored = {document: list(document.raw().find()) for document in DOCUMENTS}
    assert all(stored[document] for document in (AlertDocument, MessageDocument, WebhookDocument))
    assert any(raw["passkeys"] for raw in stored[AccountDocument])
    try:
        for document, rows in stored.items():
            for raw in rows:
                document.raw().delete_one({"_id": raw["_id"]})
                document.raw().insert_one(later(raw, words) | {"_id": raw["_id"]})
        sites.forget()
        answers = answers_about(world, world.neighbour)
        assert {name: status for name, status in answers.items() if status >= 500 and status != 503} == {}
        if not words:
            assert answers == before
        assert failing_steps() == []
        own = world.neighbour.people[Role.PATIENT]
        path = f"/v1/patients/{world.neighbour.patient.id}/reports"
        world.ask("post", path, own, json=alsfrs(world.people.now), expected=(201,))
        assert world.client.get("/readyz").status_code == 200
        soundness.look_through(world.people.now)
    finally:
        for document, rows in stored.items():
            document.raw().delete_many({})
            for raw in rows:
                document.raw().insert_one(raw)
