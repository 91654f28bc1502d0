"""Accounts: the people who sign in, with one role or more at sites.

An account without an e-mail address (a phone enrolled by code) stores a key that no address can have,
because the unique index has to hold on engines where missing values collide. A patient's own account
has the patient's id. Roles are stored as text; what they permit is `services.access.permissions`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from mongoengine.fields import DateTimeField, IntField, ListField, StringField

from models.store.base import BaseDocument, milliseconds
from models.store.connection import DRIVER_ERRORS, is_duplicate

_RACES = 20


class AccountExists(Exception):
    """There is an account with this id."""


class EmailTaken(Exception):
    """There is another account with this e-mail address."""


class AccountDocument(BaseDocument):
    """Stored form of an account."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "accounts",
        "indexes": [{"fields": ["email_key"], "unique": True}],
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
    rev = IntField(required=True)
    created_at = DateTimeField(required=True)


class Membership(NamedTuple):
    """A role at a site."""

    site_id: str
    role: str


@dataclass(frozen=True, slots=True)
class Account:
    """A person who signs in.

    Attributes:
        patient_id: for a patient's own account.
        locale: language that the person reads; None where it is not known.
        closed_at: since when it may not be used.
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
    rev: int = 0


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is needed to open an account."""

    id: str
    name: str
    email: str | None = None
    password_hash: str | None = field(default=None, repr=False)
    roles: tuple[Membership, ...] = ()
    patient_id: str | None = None


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
        "rev": 0,
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
    return None if raw is None else _account(raw)


def read_by_email(email: str) -> Account | None:
    """Return the account with this address, in whatever case it is written."""
    raw = AccountDocument.raw().find_one({"email_key": email_key(email)})
    return None if raw is None else _account(raw)


def set_credentials(account: Account, *, email: str, password_hash: str) -> bool:
    """Give the account another address and password, if it is as it was read.

    Returns:
        Whether it was.

    Raises:
        EmailTaken: another account has the address.
    """
    values = {"email": email, "email_key": email_key(email), "password_hash": password_hash}
    try:
        return _change(account, values)
    except DRIVER_ERRORS as error:
        if not is_duplicate(error):
            raise
        raise EmailTaken from error


def renew_hash(account: Account, password_hash: str) -> bool:
    """Store the hash of the same password by today's parameters; return whether the account was as read."""
    return _change(account, {"password_hash": password_hash})


def add_role(account_id: str, site_id: str, role: str) -> Account | None:
    """Add a role at a site, once; return the account, or None when there is none."""
    for _ in range(_RACES):
        account = read(account_id)
        if account is None or Membership(site_id, role) in account.roles:
            return account
        roles = [_role_text(entry) for entry in (*account.roles, Membership(site_id, role))]
        _change(account, {"roles": roles})
    raise TimeoutError("the account is changed all the time")


def _change(account: Account, values: dict[str, Any]) -> bool:
    result = AccountDocument.raw().update_one(
        {"_id": account.id, "rev": account.rev}, {"$set": values, "$inc": {"rev": 1}}
    )
    return bool(result.matched_count)


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
        rev=raw["rev"],
    )
