"""A phone's clock that is wrong: what becomes of the time, how sure it is, and what is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.errors import Invalid
from services.reports.intake import times
from services.reports.intake.times import Answered, Certainty, Doubt

NOW = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)
ENROLLED = NOW - timedelta(days=100)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def answered(said: datetime, sent_at: datetime | None) -> Answered:
    return times.answered_by_phone(said, sent_at, enrolled_at=ENROLLED, now=NOW)


def test_a_clock_that_is_right_is_believed() -> None:
    assert answered(NOW - DAY, NOW - timedelta(seconds=119)) == Answered(NOW - DAY, Certainty.CONFIRMED)


def test_without_the_time_of_sending_the_clock_is_believed_unchecked() -> None:
    assert answered(NOW - DAY, None) == Answered(NOW - DAY, Certainty.UNCHECKED)


@pytest.mark.parametrize("off", [timedelta(minutes=3), HOUR, -HOUR, timedelta(minutes=-59)])
def test_a_small_shift_is_made_and_not_asked_about(off: timedelta) -> None:
    found = answered(NOW - DAY + off, NOW + off)
    assert found == Answered(NOW - DAY, Certainty.SHIFTED, shift=-off)


@pytest.mark.parametrize("off", [HOUR + timedelta(seconds=1), -2 * HOUR, 20 * HOUR, EPOCH - NOW, 3650 * DAY])
def test_a_large_shift_is_made_and_asked_about(off: timedelta) -> None:
    found = answered(NOW - DAY + off, NOW + off)
    assert found == Answered(NOW - DAY, Certainty.SHIFTED, -off, (Doubt.CLOCK_SHIFTED,))


@pytest.mark.parametrize(
    "said", [NOW + 20 * HOUR, NOW + timedelta(minutes=6), EPOCH, NOW - times.OLDEST - HOUR], ids=str
)
def test_a_time_that_cannot_be_is_that_of_receipt_when_the_phone_says_when_it_sent(said: datetime) -> None:
    assert answered(said, NOW) == Answered(NOW, Certainty.RECEIVED, doubts=(Doubt.NOT_POSSIBLE,))


def test_answered_after_it_was_sent_by_a_clock_that_is_off_is_doubted_twice() -> None:
    found = answered(NOW + 20 * HOUR, NOW - 2 * HOUR)
    assert (found.at, found.certainty) == (NOW, Certainty.RECEIVED)
    assert found.doubts == (Doubt.CLOCK_SHIFTED, Doubt.NOT_POSSIBLE)


@pytest.mark.parametrize(
    ("said", "code"),
    [(NOW + timedelta(minutes=6), "in_the_future"), (EPOCH, "too_old")],
    ids=["future", "epoch"],
)
def test_a_time_that_cannot_be_is_refused_when_nothing_tells_how_far_off_the_clock_is(
    said: datetime, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        answered(said, None)
    assert [(error.pointer, error.code) for error in caught.value.errors] == [("/observed_at", code)]


def test_up_to_31_days_before_enrolment_is_late_recording() -> None:
    early = ENROLLED - times.BEFORE_ENROLMENT
    assert answered(early, NOW).certainty is Certainty.CONFIRMED
    assert answered(early - HOUR, NOW) == Answered(NOW, Certainty.RECEIVED, doubts=(Doubt.BEFORE_ENROLMENT,))
    assert answered(early - HOUR, None) == Answered(
        early - HOUR, Certainty.UNCHECKED, doubts=(Doubt.BEFORE_ENROLMENT,)
    )


def test_the_clinic_states_times_of_long_ago_and_none_to_come() -> None:
    assert times.stated_by_staff(NOW - 6 * 365 * DAY, NOW).certainty is Certainty.STATED
    with pytest.raises(Invalid):
        times.stated_by_staff(NOW + HOUR, NOW)


def test_a_respondent_states_no_time_that_cannot_be() -> None:
    assert times.stated_by_respondent(NOW - DAY, NOW) == Answered(NOW - DAY, Certainty.STATED)
    for said in (NOW + HOUR, EPOCH):
        with pytest.raises(Invalid) as caught:
            times.stated_by_respondent(said, NOW)
        (problem,) = caught.value.errors
        assert "sent_at" not in problem.detail  # there is none in a correction
        with pytest.raises(Invalid) as caught:
            answered(said, None)
        assert "sent_at" in caught.value.errors[0].detail


@pytest.mark.parametrize("said", [2, 1903, 2106, 9998])
@pytest.mark.parametrize("sent", [2, 1903, 2106, 9998])
def test_however_wrong_a_clock_is_the_report_is_taken_when_it_came(said: int, sent: int) -> None:
    now = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    answered = times.answered_by_phone(
        now.replace(year=said), now.replace(year=sent), enrolled_at=now - timedelta(days=90), now=now
    )
    if said == sent:
        assert answered.at == now
    else:
        assert (answered.at, answered.certainty) == (now, Certainty.RECEIVED)
        assert Doubt.NOT_POSSIBLE in answered.doubts
