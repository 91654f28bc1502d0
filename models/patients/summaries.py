"""What a list of patients says of each one's latest evaluation: a projection of the ledgers' heads.

One small document per patient, with the number of the entry that it was made from. It can be thrown away and
made again at any time; an older head never replaces a newer one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, ClassVar

from mongoengine.fields import FloatField, IntField, StringField
from pymongo.errors import BulkWriteError

from models.store.base import BaseDocument

ONE_BATCH = 20_000


class PatientSummaryDocument(BaseDocument):
    """Stored form; the key is the patient's id."""

    meta: ClassVar[dict[str, Any]] = {"collection": "patient_summaries", "indexes": ["site_id"]}

    id = StringField(primary_key=True)
    site_id = StringField(required=True)
    seq = IntField(required=True)
    last_on = StringField()
    last_by = StringField()
    total = IntField()
    lost = FloatField()
    lost_low = FloatField()
    lost_high = FloatField()
    probability_fast = FloatField()
    kings = StringField()
    mitos = IntField()
    total_by = StringField()
    other_total = IntField()
    other_by = StringField()


@dataclass(frozen=True, slots=True)
class Summary:
    """The latest evaluation of a patient in a few numbers.

    Attributes:
        seq: entry of the ledger that it was made from.
        last_on: day of the last ALSFRS-R that says something, `last_by` its respondent.
        total: of the last report of whom the line follows, `total_by`: whose loss it stands beside.
        lost: points a month now, with the ends of its central 95 %.
        other_total: of the last report of anybody else, `other_by`.
    """

    patient_id: str
    site_id: str
    seq: int
    last_on: date | None = None
    last_by: str | None = None
    total: int | None = None
    lost: float | None = None
    lost_low: float | None = None
    lost_high: float | None = None
    probability_fast: float | None = None
    kings: str | None = None
    mitos: int | None = None
    total_by: str | None = None
    other_total: int | None = None
    other_by: str | None = None


def of_sites(site_ids: Iterable[str]) -> dict[str, Summary]:
    """Return the summaries of the patients of these sites."""
    return _found({"site_id": {"$in": sorted(site_ids)}})


def of(patient_ids: Iterable[str]) -> dict[str, Summary]:
    """Return the summaries of these patients."""
    return _found({"_id": {"$in": sorted(patient_ids)}})


def _found(query: Mapping[str, Any]) -> dict[str, Summary]:
    rows = PatientSummaryDocument.raw().find(query, batch_size=ONE_BATCH)
    return {summary.patient_id: summary for summary in PatientSummaryDocument.readable(rows, _summary)}


def put(made: Iterable[Summary], known: Mapping[str, Summary]) -> None:
    """Store summaries; one that was made from an older entry than the stored one changes nothing."""
    new = [summary for summary in made if summary.patient_id not in known]
    for summary in made:
        if summary.patient_id in known:
            newer = {"_id": summary.patient_id, "seq": {"$lt": summary.seq}}
            PatientSummaryDocument.raw().update_one(newer, {"$set": _stored(summary)})
    if new:
        try:
            PatientSummaryDocument.raw().insert_many(
                [{"_id": summary.patient_id, **_stored(summary)} for summary in new], ordered=False
            )
        except BulkWriteError:
            # Somebody else was first with some of them; whoever looks next sees what is newer.
            return


_NAMES = tuple(member.name for member in fields(Summary) if member.name != "patient_id")


def _stored(summary: Summary) -> dict[str, Any]:
    values = asdict(summary)
    values["last_on"] = summary.last_on and summary.last_on.isoformat()
    return {name: values[name] for name in _NAMES}


def _summary(raw: Mapping[str, Any]) -> Summary:
    values: dict[str, Any] = {name: raw.get(name) for name in _NAMES}
    values["last_on"] = values["last_on"] and date.fromisoformat(values["last_on"])
    return Summary(patient_id=raw["_id"], **values)
