"""Places and their time: which names are zones, and by which one a moment becomes a calendar day."""

from __future__ import annotations

import re
import zoneinfo
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

THIS_MACHINE = frozenset({"Factory", "localtime", "posixrules"})
"""Names of the IANA files that mean "whatever this machine is set to", and so no place."""
_OFFSET = re.compile(r"UTC([+-])(\d{2}):(\d{2})")


class LocalZone(NamedTuple):
    """By which zone a local day is read.

    Attributes:
        name: IANA name, or `UTC+hh:mm` where only an offset is known.
        known: whether the name that was sent is a zone; True where none was sent.
    """

    name: str
    zone: tzinfo
    known: bool = True


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """Return the IANA names of places that this machine knows."""
    return frozenset(zoneinfo.available_timezones()) - THIS_MACHINE


def zone_named(name: str) -> tzinfo | None:
    """Return the zone of an IANA name or of `UTC+hh:mm`; None when it is neither."""
    if name in names():
        return ZoneInfo(name)
    found = _OFFSET.fullmatch(name)
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset) if offset < timedelta(hours=24) else None


def zone_or_utc(name: str) -> ZoneInfo:
    """Return the zone of a stored name; where this machine does not know it, UTC: dates go on."""
    return ZoneInfo(name if name in names() else "UTC")


def day_of(moment: datetime, zone_name: str) -> date:
    """Return the calendar day of a moment in a zone by name; by UTC where this machine does not know it."""
    return moment.astimezone(zone_named(zone_name) or ZoneInfo("UTC")).date()


def zone_for(sent: str | None, answered_at: datetime, patient_zone: str) -> LocalZone:
    """Return the zone by which the local day of a report is read.

    The zone that was sent, when it is known; else the offset of the time, unless it is zero, because most
    phones send `Z` wherever they are; else the patient's own zone. Where not even that is known to this
    machine, it is UTC.

    Args:
        sent: the name that the phone sent, if any.
        answered_at: the time as the phone wrote it, with its offset.
        patient_zone: where the patient lives.
    """
    sent = sent and sent.strip()
    named = None if sent is None or sent not in names() else zone_named(sent)
    if sent is not None and named is not None:
        return LocalZone(sent, named)
    known = sent is None
    offset = answered_at.utcoffset()
    if offset:
        # An offset with seconds is a place before standard time; to the minute it is near enough for a day.
        name = _offset_name(offset)
        return LocalZone(name, zone_named(name) or timezone(offset), known)
    home = zone_named(patient_zone)
    return LocalZone("UTC", ZoneInfo("UTC"), known) if home is None else LocalZone(patient_zone, home, known)


def _offset_name(offset: timedelta) -> str:
    minutes = round(abs(offset).total_seconds() / 60)
    return f"UTC{'-' if offset < timedelta(0) else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
