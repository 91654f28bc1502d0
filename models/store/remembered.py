"""What a process remembers of what it has read: bounded in number and, where asked for, in age.

The least recently used goes first. What is remembered may be out of date by its age; whoever uses it says in
its own docstring why that is harmless.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """Values by key.

    Args:
        size: how many are kept.
        seconds: how old a value may be when it is given out; no limit when left out.
        ticks: seconds that never go back.
    """

    def __init__(
        self, size: int, *, seconds: float = float("inf"), ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._size = size
        self._seconds = seconds
        self._ticks = ticks
        self._entries: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._lock = Lock()

    def now(self) -> float:
        """Return the moment, in ticks, for `put(read_at=...)`."""
        return self._ticks()

    def get(self, key: Key, *, however_old: bool = False) -> Value | None:
        """Return the value if it is young enough."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or not (however_old or self._ticks() - entry[0] < self._seconds):
                return None
            self._entries.move_to_end(key)
            return entry[1]

    def put(self, key: Key, value: Value, *, read_at: float | None = None) -> None:
        """Remember a value; `read_at`, in ticks, is when reading it began."""
        with self._lock:
            self._keep(key, self._ticks() if read_at is None else read_at, value)

    def update(self, key: Key, change: Callable[[Value | None], Value]) -> None:
        """Put what `change` makes of the present value, in one step."""
        with self._lock:
            entry = self._entries.get(key)
            self._keep(key, self._ticks(), change(None if entry is None else entry[1]))

    def drop(self, key: Key) -> None:
        """Forget a value."""
        with self._lock:
            self._entries.pop(key, None)

    def present(self) -> list[Key]:
        """Return the keys of the values that are young enough."""
        with self._lock:
            oldest = self._ticks() - self._seconds
            return [key for key, (moment, _) in self._entries.items() if moment > oldest]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()

    def _keep(self, key: Key, moment: float, value: Value) -> None:
        self._entries[key] = (moment, value)
        self._entries.move_to_end(key)
        if len(self._entries) > self._size:
            self._entries.popitem(last=False)
