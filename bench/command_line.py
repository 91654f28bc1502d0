"""Time and memory of the command line on large files: `trend` of rows, `endpoints` of subjects.

Each run is a process of its own, as a user starts it, and its output goes to a file. Counted is the time of
the processor, which a busy machine does not change much; the time by the clock stands beside it. The growth
is the exponent b of time ~ (n log n)^b between the two sizes; 1 is n log n.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from math import log
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SIZES = (20_000, 100_000)
MOST_SECONDS, MOST_MEBIBYTES, MOST_GROWTH = 20.0, 500.0, 1.15
"""The last is 1 and what a shared machine adds."""
VISIT_DAYS = (0, 56, 112, 168)


def series(rows: int) -> Iterator[str]:
    """Ten reports of each patient, in no order."""
    random.seed(7)
    start = date(2024, 1, 1)
    lines = [
        f"P{patient:06d},{start + timedelta(28 * number)},{max(0, 44 - number - random.randrange(4))}\n"
        for patient in range(rows // 10)
        for number in range(10)
    ]
    random.shuffle(lines)
    yield "patient,date,total\n"
    yield from lines


def visits(subjects: int) -> Iterator[str]:
    """Two arms; a tenth die, a tenth drop out, some visits are missing or incomplete."""
    random.seed(11)
    yield "subject,arm,study_day,total,died_day\n"
    for number in range(subjects):
        fate = random.random()
        died = random.randrange(20, 300) if fate < 0.1 else None
        until = died if died is not None else random.randrange(30, 160) if fate < 0.2 else 400
        for day in VISIT_DAYS:
            on = max(0, day + random.randrange(-9, 10)) if day else 0
            if on > until or (day and random.random() < 0.05):
                continue
            total = "" if random.random() < 0.02 else max(0, 40 - round(on * 0.03 * random.random() * 2))
            yield f"S{number:06d},{'AB'[number % 2]},{on},{total},{'' if died is None else died}\n"


class Measured(NamedTuple):
    """What one run took."""

    cpu_seconds: float
    seconds: float
    mebibytes: float


def measure(command: str, path: Path, output: Path) -> Measured:
    """Run a command on a file."""
    start = time.perf_counter()
    with output.open("wb") as stream:
        call = [sys.executable, "-m", "scoring", command, str(path), "--format", "json"]
        child = subprocess.Popen(call, cwd=ROOT, stdout=stream)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    assert status == 0, f"{command} failed"
    took = time.perf_counter() - start
    return Measured(usage.ru_utime + usage.ru_stime, took, usage.ru_maxrss / 1024)


def main() -> int:
    """Measure both commands at both sizes."""
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for command, make, what in (("trend", series, "rows"), ("endpoints", visits, "subjects")):
            runs = []
            for size in SIZES:
                path = Path(folder) / f"{command}.csv"
                path.write_text("".join(make(size)))
                found = measure(command, path, Path(folder) / "output.json")
                runs.append(found)
                print(
                    f"{command:<9} {size:>7,} {what:<8} {found.cpu_seconds:6.1f} s of the processor,"
                    f" {found.seconds:6.1f} s by the clock, {found.mebibytes:4.0f} MiB"
                )
            work = [size * log(size) for size in SIZES]
            growth = log(runs[1].cpu_seconds / runs[0].cpu_seconds) / log(work[1] / work[0])
            largest = runs[1]
            good = (
                largest.cpu_seconds < MOST_SECONDS
                and largest.mebibytes < MOST_MEBIBYTES
                and growth < MOST_GROWTH
            )
            failed |= not good
            print(f"{command:<9} grows as (n log n)^{growth:.2f}: {'good' if good else 'TOO MUCH'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
