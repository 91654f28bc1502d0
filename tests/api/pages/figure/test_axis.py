"""The axis of time: in order, within the plot, and never more months than there is room for."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.figure.axis import Axis

days = st.dates(date(2000, 1, 1), date(2040, 1, 1))
lengths = st.integers(1, 365 * 12)


@given(days, lengths, st.lists(st.integers(-100, 5000), min_size=2))
def test_days_keep_their_order_and_stay_within(first: date, length: int, offsets: list[int]) -> None:
    axis = Axis.over(first, first + timedelta(days=length))
    places = [axis.at(first + timedelta(days=offset)) for offset in sorted(offsets)]
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in places)


@given(days, lengths)
def test_the_ends_have_a_margin(first: date, length: int) -> None:
    axis = Axis.over(first, first + timedelta(days=length))
    assert axis.at(first) > 0
    assert axis.at(first + timedelta(days=length)) < 100


@given(days, lengths)
def test_months_are_first_days_in_order_and_few(first: date, length: int) -> None:
    ticks = Axis.over(first, first + timedelta(days=length)).ticks()
    assert len(ticks) <= 16
    assert [tick.x for tick in ticks] == sorted(tick.x for tick in ticks)
    assert all(tick.day.day == 1 for tick in ticks)
    years = [tick.day.year for tick in ticks if tick.with_year]
    assert len(years) == len(set(years))


@pytest.mark.parametrize(("months", "step"), [(6, 1), (12, 1), (18, 2), (36, 3), (60, 6), (110, 12)])
def test_longer_spans_name_fewer_months(months: int, step: int) -> None:
    first = date(2024, 1, 10)
    ticks = Axis.over(first, first + timedelta(days=30 * months)).ticks()
    gaps = {
        (other.day.year - one.day.year) * 12 + other.day.month - one.day.month
        for one, other in pairwise(ticks)
    }
    assert gaps <= {step}
