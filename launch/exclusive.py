"""One launcher per checkout: a lock that the kernel releases when its holder dies, so none is ever stale."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from launch import places
from launch.failure import CannotStart


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the lock of this checkout.

    Raises:
        CannotStart: another launcher holds it.
    """
    places.VAR.mkdir(exist_ok=True)
    with (places.VAR / "run.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            holder, _, address = lock.read().strip().partition(" ")
            raise CannotStart(
                f"Slope already runs from this checkout (process {holder or 'unknown'}): use it at "
                f"http://{address}, or end it with Ctrl-C in its terminal and run this again."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()} {places.address()}")
        lock.flush()
        yield
