"""Texts that travel to a browser and back."""

from __future__ import annotations

import pytest

from services.access.seals import InvalidSeal, Seals


def test_what_was_sealed_is_opened_by_the_same_secret_only() -> None:
    sealed = Seals("one secret").seal("a password")
    assert "password" not in sealed
    assert Seals("one secret").unseal(sealed) == "a password"
    with pytest.raises(InvalidSeal):
        Seals("another").unseal(sealed)


@pytest.mark.parametrize("text", ["", "nonsense", "gAAAAA==", "ü"])
def test_what_was_not_sealed_here_is_refused(text: str) -> None:
    with pytest.raises(InvalidSeal):
        Seals("one secret").unseal(text)
