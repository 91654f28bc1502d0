"""The measure of CPU time: what a process already holds is not part of any work."""

from __future__ import annotations

import gc
import time

from tests.cpu_time import cpu_time


def test_what_was_there_before_is_not_looked_through() -> None:
    held = [[place] for place in range(1_000_000)]
    begun = time.process_time()
    gc.collect()
    whole = time.process_time() - begun
    with cpu_time() as spent:
        gc.collect()
    assert len(held) == 1_000_000
    assert spent.seconds < whole / 4


def test_what_the_work_makes_is_counted() -> None:
    with cpu_time() as spent:
        begun = time.process_time()
        while time.process_time() - begun < 0.05:
            pass
    assert spent.seconds >= 0.05
