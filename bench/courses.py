"""Made-up courses of patients: ALSFRS-R answers by day, the same whenever they are asked for.

No person stands behind them. Totals fall in a straight line with some noise, and are spread over the items
in a fixed order. Who sends them, and when, is for the benches.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.store.base import new_id
from scoring.decline.alsfrs.points import ALSFRS_R, CUTTING, CUTTING_A, ITEMS
from scoring.decline.documentation.examples import spread

DAYS_PER_MONTH = 365.25 / 12
LEAST, MOST = 12, 48
SLOW, FAST = 0.3, 1.6
"""Points lost a month: so slow that only a change of stage is raised; so fast that alerts stay open."""

_KEYS = tuple(CUTTING_A if item == CUTTING else key for item, key in enumerate(ITEMS))


@dataclass(frozen=True, slots=True)
class Course:
    """A straight fall.

    Attributes:
        level: expected total on day 0.
        noise: standard deviation of a total about the line, in points.
        seed: makes the noise of this patient.
    """

    level: float
    loss_per_month: float
    seed: int
    noise: float = 0.5

    def total(self, day: int) -> int:
        """Return the total on a day."""
        expected = self.level - self.loss_per_month * day / DAYS_PER_MONTH
        noise = random.Random(f"{self.seed}:{day}").gauss(0, self.noise)
        return max(LEAST, min(MOST, round(expected + noise)))

    def answers(self, day: int) -> dict[str, int]:
        """Return the answers on a day."""
        return dict(zip(_KEYS, spread(self.total(day)), strict=True))


def report(answers: dict[str, int], observed_at: datetime) -> dict[str, Any]:
    """Return the body of a report, with an id of its own."""
    return {
        "id": new_id(),
        "instrument": ALSFRS_R,
        "instrument_version": "1",
        "observed_at": observed_at.isoformat(),
        "answers": answers,
    }
