"""Accounts: the people who sign in, with one role or more at sites.

An account without an e-mail address (a phone enrolled by code) stores a key that no address can have,
because the unique index has to hold on engines where missing values collide. A patient's own account
has the patient's id. Roles are stored as text; what they permit is `services.access.permissions`.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, DictField, IntField, ListField, StringField

from models.accounts.account import Account, AccountEvent, AccountStep, Membership, NewAccount, Passkey, Totp
from models.accounts.notifications import Notifications
from models.store import unreadable
from models.store.base import BaseDocument, milliseconds
from models.store.connection import DRIVER_ERRORS, is_duplicate
from models.store.mapping import DocumentMap, plain
from models.store.provenance import Provenance

_RACES, _HANDLE_BYTES = 20, 32
_FACTORS = frozenset({"totp", "passkeys", "factor_codes"})
_CHANGEABLE = _FACTORS | {"roles", "closed_at", "password_hash", "recovery_digest", "notifications", "locale"}
_PASSKEYS, _TOTP, _NOTIFICATIONS = DocumentMap(Passkey), DocumentMap(Totp), DocumentMap(Notifications)


class AccountExists(Exception):
    """There is an account with this id."""


class EmailTaken(Exception):
    """There is another account with this e-mail address."""


class AccountDocument(BaseDocument):
    """Stored form of an account."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "accounts",
        "indexes": [
            {"fields": ["email_key"], "unique": True},
            "roles",
            "recovery_digest",
            "powers_at",
            "passkey_handle",
            "credential_ids",
        ],
    }

    id = StringField(primary_key=True)
    name = StringField(required=True)
    email = StringField()
    email_key = StringField(required=True)
    password_hash = StringField()
    roles = ListField(StringField())
    patient_id = StringField()
    locale = StringField()
    closed_at = DateTimeField()
    recovery_digest = StringField()
    totp = DictField()
    passkeys = ListField(DictField())
    credential_ids = ListField(StringField())
    factor_codes = ListField(StringField())
    passkey_handle = StringField(required=True)
    notifications = DictField()
    opened_by = StringField()
    powers = IntField(required=True)
    powers_at = DateTimeField(required=True)
    rev = IntField(required=True)
    steps = ListField(DictField())
    created_at = DateTimeField(required=True)

    @classmethod
    def mended(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Read all of it."""
        _account(raw)
        return {}


_STEPS = DocumentMap(AccountStep)
_CHANGES_POWERS = frozenset(
    {AccountEvent.ROLE_GIVEN, AccountEvent.ROLE_TAKEN, AccountEvent.CLOSED, AccountEvent.REOPENED}
)


def email_key(email: str) -> str:
    """Return the form in which two spellings of one address are equal."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def create(new: NewAccount, *, now: datetime) -> Account:
    """Open an account.

    Raises:
        AccountExists: the id is used.
        EmailTaken: the address is used.
    """
    stored = {
        "_id": new.id,
        "name": new.name,
        "email": new.email,
        "email_key": _key(new.id, new.email),
        "password_hash": new.password_hash,
        "roles": [_role_text(entry) for entry in new.roles],
        "patient_id": new.patient_id,
        "closed_at": None,
        "passkeys": [],
        "credential_ids": [],
        "factor_codes": [],
        "passkey_handle": secrets.token_urlsafe(_HANDLE_BYTES),
        "opened_by": new.opened_by,
        "powers": 0,
        "powers_at": milliseconds(now),
        "rev": 0,
        "steps": [],
        "created_at": milliseconds(now),
    }
    try:
        AccountDocument.raw().insert_one(stored)
    except DRIVER_ERRORS as error:
        if not is_duplicate(error):
            raise
        raise (AccountExists if read(new.id) else EmailTaken) from error
    return _account(stored)


def read(account_id: str) -> Account | None:
    """Return the account."""
    raw = AccountDocument.raw().find_one({"_id": account_id})
    return None if raw is None else AccountDocument.one(raw, _account)


def name_of(account_id: str) -> str | None:
    """Return what the person is called; None where there is no account, or no name in it."""
    return _text_of(account_id, "name")


def locale_of(account_id: str) -> str | None:
    """Return the language that the person reads; None where it is not known."""
    return _text_of(account_id, "locale")


def _text_of(account_id: str, member: str) -> str | None:
    """One member alone, so that nothing else of the account can be in the way of it."""
    raw = AccountDocument.raw().find_one({"_id": account_id}, {member: 1}) or {}
    text = raw.get(member)
    return text if isinstance(text, str) else None


def read_by_email(email: str) -> Account | None:
    """Return the account with this address, in whatever case it is written."""
    raw = AccountDocument.raw().find_one({"email_key": email_key(email)})
    return None if raw is None else AccountDocument.one(raw, _account)


def read_by_recovery(digest: str) -> Account | None:
    """Return the account whose recovery code has this digest."""
    raw = AccountDocument.raw().find_one({"recovery_digest": digest})
    return None if raw is None else AccountDocument.one(raw, _account)


def read_by_passkey_handle(handle: str) -> Account | None:
    """Return the account that passkeys know by this handle."""
    raw = AccountDocument.raw().find_one({"passkey_handle": handle})
    return None if raw is None else AccountDocument.one(raw, _account)


def has_credential(credential_id: str) -> bool:
    """Return whether a passkey of some account has this id."""
    query = {"credential_ids": {"$in": [credential_id]}}
    return AccountDocument.raw().find_one(query, {"_id": 1}) is not None


def of_site(site_id: str, roles: Iterable[str]) -> list[Account]:
    """Return the accounts that have one of these roles at the site, the closed ones too, by name."""
    wanted = [f"{role}@{site_id}" for role in roles]
    found = AccountDocument.readable(AccountDocument.raw().find({"roles": {"$in": wanted}}), _account)
    return sorted(found, key=lambda account: (account.name, account.id))


def powers_since(moment: datetime) -> dict[str, int]:
    """Return the present count of powers of the accounts where it changed at or after the moment."""
    rows = AccountDocument.raw().find({"powers_at": {"$gte": milliseconds(moment)}}, {"powers": 1})
    return dict(AccountDocument.readable(rows, lambda raw: (raw["_id"], raw["powers"])))


def change(account: Account, step: AccountStep, **values: Any) -> Account | None:
    """Change an account that is as it was read, with a line in its history.

    Args:
        account: as it was read.
        step: what is done, by whom and why.
        **values: any of the fields that can be changed.

    Returns:
        The account after the change; None when somebody changed it meanwhile.
    """
    if not _CHANGEABLE.issuperset(values):
        raise TypeError("not a field that can be changed")
    return read(account.id) if _change(account, _stored(values), step) else None


def use_factor(account: Account, **values: Any) -> bool:
    """Note that a factor was used, without a line in the history; return whether the account was as read.

    Args:
        account: as it was read.
        **values: totp, passkeys or factor_codes.
    """
    if not _FACTORS.issuperset(values):
        raise TypeError("not a factor")
    return _change(account, _stored(values))


def set_credentials(account: Account, step: AccountStep, *, email: str, password_hash: str) -> bool:
    """Give the account another address and password, if it is as it was read; its recovery code is void.

    Returns:
        Whether it was.

    Raises:
        EmailTaken: another account has the address.
    """
    values = {"email": email, "email_key": email_key(email), "password_hash": password_hash}
    try:
        return _change(account, values | {"recovery_digest": None}, step)
    except DRIVER_ERRORS as error:
        if not is_duplicate(error):
            raise
        raise EmailTaken from error


def renew_hash(account: Account, password_hash: str) -> bool:
    """Store the hash of the same password by today's parameters; return whether the account was as read."""
    return _change(account, {"password_hash": password_hash})


def add_role(
    account_id: str, given: Membership, *, by: Provenance, now: datetime, unless: Callable[[], bool] = bool
) -> Account | None:
    """Add a role at a site, once, unless that is so now; return the account, or None when there is none."""
    for _ in range(_RACES):
        account = read(account_id)
        if account is None or given in account.roles or unless():
            return account
        step = AccountStep(now, AccountEvent.ROLE_GIVEN, by, _role_text(given))
        _change(account, _stored({"roles": (*account.roles, given)}), step)
    raise TimeoutError("the account is changed all the time")


def steps(account_id: str) -> list[AccountStep]:
    """Return what was done to an account, the oldest first."""
    raw = AccountDocument.raw().find_one({"_id": account_id}, {"steps": 1})
    return [] if raw is None else unreadable.entries(raw, "steps", _STEPS.read, of="accounts")


def _change(account: Account, values: dict[str, Any], step: AccountStep | None = None) -> bool:
    update: dict[str, Any] = {"$set": values, "$inc": {"rev": 1}}
    if step is not None:
        update["$push"] = {"steps": _step_stored(step)}
    if step is not None and step.event in _CHANGES_POWERS:
        update["$set"] = values | {"powers_at": milliseconds(step.at)}
        update["$inc"] = {"rev": 1, "powers": 1}
    result = AccountDocument.raw().update_one({"_id": account.id, "rev": account.rev}, update)
    return bool(result.matched_count)


def _step_stored(step: AccountStep) -> dict[str, Any]:
    return asdict(step) | {"at": milliseconds(step.at), "event": step.event.value}


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    stored = {name: plain(value) for name, value in values.items()}
    if "roles" in values:
        stored["roles"] = [_role_text(entry) for entry in values["roles"]]
    if "passkeys" in values:
        stored["credential_ids"] = [passkey.credential_id for passkey in values["passkeys"]]
    return stored


def _key(account_id: str, email: str | None) -> str:
    return f"none:{account_id}" if email is None else email_key(email)


def _role_text(entry: Membership) -> str:
    return f"{entry.role}@{entry.site_id}"


def _role(text: str) -> Membership:
    role, _, site_id = text.partition("@")
    return Membership(site_id, role)


def _account(raw: Mapping[str, Any]) -> Account:
    return Account(
        id=raw["_id"],
        name=raw["name"],
        created_at=raw["created_at"],
        email=raw.get("email"),
        password_hash=raw.get("password_hash"),
        roles=tuple(_role(text) for text in raw.get("roles", ())),
        patient_id=raw.get("patient_id"),
        locale=raw.get("locale"),
        closed_at=raw.get("closed_at"),
        recovery_digest=raw.get("recovery_digest"),
        totp=None if raw.get("totp") is None else _TOTP.read(raw["totp"]),
        passkeys=tuple(map(_PASSKEYS.read, raw.get("passkeys", ()))),
        factor_codes=tuple(raw.get("factor_codes", ())),
        passkey_handle=raw.get("passkey_handle", ""),
        notifications=_NOTIFICATIONS.read(raw.get("notifications") or {}),
        opened_by=raw["opened_by"],
        powers=raw["powers"],
        rev=raw["rev"],
    )
