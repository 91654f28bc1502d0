"""Runs `scoring.cli` on files: the only part of this package that reads or writes anything."""

from __future__ import annotations

import sys
from pathlib import Path

from scoring.cli import run


def read(name: str) -> str:
    """The text of a file, or of standard input for "-"."""
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    return data.decode("utf-8")


def main() -> int:
    """Run one command and return its exit code."""
    outcome = run(sys.argv[1:], read)
    sys.stdout.write(outcome.output)
    sys.stderr.write(outcome.errors)
    return outcome.code


if __name__ == "__main__":
    sys.exit(main())
