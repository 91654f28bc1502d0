"""The commands: what they print, change and refuse, with settings and without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskCliRunner

from api import create_app
from api.rest import documentation
from models import indexes
from models.accounts.accounts import AccountDocument
from models.sites.sites import SiteDocument
from services.settings import Environment, Settings

ROOT = Path(__file__).parents[2]
WITHOUT_SETTINGS = {name: value for name, value in os.environ.items() if not name.startswith("SLOPE_")}


@pytest.fixture
def commands(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def flask(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, with these settings only."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    environment = WITHOUT_SETTINGS | variables
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_missing_indexes_are_created_and_named(commands: FlaskCliRunner) -> None:
    AccountDocument.raw().drop_indexes()
    try:
        assert "accounts(email_key)" in commands.invoke(args=["database", "indexes"]).output
        assert indexes.missing() == []
        assert commands.invoke(args=["database", "indexes"]).output == "every index is there\n"
    finally:
        indexes.create_all()


def test_the_document_is_written_as_it_is_served(
    commands: FlaskCliRunner, app: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "openapi.yaml"
    assert commands.invoke(args=["openapi", "export", str(file)]).exit_code == 0
    text = file.read_text()
    assert text.endswith("\n")
    assert yaml.safe_load(text) == app.test_client().get("/openapi.json").json
    assert list(yaml.safe_load(text))[:2] != sorted(yaml.safe_load(text))[:2]


def test_a_document_that_is_up_to_date_passes(commands: FlaskCliRunner, app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "openapi.yaml"
    file.write_text(documentation.document(app))
    assert commands.invoke(args=["openapi", "check", str(file)]).exit_code == 0


def test_drift_fails_and_says_what_differs_and_what_to_do(
    commands: FlaskCliRunner, app: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "openapi.yaml"
    file.write_text(documentation.document(app).replace("operationId: get_liveness", "operationId: alive"))
    result = commands.invoke(args=["openapi", "check", str(file)])
    assert result.exit_code == 1
    assert "-      operationId: alive" in result.output
    assert "run `make openapi`" in result.output


def test_a_missing_document_is_drift(commands: FlaskCliRunner, tmp_path: Path) -> None:
    assert commands.invoke(args=["openapi", "check", str(tmp_path / "none.yaml")]).exit_code == 1


def test_the_librarys_own_commands_are_gone(commands: FlaskCliRunner) -> None:
    assert commands.invoke(args=["openapi", "write", "x.json"]).exit_code == 2


def test_demo_data_is_refused_in_production(settings: Settings, database: Any) -> None:
    secrets = {"signing_keys": settings.signing_keys, "refresh_secret": settings.refresh_secret}
    where = {"database_uri": settings.database_uri, "database_name": settings.database_name}
    app = create_app(Settings(**where, **secrets, env=Environment.PRODUCTION))
    result = app.test_cli_runner().invoke(args=["demo", "seed"])
    assert result.exit_code == 1
    assert "production" in result.output
    assert SiteDocument.raw().find_one() is None


def test_new_keys_can_be_made_before_anything_is_configured() -> None:
    made = flask("keys", "new")
    assert made.returncode == 0
    key = json.loads(made.stdout)["keys"][0]
    assert {"kid", "d", "x"} <= key.keys()


def test_keys_that_were_made_make_settings_complete(database_uri: str) -> None:
    keys = flask("keys", "new").stdout.strip()
    given = {
        "SLOPE_DATABASE_URI": database_uri,
        "SLOPE_SIGNING_KEYS": keys,
        "SLOPE_REFRESH_SECRET": token_urlsafe(48),
    }
    checked = flask("database", "--help", **given)
    assert checked.returncode == 0
    assert "indexes" in checked.stdout


def test_the_document_can_be_written_before_anything_is_configured(tmp_path: Path, app: Flask) -> None:
    file = tmp_path / "openapi.yaml"
    assert flask("openapi", "export", str(file)).returncode == 0
    assert file.read_text() == documentation.document(app)


@pytest.mark.parametrize(
    "command", [["database", "indexes"], ["worker"], ["demo", "decline", "--pause", "0"]]
)
def test_a_command_without_settings_names_all_that_is_missing(command: list[str]) -> None:
    failed = flask(*command)
    assert failed.returncode == 1
    for name in ("SLOPE_DATABASE_URI", "SLOPE_SIGNING_KEYS", "SLOPE_REFRESH_SECRET"):
        assert f"{name} is missing" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_the_development_server_serves_nothing_without_settings() -> None:
    asked = (
        "import os; os.environ['FLASK_RUN_FROM_CLI'] = 'true';"
        "import wsgi; answer = wsgi.app.test_client().get('/v1/me');"
        "print(answer.status_code, answer.json['code'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env=WITHOUT_SETTINGS,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["503", "not_configured"]
