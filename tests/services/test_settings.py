"""Production does not start with what an attacker could use, and says all of it at once."""

from __future__ import annotations

from secrets import token_hex, token_urlsafe

import pytest

from services.access.tokens import new_key_set
from services.settings import InvalidSettings, Settings

GOOD = {
    "SLOPE_ENV": "production",
    "SLOPE_DATABASE_URI": "mongodb://db.example.org/?tls=true",
    "SLOPE_SIGNING_KEYS": new_key_set(),
    "SLOPE_REFRESH_SECRET": token_urlsafe(48),
    "SLOPE_PUBLIC_URL": "https://slope.example.org",
    "SLOPE_PROXIES": "1",
    "SLOPE_WITHOUT_EMAIL": "1",
}


def problems(**changed: str) -> tuple[str, ...]:
    try:
        Settings.from_environment(GOOD | changed)
    except InvalidSettings as error:
        return error.problems
    return ()


def test_what_is_meant_for_production_starts() -> None:
    assert problems() == ()
    assert problems(SLOPE_PROXIES="0", SLOPE_DIRECT="1") == ()
    assert problems(SLOPE_DATABASE_URI="mongodb://db/", SLOPE_DATABASE_PLAIN="1") == ()
    assert problems(SLOPE_DATABASE_URI="mongodb+srv://db.example.org/") == ()
    assert problems(SLOPE_REFRESH_SECRET=token_hex(32)) == ()


@pytest.mark.parametrize(
    ("changed", "variable"),
    [
        ({"SLOPE_REFRESH_SECRET": "a" * 32}, "SLOPE_REFRESH_SECRET"),
        ({"SLOPE_REFRESH_SECRET": "abcdefgh" * 8}, "SLOPE_REFRESH_SECRET"),
        ({"SLOPE_PUBLIC_URL": ""}, "SLOPE_PUBLIC_URL"),
        ({"SLOPE_PUBLIC_URL": "http://slope.example.org"}, "SLOPE_PUBLIC_URL"),
        ({"SLOPE_PUBLIC_URL": "slope.example.org"}, "SLOPE_PUBLIC_URL"),
        ({"SLOPE_PROXIES": "0"}, "SLOPE_PROXIES"),
        ({"SLOPE_DATABASE_URI": "mongodb://db.example.org/"}, "SLOPE_DATABASE_URI"),
        ({"SLOPE_DATABASE_URI": "mongodb://db.example.org/?tls=false"}, "SLOPE_DATABASE_URI"),
        ({"SLOPE_DATABASE_URI": "mongodb+srv://db.example.org/?ssl=false"}, "SLOPE_DATABASE_URI"),
        ({"SLOPE_DATABASE_URI": "mongodb://db.example.org/?tls=true&tlsInsecure=true"}, "SLOPE_DATABASE_URI"),
        (
            {"SLOPE_DATABASE_URI": "mongodb+srv://db.example.org/?tlsAllowInvalidCertificates=true"},
            "SLOPE_DATABASE_URI",
        ),
        (
            {"SLOPE_DATABASE_URI": "mongodb://db/?tls=true&tlsAllowInvalidHostnames=true"},
            "SLOPE_DATABASE_URI",
        ),
        ({"SLOPE_EMBEDDED": "1"}, "SLOPE_EMBEDDED"),
    ],
)
def test_what_is_weak_is_refused(changed: dict[str, str], variable: str) -> None:
    found = problems(**changed)
    assert found
    assert all(problem.startswith(variable) for problem in found)


def test_development_asks_for_less() -> None:
    assert problems(SLOPE_ENV="development", SLOPE_PUBLIC_URL="", SLOPE_PROXIES="0") == ()
