"""One-time passwords are those of RFC 6238, and none is taken twice."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import InvalidToken

from services.access import totp
from services.access.totp import Secrets

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
NOW = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, for SHA-1, the last six digits."""
    assert totp.code_at(RFC_SECRET, seconds // totp.STEP_SECONDS) == code


@pytest.mark.parametrize(
    ("seconds", "accepted"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_clock_may_differ_by_one_step(seconds: int, accepted: bool) -> None:
    code = totp.code_at(RFC_SECRET, totp.step_at(NOW + timedelta(seconds=seconds)))
    assert (totp.accepted_step(RFC_SECRET, code, NOW, after=0) is not None) is accepted


def test_a_step_that_was_taken_and_those_before_are_taken_no_more() -> None:
    step = totp.step_at(NOW)
    for offset, accepted in ((-1, False), (0, False), (1, True)):
        code = totp.code_at(RFC_SECRET, step + offset)
        assert (totp.accepted_step(RFC_SECRET, code, NOW, after=step) is not None) is accepted


def test_a_secret_is_stored_encrypted_and_with_this_key_only() -> None:
    ours, others = Secrets("one secret of the settings"), Secrets("another one")
    secret = ours.new()
    sealed = ours.seal(secret)
    assert secret not in sealed
    assert ours.unseal(sealed) == secret
    with pytest.raises(InvalidToken):
        others.unseal(sealed)


def test_the_address_for_apps_names_account_and_issuer() -> None:
    uri = totp.setup_uri("ABC", account="anna@example.org", issuer="slope")
    assert uri == "otpauth://totp/slope%3Aanna%40example.org?secret=ABC&issuer=slope"
