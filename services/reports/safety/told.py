"""One thing that is raised although no rule reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scoring.decline import QUARANTINED, Level, Topic
from services.reports.safety.answers import Concern

_TOPICS = {
    Concern.SELF_HARM.value: Topic.SELF_HARM,
    Concern.UNREADABLE.value: Topic.SELF_HARM,
    Concern.BREATHING.value: Topic.RESPIRATORY,
    QUARANTINED: Topic.DATA_QUERY,
}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing to be raised.

    Attributes:
        id: the report that told it; of a form without an id that could be one, the event's.
        at: when it was received, ISO 8601.
        what: a `Concern`, or `QUARANTINED`.
        refused: whether the form was refused; otherwise it is in quarantine.
        named: whether its items may be named: not while consent is not recorded.
        answered_on: of a form that staff entered long afterwards, ISO 8601.
        left_at: when the report left quarantine, ISO 8601.
    """

    id: str
    at: str
    what: str
    refused: bool
    respondent: str
    instrument: str
    version: str
    named: bool = True
    answered_on: str | None = None
    left_at: str | None = None

    @property
    def topic(self) -> Topic:
        """What the alert is about."""
        return _TOPICS[self.what]

    @property
    def rule(self) -> str:
        """What stands in the place of a rule's name."""
        return QUARANTINED if self.what == QUARANTINED else f"{self.what}_{self._fate}"

    @property
    def level(self) -> Level:
        """How soon somebody should look."""
        if self.what == QUARANTINED:
            return Level.SOON
        return Level.URGENT if self.answered_on is None else Level.INFORM

    @property
    def moment(self) -> datetime:
        """When it was received."""
        return datetime.fromisoformat(self.at)

    @property
    def _fate(self) -> str:
        return "refused" if self.refused else "quarantined"
