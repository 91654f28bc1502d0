"""What the decline rules are given: reports, the patient's profile, and the three levels of a flag.

Plain values only; whoever calls has validated and scored the answers already (scoring.instruments). Nothing
here decides anything: thresholds live in `policy`, the rules in `rules/`, the fold that runs them in
`fold`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from scoring.instruments import Score


class Level(StrEnum):
    """How soon a clinician should look: `inform`, `soon` (within 7 days), `urgent` (same working day)."""

    INFORM = "inform"
    SOON = "soon"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """Order of the levels, higher is more severe."""
        return _RANKS[self.value]


_RANKS = {"inform": 0, "soon": 1, "urgent": 2}

PATIENT, CAREGIVER, CLINICIAN = "patient", "caregiver", "clinician"
RATERS = (PATIENT, CAREGIVER, CLINICIAN)
WHO = {PATIENT: "the patient", CAREGIVER: "the caregiver", CLINICIAN: "the clinician"}


@dataclass(frozen=True, slots=True)
class Report:
    """One answered instrument about one patient, as the rules see it.

    Attributes:
        id: the report's id; with `observed_at` it fixes the order of the history.
        observed_at: aware UTC.
        observed_on: the patient's local calendar date; every rule counts in these days.
        respondent: "patient", "caregiver" or "clinician".
        answers: validated answers, item key to code; a missing item is absent.
        duration_seconds: time spent on the form, where the phone measured it.
        doubts: what is doubtful about its time (`rules.times`).
        phone: which phone sent it.
        shift_seconds: by how much that phone's clock was behind; the times are put right already.
    """

    id: str
    observed_at: datetime
    observed_on: date
    instrument: str
    respondent: str
    answers: Mapping[str, int | float]
    score: Score
    mode: str = "self"
    duration_seconds: int | None = None
    doubts: tuple[str, ...] = ()
    phone: str = ""
    shift_seconds: int = 0

    @property
    def key(self) -> tuple[datetime, str]:
        """The place of this report in the history."""
        return (self.observed_at, self.id)


@dataclass(frozen=True, slots=True)
class Profile:
    """What the clinic knows of the patient besides the reports."""

    onset_on: date | None = None
    onset_precision: str = "day"
    gastrostomy_on: date | None = None
    ventilation_on: date | None = None
    tracheostomy_on: date | None = None
    died_on: date | None = None
    diagnosis_weight_g: int | None = None
    height_cm: int | None = None
    report_interval_days: int = 28
