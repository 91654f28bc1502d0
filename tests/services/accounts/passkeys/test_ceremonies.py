"""What a browser is asked to do with a passkey; its answers are looked at in test_passkeys.py."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from models.accounts import accounts
from services.access.actor import Role
from services.access.security import Security
from services.accounts.passkeys import ceremonies
from services.errors import NotSignedIn
from tests.people import People


@pytest.mark.parametrize(
    ("public_url", "host", "origin"),
    [
        ("https://slope.example.org", "slope.example.org", "https://slope.example.org"),
        ("https://Slope.Example.org/", "slope.example.org", "https://slope.example.org"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
        ("https://slope.example.org:8443", "slope.example.org", "https://slope.example.org:8443"),
    ],
)
def test_who_the_service_is_follows_from_its_address(public_url: str, host: str, origin: str) -> None:
    assert ceremonies.relying_party(public_url) == ceremonies.RelyingParty(host, origin)


def test_what_is_asked_can_be_sent_and_is_new_each_time(
    security: Security, people: People, now: datetime
) -> None:
    account = people.account((people.site(), Role.CLINICIAN))
    asked = [ceremonies.ask_to_create(security, account, "a purpose", now=now) for _ in range(2)]
    asked += [ceremonies.ask_to_sign(security, "a purpose", now=now) for _ in range(2)]
    assert json.dumps(asked)
    assert len({request["challenge"] for request in asked}) == 4
    assert {request["timeout"] for request in asked} == {300_000}


def test_handles_are_of_one_account_each(people: People) -> None:
    made = [people.account() for _ in range(3)]
    assert len({account.passkey_handle for account in made}) == 3
    assert accounts.read_by_passkey_handle(made[1].passkey_handle) == made[1]
    assert accounts.read_by_passkey_handle("") is None


def test_a_holder_that_cannot_be_read_is_refused() -> None:
    for written in ("gIA", "a"):
        with pytest.raises(NotSignedIn):
            ceremonies.holder_handle({"response": {"userHandle": written}})
    assert ceremonies.holder_handle({"response": {"userHandle": None}}) == ""
