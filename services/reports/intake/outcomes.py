"""A report that was sent, and the closed set of what can become of it before it is answered."""

from __future__ import annotations

from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from models.ledger.entries import Entry
from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.scope import Scope
from services.access.actor import Actor
from services.reports.intake.budget import MOST_A_DAY
from services.reports.intake.check import Submission


@dataclass(frozen=True, slots=True)
class Sent:
    """A report that was sent; what is logged on the way belongs to the request that sent it."""

    patient_id: str
    given: Submission
    scope: Scope
    actor: Actor
    now: datetime
    most_a_day: int = MOST_A_DAY
    context: Context = field(default_factory=copy_context)


class Stored(NamedTuple):
    """Its id stands in the ledger, by this entry: written now, or found there."""

    patient: Patient
    site: Site
    entry: Entry
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class TakeAlone:
    """It needs more than a group commit reads, or somebody else was first at its place in the ledger."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It cannot be taken; the error is its own."""

    error: Exception


TAKE_ALONE = TakeAlone()
Outcome = Stored | TakeAlone | Failed
