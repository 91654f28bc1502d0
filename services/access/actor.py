"""Who acts: the signed-in account with its roles, as the access token says. Plain data without behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.store.provenance import Provenance


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
        request_id: the request that is being answered.
        powers: the account's count of changes of what it may do, when the token was issued.
        confirmed: the person is known to hold the device; until then it may only send.
        second_factor: the account has one.
        second_factor_at: when it was last given in this session.
    """

    account_id: str
    session_id: str
    roles: tuple[tuple[str, Role], ...] = ()
    patient_id: str | None = None
    request_id: str = ""
    powers: int = 0
    confirmed: bool = True
    second_factor: bool = False
    second_factor_at: datetime | None = None

    @property
    def roles_anywhere(self) -> frozenset[Role]:
        """The roles held at any site."""
        return frozenset(role for _, role in self.roles)

    def answered_in(self, request_id: str) -> Actor:
        """Return the same, for this request; `dataclasses.replace` would take thrice the time."""
        return Actor(
            self.account_id,
            self.session_id,
            self.roles,
            self.patient_id,
            request_id,
            self.powers,
            self.confirmed,
            self.second_factor,
            self.second_factor_at,
        )

    def provenance(self, role: str) -> Provenance:
        """Return what is stored with a step that the account makes through this role."""
        return Provenance(self.account_id, str(role), self.session_id, self.request_id)

    def of_own_account(self) -> Provenance:
        """Return what is stored with a step that concerns nothing but one's own account."""
        return self.provenance("own")
