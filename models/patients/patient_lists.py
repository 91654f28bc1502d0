"""Narrow reads over many patients at once: names for a list, and who is followed, for the worker's rounds.

These read plain dictionaries with few fields, because building whole patients costs several times the query.
One patient is read by `models.patients`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.patients.patients import PatientDocument
from models.patients.profiles import profile_of

ONE_BATCH = 1000
"""A second batch costs DocumentDB many times the first."""
WHOLE_SITE = 20_000
_NAMES = {"name": 1, "study_code": 1}
_ROUND = {"site_id": 1, "zone": 1, "profile": 1, "overrides": 1, "closed_at": 1}


@dataclass(frozen=True, slots=True)
class PatientName:
    """What a list calls a patient."""

    id: str
    name: str
    study_code: str | None


@dataclass(frozen=True, slots=True)
class RosterPatient:
    """What a round over all patients needs of one.

    Attributes:
        followed: not closed, and not known to have died.
        interval_days: days between two reports that are expected.
        overrides: exceptions from the site's policy.
    """

    id: str
    site_id: str
    zone: str
    followed: bool
    interval_days: int
    overrides: tuple[Mapping[str, Any], ...]


def names(patient_ids: Iterable[str]) -> dict[str, PatientName]:
    """Return what the patients are called; the caller has made sure that they are within reach."""
    wanted = sorted(set(patient_ids))
    if not wanted:
        return {}
    rows = PatientDocument.raw().find({"_id": {"$in": wanted}}, _NAMES, batch_size=ONE_BATCH)
    return {raw["_id"]: PatientName(raw["_id"], raw["name"], raw.get("study_code")) for raw in rows}


def count(site_id: str) -> int:
    """Return how many patients the site has."""
    return int(PatientDocument.raw().count_documents({"site_id": site_id}))


def with_overrides(site_id: str) -> Iterator[tuple[str, tuple[Mapping[str, Any], ...]]]:
    """Go through the patients of a site who have exceptions from its policy."""
    for raw in PatientDocument.raw().find({"site_id": site_id}, {"overrides": 1}, batch_size=WHOLE_SITE):
        if raw.get("overrides"):
            yield raw["_id"], tuple(raw["overrides"])


def pages(size: int) -> Iterator[list[RosterPatient]]:
    """Go through all patients of all sites, page by page in the order of their ids."""
    query: dict[str, Any] = {}
    while True:
        rows = list(PatientDocument.raw().find(query, _ROUND, batch_size=size).sort("_id", 1).limit(size))
        if rows:
            yield [_patient(raw) for raw in rows]
        if len(rows) < size:
            return
        query = {"_id": {"$gt": rows[-1]["_id"]}}


def of(patient_ids: Iterable[str]) -> list[RosterPatient]:
    """Return these patients."""
    rows = PatientDocument.raw().find({"_id": {"$in": list(patient_ids)}}, _ROUND, batch_size=ONE_BATCH)
    return [_patient(raw) for raw in rows]


def _patient(raw: Mapping[str, Any]) -> RosterPatient:
    profile = profile_of(raw["profile"])
    return RosterPatient(
        id=raw["_id"],
        site_id=raw["site_id"],
        zone=raw["zone"],
        followed=raw.get("closed_at") is None and profile.died_on is None,
        interval_days=profile.report_interval_days,
        overrides=tuple(raw.get("overrides", ())),
    )
