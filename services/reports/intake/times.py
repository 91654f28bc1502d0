"""When a report was answered: what the phone's clock says, put right by what it showed at sending.

A phone's clock can be wrong by a minute or by fifty years. What it showed when it sent the report tells by
how much, and the time of the answer is moved by that. A time that still cannot be is no reason to lose a
report: it is taken at its time of receipt, marked, and asked about. Only where the phone does not say what
its clock showed is a time that cannot be refused, because then nothing tells how far off the clock is.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from services.errors import wrong

CLOCK_AHEAD = timedelta(minutes=5)
"""How far the time of an answer may be ahead of its receipt (our choice)."""
CLOCK_TRUSTED = timedelta(minutes=2)
"""A difference no larger than this is the way of the message, not the clock (our choice)."""
SHIFT_ASKED = timedelta(hours=1)
"""A larger shift is asked about, once per phone and shift (our choice)."""
OLDEST = timedelta(days=5 * 365)
"""Answered longer ago, it is a phone without a clock and not a late report (our choice)."""
BEFORE_ENROLMENT = timedelta(days=31)
"""A phone answers for who is enrolled; this much earlier is taken for a record made late (our choice)."""


class Certainty(StrEnum):
    """How sure the time of a report is."""

    CONFIRMED = "confirmed"
    SHIFTED = "shifted"
    UNCHECKED = "unchecked"
    RECEIVED = "received"
    STATED = "stated"


class Doubt(StrEnum):
    """What is doubtful about the time or the place of a report."""

    CLOCK_SHIFTED = "clock_shifted"
    NOT_POSSIBLE = "time_not_possible"
    BEFORE_ENROLMENT = "before_enrolment"
    UNKNOWN_ZONE = "unknown_zone"
    DURATION = "duration_not_possible"


class Answered(NamedTuple):
    """When a report was answered.

    Attributes:
        at: the time that counts; aware UTC.
        shift: by how much the phone's clock was behind; added to what it said.
        doubts: in the order of their words.
    """

    at: datetime
    certainty: Certainty
    shift: timedelta = timedelta(0)
    doubts: tuple[Doubt, ...] = ()


def answered_by_phone(
    said: datetime, sent_at: datetime | None, *, enrolled_at: datetime, now: datetime
) -> Answered:
    """Return when a phone's report was answered.

    Args:
        said: the time of the answer by the phone's clock.
        sent_at: what the phone's clock showed at sending, where it says so.
        enrolled_at: since when the patient is followed.
        now: the time of receipt.

    Raises:
        Invalid: the time cannot be, and the phone does not say what its clock showed.
    """
    if sent_at is None:
        _refuse_impossible(said, now, hint=": look at the phone's clock, or send `sent_at`")
        early = said < enrolled_at - BEFORE_ENROLMENT
        return Answered(
            said.astimezone(UTC), Certainty.UNCHECKED, doubts=(Doubt.BEFORE_ENROLMENT,) if early else ()
        )
    shift = now - sent_at
    shift = shift if abs(shift) > CLOCK_TRUSTED else timedelta(0)
    doubts = [Doubt.CLOCK_SHIFTED] if abs(shift) > SHIFT_ASKED else []
    at = _shifted(said, shift)
    if at is None or not now - OLDEST <= at <= now + CLOCK_AHEAD:
        doubts.append(Doubt.NOT_POSSIBLE)
    elif at < enrolled_at - BEFORE_ENROLMENT:
        doubts.append(Doubt.BEFORE_ENROLMENT)
    if at is None or {Doubt.NOT_POSSIBLE, Doubt.BEFORE_ENROLMENT} & set(doubts):
        return Answered(now.astimezone(UTC), Certainty.RECEIVED, shift, tuple(doubts))
    return Answered(at, Certainty.SHIFTED if shift else Certainty.CONFIRMED, shift, tuple(doubts))


def _shifted(said: datetime, shift: timedelta) -> datetime | None:
    """Return the time put right; None when it lies outside of all calendars."""
    try:
        return said.astimezone(UTC) + shift
    except OverflowError:
        return None


def stated_by_staff(said: datetime, now: datetime) -> Answered:
    """Return when a form was answered, as the clinic states it: however long ago, but not in the future.

    Raises:
        Invalid: it lies in the future.
    """
    _refuse_future(said, now, "Must not be in the future.")
    return Answered(said.astimezone(UTC), Certainty.STATED)


def stated_by_respondent(said: datetime, now: datetime) -> Answered:
    """Return when a report was answered, as whoever gave it states it afterwards.

    Raises:
        Invalid: it cannot be.
    """
    _refuse_impossible(said, now)
    return Answered(said.astimezone(UTC), Certainty.STATED)


def _refuse_impossible(said: datetime, now: datetime, *, hint: str = "") -> None:
    _refuse_future(said, now, f"Must not be in the future{hint}.")
    if said < now - OLDEST:
        raise wrong("/observed_at", "too_old", f"Must not be more than five years ago{hint}.")


def _refuse_future(said: datetime, now: datetime, detail: str) -> None:
    if said > now + CLOCK_AHEAD:
        raise wrong("/observed_at", "in_the_future", detail)
