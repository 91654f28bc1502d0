"""Local days: at midnight, daylight saving and the date line, on a journey, with names that are no zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services import zones

BERLIN, LISBON, AUCKLAND, ALASKA = "Europe/Berlin", "Europe/Lisbon", "Pacific/Auckland", "America/Anchorage"
KIRITIMATI, PAGO, KOLKATA, CHATHAM = (
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Asia/Kolkata",
    "Pacific/Chatham",
)

# zone sent, time as sent, the patient's own zone, the local day, the zone that was used
DAYS = [
    # The zone that the phone names decides, whatever the offset of the time.
    (BERLIN, "2026-11-24T22:59:59Z", BERLIN, "2026-11-24", BERLIN),
    (BERLIN, "2026-11-24T23:00:00Z", BERLIN, "2026-11-25", BERLIN),
    (BERLIN, "2026-11-24T23:30:00+00:00", LISBON, "2026-11-25", BERLIN),
    (BERLIN, "2026-11-25T00:30:00+01:00", LISBON, "2026-11-25", BERLIN),
    (LISBON, "2026-11-24T23:30:00Z", BERLIN, "2026-11-24", LISBON),
    (ALASKA, "2026-11-25T08:59:00Z", BERLIN, "2026-11-24", ALASKA),
    (ALASKA, "2026-11-25T09:00:00Z", BERLIN, "2026-11-25", ALASKA),
    (AUCKLAND, "2026-11-24T11:00:00Z", BERLIN, "2026-11-25", AUCKLAND),
    (AUCKLAND, "2026-11-24T10:59:59Z", BERLIN, "2026-11-24", AUCKLAND),
    ("UTC", "2026-11-24T23:30:00Z", BERLIN, "2026-11-24", "UTC"),
    # No zone: an offset that is not zero.
    (None, "2026-11-25T00:30:00+01:00", LISBON, "2026-11-25", "UTC+01:00"),
    (None, "2026-11-24T23:30:00-09:00", BERLIN, "2026-11-24", "UTC-09:00"),
    (None, "2026-11-25T00:10:00+05:45", BERLIN, "2026-11-25", "UTC+05:45"),
    (None, "2026-11-24T23:50:00-03:30", BERLIN, "2026-11-24", "UTC-03:30"),
    (None, "2026-11-25T00:05:00+14:00", BERLIN, "2026-11-25", "UTC+14:00"),
    (None, "2026-11-24T23:55:00-12:00", BERLIN, "2026-11-24", "UTC-12:00"),
    # Nothing but "Z": the patient's own zone, so that an evening in Berlin stays in its day.
    (None, "2026-11-24T22:30:00Z", BERLIN, "2026-11-24", BERLIN),
    (None, "2026-11-24T23:30:00Z", BERLIN, "2026-11-25", BERLIN),
    (None, "2026-11-24T23:30:00+00:00", LISBON, "2026-11-24", LISBON),
    (None, "2026-11-25T02:00:00-00:00", ALASKA, "2026-11-24", ALASKA),
    (None, "2026-06-24T22:30:00Z", BERLIN, "2026-06-25", BERLIN),
    (None, "2026-11-24T18:29:59Z", KOLKATA, "2026-11-24", KOLKATA),
    (None, "2026-11-24T18:30:00Z", KOLKATA, "2026-11-25", KOLKATA),
    # Daylight saving: the hour that is missing, the hour that is there twice, the day before and after.
    (BERLIN, "2026-03-28T22:59:00Z", LISBON, "2026-03-28", BERLIN),
    (BERLIN, "2026-03-28T23:00:00Z", LISBON, "2026-03-29", BERLIN),
    (BERLIN, "2026-03-29T21:59:00Z", LISBON, "2026-03-29", BERLIN),
    (BERLIN, "2026-03-29T22:00:00Z", LISBON, "2026-03-30", BERLIN),
    (BERLIN, "2026-10-24T22:00:00Z", LISBON, "2026-10-25", BERLIN),
    (BERLIN, "2026-10-25T22:30:00Z", LISBON, "2026-10-25", BERLIN),
    (CHATHAM, "2026-09-26T11:14:00Z", LISBON, "2026-09-26", CHATHAM),
    (CHATHAM, "2026-09-26T11:15:00Z", LISBON, "2026-09-27", CHATHAM),
    # The date line: one instant, three days.
    (KIRITIMATI, "2026-11-24T10:30:00Z", BERLIN, "2026-11-25", KIRITIMATI),
    (PAGO, "2026-11-24T10:30:00Z", BERLIN, "2026-11-23", PAGO),
    (KIRITIMATI, "2026-11-23T23:30:00-11:00", PAGO, "2026-11-25", KIRITIMATI),
    # A journey: the phone moves, the patient's own zone stays.
    ("Asia/Tokyo", "2026-11-24T15:30:00Z", BERLIN, "2026-11-25", "Asia/Tokyo"),
    (None, "2026-11-25T00:30:00+09:00", BERLIN, "2026-11-25", "UTC+09:00"),
    ("Atlantic/Reykjavik", "2026-11-24T23:30:00Z", BERLIN, "2026-11-24", "Atlantic/Reykjavik"),
    # Names that are no zones.
    ("Etc/Unknown", "2026-11-25T00:30:00+02:00", LISBON, "2026-11-25", "UTC+02:00"),
    ("GMT+02:00", "2026-11-24T23:30:00Z", BERLIN, "2026-11-25", BERLIN),
    ("europe/berlin", "2026-11-24T23:30:00Z", LISBON, "2026-11-24", LISBON),
    ("localtime", "2026-11-24T23:30:00Z", BERLIN, "2026-11-25", BERLIN),
    ("Factory", "2026-11-25T00:30:00+01:00", LISBON, "2026-11-25", "UTC+01:00"),
    ("", "2026-11-24T23:30:00Z", BERLIN, "2026-11-25", BERLIN),
    ("../../etc/localtime", "2026-11-24T23:30:00Z", BERLIN, "2026-11-25", BERLIN),
    ("UTC+01:00", "2026-11-24T23:30:00Z", LISBON, "2026-11-24", LISBON),
    # Not even the patient's own zone is known to this machine.
    (None, "2026-11-24T23:30:00Z", "Mars/Olympus", "2026-11-24", "UTC"),
]


@pytest.mark.parametrize(("sent", "time", "home", "day", "used"), DAYS)
def test_the_local_day_is_that_of_the_place(
    sent: str | None, time: str, home: str, day: str, used: str
) -> None:
    moment = datetime.fromisoformat(time)
    found = zones.zone_for(sent, moment, home)
    assert moment.astimezone(found.zone).date().isoformat() == day
    assert found.name == used
    assert found.known is (sent is None or sent in zones.names())
    again = zones.zone_named(found.name)
    assert again is not None
    assert moment.astimezone(again).date().isoformat() == day


def test_names_of_this_machine_are_no_zones() -> None:
    assert not zones.names() & {"localtime", "Factory", "posixrules"}
    assert {"Europe/Berlin", "UTC", "Asia/Kolkata"} <= zones.names()


@pytest.mark.parametrize("name", ["UTC+24:00", "UTC+1:00", "+01:00", "UTC", "utc+01:00", "localtime"])
def test_a_stored_name_is_read_strictly(name: str) -> None:
    assert (zones.zone_named(name) is not None) is (name == "UTC")


def test_an_offset_with_seconds_is_near_enough() -> None:
    moment = datetime(2026, 11, 24, 23, 59, tzinfo=UTC).astimezone(
        datetime.strptime("+00:53:28", "%z").tzinfo
    )
    assert zones.zone_for(None, moment, "Europe/Berlin").name == "UTC+00:53"
    assert moment.utcoffset() == timedelta(minutes=53, seconds=28)
