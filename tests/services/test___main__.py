"""A server that cannot serve does not start: one sentence for each thing that is wrong."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from services import __main__ as preconditions
from services import machine
from services.access.tokens import new_key_set
from services.settings import InvalidSettings, Settings
from tests.application import REFRESH_SECRET

ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings() -> Settings:
    return Settings(
        database_uri="mongodb://127.0.0.1:1", signing_keys=new_key_set(), refresh_secret=REFRESH_SECRET
    )


def mixed_keys() -> str:
    """A key whose public half is another's."""
    one, other = (json.loads(new_key_set())["keys"][0] for _ in range(2))
    return json.dumps({"keys": [one | {"x": other["x"]}]})


def test_what_is_complete_may_start(settings: Settings) -> None:
    preconditions.check(settings)


@pytest.mark.parametrize("keys", [mixed_keys(), '{"keys": [{"kid": "a", "d": "?", "crv": "Ed25519"}]}'])
def test_a_key_that_does_not_verify_what_it_signs_is_refused(settings: Settings, keys: str) -> None:
    with pytest.raises(InvalidSettings, match=r"SLOPE_SIGNING_KEYS.*flask keys new"):
        preconditions.check(replace(settings, signing_keys=keys))


def test_each_thing_that_is_wrong_is_said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_ZONE", "Nowhere/Nothing")
    with pytest.raises(InvalidSettings) as raised:
        preconditions.check(replace(settings, signing_keys=mixed_keys()))
    assert len(raised.value.problems) == 2


def test_a_server_with_64_descriptors_is_refused_with_one_sentence(settings: Settings) -> None:
    variables = {
        "SLOPE_DATABASE_URI": settings.database_uri,
        "SLOPE_SIGNING_KEYS": settings.signing_keys,
        "SLOPE_REFRESH_SECRET": settings.refresh_secret,
    }
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"],
        cwd=ROOT,
        env={**os.environ, **variables},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "may open 64 files and needs 112: allow more (ulimit -n)" in done.stderr
    assert "Traceback" not in done.stderr
