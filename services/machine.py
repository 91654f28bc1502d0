"""What this machine gives a process: time zones, file descriptors, a place for temporary files.

Each question is answered by `OK`, or one sentence that says what is wrong and what to do.
"""

from __future__ import annotations

import errno
import os
import resource
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

OK = "ok"
SPARE_DESCRIPTORS = 16
RESERVED_DESCRIPTORS = 80
"""Our choice: the pool of the database's client (32), its watching, logs, outgoing calls, and a rest."""
_ZONE = "Europe/Berlin"


def zones() -> str:
    """Whether time zones load."""
    try:
        ZoneInfo(_ZONE)
    except (ZoneInfoNotFoundError, OSError):
        return "there is no time zone database: install the package tzdata"
    return OK


def descriptors() -> str:
    """Whether this process may open more files and connections."""
    try:
        open_now = sum(1 for _ in Path("/proc/self/fd").iterdir())
    except OSError as error:
        return "no file descriptor is left: allow more (ulimit -n)" if error.errno == errno.EMFILE else OK
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit == resource.RLIM_INFINITY or open_now < limit - SPARE_DESCRIPTORS:
        return OK
    return f"{open_now} of {limit} file descriptors are in use: allow more (ulimit -n)"


def enough_descriptors(threads: int) -> str:
    """Whether a process with so many threads may open what it needs."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    needed = RESERVED_DESCRIPTORS + 2 * threads
    if limit == resource.RLIM_INFINITY or limit >= needed:
        return OK
    return f"a process may open {limit} files and needs {needed}: allow more (ulimit -n), or fewer threads"


def connections(most: int) -> int:
    """Return how many clients a process can keep connected at once, so many at most."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = soft if hard == resource.RLIM_INFINITY else hard
    return most if limit == resource.RLIM_INFINITY else max(1, min(most, limit - RESERVED_DESCRIPTORS))


def temporary_files() -> str:
    """Whether there is a directory for temporary files, as large requests and the server itself need."""
    try:
        place = tempfile.gettempdir()
    except FileNotFoundError:
        return (
            "no directory takes temporary files: make room in one, or name one that can be written (TMPDIR)"
        )
    return OK if os.access(place, os.W_OK) else f"{place} cannot be written: name another by TMPDIR"


GIVES_WAY = 10
"""Our choice of niceness: a tenth of a processor that others want, all of one that nobody does."""


def give_way() -> None:
    """Let this thread run after the others where the processors do not suffice; where the system can."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), GIVES_WAY)
