"""Patient-months: whole months count one each, parts their part, and nothing counts that is not over yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.alerts.figures.patient_months import Followed, months_of

BERLIN = ZoneInfo("Europe/Berlin")
LONG_AFTER = datetime(2080, 1, 1, tzinfo=BERLIN)


def at(month: int, day: int = 1, year: int = 2076) -> datetime:
    return datetime(year, month, day, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("followed", "months"),
    [
        ([], 0),
        ([Followed(at(1), None)], 3),
        ([Followed(at(1, year=2070), None), Followed(at(1), at(4))], 6),
        ([Followed(at(4), None), Followed(at(1, year=2070), at(1))], 0),
        ([Followed(at(1, 16), at(2))], 16 / 31),
        ([Followed(at(2, 1), at(2, 15))], 14 / 29),
        ([Followed(at(3), at(3, 30))], (29 * 24 - 1) / (31 * 24 - 1)),
    ],
    ids=["nobody", "whole", "two", "before and after", "second half", "leap year", "clocks change"],
)
def test_whole_months_count_one_and_parts_their_part(followed: list[Followed], months: float) -> None:
    assert months_of(followed, at(1), at(4), now=LONG_AFTER) == pytest.approx(months)


def test_what_is_not_over_yet_counts_as_far_as_it_has_gone() -> None:
    still = [Followed(at(1), None)]
    assert months_of(still, at(2), at(3), now=at(2) + timedelta(days=14.5)) == pytest.approx(0.5)
    assert months_of(still, at(2), at(3), now=at(1)) == 0


def test_a_period_need_not_begin_with_a_month() -> None:
    assert months_of([Followed(at(1), None)], at(1, 16), at(2, 15), now=LONG_AFTER) == pytest.approx(
        16 / 31 + 14 / 29
    )


def test_it_goes_on_over_the_new_year() -> None:
    assert months_of([Followed(at(1), None)], at(12), at(2, year=2077), now=LONG_AFTER) == pytest.approx(2)
