"""When a site works: hours by weekday, public holidays, days that are closed or open besides. Plain data.

Stored in the site's own document; how time is counted in them is `services.sites.working_calendar`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Opening:
    """Working time on a day, in minutes after midnight on the site's clock; `closes` is 1440 at most."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day that is worked, whatever weekday or holiday it is."""

    day: date
    opens: int
    closes: int


USUAL_DAY = Opening(8 * 60, 18 * 60)
USUAL_WEEK: tuple[Opening | None, ...] = (*(USUAL_DAY,) * 5, None, None)
"""Our choice: Monday to Friday, 8 to 18, until a site says otherwise."""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When a site works.

    Attributes:
        weekly: Monday first; None: closed.
        country: ISO 3166-1 code whose public holidays are closed; "": none are.
        subdivision: of the country, by its ISO 3166-2 code without the country; "": the whole country's.
        closed_days: closed besides.
        open_days: worked besides; they come before everything else.
    """

    weekly: tuple[Opening | None, ...] = USUAL_WEEK
    country: str = ""
    subdivision: str = ""
    closed_days: tuple[date, ...] = ()
    open_days: tuple[OpenDay, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no week."""
        if len(self.weekly) != len(USUAL_WEEK):
            raise ValueError("a week has seven days")


USUAL_HOURS = WorkingHours()
