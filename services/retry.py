"""Optimistic concurrency: read, decide, write guarded by what was read; when somebody was first, again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from services.errors import busy

MAX_ATTEMPTS = 64
"""Our choice: twenty writers at once need at most twenty."""
FEW_ATTEMPTS = 20
"""Our choice for what is changed by hand, where twenty people at once do not meet."""

Result = TypeVar("Result")


def until_won(attempt: Callable[[], Result | None], *, over: str, attempts: int = MAX_ATTEMPTS) -> Result:
    """Return what the first attempt returns that was not lost to somebody else.

    Args:
        attempt: reads, decides and writes anew each time; returns None when somebody was first.
        over: what is raced for, in words for people: "this patient".
        attempts: how many are made.

    Raises:
        Unavailable: every attempt was lost.
    """
    for _ in range(attempts):
        result = attempt()
        if result is not None:
            return result
    raise busy(over)
