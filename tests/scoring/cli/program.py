"""Runs `python -m scoring` as a user does."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]

ALSFRS_R = {
    "speech": 3, "salivation": 4, "swallowing": 4, "handwriting": 2, "cutting_without_gastrostomy": 3,
    "dressing_hygiene": 3, "turning_in_bed": 3, "walking": 2, "climbing_stairs": 1, "dyspnea": 4,
    "orthopnea": 4, "respiratory_insufficiency": 4,
}  # fmt: skip


def call(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """One run of the program."""
    command = [sys.executable, "-m", "scoring", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False
    )


def json_of(*arguments: str | Path, stdin: str = "") -> Any:
    """What it printed, where it succeeded quietly."""
    done = call(*arguments, stdin=stdin)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def csv_of(*arguments: str | Path, stdin: str = "") -> list[dict[str, str]]:
    """The same as CSV, one dictionary for each row."""
    done = call(*arguments, "--format", "csv", stdin=stdin)
    assert (done.returncode, done.stderr) == (0, "")
    return list(csv.DictReader(StringIO(done.stdout)))


def errors_of(code: int, *arguments: str | Path, stdin: str = "") -> list[str]:
    """The lines of standard error of a run that fails with this code and prints nothing else."""
    done = call(*arguments, stdin=stdin)
    assert (done.returncode, done.stdout) == (code, "")
    return done.stderr.splitlines()
