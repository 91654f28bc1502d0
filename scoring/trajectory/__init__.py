"""A patient's course over time: closed-form posteriors over totals, with no clock and no package.

`posterior` fits a straight line and says how sure its slope is. It takes plain points in any order and tells
which it used and which it left out. What is made of it is `scoring.decline`'s.
"""

from scoring.trajectory.line import Offset, Posterior, onset_informed, posterior
from scoring.trajectory.points import (
    DAYS_PER_MONTH,
    PATIENT,
    LeftOut,
    NoPoints,
    Point,
    Prior,
    Reason,
    information_cap,
)

__all__ = [
    "DAYS_PER_MONTH",
    "PATIENT",
    "LeftOut",
    "NoPoints",
    "Offset",
    "Point",
    "Posterior",
    "Prior",
    "Reason",
    "information_cap",
    "onset_informed",
    "posterior",
]
