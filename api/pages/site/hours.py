"""A site's working hours as fields of a form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from api.pages.texts import mark
from api.schemas.fields import Day
from models.sites.working_hours import OpenDay, Opening, WorkingHours
from scoring.problems import Problem
from services.errors import invalid, wrong

_MOST_DAYS = 100
_WEEK = range(7)
MIDNIGHT = 24 * 60
BEGIN_AND_END = mark("Say when the day begins and when it ends.")
NO_DAY = mark("This is no day.")
TOO_MANY = mark("So many days cannot be named.")


def hours_of(form: MultiDict[str, str]) -> WorkingHours:
    """Return the hours that a form asks for.

    Fields: `opens_0` to `closes_6` by weekday, Monday first, both empty where it is closed; `country`,
    `subdivision`; `closed_day` any number of times; `open_day` any number of times, as `day opens closes`;
    and one further open day in `more_day`, `more_opens`, `more_closes`.

    Raises:
        Invalid: a day or a time cannot be read.
    """
    problems: list[Problem] = []
    weekly = tuple(_opening(form, place, problems) for place in _WEEK)
    more = [form.get(name, "") for name in ("more_day", "more_opens", "more_closes")]
    named = [*form.getlist("open_day"), *([" ".join(more)] if more[0] else [])]
    open_days = list(_open_days(named, problems))
    closed = {found for text in form.getlist("closed_day") if text and (found := _day(text, problems))}
    if problems:
        raise invalid(*problems)
    if len(closed) > _MOST_DAYS or len(open_days) > _MOST_DAYS:
        raise wrong("/closed_days", "too_many", TOO_MANY)
    return WorkingHours(
        weekly=weekly,
        country=form.get("country", "").strip().upper()[:2],
        subdivision=form.get("subdivision", "").strip().upper()[:8],
        closed_days=tuple(sorted(closed)),
        open_days=tuple(sorted(open_days, key=lambda one: one.day)),
    )


def _opening(form: MultiDict[str, str], place: int, problems: list[Problem]) -> Opening | None:
    texts = [form.get(f"{name}_{place}", "").strip() for name in ("opens", "closes")]
    if not any(texts):
        return None
    opens, closes = _minutes(texts[0]), _minutes(texts[1], end=True)
    if opens is None or closes is None:
        problems.append(
            Problem(f"/weekly/{place}", "not_a_time", "Say when the day begins and when it ends.")
        )
        return None
    return Opening(opens, closes)


def _open_days(named: list[str], problems: list[Problem]) -> Iterator[OpenDay]:
    for text in named:
        day, opens, closes = (*text.split(" "), "", "")[:3]
        found, begin, end = _day(day, problems), _minutes(opens), _minutes(closes, end=True)
        if found is not None and begin is not None and end is not None:
            yield OpenDay(found, begin, end)
        elif found is not None:
            problems.append(Problem("/open_days", "not_a_time", BEGIN_AND_END))


def _day(text: str, problems: list[Problem]) -> date | None:
    try:
        return day_of(text)
    except ValueError:
        problems.append(Problem("/closed_days", "not_a_day", NO_DAY))
        return None


def day_of(text: str) -> date:
    """Return the day that stands in a text, as the JSON door takes days.

    Raises:
        ValueError: it is no day of this or the last century.
    """
    try:
        return Day().deserialize(text)
    except ValidationError as error:
        raise ValueError("not a day") from error


def _minutes(text: str, *, end: bool = False) -> int | None:
    """Minutes after midnight; at the end of a day midnight is 24:00."""
    hour, _, minute = text.partition(":")
    digits = hour.isdecimal() and len(hour) < 10 and minute[:2].isdecimal()
    if not digits or int(hour) >= 24 or int(minute[:2]) >= 60:
        return None
    found = int(hour) * 60 + int(minute[:2])
    return MIDNIGHT if end and not found else found
