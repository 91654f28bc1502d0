"""What came of an alert: one list, for whoever resolves, dismisses or closes several."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What was done about it, or why nothing was."""

    CALLED = "called"
    VISIT_BROUGHT_FORWARD = "visit_brought_forward"
    REFERRAL = "referral"
    EQUIPMENT = "equipment"
    MEDICATION_REVIEWED = "medication_reviewed"
    EMERGENCY = "emergency"
    NO_ACTION_NEEDED = "no_action_needed"
    KNOWN = "known"
    DATA_ERROR = "data_error"
    NOT_RELEVANT = "not_relevant"
    PATIENT_NOT_FOLLOWED = "patient_not_followed"
    OTHER = "other"


NOT_ACTED = (
    Outcome.NO_ACTION_NEEDED,
    Outcome.KNOWN,
    Outcome.DATA_ERROR,
    Outcome.NOT_RELEVANT,
    Outcome.PATIENT_NOT_FOLLOWED,
    Outcome.OTHER,
)
"""Ends an alert as dismissed."""

ACTED = tuple(outcome for outcome in Outcome if outcome not in NOT_ACTED)
"""Ends an alert as resolved."""
