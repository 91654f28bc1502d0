"""Tags name a digest until a moment, survive the way through a header, and cannot be broken by nonsense."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.list_tag import ListTag, digest_of
from tests.alert_samples import on_day

LATER = on_day(1)


@given(st.none() | st.integers(1, 99_999_999_999))
def test_a_tag_is_read_as_it_was_given(milliseconds: int | None) -> None:
    until = None if milliseconds is None else on_day(0) + timedelta(milliseconds=milliseconds)
    tag = ListTag("abc", until)
    assert ListTag.parsed(tag.text) == tag


def test_a_tag_names_its_digest_until_its_moment() -> None:
    tag = ListTag("abc", LATER)
    assert tag.names("abc", LATER - timedelta(milliseconds=1))
    assert not tag.names("abc", LATER)
    assert not tag.names("abd", on_day(0))
    assert ListTag("abc", None).names("abc", on_day(9999))


@pytest.mark.parametrize(
    "text", ["", ".", "x", "abc", "abc.", "abc.x", "abc.-1", "abc.²", "abc.999999999999999", "abc.1.5"]
)
def test_a_tag_of_nobodys_making_names_nothing(text: str) -> None:
    assert not ListTag.parsed(text).names("abc", on_day(0))


def test_a_digest_is_of_every_part() -> None:
    assert len({digest_of(), digest_of(1), digest_of("1"), digest_of(1, 2), digest_of((1, 2))}) == 5
    assert digest_of([1], {"a": 2}) == digest_of([1], {"a": 2})
