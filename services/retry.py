"""Optimistic concurrency: read, decide, write guarded by what was read; when somebody was first, again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from services.errors import busy

MAX_ATTEMPTS = 64
"""Our choice: twenty writers at once need at most twenty."""

Result = TypeVar("Result")


def until_won(attempt: Callable[[], Result | None], *, over: str) -> Result:
    """Return what the first attempt returns that was not lost to somebody else.

    Args:
        attempt: reads, decides and writes anew each time; returns None when somebody was first.
        over: what is raced for, in words for people: "this patient".

    Raises:
        Unavailable: every attempt was lost.
    """
    for _ in range(MAX_ATTEMPTS):
        result = attempt()
        if result is not None:
            return result
    raise busy(over)
