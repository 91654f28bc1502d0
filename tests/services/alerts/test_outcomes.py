"""One list of outcomes, and what each makes of the alert."""

from __future__ import annotations

from services.alerts.outcomes import ACTED, NOT_ACTED, Outcome


def test_each_outcome_ends_an_alert_in_exactly_one_way() -> None:
    assert set(ACTED) | set(NOT_ACTED) == set(Outcome)
    assert not set(ACTED) & set(NOT_ACTED)


def test_what_was_done_is_told_from_why_nothing_was() -> None:
    assert Outcome.CALLED in ACTED
    assert Outcome.EMERGENCY in ACTED
    assert Outcome.KNOWN in NOT_ACTED
    assert Outcome.PATIENT_NOT_FOLLOWED in NOT_ACTED
