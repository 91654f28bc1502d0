"""Stored documents that cannot be read, one of every collection, and what they were before.

They belong to a clinic beside the one that is under load, as far as its collection has any such document;
of the other collections one is made up from the declared fields.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import mongoengine.fields as kinds

from bench.clinic import ZONE, Clinic
from bench.courses import FAST, Course, report
from models.indexes import DOCUMENTS
from models.sites import sites
from models.sites.sites import Site
from models.store.base import BaseDocument, new_id
from services import clock
from services.access.permissions import Operation, scope_for
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report

LOST = object()
DAMAGES: dict[str, Any] = {"null": None, "number": 5, "text": "no such word", "lost": LOST}
MADE: dict[type, Any] = {
    kinds.StringField: "text",
    kinds.IntField: 1,
    kinds.FloatField: 1.0,
    kinds.BooleanField: True,
    kinds.DateTimeField: datetime(2076, 3, 2, tzinfo=UTC),
    kinds.DictField: {},
    kinds.ListField: [],
    kinds.BinaryField: b"x",
}
"""A value of each kind of field."""
_REPORTS = 8


def made_up(document: type[BaseDocument]) -> dict[str, Any]:
    """Return a document with a value in each declared field."""
    fields = document._fields.items()
    found = {name: MADE[type(field)] for name, field in fields if type(field) in MADE}
    found["_id"] = found.pop("id", new_id())
    return found


def damaged(raw: Mapping[str, Any], name: str, damage: Any) -> dict[str, Any]:  # noqa: ANN401 (any value)
    """Return a document with another value in a field, or without the field."""
    rest = {key: value for key, value in raw.items() if key != name}
    return rest if damage is LOST else {**rest, name: damage}


def put(document: type[BaseDocument], raw: Mapping[str, Any]) -> None:
    """Store a document in the place of the one with its id."""
    document.raw().delete_one({"_id": raw["_id"]})
    document.raw().insert_one(dict(raw))
    sites.forget()


@dataclass(slots=True)
class Poison:
    """One document of every collection, which is damaged and made whole again.

    Attributes:
        whole: what is stored, by collection; what is made up is not stored while nothing is damaged.
    """

    whole: dict[type[BaseDocument], dict[str, Any]]
    made_up: frozenset[type[BaseDocument]]

    def spread(self, chance: random.Random) -> None:
        """Damage one field of each."""
        for document, raw in self.whole.items():
            name = chance.choice([name for name in raw if name != "_id"])
            put(document, damaged(raw, name, chance.choice(list(DAMAGES.values()))))

    def take_back(self) -> None:
        """Make each whole again."""
        for document, raw in self.whole.items():
            if document in self.made_up:
                document.raw().delete_one({"_id": raw["_id"]})
            else:
                put(document, raw)


def beside(clinic: Clinic) -> Poison:
    """Make another clinic with a patient whose reports raise alerts, and return what may be damaged there."""
    site = Site(id=new_id(), name="Clinic beside it", zone=ZONE)
    sites.create(site, now=clock.now())
    patient = Clinic(site, clinic.signer).enrol("Patient beside", clock.now() - timedelta(days=400))
    course, scope = Course(47, FAST, seed=1), scope_for(patient, Operation.REPORT_SUBMIT)
    for week in range(_REPORTS):
        observed_at = clock.now() - timedelta(days=28 * (_REPORTS - week))
        body = report(course.answers(28 * week), observed_at) | {"observed_at": observed_at}
        submit_report(patient.account_id, Submission(**body), scope, actor=patient, now=clock.now())
    found = {document: _about(document.raw().find(), site.id, patient.account_id) for document in DOCUMENTS}
    made = frozenset(document for document, raw in found.items() if raw is None)
    whole = {document: raw or made_up(document) for document, raw in found.items()}
    return Poison({document: raw for document, raw in whole.items() if len(raw) > 1}, made)


def _about(rows: Iterable[Mapping[str, Any]], *ids: str) -> dict[str, Any] | None:
    about = [dict(raw) for raw in rows if any(key in str(raw) for key in ids)]
    return about[-1] if about else None
