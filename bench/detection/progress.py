"""Spreads patients over processes, which stay polite, and shows on a terminal how far they are."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from multiprocessing import Pool
from typing import TypeVar

Made = TypeVar("Made")


class Bar:
    """Progress on a terminal; silent elsewhere."""

    def __init__(self, whole: int) -> None:
        self._whole, self._done = whole, 0

    def step(self, made: Made) -> Made:
        """Count one patient, and pass on what was made of it."""
        self._done += 1
        if sys.stderr.isatty() and self._done % 25 == 0:
            share = min(1.0, self._done / self._whole)
            filled = "#" * int(40 * share)
            sys.stderr.write(f"\r[{filled:<40}] {100 * share:3.0f} % of {self._whole} patients")
            sys.stderr.flush()
        return made

    def end(self) -> None:
        """Leave the line."""
        if sys.stderr.isatty():
            sys.stderr.write("\n")


def each(task: Callable[[int], Made], seeds: Sequence[int], processes: int, bar: Bar) -> list[Made]:
    """What the task makes of every seed, in their order."""
    if processes == 1:
        return [bar.step(task(seed)) for seed in seeds]
    with Pool(processes, initializer=_be_nice) as pool:
        return [bar.step(made) for made in pool.imap(task, seeds, chunksize=25)]


def _be_nice() -> None:
    os.nice(1)
