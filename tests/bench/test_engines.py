"""A measurement that is told to end stops what it has started."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MEASUREMENT = """
import time
from bench import engines
with engines.running("embedded"):
    try:
        print("begun", flush=True)
        time.sleep(600)
    finally:
        print("stopped", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_measurement_that_is_told_to_end_stops_what_it_has_started(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", MEASUREMENT],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(number)
        output, _ = process.communicate(timeout=120)
    assert output == "stopped\n"
    assert process.returncode != 0
