"""Rounds over the patients of a site whose policy has changed: who is next, and how far a round has come.

The mark is set by the same update that puts the policy in force, and taken away when the round has seen
every patient, so a crash leaves a round unfinished and never forgotten. Every step is guarded by the
policy's version: a newer policy begins its own round. What is done to each patient is
`services.reports.reconcile`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.patients.patients import PatientDocument
from models.sites.policies import MARK
from models.sites.sites import SiteDocument


@dataclass(frozen=True, slots=True)
class Round:
    """A round that is not finished; `after` is the last patient it has seen, "" before the first."""

    site_id: str
    policy_version: str
    after: str


def unfinished(limit: int) -> list[Round]:
    """Return rounds to go on with."""
    rows = SiteDocument.raw().find({MARK: 1}, {"policy_version": 1, "round_after": 1}).limit(limit)
    return list(SiteDocument.readable(rows, _round))


def next_patients(one: Round, limit: int) -> list[str]:
    """Return the ids of the patients that come next."""
    query = {"site_id": one.site_id, "_id": {"$gt": one.after}}
    rows = PatientDocument.raw().find(query, {"_id": 1}).sort("_id", 1).limit(limit)
    return [raw["_id"] for raw in rows]


def go_on(one: Round, reached: str) -> None:
    """Note how far the round has come, unless another process or a newer policy has moved it."""
    _move(one, {"$set": {"round_after": reached}})


def finish(one: Round) -> None:
    """Note that the round has seen everybody, unless another process or a newer policy has moved it."""
    _move(one, {"$unset": {MARK: "", "round_after": ""}})


def come_back(patient_id: str) -> None:
    """Have a patient evaluated anew apart from the round, so that the others need not wait."""
    PatientDocument.raw().update_one({"_id": patient_id}, {"$set": {"reevaluate": 1}, "$inc": {"rev": 1}})


def _move(one: Round, update: dict[str, Any]) -> None:
    present = {"_id": one.site_id, "policy_version": one.policy_version, "round_after": one.after, MARK: 1}
    SiteDocument.raw().update_one(present, update)


def _round(raw: Mapping[str, Any]) -> Round:
    return Round(raw["_id"], raw["policy_version"], raw.get("round_after") or "")
