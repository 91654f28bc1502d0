"""Narrow reads over many patients at once: names for a list, and who is followed, for the worker's rounds.

These read plain dictionaries with few fields, because building whole patients costs several times the query.
One patient is read by `models.patients`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from models.patients import name_search
from models.patients.patients import LOOK, PatientDocument
from models.patients.profiles import profile_of
from models.store.scope import any_of

ONE_BATCH = 1000
"""A second batch costs DocumentDB many times the first."""
WHOLE_SITE = 20_000
_NAMES = {"name": 1, "study_code": 1}
_LISTED = _NAMES | {
    **{"site_id": 1, "zone": 1, "profile": 1, "contact": 1, "closed_at": 1, "consent_withdrawn_at": 1},
    **{"created_at": 1, "ledger_floor": 1},
}
_LEFT = ("closed_at", "consent_withdrawn_at")
_FOLLOWED = {"profile": 1, "created_at": 1, **dict.fromkeys(_LEFT, 1)}
_REACHABLE = _NAMES | {"contact": 1}
_ROUND = {
    **{"site_id": 1, "zone": 1, "profile": 1, "overrides": 1, "closed_at": 1, "consent_withdrawn_at": 1},
    **{"created_at": 1, "next_due_on": 1, "due_rev": 1},
}


@dataclass(frozen=True, slots=True)
class PatientName:
    """What a list calls a patient."""

    id: str
    name: str
    study_code: str | None


@dataclass(frozen=True, slots=True)
class ListedPatient:
    """What a caseload says of a patient beside the numbers."""

    id: str
    site_id: str
    name: str
    study_code: str | None
    born_on: date | None
    hospital_number: str | None
    zone: str
    interval_days: int
    followed: bool
    enrolled_at: datetime
    ledger_floor: int

    @property
    def text(self) -> str:
        """What is searched."""
        return " ".join(filter(None, (self.name, self.study_code, self.hospital_number))).casefold()


@dataclass(frozen=True, slots=True)
class Reachable:
    """How to reach a patient; `contact` as `Patient.contact`."""

    id: str
    name: str
    study_code: str | None
    contact: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RosterPatient:
    """What a round over all patients needs of one.

    Attributes:
        followed: not closed, consent not withdrawn, and not known to have died.
        interval_days: days between two reports that are expected.
        enrolled_at: since when reports are expected.
        next_due_on: the next report is not due before this day (an ordinal); `patients.LOOK` when not known.
        due_rev: counts what may make it due earlier, for a conditional write.
        overrides: exceptions from the site's policy.
    """

    id: str
    site_id: str
    zone: str
    followed: bool
    interval_days: int
    enrolled_at: datetime
    overrides: tuple[Mapping[str, Any], ...]
    next_due_on: int
    due_rev: int


def names(patient_ids: Iterable[str]) -> dict[str, PatientName]:
    """Return what the patients are called; the caller has made sure that they are within reach."""
    wanted = sorted(set(patient_ids))
    if not wanted:
        return {}
    rows = PatientDocument.raw().find({"_id": {"$in": wanted}}, _NAMES, batch_size=ONE_BATCH)
    return {patient.id: patient for patient in PatientDocument.readable(rows, _name)}


def called(site_ids: Iterable[str], words: str) -> list[str]:
    """Return the patients of these sites whose name or study code begins so, each word of it.

    See `name_search`; nothing that can be looked for finds nobody.
    """
    wanted = name_search.words_of(words)
    if not wanted:
        return []
    query = {"site_id": any_of(site_ids), "search_keys": {"$in": [name_search.key_for(wanted)]}}
    rows = PatientDocument.raw().find(query, _NAMES, batch_size=WHOLE_SITE)
    found = PatientDocument.readable(rows, _name)
    return [patient.id for patient in found if name_search.fits(wanted, patient.name, patient.study_code)]


def listed(site_ids: Iterable[str]) -> list[ListedPatient]:
    """Return all patients of these sites, in no order."""
    rows = PatientDocument.raw().find({"site_id": any_of(site_ids)}, _LISTED, batch_size=WHOLE_SITE)
    return list(PatientDocument.readable(rows, _listed))


def _listed(raw: Mapping[str, Any]) -> ListedPatient:
    profile, contact = profile_of(raw["profile"]), raw.get("contact") or {}
    born_on = contact.get("born_on")
    return ListedPatient(
        id=raw["_id"],
        site_id=raw["site_id"],
        name=raw["name"],
        study_code=raw.get("study_code"),
        born_on=None if born_on is None else date.fromisoformat(born_on),
        hospital_number=contact.get("hospital_number"),
        zone=raw["zone"],
        interval_days=profile.report_interval_days,
        followed=profile.died_on is None and not _has_left(raw),
        enrolled_at=raw["created_at"],
        ledger_floor=raw["ledger_floor"],
    )


def floors(after: str, limit: int) -> tuple[dict[str, int], str | None]:
    """Return the next patients of all sites in the order of their ids, those behind `after`.

    Returns:
        Where each one's ledger is looked for at the earliest; and behind whom to go on, None at the end.
    """
    query = {"_id": {"$gt": after}}
    found = PatientDocument.raw().find(query, {"ledger_floor": 1}, batch_size=limit)
    rows = list(found.sort("_id", 1).limit(limit))
    known = dict(PatientDocument.readable(rows, lambda raw: (raw["_id"], raw["ledger_floor"])))
    return known, rows[-1]["_id"] if len(rows) == limit else None


def reachable(patient_ids: Iterable[str]) -> dict[str, Reachable]:
    """Return how to reach these patients; the caller has made sure that they are within reach."""
    wanted = sorted(set(patient_ids))
    if not wanted:
        return {}
    rows = PatientDocument.raw().find({"_id": any_of(wanted)}, _REACHABLE, batch_size=ONE_BATCH)
    return {patient.id: patient for patient in PatientDocument.readable(rows, _reachable)}


def _reachable(raw: Mapping[str, Any]) -> Reachable:
    return Reachable(raw["_id"], raw["name"], raw.get("study_code"), raw.get("contact") or {})


def followed_spans(site_id: str) -> list[tuple[datetime, datetime | None]]:
    """Return from when to when each patient of a site was followed; None: still.

    From enrolment until the patient died, was closed or withdrew consent, whichever was first.
    """
    rows = PatientDocument.raw().find({"site_id": site_id}, _FOLLOWED, batch_size=WHOLE_SITE)
    return list(PatientDocument.readable(rows, _followed))


def _followed(raw: Mapping[str, Any]) -> tuple[datetime, datetime | None]:
    died_on = profile_of(raw["profile"]).died_on
    died_at = None if died_on is None else datetime.combine(died_on, time(), UTC)
    ends = (died_at, *(raw.get(name) for name in _LEFT))
    return raw["created_at"], min((end for end in ends if end is not None), default=None)


def ids(site_id: str, *, after: str, limit: int) -> list[str]:
    """Return ids of the site's patients in their order, those behind `after`."""
    query = {"site_id": site_id, "_id": {"$gt": after}}
    return [raw["_id"] for raw in PatientDocument.raw().find(query, {"_id": 1}).sort("_id", 1).limit(limit)]


def count(site_id: str) -> int:
    """Return how many patients the site has."""
    return int(PatientDocument.raw().count_documents({"site_id": site_id}))


def count_changed(most: int) -> int:
    """Return how many patients are to be evaluated anew, so many at most."""
    return sum(1 for _ in PatientDocument.raw().find({"reevaluate": 1}, {"_id": 1}).limit(most))


def with_overrides(site_id: str) -> Iterator[tuple[str, tuple[Mapping[str, Any], ...]]]:
    """Go through the patients of a site who have exceptions from its policy."""
    rows = PatientDocument.raw().find({"site_id": site_id}, {"overrides": 1}, batch_size=WHOLE_SITE)
    for patient_id, overrides in PatientDocument.readable(rows, _exceptions):
        if overrides:
            yield patient_id, overrides


def due(day: date, size: int) -> Iterator[list[RosterPatient]]:
    """Go through the patients of all sites whose next report may be due by this day, page by page."""
    query: dict[str, Any] = {"next_due_on": {"$lte": day.toordinal()}}
    begin: list[dict[str, Any]] = [query]
    order = [("next_due_on", 1), ("_id", 1)]
    while True:
        found = PatientDocument.raw().find({"$and": begin}, _ROUND, batch_size=size)
        rows = list(found.sort(order).limit(size))
        if rows:
            yield list(PatientDocument.readable(rows, _patient))
        if len(rows) < size:
            return
        last = rows[-1]
        same_day = {"next_due_on": last["next_due_on"], "_id": {"$gt": last["_id"]}}
        begin = [query, {"$or": [{"next_due_on": {"$gt": last["next_due_on"]}}, same_day]}]


def look_up_due_date(patient_id: str) -> None:
    """Note that the next report may be due earlier than is noted: a report was voided or corrected."""
    lowered = {"$set": {"next_due_on": LOOK}, "$inc": {"due_rev": 1}}
    PatientDocument.raw().update_one({"_id": patient_id}, lowered)


def raise_due_date(patient_id: str, due_rev: int, day: int) -> None:
    """Note that the next report is not due before this day, unless something was lowered since `due_rev`.

    Args:
        patient_id: the patient.
        due_rev: what was read.
        day: `date.toordinal()`: one engine compares texts that look like dates in its own way.
    """
    raised = {"$set": {"next_due_on": day}}
    PatientDocument.raw().update_one({"_id": patient_id, "due_rev": due_rev}, raised)


def of(patient_ids: Iterable[str]) -> list[RosterPatient]:
    """Return these patients."""
    rows = PatientDocument.raw().find({"_id": {"$in": list(patient_ids)}}, _ROUND, batch_size=ONE_BATCH)
    return list(PatientDocument.readable(rows, _patient))


def _name(raw: Mapping[str, Any]) -> PatientName:
    return PatientName(raw["_id"], raw["name"], raw.get("study_code"))


def _exceptions(raw: Mapping[str, Any]) -> tuple[str, tuple[Mapping[str, Any], ...]]:
    return raw["_id"], tuple(raw.get("overrides") or ())


def _has_left(raw: Mapping[str, Any]) -> bool:
    return any(raw.get(name) is not None for name in _LEFT)


def _patient(raw: Mapping[str, Any]) -> RosterPatient:
    profile = profile_of(raw["profile"])
    return RosterPatient(
        id=raw["_id"],
        site_id=raw["site_id"],
        zone=raw["zone"],
        followed=profile.died_on is None and not _has_left(raw),
        interval_days=profile.report_interval_days,
        enrolled_at=raw["created_at"],
        next_due_on=raw["next_due_on"],
        due_rev=raw["due_rev"],
        overrides=tuple(raw.get("overrides", ())),
    )
