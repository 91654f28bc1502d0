"""What people are called: those who acted, and those who may be chosen.

A name is remembered for a minute in each process; a changed one shows after that.
"""

from __future__ import annotations

from models.accounts import accounts
from models.store.remembered import Remembered

_PARTS = frozenset({"evaluation", "clock", "policy", "delivery", "system", "operator"})
_MOST, _SECONDS = 5_000, 60.0
_names: Remembered[str, str] = Remembered(_MOST, seconds=_SECONDS)


def name_of(account_id: str) -> str | None:
    """Return what the account's person is called, None when there is no such account.

    The parts of the service that act by themselves are called what they are.
    """
    if account_id in _PARTS:
        return account_id
    known = _names.get(account_id)
    if known is None:
        found = accounts.name_of(account_id)
        if found is None:
            return None
        known = found
        _names.put(account_id, known)
    return known
