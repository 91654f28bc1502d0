"""A patient as plain data: who is followed, what the clinic knows of them, and who else may act for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.patients.grants import Grant
from scoring.decline import Profile


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient.

    Attributes:
        zone: IANA name; the local date of a report follows from it when the phone sends none.
        profile_version: counts changes of what the evaluation depends on (profile and overrides).
        overrides: exceptions from the site's policy, in the form of `scoring.decline.Policy.from_mapping`.
        ledger_floor: no ledger entry below this number has to be read for a new report.
        locale: language that the patient reads, such as `en` or `pt-BR`; None where it is not known.
        consent_at: when consent was given; None while it is not recorded.
        consent_withdrawn_at: when it was withdrawn; None while it is in force.
        contact: what a clinic needs to reach the person, as plain values; left out of lists.
        closed_at: since when the patient is not followed any more.
        rev: counts changes, for conditional writes.
    """

    id: str
    site_id: str
    name: str
    zone: str
    profile: Profile
    profile_version: int
    created_at: datetime
    study_code: str | None = None
    overrides: tuple[Mapping[str, Any], ...] = ()
    grants: tuple[Grant, ...] = ()
    ledger_floor: int = 0
    locale: str | None = None
    consent_at: datetime | None = None
    consent_withdrawn_at: datetime | None = None
    closed_at: datetime | None = None
    contact: Mapping[str, Any] = field(default_factory=dict)
    rev: int = 0

    def grant_of(self, account_id: str, now: datetime) -> Grant | None:
        """Return the account's running grant."""
        mine = (grant for grant in self.grants if grant.account_id == account_id and grant.active(now))
        return next(mine, None)


@dataclass(frozen=True, slots=True)
class NewPatient:
    """What is needed to enrol a patient."""

    site_id: str
    name: str
    zone: str
    profile: Profile = field(default_factory=Profile)
    study_code: str | None = None
    consent_at: datetime | None = None
    contact: Mapping[str, Any] = field(default_factory=dict)
    locale: str | None = None
    id: str | None = None
