"""When a person is told of what is not urgent, on the site's clock; how long it is tried. Pure functions."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.accounts.notifications import QuietHours

GIVE_UP_AFTER = timedelta(days=3)
"""Our choice: so long a message is tried."""


def next_hour(hour: int, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when the clock shows this hour next, now at the earliest.

    On the day on which the clock leaves the hour out it is the moment at which it is put forward; on the day
    on which it comes twice, the first time.
    """
    day = now.astimezone(zone).date()
    moments = (_at(hour, datetime.combine(day + timedelta(days=n), time()), zone) for n in range(3))
    return next(moment for moment in moments if moment >= now)


def after_quiet(quiet: QuietHours | None, now: datetime, zone: ZoneInfo) -> datetime:
    """Return now, or when the quiet hours that run now are over."""
    if quiet is None or quiet.begin == quiet.end:
        return now
    hour, (begin, end) = now.astimezone(zone).hour, (quiet.begin, quiet.end)
    within = begin <= hour < end if begin < end else hour >= begin or hour < end
    return next_hour(end, now, zone) if within else now


def _at(hour: int, day: datetime, zone: ZoneInfo) -> datetime:
    return day.replace(hour=hour, tzinfo=zone).astimezone(UTC)
