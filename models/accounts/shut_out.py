"""Whether somebody was shut out since a moment: a device's session was ended, or a role was taken away.

What may be repeated because an answer was lost asks here first. A session that the next one on its device
replaced was not shut out: a repetition does that itself.
"""

from __future__ import annotations

from datetime import datetime

from models.accounts import accounts
from models.accounts.account import AccountEvent, Membership
from models.accounts.sessions import EndReason, SessionDocument
from models.store.base import milliseconds


def device_since(account_id: str, device_id: str, moment: datetime) -> bool:
    """Return whether a session of the account on this device was ended at or after the moment."""
    query = {
        "account_id": account_id,
        "device_id": device_id,
        "ended_at": {"$gte": milliseconds(moment)},
        "end_reason": {"$ne": str(EndReason.REPLACED)},
    }
    return SessionDocument.raw().find_one(query, {"_id": 1}) is not None


def role_since(account_id: str, role: Membership, moment: datetime) -> bool:
    """Return whether this role was taken from the account at or after the moment."""
    taken = f"{role.role}@{role.site_id}"
    return any(
        step.event is AccountEvent.ROLE_TAKEN and step.detail == taken and step.at >= milliseconds(moment)
        for step in accounts.steps(account_id)
    )
