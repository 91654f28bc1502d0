"""Positions as text: they come back as they were, sort as they do, and nothing else is one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.store.positions import PATTERN, Position, parsed, text_of

FIRST, SECOND = "0190b0f0-0000-7000-8000-000000000001", "0190b0f0-0000-7000-8000-000000000002"
NOON = datetime(2076, 3, 1, 12, tzinfo=UTC)
FIRST_MOMENT, LAST_MOMENT = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
IN_ORDER: list[Position] = [
    (NOON - timedelta(milliseconds=1), SECOND),
    (NOON, FIRST),
    (NOON, SECOND),
    (NOON + timedelta(days=300), FIRST),
]


def test_a_position_comes_back_as_it_was() -> None:
    assert [parsed(text_of(position)) for position in IN_ORDER] == IN_ORDER
    assert text_of((NOON.astimezone(timezone(timedelta(hours=9))), FIRST)) == text_of((NOON, FIRST))


POSITIONS = st.tuples(
    st.datetimes(timezones=st.just(UTC)) | st.sampled_from([FIRST_MOMENT, LAST_MOMENT]), st.uuids().map(str)
)


@given(one=POSITIONS, other=POSITIONS)
def test_so_does_every_position_and_texts_sort_as_positions_do(one: Position, other: Position) -> None:
    assert parsed(text_of(one)) == one
    assert re.fullmatch(PATTERN, text_of(one))
    assert (text_of(one) < text_of(other)) == (one < other)


def test_texts_sort_as_positions_do() -> None:
    texts = [text_of(position) for position in IN_ORDER]
    assert sorted(set(texts)) == texts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        NOON.isoformat(),
        f"20760301T120000000000-{FIRST[:-1]}",
        f"20760301T120000000000-{FIRST}\n",
        f"20761301T120000000000-{FIRST}",
        f"00000301T120000000000-{FIRST}",
    ],
)
def test_nothing_else_is_a_position(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a position|does not match|out of range"):
        parsed(text)
