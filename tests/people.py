"""Factories: sites, patients and signed-in accounts, with what a test does not name filled in."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.accounts import accounts, sessions
from models.accounts.account import Account, Membership, NewAccount
from models.accounts.sessions import Device, Session
from models.patients import patients
from models.patients.grants import Grant, GrantScope
from models.patients.patient import NewPatient, Patient
from models.sites import sites
from models.sites.sites import Site
from models.store.base import new_id
from models.store.provenance import Provenance
from models.store.scope import Scope
from services.access.actor import Actor, Role
from services.access.security import Security

CLINIC = Provenance("clinic", "coordinator")
PASSWORD = "nine lives of a tabby cat"


def own_actor(patient: Patient) -> Actor:
    """The patient's own account, where no session has to stand behind it."""
    return Actor(patient.id, new_id(), ((patient.site_id, Role.PATIENT),), patient.id)


@dataclass(frozen=True)
class Person:
    """A signed-in account."""

    account: Account
    session: Session
    actor: Actor
    headers: dict[str, str]

    @property
    def shown(self) -> dict[str, str]:
        """The person as responses show who acted."""
        return {"id": self.account.id, "name": self.account.name}


class People:
    """Makes sites, patients and accounts in the database at one moment."""

    def __init__(self, security: Security, now: datetime) -> None:
        self.security = security
        self.now = now
        self._numbers = itertools.count(1)

    def site(self, **fields: Any) -> Site:
        site = Site(**{"id": new_id(), "name": "Clinic of the tests", "zone": "Europe/Berlin"} | fields)
        sites.create(site, now=self.now)
        return site

    def patient(self, site: Site, **fields: Any) -> Patient:
        values = {"name": "Maria Silva", "zone": "Europe/Lisbon", **fields}
        return patients.create(NewPatient(site_id=site.id, **values), by=CLINIC, now=self.now)

    def account(self, *roles: tuple[Site, Role], **fields: Any) -> Account:
        values = {"id": new_id(), "name": "Jo", "email": f"jo{next(self._numbers)}@example.org", **fields}
        hashed = self.security.passwords.hash(PASSWORD)
        memberships = tuple(Membership(site.id, str(role)) for site, role in roles)
        new = NewAccount(password_hash=hashed, roles=memberships, **values)
        return accounts.create(new, now=self.now)

    def signed_in(self, account: Account) -> Person:
        device = Device(new_id(), "phone")
        session = sessions.create(account.id, device, now=self.now, lifetime=timedelta(days=90))
        roles = tuple((site_id, Role(role)) for site_id, role in account.roles)
        actor = Actor(account.id, session.id, roles, account.patient_id)
        token = self.security.signer.issue(actor, self.now)
        return Person(account, session, actor, {"Authorization": f"Bearer {token}"})

    def staff(self, site: Site, role: Role) -> Person:
        return self.signed_in(self.account((site, role)))

    def own(self, site: Site, patient: Patient) -> Person:
        """The patient's own account."""
        return self.signed_in(self.account((site, Role.PATIENT), id=patient.id, patient_id=patient.id))

    def caregiver(self, site: Site, patient: Patient | None = None, **grant: Any) -> Person:
        """A caregiver, with a grant for the patient when one is named."""
        person = self.signed_in(self.account((site, Role.CAREGIVER)))
        if patient is not None:
            self.grant(patient, person.account, **grant)
        return person

    def grant(self, patient: Patient, account: Account, **fields: Any) -> Grant:
        values = {"scope": GrantScope.REPORT, "starts_at": self.now, "given_by": CLINIC, **fields}
        grant = Grant(id=new_id(), account_id=account.id, **values)
        scope = Scope(site_ids=frozenset({patient.site_id}))
        present = patients.read(patient.id, scope, now=self.now)
        assert present is not None
        assert patients.add_grant(patient.id, scope, present.rev, grant=grant, now=self.now) is not None
        return grant
