"""Absences: when somebody is away, and who stands in for them. One document per account.

The deputy also counts while nobody is away: as the step of the chain after the person. What was written
before stays in the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, DictField, IntField, ListField, StringField

from models.store.base import BaseDocument
from models.store.connection import DRIVER_ERRORS, is_duplicate
from models.store.mapping import DocumentMap, plain
from models.store.provenance import Provenance


class AbsenceDocument(BaseDocument):
    """Stored form of an absence; the id is the account's."""

    meta: ClassVar[dict[str, Any]] = {"collection": "absences"}

    id = StringField(primary_key=True)
    away_from = DateTimeField()
    away_until = DateTimeField()
    deputy_id = StringField()
    by = DictField()
    at = DateTimeField()
    rev = IntField()
    earlier = ListField(DictField())


@dataclass(frozen=True, slots=True)
class Absence:
    """When somebody is away, and who stands in.

    Attributes:
        away_from: None, with `away_until`, when no absence is planned.
        deputy_id: the deputy's account; None when nobody stands in.
        by: who wrote it.
        at: when.
        rev: counts the changes; 0 is what was never written.
    """

    account_id: str
    away_from: datetime | None = None
    away_until: datetime | None = None
    deputy_id: str | None = None
    by: Provenance | None = None
    at: datetime | None = None
    rev: int = 0

    def is_away(self, now: datetime) -> bool:
        """Return whether the person is away at this moment."""
        if self.away_from is None or self.away_until is None:
            return False
        return self.away_from <= now < self.away_until

    def overlaps(self, other: Absence) -> bool:
        """Return whether both are away at some moment."""
        if self.away_from is None or self.away_until is None:
            return False
        if other.away_from is None or other.away_until is None:
            return False
        return self.away_from < other.away_until and other.away_from < self.away_until


_ABSENCES = DocumentMap(Absence)
_NOW = {"earlier": 0}
_FIELDS = ("away_from", "away_until", "deputy_id", "by", "at")


def read(account_id: str) -> Absence:
    """Return the absence of an account; an empty one when none was written.

    Raises:
        Unreadable: it cannot be read, which was noted.
    """
    raw = AbsenceDocument.raw().find_one({"_id": account_id}, _NOW)
    return Absence(account_id) if raw is None else AbsenceDocument.one(raw, _absence)


def read_several(account_ids: Iterable[str]) -> dict[str, Absence]:
    """Return the absences that were written for these accounts and can be read, by account."""
    wanted = sorted(set(account_ids))
    if not wanted:
        return {}
    rows = AbsenceDocument.raw().find({"_id": {"$in": wanted}}, _NOW)
    return {absence.account_id: absence for absence in AbsenceDocument.readable(rows, _absence)}


def change(before: Absence, after: Absence) -> Absence | None:
    """Put an absence in the place of one that is as it was read; return it, None when that was changed."""
    values = {name: plain(getattr(after, name)) for name in _FIELDS}
    if before.rev == 0:
        try:
            AbsenceDocument.raw().insert_one({"_id": before.account_id, **values, "rev": 1, "earlier": []})
        except DRIVER_ERRORS as error:
            if not is_duplicate(error):
                raise
            return None
        return read(before.account_id)
    kept = {name: plain(getattr(before, name)) for name in _FIELDS}
    done = AbsenceDocument.raw().update_one(
        {"_id": before.account_id, "rev": before.rev},
        {"$set": values, "$inc": {"rev": 1}, "$push": {"earlier": kept}},
    )
    return read(before.account_id) if done.matched_count else None


def _absence(raw: Mapping[str, Any]) -> Absence:
    return _ABSENCES.read({**raw, "account_id": raw["_id"]})
