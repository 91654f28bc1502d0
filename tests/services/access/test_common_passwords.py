"""The list of common passwords holds what the rules of length would take."""

from __future__ import annotations

from services.access.common_passwords import COMMON
from services.access.passwords import MIN_LENGTH


def test_the_list_is_folded_and_long_enough_to_matter() -> None:
    assert len(COMMON) > 150
    assert all(word == word.casefold() and word.isalnum() for word in COMMON)
    assert all(len(word) >= MIN_LENGTH - 2 for word in COMMON)
