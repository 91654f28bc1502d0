"""Runs `slope` as a user does."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from scoring.cli import run

ROOT = Path(__file__).parents[3]

ALSFRS_R = {
    "speech": 3, "salivation": 4, "swallowing": 4, "handwriting": 2, "cutting_without_gastrostomy": 3,
    "dressing_hygiene": 3, "turning_in_bed": 3, "walking": 2, "climbing_stairs": 1, "dyspnea": 4,
    "orthopnea": 4, "respiratory_insufficiency": 4,
}  # fmt: skip


class Done(NamedTuple):
    """What a run left."""

    returncode: int
    stdout: str
    stderr: str


def call(*arguments: str | Path, stdin: str | bytes = "") -> Done:
    """One run as a process of its own."""
    command = [sys.executable, "-m", "scoring", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, input=as_bytes(stdin), capture_output=True, check=False)
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def as_bytes(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


def call_here(*arguments: str | Path, stdin: str | bytes = "", terminal: bool = False) -> Done:
    """The same without a new process, a hundred times as fast; test_program compares the two."""
    output, errors = StringIO(), StringIO()

    def read(name: str) -> bytes:
        return as_bytes(stdin) if name == "-" else Path(name).read_bytes()

    with redirect_stdout(output), redirect_stderr(errors):
        try:
            outcome = run([*map(str, arguments)], read, terminal=terminal)
        except SystemExit as ended:
            return Done(int(ended.code or 0), output.getvalue(), errors.getvalue())
    return Done(outcome.code, "".join(outcome.output), outcome.errors)


USUAL = (
    "arms: ", "no column says who died", "no value on or before day 0", "joint rank, ",
    "known to have been alive", "no arm: ", "ventilation ends nothing", "forms without a total",
)  # fmt: skip
"""How notes begin that nearly all small files of these tests have; the tests of doubts have their rules."""


def unusual(notes: Iterable[str]) -> list[str]:
    """The notes that are not on nearly every trial."""
    return [note for note in notes if not note.removeprefix("note: ").startswith(USUAL)]


def document_of(*arguments: str | Path, stdin: str | bytes = "") -> Any:
    """All that it printed as JSON, where it succeeded."""
    done = call_here(*arguments, stdin=stdin)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def json_of(*arguments: str | Path, stdin: str | bytes = "", notes: int = 0) -> Any:
    """The results it printed, where it succeeded with this many notes beside the usual ones."""
    done = call_here(*arguments, stdin=stdin)
    assert done.returncode == 0, done.stderr
    assert len(unusual(done.stderr.splitlines())) == notes, done.stderr
    return json.loads(done.stdout)["results"]


def csv_of(*arguments: str | Path, stdin: str | bytes = "", notes: int = 0) -> list[dict[str, str]]:
    """The same as CSV, one dictionary for each row."""
    done = call_here(*arguments, "--format", "csv", stdin=stdin)
    assert done.returncode == 0, done.stderr
    assert len(unusual(done.stderr.splitlines())) == notes, done.stderr
    return list(csv.DictReader(StringIO(done.stdout)))


def errors_of(code: int, *arguments: str | Path, stdin: str | bytes = "") -> list[str]:
    """The lines of standard error of a run that fails with this code and prints nothing else."""
    done = call_here(*arguments, stdin=stdin)
    assert (done.returncode, done.stdout) == (code, ""), done
    return done.stderr.splitlines()
