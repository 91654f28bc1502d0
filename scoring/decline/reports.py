"""What the decline rules are given: reports, the patient's profile, and the three levels of a flag.

Plain values only; whoever calls has validated and scored the answers already (scoring.instruments). Nothing
here decides anything: thresholds live in `policy`, the rules in `rules/`, the fold that runs them in
`fold`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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

STAFF_MODES = ("clinic", "phone", "paper")
"""How staff give a report: asked in the clinic or by telephone, or copied from paper."""
LATE = timedelta(days=30)
"""Our choice: what staff enter of a form that was answered longer ago is no news of the day."""
PATIENT, CAREGIVER, CLINICIAN = "patient", "caregiver", "clinician"
RATERS = (PATIENT, CAREGIVER, CLINICIAN)
WHO = {PATIENT: "the patient", CAREGIVER: "the caregiver", CLINICIAN: "the clinician"}


Key = tuple[datetime, datetime, str]
APART_SECONDS = 12 * 3600
"""Our choice: reports confirm and clear each other 12 hours apart and on another local day."""


def seconds_of(moment: datetime) -> int:
    """An instant in whole seconds."""
    return int(moment.timestamp())


def are_apart(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two reports, each by its local day and its instant in seconds, are really apart."""
    return one[0] != other[0] and abs(one[1] - other[1]) >= APART_SECONDS


@dataclass(frozen=True, slots=True)
class Report:
    """One answered instrument about one patient, as the rules see it.

    Attributes:
        id: the report's id.
        observed_at: aware UTC; it fixes the order of the history.
        observed_on: the patient's local calendar date; every rule counts in these days.
        respondent: "patient", "caregiver" or "clinician".
        answers: validated answers, item key to code; a missing item is absent.
        duration_seconds: time spent on the form, where the phone measured it.
        doubts: what is doubtful about its time (`rules.times`).
        phone: which phone sent it.
        shift_seconds: by how much that phone's clock was behind; the times are put right already.
        received_at: when its first version was received, aware UTC; of one instant the last received counts.
            None is when it was observed.
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
    received_at: datetime | None = None

    @property
    def late(self) -> bool:
        """Whether staff entered it long after it was answered."""
        received = self.received_at is not None and self.mode in STAFF_MODES
        return received and (self.received_at or self.observed_at) - self.observed_at > LATE

    @property
    def key(self) -> Key:
        """The place of this report in the history; the id only keeps the order total."""
        return (self.observed_at, self.received_at or self.observed_at, self.id)


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
