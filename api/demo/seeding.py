"""Fills the demo site: staff, patients, and their reports through the real intake, in the order they arrived.

The same moment gives the same data; only the password is new each time, because a known one would be a
door. Who there is stands in `people`, what happens in `story`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from api.demo import story
from api.demo.course import DAYS_PER_MONTH
from api.demo.people import PEOPLE, Person
from api.demo.story import Event, begin_of
from models.accounts import accounts
from models.accounts.account import Membership, NewAccount
from models.patients.grants import GrantScope
from models.patients.patient import NewPatient, Patient
from models.sites import sites
from models.sites.escalation_policy import EscalationPolicy, OutOfHours
from models.sites.sites import Site, SiteStep
from models.sites.working_hours import WorkingHours
from models.store.base import new_id
from models.store.provenance import Provenance
from models.store.scope import Scope
from scoring.decline import Profile
from services.access.actor import Actor, Role
from services.access.security import Security
from services.patients import patients, silence
from services.patients.patients import NewGrant
from services.reports import alert_clock, reconcile

SITE = Site("5e10be00-0000-4000-8000-000000000001", "Demo clinic (synthetic data)", "Europe/Berlin")
_HOURS = WorkingHours(country="DE", subdivision="BE")
NOTICE = "All data is synthetic: no real person is in it."
_WITHIN = Scope(site_ids=frozenset({SITE.id}))
_DOMAIN = "demo.example"  # reserved for examples, so no letter can reach anybody
_STAFF = (
    ("Dr. Anna Weiss", Role.CLINICIAN),
    ("Dr. Chidi Okafor", Role.CLINICIAN),
    ("Lea Fontaine", Role.COORDINATOR),
    ("Tom Berger", Role.ADMIN),
)
_SIGNS_IN = "Mira Kovac"
_FOR_EXAMPLES = "Henrik Vos"
_CAREGIVER = "Max Adler (synthetic)"
_BESIDE = "Ivo Simic (synthetic)"


class AlreadySeeded(Exception):
    """There is a demo site in this database."""


@dataclass(frozen=True, slots=True)
class Card:
    """With what somebody of the demo signs in."""

    role: Role
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was seeded.

    Attributes:
        password: of every card.
        patient_id: a patient for whom examples may send reports.
    """

    cards: tuple[Card, ...]
    password: str
    patient_id: str


def seed(security: Security, *, now: datetime) -> Seeded:
    """Seed the demo site into the database.

    Raises:
        AlreadySeeded: there is one.
    """
    if sites.read(SITE.id) is not None:
        raise AlreadySeeded
    return _Sowing(security, now).run()


class _Sowing:
    """The accounts and patients made so far, and when all of it begins."""

    def __init__(self, security: Security, now: datetime) -> None:
        self._now = now
        self._begun = min(begin_of(person, now) for person in PEOPLE)
        self._password = secrets.token_urlsafe(12)
        self._hash = security.passwords.hash(self._password)
        self._cards: list[Card] = []
        self._patients: dict[str, Patient] = {}

    def run(self) -> Seeded:
        """Make everybody, and let happen what happened."""
        sites.create(SITE, now=self._begun)
        clinician, other, *_, admin = [self._staff(name, role) for name, role in _STAFF]
        self._answer_alerts(clinician, admin)
        events = [*story.rounds(clinician, self._begun, self._now)]
        for person in sorted(PEOPLE, key=lambda person: -person.months):
            events += self._enrol(person, clinician)
        events += story.colleague(other, clinician, self._patients, self._now)
        for event in sorted(events, key=lambda event: event.at):
            event.happen(event.at)
        for patient in self._patients.values():
            reconcile.reconcile(patient.id, now=self._now)
        alert_clock.go_on(self._now)
        silence.look(self._now)
        return Seeded(tuple(self._cards), self._password, self._patients[_FOR_EXAMPLES].id)

    def _answer_alerts(self, contact: Actor, admin: Actor) -> None:
        """The administrator says when the clinic works and whom urgent alerts reach out of hours."""
        policy = EscalationPolicy(
            second_address=f"als-desk@{_DOMAIN}",
            out_of_hours=OutOfHours(contact.account_id, "+49 30 5550100"),
        )
        step = SiteStep(self._begun, admin.provenance(Role.ADMIN), {})
        sites.change(SITE.id, 0, step=step, hours=_HOURS, escalation=policy)

    def _staff(self, name: str, role: Role) -> Actor:
        mailbox = name.removeprefix("Dr. ")
        return self._actor(NewAccount(new_id(), name, roles=(Membership(SITE.id, role),)), mailbox)

    def _enrol(self, person: Person, clinician: Actor) -> list[Event]:
        begun = begin_of(person, self._now)
        onset = begun - timedelta(days=round(person.onset_months * DAYS_PER_MONTH))
        new = NewPatient(
            site_id=SITE.id,
            name=f"{person.name} (synthetic)",
            study_code=f"DEMO-{PEOPLE.index(person) + 1:02}",
            zone=person.zone,
            profile=Profile(
                onset_on=onset.date(), onset_precision="month", report_interval_days=person.interval_days
            ),
            consent_at=begun,
            contact=_contact(PEOPLE.index(person)),
        )
        patient = patients.enrol(new, _WITHIN, actor=clinician, now=begun).patient
        self._patients[person.name] = patient
        reporter = self._caregiver(patient, _CAREGIVER) if person.by_caregiver else self._own(person, patient)
        beside: Iterable[Event] = ()
        if person.carer_sees_more_lost:
            beside = story.beside(person, patient, self._caregiver(patient, _BESIDE), self._now)
        return [
            *beside,
            *story.reports(person, patient, reporter, self._now),
            *story.forms(person, patient, reporter, self._now),
            *story.tubes(person, patient, clinician, self._now),
        ]

    def _own(self, person: Person, patient: Patient) -> Actor:
        roles = (Membership(SITE.id, Role.PATIENT),)
        account = NewAccount(patient.id, patient.name, roles=roles, patient_id=patient.id)
        return self._actor(account, person.name if person.name == _SIGNS_IN else None)

    def _caregiver(self, patient: Patient, name: str) -> Actor:
        account = NewAccount(new_id(), name, roles=(Membership(SITE.id, Role.CAREGIVER),))
        actor = self._actor(account, name.removesuffix(" (synthetic)") if name == _CAREGIVER else None)
        since = patient.created_at
        grant = NewGrant(account.id, GrantScope.REPORT, starts_at=since)
        by = Provenance(patient.id, Role.PATIENT, "demo")
        patients.store_grant(patient.id, grant, _WITHIN, by=by, now=since)
        return actor

    def _actor(self, new: NewAccount, mailbox: str | None) -> Actor:
        """Store the account, with a sign-in when it has a mailbox."""
        role = Role(new.roles[0].role)
        if mailbox is not None:
            email = f"{mailbox.lower().replace(' ', '.')}@{_DOMAIN}"
            new = NewAccount(new.id, new.name, email, self._hash, new.roles, new.patient_id)
            self._cards.append(Card(role, new.name, email))
        accounts.create(new, now=self._begun)
        return Actor(new.id, "demo", ((SITE.id, role),), new.patient_id)


def _contact(place: int) -> dict[str, Any]:
    """How to reach somebody of the demo; the numbers are of those that Germany keeps free for fiction."""
    return {
        "born_on": date(1946 + 7 * place % 34, 1 + 5 * place % 12, 1 + 11 * place % 28),
        "hospital_number": f"{40_000 + 137 * place}",
        "phone_number": f"+49 30 23125 {100 + place}",
        "best_time": _TIMES[place % len(_TIMES)],
        "language": "Spanish" if place % 9 == 4 else "German",
        "interpreter": place % 9 == 4,
        "lives_with": _HOMES[place % len(_HOMES)],
    }


_TIMES = ("mornings", "after 17:00", "any time")
_HOMES = ("husband", "wife", "alone", "daughter and her family")
