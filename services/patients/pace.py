"""How many ALSFRS-R points a patient loses a month now: one answer, wherever it is shown.

While the rule on a change of pace has something to say, it is that rule's loss now, over all bends and none;
else the slope of the line. The two differ where the pace has changed, because the line is one pace for half a
year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.decline import Topic


@dataclass(frozen=True, slots=True)
class Pace:
    """Points lost a month, with the ends of the central 95 %.

    Attributes:
        changed: it allows for a change of pace; else it is the slope of the line.
    """

    lost: float
    low: float
    high: float
    changed: bool


def pace_of(evaluation: Mapping[str, Any]) -> Pace | None:
    """Return what an evaluation says; None while it has no line."""
    flags = (flag for flag in evaluation.get("flags", ()) if flag["topic"] == Topic.ACCELERATION)
    flag = next(flags, None)
    if flag is not None and "loss_now" in flag["numbers"]:
        numbers = flag["numbers"]
        return Pace(numbers["loss_now"], numbers["loss_low"], numbers["loss_high"], changed=True)
    line = evaluation.get("trajectory")
    if not line:
        return None
    return Pace(-line["slope_per_month"], -line["slope_high"], -line["slope_low"], changed=False)
