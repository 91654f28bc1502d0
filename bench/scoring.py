"""Prints how long validating and scoring 10,000 ALSFRS-R reports takes in one process.

    python -m bench.scoring

Random codes with a fixed seed; scoring validates first. Best and worst of five rounds are printed, so that a
busy machine shows.
"""

from __future__ import annotations

import random
from time import perf_counter

from scoring import instruments

REPORTS, ROUNDS, LIMIT_SECONDS = 10_000, 5, 0.5


def main() -> None:
    """Print one line, and fail when the best round is over the limit."""
    definition = instruments.get("alsfrs_r")
    generator = random.Random(7)
    keys = [key for key in definition.by_key if key not in {"gastrostomy", "cutting_with_gastrostomy"}]
    reports = [{key: generator.randint(0, 4) for key in keys} for _ in range(REPORTS)]
    times = sorted(_round(definition, reports) for _ in range(ROUNDS))
    print(
        f"{REPORTS:,} ALSFRS-R reports validated and scored: {times[0]:.3f} s best of {ROUNDS},"
        f" {times[-1]:.3f} s worst, {1e6 * times[0] / REPORTS:.0f} µs each (limit {LIMIT_SECONDS} s)"
    )
    if times[0] >= LIMIT_SECONDS:
        raise SystemExit(1)


def _round(definition: instruments.Definition, reports: list[dict[str, int]]) -> float:
    start = perf_counter()
    for answers in reports:
        instruments.score(definition, answers)
    return perf_counter() - start


if __name__ == "__main__":
    main()
