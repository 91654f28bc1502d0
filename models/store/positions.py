"""Positions in lists that are ordered by a moment and an id, as text that clients hand back unread.

The moment alone would not do: what was stored in one step has the same.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

Position = tuple[datetime, str]
"""The moment and the id of the last document of a page."""
PATTERN = r"^[0-9]{8}T[0-9]{12}-[0-9a-f-]{36}$"
_IN_YEAR = "%m%dT%H%M%S%f"
_MOMENT = f"%Y{_IN_YEAR}"
"""To read: what is written with %Y has fewer than four digits before the year 1000."""


def text_of(position: Position) -> str:
    """Return a position as text; texts sort as positions do."""
    moment, name = position
    utc = moment.astimezone(UTC)
    return f"{utc.year:04}{utc:{_IN_YEAR}}-{name}"


def parsed(text: str) -> Position:
    """Return the position that a text stands for.

    Raises:
        ValueError: it stands for none.
    """
    if not re.fullmatch(PATTERN, text):
        raise ValueError("not a position")
    moment, _, name = text.partition("-")
    return datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC), name
