"""How fast one patient changes: rate since onset, interval change, least squares, Theil-Sen, reliable change.

Two sign conventions are in use and kept apart by name: `loss_per_month` is positive when function is lost,
`slope_per_month` is negative then. What cannot be computed is None, with a note that says why. The
posterior slope that raises alerts is scoring.trajectory's; groups of patients are scoring.endpoints'.
"""

from scoring.progression.onset import (
    ALL_CUTOFFS,
    LABRA_2016,
    Cutoffs,
    OnsetPrecision,
    OnsetRate,
    classify,
    rate_since_onset,
)
from scoring.progression.readings import (
    DAYS_PER_MONTH,
    NOTES,
    PROGRESSION_VERSION,
    Note,
    Reading,
    months_between,
)
from scoring.progression.reliable_change import (
    HOME_ALSFRS_R,
    Reliability,
    ReliableChange,
    reliable_change,
    reliable_course,
)
from scoring.progression.slopes import (
    IntervalChange,
    LinearFit,
    RobustSlope,
    fit_line,
    interval_change,
    least_squares_slope,
    theil_sen,
)

__all__ = [
    "ALL_CUTOFFS",
    "DAYS_PER_MONTH",
    "HOME_ALSFRS_R",
    "LABRA_2016",
    "NOTES",
    "PROGRESSION_VERSION",
    "Cutoffs",
    "IntervalChange",
    "LinearFit",
    "Note",
    "OnsetPrecision",
    "OnsetRate",
    "Reading",
    "Reliability",
    "ReliableChange",
    "RobustSlope",
    "classify",
    "fit_line",
    "interval_change",
    "least_squares_slope",
    "months_between",
    "rate_since_onset",
    "reliable_change",
    "reliable_course",
    "theil_sen",
]
