"""A small file system in memory that can be filled: what a database or a log lies on (needs root, Linux)."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

_BLOCK = b"\0" * 65536


class Disk:
    """A file system of its own over a directory, with what lay there.

    Args:
        place: the directory.
        mebibytes: its size.
    """

    def __init__(self, place: Path, mebibytes: int) -> None:
        self.place = place
        with tempfile.TemporaryDirectory() as kept:
            _run("cp", "-a", f"{place}/.", kept)
            _run("mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(place))
            _run("cp", "-a", f"{kept}/.", str(place))
            found = place.stat()
        self._filler = place / "filler"
        self._mode = found.st_mode

    def fill(self) -> None:
        """Leave no byte free."""
        with self._filler.open("wb", buffering=0) as filler:
            _until_full(lambda: filler.write(_BLOCK))
            _until_full(lambda: filler.write(_BLOCK[:4096]))

    def empty(self) -> None:
        """Make room again."""
        self._filler.unlink(missing_ok=True)

    def remove(self) -> None:
        """Take it away; what it held is lost. Nobody may use it any more."""
        self.empty()
        _run("umount", "--lazy", str(self.place))


def may_be_made() -> bool:
    """Return whether this process may mount a file system."""
    with tempfile.TemporaryDirectory() as place:
        command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place]
        if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
            return False
        _run("umount", place)
    return True


def _until_full(write: Callable[[], int | None]) -> None:
    try:
        while write():
            pass
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
