"""Which report is meant, and where rules and topics stand: the small parts that rules and memory share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from scoring.decline.flags import Numbers, Status
from scoring.decline.reports import Level, seconds_of


class ReportRef(NamedTuple):
    """Which report, when, by whom: what every rule may know of any report.

    What is doubtful about its time is for the rules on times alone, and is not remembered with a day.

    Attributes:
        late: staff entered it long after it was answered; known of the report that is read.
    """

    id: str
    observed_at: datetime
    observed_on: date
    respondent: str
    mode: str
    seconds: int | None
    late: bool = False
    doubts: tuple[str, ...] = ()
    phone: str = ""
    shift_seconds: int = 0

    @property
    def day(self) -> int:
        """Local day as an ordinal."""
        return self.observed_on.toordinal()

    @property
    def at(self) -> int:
        """Instant in whole seconds."""
        return seconds_of(self.observed_at)


class Hold(NamedTuple):
    """A respondent who holds a state up, until that respondent's own reports clear it.

    Attributes:
        heard_day: local day of this respondent's latest report of the instrument.
        clears: reports in a row that counted towards clearing, each really apart from the one before.
        cleared_day: local day of the last of them; `cleared_at` its instant in seconds.
    """

    respondent: str
    heard_day: int
    clears: int = 0
    cleared_day: int = 0
    cleared_at: int = 0


@dataclass(frozen=True, slots=True)
class RuleState:
    """A rule whose flag is on.

    Attributes:
        met_by: latest report that met the raising condition; `met_on` its day.
        holds: of a state, who holds it up: everybody whose reports met the condition and have not cleared it.
        met_now: the latest report that the rule read, of somebody who holds it up, met the condition.
    """

    level: Level
    raised_by: str
    raised_at: datetime
    met_by: str
    met_on: date
    numbers: Numbers
    evidence: tuple[str, ...]
    holds: tuple[Hold, ...] = ()
    met_now: bool = True

    @property
    def status(self) -> Status:
        """How its flag stands."""
        if self.met_now:
            return Status.MET
        return Status.CLEARING if all(hold.clears for hold in self.holds) else Status.HOLDS


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
