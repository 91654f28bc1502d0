"""Shapes of a site's working hours."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from api.schemas.fields import Day, InSchema, OutSchema, Pattern, Timestamp
from api.schemas.people import Person
from models.sites.working_hours import OpenDay, Opening, WorkingHours
from services.sites import hours
from services.sites.hours import SiteHours

_CLOCK = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
_MOST_DAYS = 100


class ClockTime(fields.String):
    """A time of the day as `HH:MM`, up to `24:00`; the program gets minutes after midnight."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=Pattern(_CLOCK), **kwargs)

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the minutes once the text was validated."""
        text = super().deserialize(value, *args, **kwargs)
        return int(text[:2]) * 60 + int(text[3:])

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        return f"{value // 60:02d}:{value % 60:02d}"


class OpeningIn(InSchema):
    """Working time on a day, on the site's clock."""

    opens = ClockTime(required=True)
    closes = ClockTime(required=True)


class OpenDayIn(OpeningIn):
    """A day that is worked, whatever weekday or holiday it is."""

    day = Day(required=True)


def _opening() -> fields.Nested:
    return fields.Nested(OpeningIn(), required=True, allow_none=True)


class WeekIn(InSchema):
    """The hours by weekday; null: closed."""

    monday = _opening()
    tuesday = _opening()
    wednesday = _opening()
    thursday = _opening()
    friday = _opening()
    saturday = _opening()
    sunday = _opening()


def _once(days: list[Any]) -> None:
    if len(set(days)) < len(days):
        raise ValidationError("Names a day twice.")


class HoursIn(InSchema):
    """When a site works."""

    weekly = fields.Nested(WeekIn(), required=True)
    country = fields.String(
        load_default="",
        validate=Pattern("^([A-Z]{2})?$"),
        metadata={"description": "ISO 3166-1 code: its public holidays are closed; empty: none are"},
    )
    subdivision = fields.String(
        load_default="",
        validate=Pattern("^[A-Z0-9]{0,8}$"),
        metadata={"description": "part of the country, by ISO 3166-2 without the country; empty: none"},
    )
    closed_days = fields.List(
        Day(),
        load_default=list,
        validate=[validate.Length(max=_MOST_DAYS), _once],
        metadata={"description": "closed besides"},
    )
    open_days = fields.List(
        fields.Nested(OpenDayIn()),
        load_default=list,
        validate=validate.Length(max=_MOST_DAYS),
        metadata={"description": "worked besides: they come before holidays and weekends"},
    )


class HolidayOut(OutSchema):
    """A public holiday."""

    day = fields.Date(required=True)
    name = fields.String(required=True)


class OpeningOut(OutSchema):
    """Working time on a day, on the site's clock."""

    opens = ClockTime(required=True)
    closes = ClockTime(required=True)


class OpenDayOut(OpeningOut):
    """A day that is worked besides."""

    day = fields.Date(required=True)


class HoursOut(OutSchema):
    """When a site works, and which public holidays the coming year has."""

    zone = fields.String(required=True, metadata={"description": "of the clock: IANA name"})
    weekly = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(OpeningOut(), allow_none=True),
        required=True,
        metadata={"description": "by weekday, monday to sunday; null: closed"},
    )
    country = fields.String(required=True)
    subdivision = fields.String(required=True)
    closed_days = fields.List(fields.Date(), required=True)
    open_days = fields.List(fields.Nested(OpenDayOut()), required=True)
    holidays = fields.List(fields.Nested(HolidayOut()), required=True)
    changed_by = Person(required=True, allow_none=True, metadata={"description": "null: never changed"})
    changed_at = Timestamp(required=True, allow_none=True)
    rev = fields.Integer(required=True, metadata={"description": "of the site: the number in the ETag"})


def loaded(content: dict[str, Any]) -> WorkingHours:
    """Return the hours that a request wants."""
    weekly = {day: opening and Opening(**opening) for day, opening in content["weekly"].items()}
    return WorkingHours(
        weekly=hours.weekly_of(weekly),
        country=content["country"],
        subdivision=content["subdivision"],
        closed_days=tuple(sorted(content["closed_days"])),
        open_days=tuple(sorted((OpenDay(**day) for day in content["open_days"]), key=lambda day: day.day)),
    )


def dumped(found: SiteHours) -> dict[str, Any]:
    """Return the hours in the form of the answer."""
    kept = found.hours
    return {
        "zone": found.zone,
        "weekly": hours.by_day_of(kept.weekly),
        "country": kept.country,
        "subdivision": kept.subdivision,
        "closed_days": kept.closed_days,
        "open_days": kept.open_days,
        "holidays": found.holidays,
        "changed_by": found.changed_by,
        "changed_at": found.changed_at,
        "rev": found.rev,
    }
