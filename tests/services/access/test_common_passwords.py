"""The lists of common passwords hold what the rules of length would take, alone and with digits around it."""

from __future__ import annotations

from services.access.common_passwords import COMMON, LEAKED


def test_the_list_is_folded_and_long_enough_to_matter() -> None:
    assert len(COMMON) > 150
    assert all(word == word.casefold() and word.isalnum() for word in COMMON)
    assert all(len(word) >= 6 for word in COMMON)
    assert {"caregiver", "clinician", "ilovemyfamily", "borussiadortmund"} <= COMMON


def test_the_most_common_of_leaks_are_there() -> None:
    assert len(LEAKED) > 19_000
    assert {"dragon", "123456", "trustno1", "liverpool"} <= LEAKED
    assert all(word == word.casefold() and word.isalnum() for word in LEAKED)
