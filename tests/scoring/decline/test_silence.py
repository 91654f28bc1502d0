"""Silence depends on dates alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.decline import Level, SilenceStep, silence
from scoring.decline.limits import Silence

LAST = date(2026, 1, 1)
ORDER = list(SilenceStep)


@pytest.mark.parametrize(
    ("interval", "days", "step"),
    [
        (28, 28, "none"),
        (28, 42, "none"),
        (28, 43, "remind"),
        (28, 69, "remind"),
        (28, 70, "inform"),
        (28, 83, "inform"),
        (28, 84, "phone"),
        (14, 21, "none"),
        (14, 22, "remind"),
        (14, 35, "inform"),
        (14, 42, "phone"),
        (7, 14, "none"),
        (7, 15, "remind"),
        (7, 18, "inform"),
        (7, 21, "phone"),
    ],
)
def test_the_steps_count_from_the_due_date(interval: int, days: int, step: str) -> None:
    assert silence(LAST, interval, LAST + timedelta(days=days)).step == step


@pytest.mark.parametrize(
    ("shares", "interval", "overdue", "step"),
    [
        ({"soon_share": 0.55, "inform_share": 0.5}, 100, 55, "phone"),  # 0.55 * 100 is 55.00000000000001
        ({"soon_share": 6.0, "inform_share": 0.55}, 100, 55, "inform"),
        ({"remind_share": 0.29, "inform_share": 1.0}, 100, 29, "none"),  # 0.29 * 100 is 28.999999999999996
        ({"remind_share": 0.29, "inform_share": 1.0}, 100, 30, "remind"),
    ],
)
def test_a_share_of_the_interval_is_not_missed_by_the_last_digit(
    shares: dict[str, float], interval: int, overdue: int, step: str
) -> None:
    limits = Silence(**shares)
    day = LAST + timedelta(days=interval + overdue)
    assert silence(LAST, interval, day, limits=limits).step == step


def test_with_an_urgent_alert_open_a_late_patient_is_phoned() -> None:
    late = silence(LAST, 28, LAST + timedelta(days=43), urgent_open=True)
    assert (late.step, late.level) == (SilenceStep.PHONE, Level.SOON)
    assert silence(LAST, 28, LAST + timedelta(days=42), urgent_open=True).step is SilenceStep.NONE


def test_only_the_team_steps_have_a_level() -> None:
    levels = [silence(LAST, 28, LAST + timedelta(days=days)).level for days in (30, 43, 70, 84)]
    assert levels == [None, None, Level.INFORM, Level.SOON]


@given(st.integers(1, 365), st.integers(0, 2000), st.integers(0, 400), st.booleans())
def test_a_longer_silence_never_asks_for_less(interval: int, days: int, more: int, urgent: bool) -> None:
    steps = [
        silence(LAST, interval, LAST + timedelta(days=count), urgent_open=urgent).step
        for count in (days, days + more)
    ]
    assert ORDER.index(steps[0]) <= ORDER.index(steps[1])


def test_the_sentence_gives_the_days_and_the_dates() -> None:
    assert silence(LAST, 28, date(2026, 3, 15)).sentence == (
        "No ALSFRS-R report for 73 days (the last was observed on 2026-01-01;"
        " the next was due on 2026-01-29)."
    )


@pytest.mark.parametrize(("days", "overdue"), [(0, 0), (27, 0), (28, 0), (29, 1), (70, 42)])
def test_the_days_overdue_count_from_the_due_date_and_are_never_negative(days: int, overdue: int) -> None:
    found = silence(LAST, 28, LAST + timedelta(days=days))
    assert (found.due_on, found.days_since_last, found.days_overdue) == (date(2026, 1, 29), days, overdue)


def test_a_silence_names_its_rule_and_what_ends_it() -> None:
    found = silence(LAST, 28, LAST)
    assert (found.rule, found.rule_version) == ("silence", "1")
    assert found.clears_when == "A report arrives."
