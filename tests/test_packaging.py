"""The image, the composition and the examples agree with the service they describe."""

from __future__ import annotations

import os
import re
import subprocess
import sys
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


def program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


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
    (*_, script) = COMPOSE["services"]["mongodb"]["entrypoint"]
    name = re.search(r"--replSet (\S+)", script)
    assert name is not None
    assert f"replicaSet={name[1]}&" in uri
    assert "w=majority" in uri


def test_the_database_of_the_composition_asks_who_one_is() -> None:
    (*_, script) = COMPOSE["services"]["mongodb"]["entrypoint"]
    assert {"--auth", "--keyFile"} <= set(script.split())
    assert (
        "slope:${MONGO_SLOPE_PASSWORD:?}@" in COMPOSE["services"]["api"]["environment"]["SLOPE_DATABASE_URI"]
    )
    assert COMPOSE["networks"]["database"]["internal"] is True
    assert "ports" not in COMPOSE["services"]["mongodb"]


def test_images_are_named_by_version_and_only_the_proxy_is_reached_from_outside() -> None:
    services = COMPOSE["services"]
    assert all(re.search(r":\d+\.\d+\.\d+$", service["image"]) for service in services.values())
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert services["api"]["environment"]["SLOPE_PROXIES"] == "1"


@pytest.mark.parametrize(
    "command", [("hadolint", "Dockerfile"), ("compose-lint", "compose.yaml")], ids=lambda command: command[0]
)
def test_the_linters_of_images_and_compositions_find_nothing(command: tuple[str, str]) -> None:
    done = subprocess.run(
        [program(command[0]), command[1]], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_proxy_of_the_composition_takes_its_configuration() -> None:
    version = subprocess.run(
        [program("caddy"), "version"], capture_output=True, text=True, timeout=60, check=True
    )
    assert COMPOSE["services"]["proxy"]["image"] == f"caddy:{version.stdout.split()[0].removeprefix('v')}"
    arguments = [program("caddy"), "validate", "--config", "Caddyfile", "--adapter", "caddyfile"]
    given = os.environ | {"SLOPE_PUBLIC_URL": "https://slope.example.org"}
    done = subprocess.run(arguments, cwd=ROOT, env=given, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


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
