"""The image, the composition and the examples agree with the service they describe."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.settings import Settings

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
VARIABLES = {f"SLOPE_{f.name.upper()}" for f in fields(Settings)}
REQUIRED = {f"SLOPE_{f.name.upper()}" for f in fields(Settings) if f.metadata.get("required")}


def settings_named_in(text: str) -> set[str]:
    return set(re.findall(r"\bSLOPE_[A-Z_]+\b", text))


@pytest.mark.parametrize("name", ["compose.yaml", ".env.example", "Dockerfile"])
def test_settings_that_are_named_exist(name: str) -> None:
    assert settings_named_in((ROOT / name).read_text(encoding="utf-8")) <= VARIABLES


def test_the_example_names_every_required_setting_and_gives_no_secret() -> None:
    lines = [line for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines() if "=" in line]
    given = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    assert given.keys() >= REQUIRED
    assert all(given[name] == "" for name in REQUIRED)


def test_every_dependency_of_the_composition_is_a_service() -> None:
    services = COMPOSE["services"]
    wanted = {name for service in services.values() for name in service.get("depends_on", {})}
    assert wanted <= services.keys()


def test_the_database_of_the_composition_is_a_replica_set_with_acknowledged_writes() -> None:
    uri = COMPOSE["services"]["api"]["environment"]["SLOPE_DATABASE_URI"]
    command = COMPOSE["services"]["mongodb"]["command"]
    assert f"replicaSet={command[command.index('--replSet') + 1]}&" in uri
    assert "w=majority" in uri


def test_the_image_runs_without_root_and_on_the_python_of_the_gate() -> None:
    minors = set(re.findall(r"FROM python:(\d\.\d+)", DOCKERFILE))
    gate = re.search(r"python(\d\.\d+)", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert gate is not None
    assert minors == {gate[1]}
    assert re.search(r"^USER \d+", DOCKERFILE, re.MULTILINE)


def test_lock_files_are_pinned_by_hash_and_name_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        pins = re.findall(r"^[a-z0-9]\S*==\S+.*$", text, re.MULTILINE)
        assert pins
        assert all(pin.endswith("\\") for pin in pins)
