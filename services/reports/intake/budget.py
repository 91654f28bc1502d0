"""How many reports about one patient are taken in a day, where each has the whole history evaluated anew.

A report that follows the others costs the same however long the history is, and is not held up. What is
counted stands in the entries that a late report reads anyway.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta

from models.ledger.entries import Entry, EntryKind
from services.errors import TooManyRequests

MOST_A_DAY = 200
"""A month offline, with every questionnaire each day, stays below (our choice)."""
DAY = timedelta(days=1)
_REPORTS = frozenset({EntryKind.REPORT, EntryKind.QUARANTINE, EntryKind.NOTE})


def refuse_too_many(entries: Iterable[Entry], most: int, *, now: datetime) -> None:
    """Refuse one more late report about a patient of whom so many were received within a day.

    Raises:
        TooManyRequests: with the seconds until there is room again; the phone keeps the report until then.
    """
    received = _received(entries, now)
    if len(received) >= most:
        wait = math.ceil((received[-most] + DAY - now).total_seconds())
        detail = (
            "Many reports about this person came today. This one is taken later: keep it, and send it again."
        )
        raise TooManyRequests("too_many_reports", detail, retry_after=max(1, wait))


def room(entries: Iterable[Entry], most: int, *, now: datetime) -> int:
    """Return how many more late reports about a patient are taken within the day."""
    return max(0, most - len(_received(entries, now)))


def _received(entries: Iterable[Entry], now: datetime) -> list[datetime]:
    return sorted(
        entry.received_at for entry in entries if entry.kind in _REPORTS and now - entry.received_at < DAY
    )
