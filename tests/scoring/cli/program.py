"""Runs `python -m scoring` as a user does."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
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


def call(*arguments: str | Path, stdin: str = "") -> Done:
    """One run as a process of its own."""
    command = [sys.executable, "-m", "scoring", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=ROOT, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False
    )
    return Done(done.returncode, done.stdout, done.stderr)


def call_here(*arguments: str | Path, stdin: str = "") -> Done:
    """The same without a new process, a hundred times as fast; test_program compares the two."""
    output, errors = StringIO(), StringIO()
    with redirect_stdout(output), redirect_stderr(errors):
        try:
            outcome = run(
                [*map(str, arguments)], lambda name: stdin if name == "-" else Path(name).read_text("utf-8")
            )
        except SystemExit as ended:
            return Done(int(ended.code or 0), output.getvalue(), errors.getvalue())
    return Done(outcome.code, outcome.output, outcome.errors)


def json_of(*arguments: str | Path, stdin: str = "") -> Any:
    """What it printed, where it succeeded quietly."""
    done = call_here(*arguments, stdin=stdin)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def csv_of(*arguments: str | Path, stdin: str = "") -> list[dict[str, str]]:
    """The same as CSV, one dictionary for each row."""
    done = call_here(*arguments, "--format", "csv", stdin=stdin)
    assert (done.returncode, done.stderr) == (0, "")
    return list(csv.DictReader(StringIO(done.stdout)))


def errors_of(code: int, *arguments: str | Path, stdin: str = "") -> list[str]:
    """The lines of standard error of a run that fails with this code and prints nothing else."""
    done = call_here(*arguments, stdin=stdin)
    assert (done.returncode, done.stdout) == (code, "")
    return done.stderr.splitlines()
