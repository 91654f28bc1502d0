"""The filter over seen events: never wrong when it says no, rarely wrong when it says perhaps."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from models.ledger.seen_ids import EMPTY, might_contain, with_event

ids = st.uuids().map(str)


def test_an_empty_filter_contains_nothing() -> None:
    assert not might_contain(EMPTY, str(uuid.uuid4()))


@given(st.lists(ids, max_size=60))
def test_every_event_that_was_added_is_found(events: list[str]) -> None:
    seen = EMPTY
    for event in events:
        seen = with_event(seen, event)
    assert all(might_contain(seen, event) for event in events)


@given(st.lists(ids, max_size=20, unique=True))
def test_the_order_of_events_does_not_matter(events: list[str]) -> None:
    forwards, backwards = EMPTY, EMPTY
    for event in events:
        forwards = with_event(forwards, event)
    for event in reversed(events):
        backwards = with_event(backwards, event)
    assert forwards == backwards


def test_after_ten_years_of_weekly_reports_few_new_ids_are_looked_up_in_vain() -> None:
    seen = EMPTY
    for number in range(520):
        seen = with_event(seen, f"event {number}")
    assert len(seen) < 700
    in_vain = sum(might_contain(seen, f"new {number}") for number in range(2000))
    assert in_vain < 2000 * 0.04
