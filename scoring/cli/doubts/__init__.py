"""What is odd about the data and may be right all the same: told as notes, never refused.

`trial` looks at subjects, arms, baselines and events, `courses` at the values of each subject in the order of
their days, `forms` at what these were formed from. Each limit is our choice.
"""

from scoring.cli.doubts.courses import Course, note_gaps, note_slips
from scoring.cli.doubts.forms import note_incomplete, note_switches
from scoring.cli.doubts.onsets import note_onsets
from scoring.cli.doubts.order import note_order
from scoring.cli.doubts.trial import (
    Dates,
    note_analysis,
    note_courses,
    note_direction,
    note_doubts,
    note_no_window,
    note_outside,
)

__all__ = [
    "Course",
    "Dates",
    "note_analysis",
    "note_courses",
    "note_direction",
    "note_doubts",
    "note_gaps",
    "note_incomplete",
    "note_no_window",
    "note_onsets",
    "note_order",
    "note_outside",
    "note_slips",
    "note_switches",
]
