"""What evaluating one ALSFRS-R report costs, in order after five years of weekly ones, or late.

`python -m bench.evaluation` prints CPU times. In order means what the service does with the usual report:
read the memory, fold the report in, conclude, write the memory. A late report is the whole history again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from statistics import median

import orjson

from bench.detection.patients import Answered, codes_of, losing_order
from bench.detection.tracks import report_of
from scoring.decline import Memory, Policy, Profile, Report, advance, begin, conclude, evaluate

WEEKS = 260
IN_ORDER_MS, LATE_MS = 2.0, 100.0


def history(reports: int) -> list[Report]:
    """A slow, noisy course reported every week."""
    chance = random.Random(5)
    order = losing_order(chance)
    totals = (max(4, min(48, round(46 - 0.12 * week + chance.gauss(0, 1.6)))) for week in range(reports))
    return [
        report_of(week, Answered(7 * week, 7 * week, codes_of(total, order)))
        for week, total in enumerate(totals)
    ]


def in_order(earlier: int) -> Callable[[], object]:
    """The usual report after so many earlier ones, from the stored memory to the one to be stored."""
    *before, latest = history(earlier + 1)
    memory = begin()
    for report in before:
        memory = advance(memory, report, Profile(), Policy())
    stored = orjson.dumps(memory.as_dict())

    def once() -> object:
        remembered = Memory.from_dict(orjson.loads(stored))
        evaluation = conclude(advance(remembered, latest, Profile(), Policy()), Profile(), Policy())
        return evaluation.as_dict(), orjson.dumps(evaluation.memory.as_dict())

    return once


def late(reports: int) -> Callable[[], object]:
    """A history evaluated anew."""
    whole = history(reports)
    return lambda: evaluate(whole, Profile(), Policy()).as_dict()


def cpu_ms(task: Callable[[], object], times: int) -> float:
    """Median CPU milliseconds of this process."""
    spent = []
    for _ in range(times):
        begun = time.process_time_ns()
        task()
        spent.append((time.process_time_ns() - begun) / 1e6)
    return median(spent)


def main() -> None:
    """Print the times beside their bars."""
    for earlier in (60, WEEKS):
        print(f"in order, {earlier} weekly reports before: {cpu_ms(in_order(earlier), 200):.2f} ms CPU"
              f" (bar {IN_ORDER_MS:g})")  # fmt: skip
    print(f"late, {WEEKS} weekly reports anew: {cpu_ms(late(WEEKS), 5):.0f} ms CPU (bar {LATE_MS:g})")


if __name__ == "__main__":
    main()
