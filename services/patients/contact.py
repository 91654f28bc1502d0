"""What a clinic needs to reach a person: checked, and put together from what is there and what changes.

All of it is optional. It is read by the clinic's care team and by the person, and goes into no list, address,
mail or log line.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from scoring.problems import Problem
from services.errors import invalid


def merged(before: Mapping[str, Any], changes: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the contact after a change: single fields are named, None takes one away; dates as text.

    Raises:
        Invalid: a birth or a stay in hospital that lies in the future, or a stay that ends before it begins.
    """
    _check(changes, now)
    after = {**before, **{name: _plain(value) for name, value in changes.items()}}
    return {name: value for name, value in after.items() if value not in (None, [], {})}


def _check(changes: Mapping[str, Any], now: datetime) -> None:
    latest = (now + timedelta(days=1)).date()  # a day ahead is today somewhere
    found = []
    if changes.get("born_on") is not None and changes["born_on"] > latest:
        found.append(_in_the_future("/contact/born_on"))
    for place, stay in enumerate(changes.get("hospital_stays") or ()):
        pointer = f"/contact/hospital_stays/{place}"
        ends_on = stay.get("ends_on")
        if stay["starts_on"] > latest:
            found.append(_in_the_future(f"{pointer}/starts_on"))
        if ends_on is not None and ends_on < stay["starts_on"]:
            found.append(Problem(f"{pointer}/ends_on", "ends_before_start", "Must not be before the start."))
    if found:
        raise invalid(*found)


def _in_the_future(pointer: str) -> Problem:
    return Problem(pointer, "in_the_future", "Must not be in the future.")


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items() if item is not None}
    return [_plain(item) for item in value] if isinstance(value, list) else value
