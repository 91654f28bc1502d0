"""Production does not start without a way to tell people, or with one that anybody can listen to."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.mail_settings import MailSettings
from services.settings import InvalidSettings, Settings
from tests.services.test_settings import GOOD

SERVER = {"SLOPE_SMTP_HOST": "mail.example.org", "SLOPE_SMTP_FROM": "slope@clinic.example.org"}
NONE = {"SLOPE_WITHOUT_EMAIL": "0"}


def problems(**changed: str) -> tuple[str, ...]:
    try:
        Settings.from_environment(GOOD | NONE | changed)
    except InvalidSettings as error:
        return error.problems
    return ()


def test_production_names_a_mail_server_or_says_that_there_is_none() -> None:
    (problem,) = problems()
    assert problem.startswith("SLOPE_SMTP_HOST is missing: nobody would be told")
    assert problems(SLOPE_WITHOUT_EMAIL="1") == ()
    assert problems(**SERVER) == ()
    assert problems(SLOPE_ENV="development") == ()


@pytest.mark.parametrize(
    ("changed", "variable"),
    [
        ({"SLOPE_SMTP_FROM": ""}, "SLOPE_SMTP_FROM"),
        ({"SLOPE_SMTP_FROM": "nobody"}, "SLOPE_SMTP_FROM"),
        ({"SLOPE_SMTP_FROM": "a@b.org\nBcc: c@d.org"}, "SLOPE_SMTP_FROM"),
        ({"SLOPE_SMTP_PORT": "0"}, "SLOPE_SMTP_PORT"),
        ({"SLOPE_SMTP_USER": "slope"}, "SLOPE_SMTP_USER"),
        ({"SLOPE_SMTP_TLS": "none"}, "SLOPE_SMTP_TLS"),
        ({"SLOPE_SMTP_TLS": "perhaps"}, "SLOPE_SMTP_TLS"),
        ({"SLOPE_SMTP_CA_FILE": "/nowhere/ca.pem"}, "SLOPE_SMTP_CA_FILE"),
    ],
)
def test_what_is_wrong_is_named(changed: dict[str, str], variable: str) -> None:
    found = problems(**SERVER | changed)
    assert found
    assert all(problem.startswith(variable) for problem in found)


def test_plain_mail_is_for_who_says_so(tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    authority.touch()
    given = {"SLOPE_SMTP_TLS": "none", "SLOPE_SMTP_PLAIN": "1", "SLOPE_SMTP_CA_FILE": str(authority)}
    assert problems(**SERVER | given) == ()


def test_the_password_shows_nowhere() -> None:
    assert "opensesame" not in repr(MailSettings(smtp_password="opensesame"))
