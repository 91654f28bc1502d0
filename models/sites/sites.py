"""Sites: the clinics. A site is the tenancy boundary and carries what its patients are judged and told by.

Each request needs its site and sites hardly change, so a process may use what it read for up to five
seconds. Policies are checked by `scoring.decline.Policy.from_mapping` before they are stored; how one
follows another is `models.sites.policies`, how patients follow it `models.replays.reevaluations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from mongoengine.fields import BooleanField, DateTimeField, DictField, IntField, ListField, StringField
from pymongo import ReturnDocument

from models.sites.escalation_policy import USUAL_POLICY, EscalationPolicy
from models.sites.safety_proposal import SafetyProposal
from models.sites.working_hours import USUAL_HOURS, WorkingHours
from models.store import unreadable
from models.store.base import BaseDocument, milliseconds
from models.store.mapping import DocumentMap, plain
from models.store.provenance import Provenance
from models.store.remembered import Remembered

MEMORY_SECONDS = 5.0
MEMORY_SITES = 1000
DEFAULT_READS_REPORTS = "Your care team reads reports on working days."
DEFAULT_CRISIS_TEXT: Mapping[str, str] = {
    "en": (
        "If you are in danger or thinking of ending your life, call your local emergency number now, or a"
        " crisis line, or somebody you trust. This text is automatic: nobody reads your answers at this"
        " moment."
    )
}
DEFAULT_BREATHING_TEXT: Mapping[str, str] = {
    "en": (
        "If you are short of breath now or in distress, call your local emergency number. This text is"
        " automatic: nobody reads your answers at this moment."
    )
}
DEFAULT_SHOWS_PATIENT = ("total", "history")
_CHANGEABLE = frozenset(
    {
        *("reads_reports", "takes_notes", "crisis_text", "breathing_text"),
        *("shows_patient", "second_factor_for", "hours", "escalation", "safety_proposal"),
    }
)


class SiteDocument(BaseDocument):
    """Stored form of a site."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "sites",
        "indexes": [{"fields": ["round_open"], "sparse": True}],
    }

    id = StringField(primary_key=True)
    name = StringField(required=True)
    zone = StringField(required=True)
    policy = DictField()
    policy_version = StringField(required=True)
    policy_number = IntField(required=True, default=0)
    policy_note = StringField()
    policy_by = DictField()
    policy_at = DateTimeField()
    round_open = IntField()
    round_after = StringField()
    reads_reports = StringField(required=True)
    crisis_text = DictField(required=True)
    breathing_text = DictField(required=True)
    safety_proposal = DictField()
    shows_patient = ListField(StringField())
    takes_notes = BooleanField(required=True, default=True)
    second_factor_for = ListField(StringField())
    hours = DictField()
    escalation = DictField()
    rev = IntField(required=True, default=0)
    steps = ListField(DictField())
    created_at = DateTimeField(required=True)

    @classmethod
    def check(cls, raw: Mapping[str, Any], *, whole: bool = False) -> None:
        """Read it as it is read everywhere: what cannot be read of it is named, and no reason to fail."""
        if whole:
            _site(raw)
            super().check(raw, whole=True)

    @classmethod
    def mended(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the counts that guard its changes, where they are damaged."""
        return {name: 0 for name in ("rev", "policy_number") if not isinstance(raw.get(name), int)}


@dataclass(frozen=True, slots=True)
class Site:
    """A clinic.

    Attributes:
        zone: IANA name of its time zone.
        policy: its decline thresholds, for `scoring.decline.Policy.from_mapping`.
        policy_version: changes with every change of the policy.
        reads_reports: when the team reads reports, in plain words for patients.
        crisis_text: shown when a safety item asks for it, by locale; a site puts the numbers of its country
            into it.
        breathing_text: shown with an urgent answer on breathing, by locale.
        safety_proposal: other texts of the two kinds, about which a clinician has to decide.
        takes_notes: whether a word to the team may stand with a report.
        shows_patient: what a patient's own answer shows: "total", "history".
        second_factor_for: roles that nobody has here without a second factor.
        hours: when it works, on the clock of its zone.
        escalation: how it answers its alerts.
    """

    id: str
    name: str
    zone: str
    policy: Mapping[str, Any] = field(default_factory=dict)
    policy_version: str = "default-1"
    reads_reports: str = DEFAULT_READS_REPORTS
    crisis_text: Mapping[str, str] = field(default_factory=lambda: DEFAULT_CRISIS_TEXT)
    breathing_text: Mapping[str, str] = field(default_factory=lambda: DEFAULT_BREATHING_TEXT)
    shows_patient: tuple[str, ...] = DEFAULT_SHOWS_PATIENT
    takes_notes: bool = True
    second_factor_for: tuple[str, ...] = ()
    hours: WorkingHours = USUAL_HOURS
    escalation: EscalationPolicy = USUAL_POLICY
    safety_proposal: SafetyProposal | None = None
    rev: int = 0


@dataclass(frozen=True, slots=True)
class SiteStep:
    """One change of what the patients of a site are told, as the history keeps it.

    Attributes:
        changed: the fields that were changed, with their values after it.
        note: why, where somebody was asked.
    """

    at: datetime
    by: Provenance
    changed: Mapping[str, Any]
    note: str = ""


_STEPS = DocumentMap(SiteStep)
_HOURS = DocumentMap(WorkingHours)
_SITES = DocumentMap(
    Site,
    instead={
        **{"id": "", "name": "", "zone": "UTC", "policy_version": "unknown", "shows_patient": (), "rev": 0},
        **{"reads_reports": DEFAULT_READS_REPORTS, "crisis_text": DEFAULT_CRISIS_TEXT},
        **{"breathing_text": DEFAULT_BREATHING_TEXT},
    },
    collection="sites",
)
"""What cannot be read of a site is read as what sites begin with: its patients are judged and told."""
_ESCALATION = DocumentMap(EscalationPolicy)
_remembered: Remembered[str, Site] = Remembered(MEMORY_SITES, seconds=MEMORY_SECONDS)


def create(site: Site, *, now: datetime) -> None:
    """Store a new site; its zone and its policy have been checked.

    Raises:
        NotUniqueError: there is one with this id.
    """
    SiteDocument(
        id=site.id,
        name=site.name,
        zone=site.zone,
        policy=dict(site.policy),
        policy_version=site.policy_version,
        reads_reports=site.reads_reports,
        crisis_text=dict(site.crisis_text),
        breathing_text=dict(site.breathing_text),
        shows_patient=list(site.shows_patient),
        takes_notes=site.takes_notes,
        second_factor_for=list(site.second_factor_for),
        hours=_HOURS.write(site.hours),
        escalation=_ESCALATION.write(site.escalation),
        created_at=milliseconds(now),
    ).save(force_insert=True)


def read(site_id: str) -> Site | None:
    """Return the site, at most `MEMORY_SECONDS` old."""
    return _remembered.get(site_id) or read_anew(site_id)


def read_anew(site_id: str) -> Site | None:
    """Return the site as it is stored now, and remember it."""
    begun = _remembered.now()
    raw = SiteDocument.raw().find_one({"_id": site_id})
    if raw is None:
        return None
    site = SiteDocument.one(raw, _site)
    _remembered.put(site_id, site, read_at=begun)
    return site


def change(site_id: str, rev: int, *, step: SiteStep, **changes: object) -> Site | None:
    """Change what the patients of a site that is still at `rev` are told, and keep it in the history.

    Args:
        site_id: the site.
        rev: what the caller read.
        step: when and by whom; what is changed is put into it.
        **changes: any of the fields that can be changed.

    Returns:
        The site after the change; None when there is none, or somebody changed it meanwhile.
    """
    if not _CHANGEABLE.issuperset(changes):
        raise TypeError("not a field that can be changed")
    values = {name: plain(value) for name, value in changes.items()}
    done = {"at": milliseconds(step.at), "by": step.by.as_dict(), "changed": values, "note": step.note}
    raw = SiteDocument.raw().find_one_and_update(
        {"_id": site_id, "rev": rev},
        {"$set": values, "$inc": {"rev": 1}, "$push": {"steps": done}},
        return_document=ReturnDocument.AFTER,
    )
    forget()
    return None if raw is None else SiteDocument.one(raw, _site)


def steps(site_id: str) -> list[SiteStep]:
    """Return what was changed of the site's texts: by whom and when, the oldest first."""
    raw = SiteDocument.raw().find_one({"_id": site_id}, {"steps": 1}) or {}
    return unreadable.entries(raw, "steps", _STEPS.read, of="sites")


def forget() -> None:
    """Drop what this process remembers; after a change of a site, and between tests."""
    _remembered.clear()


def _site(raw: Mapping[str, Any]) -> Site:
    texts = {name: raw.get(name) or None for name in ("crisis_text", "breathing_text", "safety_proposal")}
    return _SITES.read({**raw, **texts, "id": raw["_id"]})


def ids() -> list[str]:
    """Return the ids of all sites."""
    return sorted(raw["_id"] for raw in SiteDocument.raw().find({}, {"_id": 1}))
