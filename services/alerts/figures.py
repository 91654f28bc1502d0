"""How a site's alerts fare: how many were looked at in time, ended unseen, were closed in bulk, came back.

Counted for the alerts that were opened in a period, by level. The ending is what is counted: an alert that
ended unseen stays counted when it is reopened, and one that came back is counted each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from models.alerts import figures
from models.alerts.alert import Because
from models.alerts.figures import CountedAlert
from models.sites import sites
from models.store.scope import Scope
from scoring.decline import Level
from services.alerts.moves import ENDED_UNSEEN
from services.errors import not_found, wrong
from services.zones import zone_or_utc

IN_TIME = timedelta(days=30)
LONGEST = timedelta(days=366)
CAME_BACK = (Because.ACKNOWLEDGEMENT_EXPIRED, Because.SNOOZE_ENDED)
GOT_WORSE = (Because.WORSE, Because.HIGHER_LEVEL, Because.NEW_RULE)


@dataclass(frozen=True, slots=True)
class AlertFigures:
    """Figures of the alerts of one level that were opened in a period.

    Attributes:
        level: None for all levels together.
        looked_at_within_30_days: a person acted on it within 30 days of its opening.
        came_back: how often an acknowledgement or a snooze ran out.
        returned_worse: how often one that was before people or had been dealt with was raised again, or
            opened anew, because of a higher level, another rule or something worse.
    """

    level: Level | None
    opened: int
    looked_at_within_30_days: int
    ended_unseen: int
    closed_in_bulk: int
    came_back: int
    returned_worse: int


def of_site(site_id: str, first: date, last: date, scope: Scope) -> list[AlertFigures]:
    """Return the figures of a site, from one local day to another inclusive: all levels, then each.

    Raises:
        NotFound: no such site within reach.
        Invalid: the period is not possible.
    """
    site = sites.read(site_id) if scope.covers_site(site_id) else None
    if site is None:
        raise not_found("site")
    if last < first:
        raise wrong("?until", "ends_before_start", "Must not be before `since`.")
    if last - first > LONGEST:
        raise wrong("?until", "too_long", f"A period has at most {LONGEST.days} days.")
    zone = zone_or_utc(site.zone)
    begin, end = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    counted = list(figures.opened_between(site_id, begin, end))
    return [_figures(None, counted)] + [
        _figures(level, [one for one in counted if one.level is level]) for level in Level
    ]


def _figures(level: Level | None, alerts: Iterable[CountedAlert]) -> AlertFigures:
    alerts = list(alerts)
    return AlertFigures(
        level=level,
        opened=len(alerts),
        looked_at_within_30_days=sum(map(_looked_at_in_time, alerts)),
        ended_unseen=sum(one.counts.get(ENDED_UNSEEN, 0) > 0 for one in alerts),
        closed_in_bulk=sum(one.end is not None and one.end.in_bulk for one in alerts),
        came_back=sum(one.counts.get(word.value, 0) for one in alerts for word in CAME_BACK),
        returned_worse=sum(one.counts.get(word.value, 0) for one in alerts for word in GOT_WORSE),
    )


def _looked_at_in_time(alert: CountedAlert) -> bool:
    return alert.first_seen_at is not None and alert.first_seen_at - alert.opened_at <= IN_TIME
