"""A process that dies at a round trip of one's choice while it works at alerts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def mortal(database_uri: str, database_name: str) -> Iterator[Callable[[str, int], bool]]:
    """Makes a stage happen in a process that dies before the nth round trip; returns whether it did."""
    child = [sys.executable, "-m", "tests.services.alerts.alert_child", database_uri, database_name]
    with subprocess.Popen(
        child, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        given, answers = process.stdin, process.stdout

        def killed(stage: str, round_trip: int) -> bool:
            given.write(f"{stage} {round_trip}\n")
            given.flush()
            code = int(answers.readline())
            assert code in {0, 9}
            return code == 9

        yield killed
        given.close()
