"""The server as it is started: it serves with complete settings, and names all that is wrong with others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench import servers
from models import indexes

ROOT = Path(__file__).parents[1]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("SLOPE_")}
SERVERS = {
    "gunicorn": ["-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"],
    "gunicorn without the file": ["-m", "gunicorn", "--config", "/dev/null", "wsgi:app"],
    "another server": ["-c", "import wsgi"],
}


def refused(arguments: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=CLEAN | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("arguments", SERVERS.values(), ids=SERVERS)
def test_production_without_secrets_does_not_start_and_names_all_of_them(arguments: list[str]) -> None:
    done = refused(arguments, SLOPE_ENV="production", SLOPE_BIND="127.0.0.1:0")
    assert done.returncode != 0
    for name in ("SLOPE_DATABASE_URI", "SLOPE_SIGNING_KEYS", "SLOPE_REFRESH_SECRET"):
        assert f"{name} is missing" in done.stderr


def test_production_refuses_the_embedded_engine_and_says_what_else_is_wrong() -> None:
    given = servers.settings("http://example.org", "slope")
    wrong = {"SLOPE_ENV": "production", "SLOPE_EMBEDDED": "1", "SLOPE_REFRESH_SECRET": "short"}
    done = refused(SERVERS["gunicorn"], **given | wrong | {"SLOPE_THREADS": "1000"})
    assert done.returncode != 0
    for name in ("SLOPE_EMBEDDED", "SLOPE_REFRESH_SECRET", "SLOPE_DATABASE_URI", "SLOPE_THREADS"):
        assert name in done.stderr
    assert "short" not in done.stderr.replace("too short", "")


def test_a_refusal_shows_no_secret() -> None:
    given = servers.settings("mongodb://slope:hunter2@127.0.0.1/", "slope")
    done = refused(SERVERS["gunicorn"], **given, SLOPE_THREADS="0")
    assert done.returncode != 0
    assert "hunter2" not in done.stderr
    assert json.loads(given["SLOPE_SIGNING_KEYS"])["keys"][0]["d"] not in done.stderr
    assert given["SLOPE_REFRESH_SECRET"] not in done.stderr


def test_the_server_serves_from_all_its_processes_and_leaves_none_behind(
    database: Any, database_uri: str, database_name: str, tmp_path: Path
) -> None:
    indexes.create_all()
    variables = servers.settings(database_uri, database_name)
    server = servers.server("wsgi:app", variables, tmp_path / "server.log")
    server.start()
    try:
        server.wait_ready("/readyz")
        workers = server.children()
        assert len(workers) == 2
    finally:
        server.stop()
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)
    log = (tmp_path / "server.log").read_text()
    assert "Traceback" not in log
    assert "ResourceWarning" not in log


def test_the_configuration_of_the_server_imports_nothing_of_ours_before_the_fork() -> None:
    given = servers.settings("mongodb://127.0.0.1:1", "slope")
    code = (
        "import runpy, sys; runpy.run_path('gunicorn.conf.py');"
        "print([name for name in sys.modules if name.split('.')[0] in "
        "{'api', 'services', 'models', 'scoring', 'pymongo', 'mongoengine', 'flask'}])"
    )
    done = refused(["-c", code], **given)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
