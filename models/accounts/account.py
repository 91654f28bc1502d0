"""What an account consists of: its roles, its factors, and what was done to it. Plain data.

Stored and read by `models.accounts.accounts`. Roles are text here; what they permit is
`services.access.permissions`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from models.accounts.notifications import Notifications
from models.store.provenance import Provenance


class Membership(NamedTuple):
    """A role at a site."""

    site_id: str
    role: str


class AccountEvent(StrEnum):
    """What was done to an account."""

    ROLE_GIVEN = "role_given"
    ROLE_TAKEN = "role_taken"
    CLOSED = "closed"
    REOPENED = "reopened"
    CREDENTIALS_CHANGED = "credentials_changed"
    RECOVERY_CODE_MADE = "recovery_code_made"
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    NOTIFICATIONS_CHANGED = "notifications_changed"
    ADDRESS_SWITCHED_OFF = "address_switched_off"


@dataclass(frozen=True, slots=True)
class AccountStep:
    """One line of an account's history.

    Attributes:
        detail: the role as `role@site`, the id of the passkey, or the device that used up the recovery code
            before, where it is about one.
        reason: why, in the words of whoever did it.
    """

    at: datetime
    event: AccountEvent
    by: Provenance
    detail: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Totp:
    """Time-based one-time passwords (RFC 6238) as second factor.

    Attributes:
        sealed_secret: encrypted with a key that is not in the database.
        confirmed: a first code was right; before that it is asked of nobody.
        last_step: the time step of the last code that was taken; none is taken twice.
    """

    sealed_secret: str = field(repr=False)
    confirmed: bool = False
    last_step: int = 0


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key pair of which a device keeps the private half (Web Authentication, Level 3).

    Attributes:
        id: what lists name it by.
        credential_id: what the device names it by, in base64url.
        public_key: a COSE key (RFC 9052), in base64url.
        name: what the person calls it.
        count: uses as the device last said them; 0 where it does not count.
        synced: it is kept by more devices than one.
    """

    id: str
    credential_id: str
    public_key: str
    name: str
    created_at: datetime
    used_at: datetime
    count: int = 0
    synced: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A person who signs in.

    Attributes:
        patient_id: for a patient's own account.
        locale: language that the person reads; None where it is not known.
        closed_at: since when it may not be used.
        recovery_digest: of the code that is the second way back; None when there is none.
        totp: one-time passwords as second factor; None when there are none.
        passkeys: of the person; each is both factors by itself.
        factor_codes: digests of the codes that may be used in place of a second factor, once each.
        passkey_handle: what passkeys know the account by; random, so that it tells nothing.
        notifications: how the person wants to be told.
        opened_by: the invitation that opened it; "" for those that nobody was invited to.
        powers: counts changes of what the account may do; access tokens of an earlier count are void.
        rev: counts changes, for conditional writes.
    """

    id: str
    name: str
    created_at: datetime
    email: str | None = None
    password_hash: str | None = field(default=None, repr=False)
    roles: tuple[Membership, ...] = ()
    patient_id: str | None = None
    locale: str | None = None
    closed_at: datetime | None = None
    recovery_digest: str | None = field(default=None, repr=False)
    totp: Totp | None = None
    passkeys: tuple[Passkey, ...] = ()
    factor_codes: tuple[str, ...] = field(default=(), repr=False)
    passkey_handle: str = field(default="", repr=False)
    notifications: Notifications = field(default_factory=Notifications)
    opened_by: str = ""
    powers: int = 0
    rev: int = 0

    @property
    def told_at(self) -> str | None:
        """Where the person wants to be told by e-mail."""
        return self.notifications.email or self.email

    @property
    def is_switched_off(self) -> bool:
        """Whether that address was refused for good, so that nothing is sent there."""
        off = self.notifications.switched_off
        return off is not None and off.address == self.told_at

    @property
    def has_totp(self) -> bool:
        """Whether one-time passwords are set up; one that was only begun is asked of nobody."""
        return self.totp is not None and self.totp.confirmed

    @property
    def has_second_factor(self) -> bool:
        """Whether the password alone lets nobody in."""
        return self.password_hash is not None and (self.has_totp or bool(self.passkeys))


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is needed to open an account."""

    id: str
    name: str
    email: str | None = None
    password_hash: str | None = field(default=None, repr=False)
    roles: tuple[Membership, ...] = ()
    patient_id: str | None = None
    opened_by: str = ""
