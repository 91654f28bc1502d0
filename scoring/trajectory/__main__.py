"""Estimates how much errors last from week to week, for the policy: python -m scoring.trajectory FILE.

FILE is CSV with the columns patient, date (2026-03-31) and total, one respondent's reports of each patient.
"""

from __future__ import annotations

import csv
import math
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

from scoring.trajectory.correlation import estimate_correlation
from scoring.trajectory.points import NoPoints, Point

WRONG = 1


def main(arguments: list[str]) -> int:
    """Print the estimate with its interval, and whether there is enough to use it."""
    if len(arguments) != 1:
        sys.stderr.write(__doc__ or "")
        return 2
    patients: dict[str, list[Point]] = defaultdict(list)
    try:
        with Path(arguments[0]).open(encoding="utf-8-sig", newline="") as file:
            for place, row in enumerate(csv.DictReader(file), start=2):
                patients[row["patient"]].append(_point(row, place))
        found = estimate_correlation(patients.values())
    except KeyError as missing:
        sys.stderr.write(f"the column {missing} is missing\n")
        return WRONG
    except (ValueError, OSError, NoPoints) as error:
        sys.stderr.write(f"{error}\n")
        return WRONG
    sys.stdout.write(f"{found.in_words()}\n")
    return 0


def _point(row: dict[str, str], place: int) -> Point:
    try:
        day, value = date.fromisoformat(row["date"]), float(row["total"])
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"row {place}: a date such as 2026-03-31 and a number are needed")
    return Point(day.toordinal(), value, str(place))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
