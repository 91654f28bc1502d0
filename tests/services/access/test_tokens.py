"""Access tokens: only our own, only for their purpose, only in their time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.access import tokens
from services.access.actor import Actor, Role
from services.access.tokens import LEEWAY_SECONDS, InvalidToken, Signer, new_key_set
from services.settings import Settings

NOW = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)
ACTOR = Actor("account", "session", (("north", Role.PATIENT), ("south", Role.CAREGIVER)), "patient")


@pytest.fixture
def signer(settings: Settings) -> Signer:
    return Signer(settings)


def forged(settings: Settings, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A token with our own key, but with other content."""
    key = settings.private_keys()[0]
    content = jwt.decode(Signer(settings).issue(ACTOR, NOW), options={"verify_signature": False}) | claims
    kept = {name: value for name, value in content.items() if value is not None}
    headers = {"kid": key["kid"], "typ": "at+jwt"} | (header or {})
    return jwt.encode(kept, jwt.PyJWK(key, algorithm="EdDSA"), algorithm="EdDSA", headers=headers)


def test_a_token_speaks_for_its_actor_until_it_ends(signer: Signer) -> None:
    assert signer.verify(signer.issue(ACTOR, NOW), NOW) == (ACTOR, NOW + timedelta(minutes=10))


@pytest.mark.parametrize(
    ("seconds", "usable"),
    [(-LEEWAY_SECONDS - 1, False), (-LEEWAY_SECONDS, True), (600 + LEEWAY_SECONDS - 1, True)],
)
def test_clocks_may_differ_a_little(signer: Signer, seconds: int, usable: bool) -> None:
    token = signer.issue(ACTOR, NOW)
    moment = NOW + timedelta(seconds=seconds)
    if usable:
        assert signer.verify(token, moment)[0] == ACTOR
    else:
        with pytest.raises(InvalidToken):
            signer.verify(token, moment)


def test_an_expired_token_says_so(signer: Signer) -> None:
    with pytest.raises(InvalidToken) as caught:
        signer.verify(signer.issue(ACTOR, NOW), NOW + timedelta(seconds=600 + LEEWAY_SECONDS))
    assert caught.value.expired


@pytest.mark.parametrize(
    "claims",
    [
        *(
            {name: None}
            for name in ("exp", "iat", "nbf", "sub", "jti", "iss", "aud", "sid", "token_use", "roles")
        ),
        *({name: None} for name in ("pow", "sf")),
        {"token_use": "refresh"},
        {"iss": "somebody"},
        {"aud": "somebody"},
        {"aud": ["somebody"]},
        {"aud": 7},
        {"sub": 7},
        {"jti": 7},
        {"exp": "never"},
        {"exp": 1e12},
        {"roles": ["emperor@north"]},
        {"roles": [1]},
        {"roles": 5},
    ],
    ids=str,
)
def test_a_token_with_other_claims_is_refused(
    settings: Settings, signer: Signer, claims: dict[str, Any]
) -> None:
    with pytest.raises(InvalidToken):
        signer.verify(forged(settings, **claims), NOW)


@pytest.mark.parametrize("header", [{"typ": "JWT"}, {"typ": "at+JWT "}, {"kid": "unknown"}], ids=str)
def test_a_token_with_another_header_is_refused(
    settings: Settings, signer: Signer, header: dict[str, Any]
) -> None:
    with pytest.raises(InvalidToken):
        signer.verify(forged(settings, header), NOW)


def test_a_token_without_signature_is_refused(settings: Settings, signer: Signer) -> None:
    kid = settings.private_keys()[0]["kid"]
    claims = jwt.decode(signer.issue(ACTOR, NOW), options={"verify_signature": False})
    token = jwt.encode(claims, None, algorithm="none", headers={"kid": kid, "typ": "at+jwt"})
    with pytest.raises(InvalidToken):
        signer.verify(token, NOW)


def test_the_public_key_is_no_secret_to_sign_with(settings: Settings, signer: Signer) -> None:
    key = signer.public_keys()["keys"][0]
    claims = jwt.decode(signer.issue(ACTOR, NOW), options={"verify_signature": False})
    secret = json.dumps(key) * 2
    token = jwt.encode(claims, secret, algorithm="HS256", headers={"kid": key["kid"], "typ": "at+jwt"})
    with pytest.raises(InvalidToken):
        signer.verify(token, NOW)


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "..", "é.é.é", "x" * 9000, "\x00.\x00.\x00"])
def test_what_is_no_token_is_refused(signer: Signer, token: str) -> None:
    with pytest.raises(InvalidToken):
        signer.verify(token, NOW)


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize(
    "change", ["{}=", "{}==", "{}.", "+{}", "{} ", "{}\n", "!{}", "{}A", "{}AA", "=", ""]
)
def test_a_part_in_another_spelling_is_refused(signer: Signer, place: int, change: str) -> None:
    parts = signer.issue(ACTOR, NOW).split(".")
    parts[place] = change.format(parts[place])
    with pytest.raises(InvalidToken):
        signer.verify(".".join(parts), NOW)


@given(st.binary(max_size=12) | st.text("AQgw_-+/=. \n", max_size=9).map(str.encode))
def test_parts_are_read_as_the_library_reads_them(segment: bytes) -> None:
    ours, theirs = (_read_by(library, segment) for library in (tokens._TOKENS._jws, jwt.PyJWS()))
    assert ours == theirs or (ours is None and segment.endswith(b"="))  # no token of ours is padded


def _read_by(library: jwt.PyJWS, segment: bytes) -> bytes | None:
    try:
        return library._decode_base64url_segment(segment, "part")
    except (jwt.DecodeError, ValueError):
        return None


@pytest.mark.parametrize("content", ["[]", "7", "null", "no JSON", "{}", '"sub"'])
def test_content_that_is_no_claims_is_refused(settings: Settings, signer: Signer, content: str) -> None:
    key = settings.private_keys()[0]
    signed = jwt.PyJWS().encode(
        content.encode(),
        jwt.PyJWK(key, algorithm="EdDSA"),
        algorithm="EdDSA",
        headers={"kid": key["kid"], "typ": "at+jwt"},
    )
    with pytest.raises(InvalidToken):
        signer.verify(signed, NOW)


def test_another_services_key_is_refused(settings: Settings, signer: Signer) -> None:
    other = replace(settings, signing_keys=new_key_set())
    with pytest.raises(InvalidToken):
        signer.verify(Signer(other).issue(ACTOR, NOW), NOW)


def test_after_a_rotation_tokens_of_the_earlier_key_are_still_good(
    settings: Settings, signer: Signer
) -> None:
    keys = [*json.loads(new_key_set())["keys"], *settings.private_keys()]
    rotated = Signer(replace(settings, signing_keys=json.dumps({"keys": keys})))
    assert rotated.verify(signer.issue(ACTOR, NOW), NOW)[0] == ACTOR
    with pytest.raises(InvalidToken):
        signer.verify(rotated.issue(ACTOR, NOW), NOW)


def test_the_public_key_set_holds_no_private_part(signer: Signer) -> None:
    assert all("d" not in key and key["kid"] for key in signer.public_keys()["keys"])


def test_a_token_holds_ids_and_roles_only(signer: Signer) -> None:
    claims = jwt.decode(signer.issue(ACTOR, NOW), options={"verify_signature": False})
    expected = {"iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp", "token_use", "roles", "patient"}
    expected |= {"pow", "sf"}
    assert set(claims) == expected
