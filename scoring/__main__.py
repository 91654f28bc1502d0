"""Runs `scoring.cli` on files: the only part of this package that reads, writes, or looks at a clock."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from scoring.cli import run

PATIENCE_SECONDS = 2.0
STEP_SECONDS = 0.5
INTERRUPTED = 130
PIECES_AT_ONCE = 4096


def read(name: str) -> bytes:
    """The content of a file, or of standard input for "-"."""
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def write(pieces: Iterable[str]) -> None:
    """Write to standard output, many pieces at once, in UTF-8 whatever the terminal says."""
    remaining = iter(pieces)
    while together := "".join(islice(remaining, PIECES_AT_ONCE)):
        sys.stdout.buffer.write(together.encode("utf-8"))
    sys.stdout.buffer.flush()


class Progress:
    """Says on standard error how far the work is: on a terminal only, and not in the first two seconds."""

    def __init__(self) -> None:
        self._next = time.monotonic() + PATIENCE_SECONDS
        self._shown = False

    def __call__(self, done: int, of: int) -> None:
        """Tell how much is done, of how much."""
        now = time.monotonic()
        if now >= self._next and sys.stderr.isatty():
            self._next = now + STEP_SECONDS
            self._shown = True
            sys.stderr.write(f"\r{done} of {of}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r\033[K")


def main() -> int:
    """Run one command and return its exit code."""
    gc.disable()  # one command, nothing that refers to itself: to look for circles would only take time
    progress = Progress()
    try:
        outcome = run(sys.argv[1:], read, terminal=sys.stdout.isatty(), progress=progress)
        progress.clear()
        sys.stderr.write(outcome.errors)
        write(outcome.output)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        progress.clear()
        return INTERRUPTED
    return outcome.code


if __name__ == "__main__":
    sys.exit(main())
