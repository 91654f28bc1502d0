"""Silence: what the absence of a report asks for, as a pure function of dates.

The fold never reads a clock, so silence is no rule of it; the worker asks this function with today's date.
Steps count from the due date of the next report. A patient who can no longer type is as silent as one who
forgot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from scoring.decline.limits import Silence as SilenceLimits
from scoring.decline.reports import Level
from scoring.tolerance import at_least

RULE, RULE_VERSION = "silence", "1"
HEADLINE = "No ALSFRS-R report for {days_since_last} days (due on {due_on})"
SINCE_REPORT = (
    "No ALSFRS-R report for {days_since_last} days (the last was observed on {last_observed_on};"
    " the next was due on {due_on})."
)
SINCE_ENROLMENT = (
    "No ALSFRS-R report since enrolment {days_since_last} days ago (enrolled on {enrolled_on};"
    " the first was due on {due_on})."
)
CLEARS_WHEN = "A report arrives."
"""The words of a silence, filled from its numbers."""
DEFAULTS = SilenceLimits()


class SilenceStep(StrEnum):
    """What to do about it: nothing, remind the patient, tell the team, put on the list to phone."""

    NONE = "none"
    REMIND = "remind"
    INFORM = "inform"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Silence:
    """How long nothing has come, and what that asks for; `level` is None while the team need not be told."""

    step: SilenceStep
    level: Level | None
    due_on: date
    days_since_last: int
    days_overdue: int
    rule: str
    rule_version: str
    headline: str
    sentence: str
    clears_when: str
    numbers: Mapping[str, int | str]


def silence(
    last_observed_on: date,
    interval_days: int,
    today: date,
    *,
    never_heard: bool = False,
    urgent_open: bool = False,
    limits: SilenceLimits = DEFAULTS,
) -> Silence:
    """What the silence since the last report asks for; of one never heard of, since enrolment.

    Remind the patient more than max(7 days, half the interval) after the due date; tell the team after 1.5
    intervals; put on the list to phone after 2, or as soon as the patient would be reminded while an urgent
    alert is open. Our choice.
    """
    due_on = last_observed_on + timedelta(days=interval_days)
    overdue = (today - due_on).days
    step = _step(overdue, interval_days, urgent_open=urgent_open, limits=limits)
    level = {SilenceStep.INFORM: Level.INFORM, SilenceStep.PHONE: Level.SOON}.get(step)
    since = (today - last_observed_on).days
    numbers: dict[str, int | str] = {
        ("enrolled_on" if never_heard else "last_observed_on"): last_observed_on.isoformat(),
        "due_on": due_on.isoformat(),
        "interval_days": interval_days,
        "days_since_last": since,
        "days_overdue": max(0, overdue),
    }
    return Silence(
        step=step,
        level=level,
        due_on=due_on,
        days_since_last=since,
        days_overdue=max(0, overdue),
        rule=RULE,
        rule_version=RULE_VERSION,
        headline=HEADLINE.format(**numbers),
        sentence=(SINCE_ENROLMENT if never_heard else SINCE_REPORT).format(**numbers),
        clears_when=CLEARS_WHEN,
        numbers=numbers,
    )


def _step(overdue: int, interval: int, *, urgent_open: bool, limits: SilenceLimits) -> SilenceStep:
    remind_after = max(limits.remind_days, limits.remind_share * interval)
    if at_least(remind_after, overdue):
        return SilenceStep.NONE
    if urgent_open or at_least(overdue, limits.soon_share * interval):
        return SilenceStep.PHONE
    return SilenceStep.INFORM if at_least(overdue, limits.inform_share * interval) else SilenceStep.REMIND
