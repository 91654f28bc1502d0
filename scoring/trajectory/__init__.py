"""A patient's course over time: closed-form posteriors over totals, with no clock and no package.

`posterior` fits a straight line and says how sure its slope is; `change_point` weighs a bent line against it
and says since when and by how much the pace has changed. Both take plain points in any order and tell which
they used and which they left out. What is made of it is `scoring.decline`'s.
"""

from scoring.trajectory.band import BandDay, BentLine, Line, band, through
from scoring.trajectory.change import Change, NoBend, Turn, change_point, find_change
from scoring.trajectory.correlation import Correlation, estimate_correlation
from scoring.trajectory.line import Offset, Posterior, fit_line, onset_informed, posterior
from scoring.trajectory.points import (
    DAYS_PER_MONTH,
    PATIENT,
    Course,
    LeftOut,
    NoPoints,
    Point,
    Prior,
    Reason,
    lasting_factor,
    median_gap,
)

__all__ = [
    "DAYS_PER_MONTH",
    "PATIENT",
    "BandDay",
    "BentLine",
    "Change",
    "Correlation",
    "Course",
    "LeftOut",
    "Line",
    "NoBend",
    "NoPoints",
    "Offset",
    "Point",
    "Posterior",
    "Prior",
    "Reason",
    "Turn",
    "band",
    "change_point",
    "estimate_correlation",
    "find_change",
    "fit_line",
    "lasting_factor",
    "median_gap",
    "onset_informed",
    "posterior",
    "through",
]
