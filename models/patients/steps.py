"""What was changed of a patient: when, by whom, why. Plain data, stored with the patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from models.store.base import milliseconds
from models.store.provenance import Provenance


@dataclass(frozen=True, slots=True)
class PatientStep:
    """One change of a patient, as the history keeps it.

    Attributes:
        changed: the fields that were changed, with their values after it, as they are stored.
        reason: why, in the words of whoever changed it.
    """

    at: datetime
    by: Provenance
    changed: Mapping[str, Any]
    reason: str = ""


def step_stored(step: PatientStep) -> dict[str, Any]:
    """Return the stored form of a change."""
    return asdict(step) | {"at": milliseconds(step.at), "changed": dict(step.changed)}


def step_from(raw: Mapping[str, Any]) -> PatientStep:
    """Return the change that was stored."""
    return PatientStep(**{**raw, "by": Provenance.from_dict(raw["by"])})
