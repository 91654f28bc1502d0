"""Who acts: the signed-in account with its roles, as the access token says. Plain data without behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account is to a site."""

    PATIENT = "patient"
    CAREGIVER = "caregiver"
    CLINICIAN = "clinician"
    COORDINATOR = "coordinator"
    RESEARCHER = "researcher"
    ADMIN = "admin"


STAFF = frozenset({Role.CLINICIAN, Role.COORDINATOR, Role.RESEARCHER, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Actor:
    """The account behind a request.

    Attributes:
        account_id: the account.
        session_id: the refresh family that the access token belongs to.
        roles: site id and role.
        patient_id: the patient that the account belongs to, for a patient's own account.
    """

    account_id: str
    session_id: str
    roles: tuple[tuple[str, Role], ...] = ()
    patient_id: str | None = None

    @property
    def roles_anywhere(self) -> frozenset[Role]:
        """The roles held at any site."""
        return frozenset(role for _, role in self.roles)

    def staff_of(self, site_id: str) -> bool:
        """Return whether the account works at the site."""
        return any(site == site_id and role in STAFF for site, role in self.roles)
