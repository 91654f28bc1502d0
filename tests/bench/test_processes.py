"""CPU time of processes: their own and that of what they started."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from bench.processes import cpu_seconds

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

BUSY = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\n"


def test_work_of_a_child_counts_for_its_parent_while_it_runs_and_after_it_ended() -> None:
    before = cpu_seconds([os.getpid()])
    child = subprocess.Popen([sys.executable, "-c", BUSY + "input()"], stdin=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while cpu_seconds([child.pid]) < 0.3 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert cpu_seconds([os.getpid()]) - before >= 0.3
    child.communicate(b"\n")
    assert cpu_seconds([os.getpid()]) - before >= 0.3


def test_a_process_that_is_not_there_has_used_nothing() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert cpu_seconds([child.pid]) == 0
