"""What the operator permits webhooks is understood, or said to be wrong."""

from __future__ import annotations

import pytest

from services.access.tokens import new_key_set
from services.settings import Settings
from services.webhook_settings import WebhookSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook_networks", "10.20.0.0/33"),
        ("webhook_networks", "10.20.0.1/24"),
        ("webhook_networks", "10.20.0.0/24, fd00:20::/64"),
        ("webhook_networks", "engine.example.org"),
        ("webhook_proxy", "other.example.org:3128"),
        ("webhook_proxy", "https://proxy.example.org"),
        ("webhook_proxy", "http://proxy.example.org/path"),
        ("webhook_proxy", "http://proxy.example.org:port"),
        ("webhook_proxy", "http://:3128"),
        ("webhook_ca_file", "/nowhere/ca.pem"),
    ],
)
def test_what_cannot_be_meant_is_named(name: str, value: str) -> None:
    (problem,) = WebhookSettings(**{name: value}).webhook_problems("SLOPE_")  # type: ignore[arg-type]
    assert problem.startswith(f"SLOPE_{name.upper()} ")
    assert value not in problem


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook_networks", ""),
        ("webhook_networks", "10.20.0.0/24 fd00:20::/64  10.30.0.7"),
        ("webhook_proxy", "http://jo:word@proxy.example.org:3128/"),
        ("webhook_ca_file", __file__),
    ],
)
def test_what_can_be_meant_is_taken(name: str, value: str) -> None:
    assert WebhookSettings(**{name: value}).webhook_problems("SLOPE_") == []  # type: ignore[arg-type]


def test_the_proxys_password_is_not_shown() -> None:
    variables = {
        "SLOPE_DATABASE_URI": "mongodb://db.example.org/",
        "SLOPE_SIGNING_KEYS": new_key_set(),
        "SLOPE_REFRESH_SECRET": "a secret of the tests, long enough",
        "SLOPE_WEBHOOK_PROXY": "http://jo:word@proxy.example.org",
    }
    given = Settings.from_environment(variables)
    assert given.webhook_proxy == variables["SLOPE_WEBHOOK_PROXY"]
    assert "word@" not in repr(given)
