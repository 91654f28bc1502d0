"""The list of common passwords holds what the rules of length would take."""

from __future__ import annotations

from services.access.common_passwords import COMMON, LEAKED
from services.access.passwords import MIN_LENGTH


def test_the_list_is_folded_and_long_enough_to_matter() -> None:
    assert len(COMMON) > 150
    assert all(word == word.casefold() and word.isalnum() for word in COMMON)
    assert all(len(word) >= MIN_LENGTH - 2 for word in COMMON)


def test_the_most_common_of_leaks_are_there() -> None:
    assert len(LEAKED) > 19_000
    assert {"dragon", "123456", "trustno1", "liverpool"} <= LEAKED
    assert all(word == word.casefold() and word.isalnum() for word in LEAKED)
