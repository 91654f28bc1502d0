"""The CPU that a test's own work takes, without the garbage of the tests before it.

A full collection walks through everything that the process holds: after ten thousand tests that takes
seconds, and falls to whoever makes the next objects. As in a server (`gunicorn.conf.py`), what is there
before is not looked at; what the work itself makes is.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager


class CpuTime:
    """The CPU time of some work; `seconds` is known when the work is done."""

    seconds = float("nan")


@contextmanager
def cpu_time() -> Iterator[CpuTime]:
    """Seconds of CPU of this process within the block."""
    gc.collect()
    gc.freeze()
    spent, begun = CpuTime(), time.process_time()
    yield spent
    spent.seconds = time.process_time() - begun
