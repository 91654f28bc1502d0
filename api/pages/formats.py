"""Numbers and times as people write them in the language of whoever reads, on the clock of the clinic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, dates, numbers, units
from flask import g, has_request_context, request

from api.pages import texts
from models.sites import sites
from services import clock
from services.access.actor import STAFF
from services.zones import zone_or_utc

_WRITTEN_AS = {"en": "en_GB"}
"""Whose way of writing days and hours stands for a language: clinics write `28 Nov, 15:04`."""


def _locale() -> str:
    return _WRITTEN_AS.get(texts.language(), texts.language())


def on_clock_of(site_id: str) -> None:
    """From here on write times on the clock of a site: of the alert or patient shown; "": of the reader."""
    g.clock_of = site_id


def zone() -> ZoneInfo:
    """Return the zone of the site that the page is about, else of the reader's, UTC where there is none."""
    path = (request.view_args or {}) if has_request_context() else {}
    of_page = path.get("site_id") or g.get("clock_of")
    site = sites.read(str(of_page)) if of_page else None
    site = site or sites.read(own_site())
    return zone_or_utc("UTC" if site is None else site.zone)


def own_site() -> str:
    """Return the first site at which the reader is of the staff, "" where there is none."""
    actor = g.get("actor")
    roles = () if actor is None else actor.roles
    return next((site_id for site_id, role in roles if role in STAFF), "")


def day(moment: date | datetime) -> str:
    """Return the day, with its year only where that is not the present one: `17 Nov`, `17 Nov 2025`."""
    local = _local(moment)
    present = clock.now().astimezone(zone()).date()
    return _written("MMMd" if local.year == present.year else "yMMMd", local, _locale())


def full_day(moment: date | datetime) -> str:
    """Return the day with its year, as identifiers need it."""
    return _written("yMMMd", _local(moment), _locale())


def written_day(text: str) -> str:
    """Return a day that is stored as text, with its year."""
    return full_day(date.fromisoformat(text))


def hour(moment: datetime) -> str:
    """Return the time of day on the clinic's clock."""
    return str(dates.format_time(moment, "short", tzinfo=zone(), locale=_locale()))


def moment(at: datetime) -> str:
    """Return day and time of day on the clinic's clock."""
    return f"{day(at)}, {hour(at)}"


def weekday_moment(at: datetime) -> str:
    """Return day of the week, day and time of day on the clinic's clock."""
    return f"{_written('MMMEd', _local(at), _locale())}, {hour(at)}"


def lately(at: datetime) -> str:
    """Return the day, of the last two days with the time."""
    return moment(at) if clock.now() - at < timedelta(days=2) else day(at)


def soon_day(at: datetime) -> str:
    """Return when something comes: within a week with the day of the week and the time, else the day."""
    return weekday_moment(at) if abs(at - clock.now()) < timedelta(days=7) else day(at)


def span(at: datetime, since: datetime | None = None) -> str:
    """Return how far apart two moments are, without a direction: `3 hours`, `11 days`."""
    delta = abs((since or clock.now()) - at)
    return _spanned(timedelta(minutes=delta // timedelta(minutes=1)), _locale())


def duration(seconds: float) -> str:
    """Return a length of time: `3 hours`, `11 days`."""
    return _spanned(timedelta(minutes=round(seconds / 60)), _locale())


@lru_cache(maxsize=4096)
def _written(skeleton: str, day_: date, locale: str) -> str:
    return str(dates.format_skeleton(skeleton, day_, locale=locale))


@lru_cache(maxsize=4096)
def _spanned(delta: timedelta, locale: str) -> str:
    return str(dates.format_timedelta(delta, locale=locale, threshold=1.5))


def _local(moment: date | datetime) -> date:
    return moment.astimezone(zone()).date() if isinstance(moment, datetime) else moment


def number(value: float, digits: int = 0) -> str:
    """Return a number with so many decimals and a real minus sign."""
    value = round(value, digits) or 0  # never a zero with a minus
    pattern = "0" if digits == 0 else f"0.{'0' * digits}"
    return str(numbers.format_decimal(value, format=pattern, locale=_locale())).replace("-", "\u2212")


def short_number(value: float) -> str:
    """Return a number with as many decimals as it has, three at most."""
    return str(numbers.format_decimal(value, format="0.###", locale=_locale()))


def exact_number(value: float) -> str:
    """Return a number with all of its decimals."""
    return str(numbers.format_decimal(value, format="0.##########", locale=_locale()))


def month(at: date) -> str:
    """Return the short name of the month."""
    return _written("MMM", at, _locale())


def month_year(at: date) -> str:
    """Return the month with its year."""
    return _written("yMMM", at, _locale())


def months_since(at: date) -> str:
    """Return how many whole months have passed since a day."""
    today = clock.now().astimezone(zone()).date()
    months = (today.year - at.year) * 12 + today.month - at.month - (today.day < at.day)
    return str(units.format_unit(max(0, months), "duration-month", locale=texts.language()))


def percent(probability: float) -> str:
    """Return a chance in whole percent, never 0 or 100: a model is not that sure."""
    whole = min(99, max(1, int(100 * probability + 1e-9)))
    return str(numbers.format_percent(whole / 100, locale=texts.language()))


def date_of(text: str) -> date:
    """Return the day that stands in a text of the form YYYY-MM-DD."""
    return date.fromisoformat(text)


def machine(at: date | datetime) -> str:
    """Return the moment for programs, for the attribute of `<time>`."""
    return at.isoformat()


def weekday(number: int) -> str:
    """Return the name of a day of the week, Monday being 0."""
    return str(dates.get_day_names("wide", locale=_locale())[number])


def clock_time(minutes: int) -> str:
    """Return the time of day so many minutes after midnight."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def language_name(tag: str) -> str:
    """Return what a language is called, by its tag such as `pt-BR`."""
    try:
        found = Locale.parse(tag, sep="-").get_display_name(_locale())
    except (ValueError, UnknownLocaleError):
        found = None
    return tag if found is None else str(found)


FILTERS: Mapping[str, Callable[..., Any]] = {
    "day": day,
    "full_day": full_day,
    "written_day": written_day,
    "hour": hour,
    "moment": moment,
    "lately": lately,
    "weekday_moment": weekday_moment,
    "span": span,
    "soon_day": soon_day,
    "number": number,
    "month": month,
    "month_year": month_year,
    "months_since": months_since,
    "percent": percent,
    "date_of": date_of,
    "machine": machine,
    "weekday": weekday,
    "clock": clock_time,
    "duration": duration,
    "short_number": short_number,
    "language_name": language_name,
}
