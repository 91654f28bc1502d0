"""Signatures are those that the library of receivers accepts, and no others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from models.sites.webhooks import SigningSecret
from services.delivery.signing import Signing, Unsealable

BODY = '{"type":"alert.raised","data":{"word":"é"}}'.encode()
SIGNING = Signing("a secret of the settings")


def now() -> datetime:
    """The library compares with the present time."""
    return datetime.now(UTC)


def signed(*stored: SigningSecret, at: datetime | None = None, body: bytes = BODY) -> dict[str, str]:
    return SIGNING.headers("an-id", body, stored, now=at or now())


def verifies(secret: str, headers: dict[str, str], body: bytes = BODY) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def test_a_receiver_with_the_secret_accepts_what_was_signed() -> None:
    secret, stored = SIGNING.new(now())
    assert secret.startswith("whsec_")
    headers = signed(stored)
    assert verifies(secret, headers)
    assert (headers["webhook-id"], headers["content-type"]) == ("an-id", "application/json")


def test_another_secret_body_id_or_time_is_not_accepted() -> None:
    (secret, stored), (other, _) = SIGNING.new(now()), SIGNING.new(now())
    headers = signed(stored)
    assert not verifies(other, headers)
    assert not verifies(secret, headers, BODY + b" ")
    assert not verifies(secret, headers | {"webhook-id": "another"})
    later = str(int(headers["webhook-timestamp"]) + 1)
    assert not verifies(secret, headers | {"webhook-timestamp": later})


@pytest.mark.parametrize("hours", [-11, 0, 9])
def test_the_zone_of_the_time_makes_no_difference(hours: int) -> None:
    secret, stored = SIGNING.new(now())
    at = now().astimezone(timezone(timedelta(hours=hours)))
    assert verifies(secret, signed(stored, at=at))


def test_both_secrets_are_accepted_until_the_time_of_the_one_before_is_over() -> None:
    present = now()
    (old, stored), (new, current) = SIGNING.new(present), SIGNING.new(present)
    for left, accepted in ((timedelta(seconds=1), True), (timedelta(0), False)):
        former = SigningSecret(stored.sealed, stored.since, present + left)
        headers = signed(current, former, at=present)
        assert verifies(new, headers)
        assert verifies(old, headers) is accepted


def test_a_secret_of_other_settings_is_said_to_be_unreadable() -> None:
    _, stored = Signing("another secret of the settings").new(now())
    with pytest.raises(Unsealable):
        signed(stored)
