"""A site's escalation policy as fields of a form, and its dry run as a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from api.pages.texts import gettext as _
from api.pages.texts import mark
from api.pages.words import word
from models.sites.escalation_policy import EscalationPolicy, OutOfHours, ResponseTime, Span, Unit
from models.sites.sites import Site
from scoring.decline import Level, Topic
from scoring.problems import Problem
from services.accounts import people
from services.alerts.escalation import dry_run
from services.alerts.escalation.chain import Recipient
from services.alerts.escalation.dry_run import Course, Occasion
from services.errors import invalid

_TELEPHONE = re.compile(r"[+(0-9][0-9 ()/.-]{3,30}")
LEVELS = (Level.URGENT, Level.SOON, Level.INFORM)
TIMES = ("due", "acknowledged")
_OCCASIONS: Mapping[Occasion, str] = {
    Occasion.MONDAY: mark("On a Monday at ten"),
    Occasion.FRIDAY: mark("On a Friday at six in the evening"),
    Occasion.HOLIDAY: mark("On a holiday at noon"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """When who would be told; `names` with why, in the language of the reader."""

    at: datetime
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TriedCourse:
    """What would become of one alert about which nobody does anything."""

    course: Course
    told: tuple[Told, ...]


def policy_of(form: Mapping[str, str]) -> EscalationPolicy:
    """Return the policy that a form asks for.

    Fields: `<level>.<time>.count` and `.unit`, `<level>.minutes`; for topics with times of their own
    `<topic>.<time>.count` and `.unit`, no count where they have none any more; `soon_ends_after_days`,
    `second_address`, `contact`, `telephone`.

    Raises:
        Invalid: a number cannot be read.
    """
    problems: list[Problem] = []
    levels = {level.value: _times(form, level.value, "levels", problems) for level in LEVELS}
    topics = {
        topic.value: _times(form, topic.value, "topics", problems)
        for topic in Topic
        if form.get(f"{topic.value}.due.count", "").strip()
    }
    minutes = {level.value: _whole(form, f"{level.value}.minutes", problems) for level in LEVELS}
    ends = form.get("soon_ends_after_days", "").strip()
    contact, telephone = form.get("contact", ""), form.get("telephone", "").strip()[:32]
    wanted = EscalationPolicy(
        levels=levels,
        topics=topics,
        minutes_between_steps=minutes,
        soon_ends_after_days=_whole(form, "soon_ends_after_days", problems) if ends else None,
        second_address=form.get("second_address", "").strip() or None,
        out_of_hours=OutOfHours(contact, telephone) if contact else None,
    )
    if contact and not _TELEPHONE.fullmatch(telephone):
        problems.append(
            Problem("/out_of_hours/telephone", "missing", mark("Say how the contact is rung up."))
        )
    if problems:
        raise invalid(*problems)
    return wanted


def labels() -> dict[str, str]:
    """Return what the fields are called, by the pointer of what is wrong."""
    found = {"/second_address": _("Second address"), "/out_of_hours/telephone": _("Telephone")}
    for kind, names in (
        ("level", [level.value for level in LEVELS]),
        ("topic", [topic.value for topic in Topic]),
    ):
        for name in names:
            for time, title in (("due", _("due after")), ("acknowledged", _("acknowledged for"))):
                found[f"/{kind}s/{name}/{time}"] = f"{word(kind, name)}, {title}"
    for level in LEVELS:
        found[f"/minutes_between_steps/{level.value}"] = (
            f"{word('level', level.value)}, {_('next step after')}"
        )
    return found


def tried(site: Site, *, now: datetime) -> list[tuple[str, list[TriedCourse]]]:
    """Return the dry run of the policy in force, by occasion."""
    courses = dry_run.dry_run(site, now=now)
    return [
        (_(_OCCASIONS[occasion]), [TriedCourse(course, tuple(_told(course))) for course in found])
        for occasion, found in groupby(courses, key=lambda course: course.occasion)
    ]


def _told(course: Course) -> Iterator[Told]:
    for telling in course.tellings:
        yield Told(telling.at, tuple(_name(recipient) for recipient in telling.recipients))


def _name(one: Recipient) -> tuple[str, str]:
    name = None if one.account_id is None else people.name_of(one.account_id)
    return name or _("the second address"), one.because.value


def _times(form: Mapping[str, str], name: str, kind: str, problems: list[Problem]) -> ResponseTime:
    due, acknowledged = (_span(form, name, time, kind, problems) for time in TIMES)
    return ResponseTime(due, acknowledged)


def _span(form: Mapping[str, str], name: str, time: str, kind: str, problems: list[Problem]) -> Span:
    unit = form.get(f"{name}.{time}.unit", "")
    pointer = f"/{kind}/{name}/{time}"
    count = _whole(form, f"{name}.{time}.count", problems, pointer)
    if unit not in set(Unit):
        problems.append(Problem(pointer, "not_a_unit", mark("Say in which unit.")))
        return Span(count, Unit.DAYS)
    return Span(count, Unit(unit))


def _whole(form: Mapping[str, str], name: str, problems: list[Problem], pointer: str = "") -> int:
    text = form.get(name, "").strip()
    if text.isdecimal() and len(text) <= 6:
        return int(text)
    where = pointer or f"/{'/'.join(name.split('.'))}"
    problems.append(Problem(where, "not_a_number", mark("This has to be a whole number.")))
    return 1
