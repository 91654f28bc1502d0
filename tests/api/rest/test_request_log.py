"""Each line says who asked: the account and the session, or a pseudonym of who was not let in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.access.actor import Role
from tests.people import People


def line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().err.splitlines()[-1])
    return found


def test_the_account_and_the_session_stand_in_the_line(
    client: FlaskClient, people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    person = people.staff(people.site(), Role.CLINICIAN)
    client.get("/v1/me", headers=person.headers)
    logged = line(capsys)
    assert (logged["account_id"], logged["session_id"]) == (person.account.id, person.session.id)
    assert "caller" not in logged


def test_who_was_not_let_in_is_known_by_a_pseudonym(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = []
    for address in ("203.0.113.9", "203.0.113.9", "203.0.113.10"):
        client.get("/v1/me", environ_overrides={"REMOTE_ADDR": address})
        text = capsys.readouterr().err
        assert address not in text
        seen.append(json.loads(text.splitlines()[-1])["caller"])
    assert seen[0] == seen[1] != seen[2]
