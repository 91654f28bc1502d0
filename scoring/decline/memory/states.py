"""Which report is meant, and where rules and topics stand: the small parts that rules and memory share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from scoring.decline.flags import Numbers
from scoring.decline.reports import Level


class ReportRef(NamedTuple):
    """Which report, when, by whom: what every rule may know of any report.

    What is doubtful about its time is for the rules on times alone, and is not remembered with a day.
    """

    id: str
    observed_at: datetime
    observed_on: date
    respondent: str
    mode: str
    seconds: int | None
    doubts: tuple[str, ...] = ()
    phone: str = ""
    shift_seconds: int = 0

    @property
    def day(self) -> int:
        """Local day as an ordinal."""
        return self.observed_on.toordinal()


@dataclass(frozen=True, slots=True)
class RuleState:
    """A rule whose flag is on.

    Attributes:
        met_by: latest report that met the raising condition; `met_on` its day.
        clears: consecutive reports that counted towards clearing, at most one a day; `cleared_on` the day
        of the last.
    """

    level: Level
    raised_by: str
    raised_at: datetime
    met_by: str
    met_on: date
    numbers: Numbers
    evidence: tuple[str, ...]
    clears: int = 0
    cleared_on: date | None = field(default=None)


@dataclass(frozen=True, slots=True)
class TopicState:
    """The latest episode of a topic in the history as now known.

    Attributes:
        level: most severe level of the rules on now; after clearing, the last one.
        raised_by: id of the report that began the episode. A safety event begins a new one each time it is
        reported.
        raised_at: when that report was observed.
        cleared_at: when the report that ended it was observed; None while on.
        met_by: id of the latest report that by itself met a raising condition.
        met_at: when that one was observed.
    """

    on: bool
    level: Level
    raised_by: str
    raised_at: datetime
    cleared_at: datetime | None
    met_by: str
    met_at: datetime
