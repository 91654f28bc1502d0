"""Logs of the children: bounded, whoever writes them.

A child appends to a file that it holds open, so a log that has grown is copied beside itself and cut to
nothing. Lines that come in between are lost; a log of `make run` is for looking at.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from launch import places

MOST_BYTES = 8 * 1024 * 1024
"""Our choice: of each log there are the present file and the one before, neither larger than this by much."""


def bound_all() -> None:
    """Cut every log of the launcher, its children and the database that has grown too large."""
    for folder in (places.LOGS, places.DATABASE):
        for log in folder.glob("*.log"):
            bound(log)


def bound(log: Path) -> None:
    """Cut a log that has grown too large; what it held is kept as `<name>.1` where there is room for it."""
    with suppress(FileNotFoundError):
        if log.stat().st_size <= MOST_BYTES:
            return
        before = log.with_name(f"{log.name}.1")
        with suppress(OSError):  # without room for a copy, the older part is dropped
            before.unlink(missing_ok=True)
            shutil.copyfile(log, before)
        with log.open("r+b") as open_log:
            open_log.truncate(0)
