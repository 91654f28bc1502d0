"""Refresh tokens are derived: the same generation gives the same token, and nothing else gives it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from models.accounts.sessions import Session, SessionState
from services.access.refresh_tokens import MalformedRefreshToken, RefreshTokens, parse

NOW = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)
SESSION = Session("family", "a", "d", "phone", 3, NOW, NOW, SessionState.ACTIVE, NOW, "seed")
TOKENS = RefreshTokens("s" * 32)


def test_a_token_is_genuine_for_the_generation_it_was_made_for() -> None:
    presented = parse(TOKENS.of(SESSION))
    assert (presented.session_id, presented.generation) == ("family", 3)
    assert TOKENS.genuine(presented, SESSION)
    assert TOKENS.genuine(presented, replace(SESSION, generation=9))
    assert TOKENS.of(SESSION) == TOKENS.of(replace(SESSION, rotated_at=NOW))


@pytest.mark.parametrize("changed", [{"id": "other"}, {"seed": "other"}])
def test_another_familys_token_is_not_genuine(changed: dict[str, str]) -> None:
    presented = parse(TOKENS.of(replace(SESSION, **changed)))
    assert not TOKENS.genuine(presented, SESSION)


def test_another_generation_cannot_be_claimed() -> None:
    presented = replace(parse(TOKENS.of(SESSION)), generation=4)
    assert not TOKENS.genuine(presented, SESSION)


def test_another_servers_token_is_not_genuine() -> None:
    assert not TOKENS.genuine(parse(RefreshTokens("t" * 32).of(SESSION)), SESSION)


@pytest.mark.parametrize(
    "token", ["", ".", "family", "family.", "family.AAAA", ".AAAA", "family.é", "a.b.c", "a.=" * 30]
)
def test_what_has_another_form_is_refused(token: str) -> None:
    with pytest.raises(MalformedRefreshToken):
        parse(token)


def test_nothing_shows_the_secret() -> None:
    token = TOKENS.of(SESSION)
    assert "digest" not in repr(parse(token))
    assert "s" * 8 not in repr(TOKENS)
