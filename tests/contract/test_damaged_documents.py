"""One stored document is damaged in one field: it alone pays for it, and it is named.

For every collection and every stored field one document gets a null, a value of another type, a word that
nobody knows, or loses the field. Other patients' requests are answered as before, their reports are taken,
every step of the worker and the readiness go on; the damaged document never costs an answer 500, and no other
document is named for it. Collections
and operations come in by themselves: what the world holds none of is made of the declared fields.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import mongoengine.fields as kinds
import pytest

from api.worker.loop import Loop
from api.worker.steps import groups
from bench.chaos.poison import DAMAGES, LOST, MADE, damaged, made_up, put
from models import soundness
from models.indexes import DOCUMENTS
from models.ledger.document import LedgerDocument
from models.replays.parts import ReplayPartDocument
from models.sites import sites
from models.sites.sites import SiteDocument
from models.store import unreadable
from models.store.base import BaseDocument
from models.store.unreadable import Unreadable
from services.access.actor import Role
from tests.checked_client import NotAsDocumented
from tests.contract.document import ENDPOINTS, Endpoint
from tests.contract.world import Chart, World
from tests.questionnaires import alsfrs

PARTS = 4
UNKNOWN_WORD = re.compile(r'is not one of|is not a "uuid"|"\w*" is not valid under any of')
"""What the client that checks answers says of a text where one of a few words is named."""
EVERY = os.environ.get("SLOPE_EVERY_DAMAGE") == "1"
"""All damages of a field; usually one of them, in turn."""
ASKED = [
    endpoint for endpoint in ENDPOINTS.values() if not endpoint.writes and endpoint.id != "get_readiness"
]


_made_up: list[tuple[type[BaseDocument], Any]] = []


@pytest.fixture(autouse=True)
def _nothing_met_before() -> Iterator[None]:
    unreadable.forget()
    yield
    for document, key in _made_up:
        document.raw().delete_one({"_id": key})
    _made_up.clear()
    unreadable.forget()
    sites.forget()


def one_of(document: type[BaseDocument], world: World) -> dict[str, Any]:
    """A stored document that concerns the one patient, and the other no more than has to be."""
    rows = list(document.raw().find())
    about = [raw for raw in rows if world.near.patient.id in str(raw)]
    clear = [raw for raw in about if world.neighbour.patient.id not in str(raw)]
    near = [raw for raw in rows if raw["_id"] == world.near.site.id]
    found = next(itertools.chain(clear, near, about, rows), None)
    if found is None:
        found = made_up(document)
        document.raw().insert_one(found)
        _made_up.append((document, found["_id"]))
    return found


def role_for(endpoint: Endpoint) -> str:
    staff = [role for role in (Role.CLINICIAN, Role.ADMIN, Role.COORDINATOR) if role in endpoint.roles]
    return staff[0] if staff else endpoint.roles[0]


def answers_about(world: World, chart: Chart, *, but: Iterable[str] = ()) -> dict[str, int]:
    """The status of every reading operation about a chart, but for those that name one of these documents."""
    found = {}
    for endpoint in ASKED:
        role = role_for(endpoint)
        try:
            path = world.path(endpoint, chart, role)
        except Unreadable:  # the world looks the document itself up
            continue
        if any(name in path for name in but):
            continue
        try:
            response = world.client.get(path, headers=world.headers(endpoint, chart, role))
        except NotAsDocumented as error:
            if not UNKNOWN_WORD.search(str(error)):
                raise
            found[endpoint.id] = 200  # a word that another release wrote is shown as it is
        else:
            found[endpoint.id] = response.status_code
    return found


def failing_steps() -> list[str]:
    found = groups({}, (), keep=timedelta(days=30))
    return [name for group, steps in found.items() for name in Loop(group, steps, 1).go_round()]


def is_misread(document: type[BaseDocument], name: str, damage: Any) -> bool:
    """Whether the damage cannot be taken for something that may stand there."""
    field = document._fields.get("id" if name == "_id" else name)
    if field is None:
        return False
    if damage is None or damage is LOST:
        return bool(field.required)
    if isinstance(field, kinds.FloatField):
        return not isinstance(damage, int)
    return not isinstance(damage, type(MADE.get(type(field), damage)))


@pytest.mark.parametrize("part", range(PARTS))
def test_a_damaged_document_costs_itself_alone_and_is_named(part: int, world: World) -> None:
    """In each round one document of every collection is damaged in one field."""
    before = answers_about(world, world.neighbour)
    assert failing_steps() == []
    found = {document: one_of(document, world) for document in DOCUMENTS}
    whole = {document: raw for document, raw in found.items() if len(raw) > 1}
    wrong: dict[str, list[str]] = {}
    for number in range(part, rounds_for(whole), PARTS):
        damages = [damage_of(document, raw, number) for document, raw in whole.items()]
        went_wrong = what_went_wrong(world, before, damages)
        if went_wrong:
            wrong[" ".join(map(str, damages))] = went_wrong
    assert not wrong


WITHIN: dict[type[BaseDocument], list[tuple[str | int, ...]]] = {
    LedgerDocument: [
        ("content", "answers", "speech"),
        ("content", "observed_at"),
        ("content", "observed_on"),
        *(("score", name) for name in ("complete", "missing", "values")),
    ],
    SiteDocument: [("hours", "weekly", 0), ("escalation", "levels", "inform", "due", "count")],
    ReplayPartDocument: [
        ("content", name)
        for name in ("patients", "differences", "load_before", "load_after", "topics_before")
    ],
}
"""What requests and the steps of the worker work with, by its place."""


@pytest.mark.parametrize("kind", ["null", "text", "lost"])
def test_a_damage_within_a_field_costs_the_document_alone_and_is_named(kind: str, world: World) -> None:
    before = answers_about(world, world.neighbour)
    whole = {document: one_of(document, world) for document in WITHIN}
    wrong: dict[str, list[str]] = {}
    for number in range(max(map(len, WITHIN.values()))):
        places = {document: places[number % len(places)] for document, places in WITHIN.items()}
        damages = [
            Damage(one, whole[one], str(first), kind, tuple(rest)) for one, (first, *rest) in places.items()
        ]
        went_wrong = what_went_wrong(world, before, damages)
        if went_wrong:
            wrong[" ".join(map(str, damages))] = went_wrong
    assert not wrong


def test_a_stored_answer_that_cannot_be_costs_its_own_score_alone(world: World) -> None:
    before = answers_about(world, world.neighbour)
    scored = {"patient_id": world.near.patient.id, "kind": "report", "content.instrument": "alsfrs_r"}
    row = LedgerDocument.raw().find_one(scored)
    damage = Damage(LedgerDocument, row, "content", "number", ("answers", "speech"))
    named = ("ledger", f"{row['patient_id']}:{row['report_id']}")
    assert what_went_wrong(world, before, [damage]) == [f"{named} is named"]


def within(value: Any, path: Sequence[str | int], damage: Any) -> Any:
    """A value with a damage at a place within it."""
    first, *rest = path
    kept = within(value[first], rest, damage) if rest else damage
    if isinstance(value, list):
        return [*value[: int(first)], *(() if kept is LOST else (kept,)), *value[int(first) + 1 :]]
    return damaged(value, str(first), kept)


def names_of(document: type[BaseDocument], raw: dict[str, Any]) -> list[str]:
    """Every field that the document holds, and those that it may hold besides."""
    declared = (name for name in document._fields if name not in {"id", *raw})
    return [*(name for name in raw if name != "_id"), *declared]


def rounds_for(whole: dict[type[BaseDocument], dict[str, Any]]) -> int:
    fields = max(len(names_of(document, raw)) for document, raw in whole.items())
    return fields * (len(DAMAGES) if EVERY else 1)


def damage_of(document: type[BaseDocument], raw: dict[str, Any], number: int) -> Damage:
    names = names_of(document, raw)
    turns = number // len(names) + number % len(names) + DOCUMENTS.index(document)
    return Damage(document, raw, names[number % len(names)], list(DAMAGES)[turns % len(DAMAGES)])


@dataclass(frozen=True)
class Damage:
    """A field of a document, or a member at a path within it, and what becomes of it."""

    document: type[BaseDocument]
    whole: dict[str, Any]
    name: str
    kind: str
    path: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        place = ".".join(map(str, (self.name, *self.path)))
        return f"{self.document.collection_name()}.{place}:{self.kind}"

    @property
    def broken(self) -> dict[str, Any]:
        """The document with it."""
        damage = DAMAGES[self.kind]
        kept = within(self.whole[self.name], self.path, damage) if self.path else damage
        return damaged(self.whole, self.name, kept)

    @property
    def id(self) -> str:
        return str(self.whole["_id"]).partition(":")[0]

    @property
    def called(self) -> set[tuple[str, str]]:
        """What the document is called in the log, whole and damaged."""
        whole, broken = self.whole, self.broken
        return {(self.document.collection_name(), unreadable.name_of(raw)) for raw in (whole, broken)}

    def do(self) -> None:
        put(self.document, self.broken)

    def undo(self) -> None:
        put(self.document, self.whole)

    def is_named(self) -> bool:
        """Whether it was named, or may be taken for something that may stand there."""
        # One engine removes a document whose time of removal is a number.
        is_there = self.document.raw().find_one({"_id": self.whole["_id"]}) is not None
        misread = is_misread(self.document, self.name, DAMAGES[self.kind])
        if self.path:  # a lost item was not answered, and a number may be an answer
            possible = self.path[0] == "answers" and self.kind in {"lost", "number"}
            misread = self.document is LedgerDocument and not possible
        return not (is_there and misread) or self.document.collection_name() in unreadable.counts()


def what_went_wrong(world: World, before: dict[str, int], damages: list[Damage]) -> list[str]:
    """What costs somebody else, is answered 500, or is not named."""
    try:
        for damage in damages:
            damage.do()
        wrong = _answered(world, before, damages)
        damaged_ones = {called for damage in damages for called in damage.called}
        wrong += [f"{name} is named" for name in sorted(unreadable.named() - damaged_ones)]
        for damage in damages:
            damage.do()
        soundness.look_through(world.people.now)
        return wrong + [f"{damage} is not named" for damage in damages if not damage.is_named()]
    finally:
        for damage in damages:
            damage.undo()
        unreadable.forget()


def _answered(world: World, before: dict[str, int], damages: list[Damage]) -> list[str]:
    near, other = world.near, world.neighbour
    answers = answers_about(world, other, but={damage.id for damage in damages})
    wrong = [f"{name} is {status}" for name, status in answers.items() if status != before[name]]
    wrong += [f"{name} fails" for name in failing_steps()]
    own, path = other.people[Role.PATIENT], f"/v1/patients/{other.patient.id}/reports"
    status = world.client.post(path, headers=own.headers, json=alsfrs(world.people.now)).status_code
    wrong += [] if status == 201 else [f"another's report is {status}"]
    wrong += [] if world.client.get("/readyz").status_code == 200 else ["not ready"]
    return wrong + [f"own {name} is 500" for name, one in answers_about(world, near).items() if one == 500]
