"""A site with patients who can send reports, made straight in the database, and their access tokens.

What enrolment and sign-in do over HTTP is not measured here; the tokens are signed with the keys of the
server that is measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import indexes
from models.accounts import accounts, sessions
from models.accounts.account import Membership, NewAccount
from models.accounts.sessions import Device
from models.patients import patients
from models.patients.patient import NewPatient
from models.sites import sites
from models.sites.sites import Site
from models.store import connection
from models.store.base import new_id
from models.store.connection import DRIVER_ERRORS
from models.store.provenance import by_itself
from services import clock
from services.access import digests
from services.access.actor import Actor, Role
from services.access.tokens import Signer
from services.settings import Settings

ZONE = "Europe/Berlin"
_SESSION = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Clinic:
    """A site in the database, and what signs its tokens."""

    site: Site
    signer: Signer

    def enrol(self, name: str, at: datetime | None = None) -> Actor:
        """Enrol a patient who has consented, now or long ago, and return the patient's own account.

        Reports from before the enrolment are asked about, so a patient with a history was enrolled before it.
        """
        at = at or clock.now()
        new = NewPatient(site_id=self.site.id, name=name, zone=ZONE, consent_at=at)
        patient = patients.create(new, by=by_itself("bench"), now=at)
        return self._account(Role.PATIENT, name, patient.id)

    def staff(self, role: Role) -> Actor:
        """Return the account of somebody who works at the clinic."""
        return self._account(role, role.value, None)

    def token(self, actor: Actor) -> str:
        """Return an access token that begins now."""
        return self.signer.issue(actor, clock.now())

    def _account(self, role: Role, name: str, patient_id: str | None) -> Actor:
        now, account_id = clock.now(), patient_id or new_id()
        new = NewAccount(
            id=account_id, name=name, roles=(Membership(self.site.id, role.value),), patient_id=patient_id
        )
        accounts.create(new, now=now)
        session = sessions.create(account_id, Device(new_id(), "phone"), now=now, lifetime=_SESSION)
        return Actor(account_id, session.id, ((self.site.id, role),), patient_id)


@contextmanager
def opened(variables: Mapping[str, str]) -> Iterator[Clinic]:
    """Make a clinic in a new database; the database is deleted when the block ends.

    Args:
        variables: the settings of the servers that will use it.
    """
    settings = Settings.from_environment(variables)
    with deleted_afterwards(settings.database_uri, settings.database_name):
        digests.use(settings.refresh_secret)
        connection.close()  # or this process would go on writing where it wrote before
        connection.register(settings.database_uri, settings.database_name)
        indexes.create_all()
        site = Site(id=new_id(), name="Clinic of the bench", zone=ZONE)
        sites.create(site, now=clock.now())
        yield Clinic(site, Signer(settings))


@contextmanager
def deleted_afterwards(uri: str, name: str) -> Iterator[None]:
    """Delete a database when the block ends, if its server still answers then."""
    try:
        yield
    finally:
        connection.close()
        connection.register(uri, name)
        with suppress(*DRIVER_ERRORS):
            connection.drop_database()
        connection.close()
