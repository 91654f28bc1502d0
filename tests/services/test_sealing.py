"""What is sealed for one purpose, with one secret, is opened by nothing else."""

from __future__ import annotations

import pytest
from cryptography.fernet import InvalidToken

from services.sealing import Sealer


def test_what_was_sealed_is_read_again_and_shows_nothing() -> None:
    sealer = Sealer("a secret of the settings", b"a purpose")
    sealed = sealer.seal("whsec_word")
    assert "word" not in sealed
    assert sealer.seal("whsec_word") != sealed
    assert Sealer("a secret of the settings", b"a purpose").unseal(sealed) == "whsec_word"


@pytest.mark.parametrize(
    "other", [Sealer("another secret", b"a purpose"), Sealer("a secret of the settings", b"another purpose")]
)
def test_another_secret_or_purpose_opens_nothing(other: Sealer) -> None:
    sealed = Sealer("a secret of the settings", b"a purpose").seal("word")
    for broken in (sealed, "", "no token"):
        with pytest.raises(InvalidToken):
            other.unseal(broken)
