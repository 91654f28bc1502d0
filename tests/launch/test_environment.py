"""Making `.venv`: done once, refused when the lock file is stale, and failing with advice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from launch import environment, places
from launch.failure import CannotStart

PROJECT = '[project]\nname = "x"\ndependencies = ["flask>=3", "pyjwt[crypto]>=2"]\n'


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "some.lock").write_text("flask==3.1 \\\n    --hash=sha256:0\npyjwt[crypto]==2.15 \\\n")
    monkeypatch.setattr(places, "ROOT", tmp_path)
    monkeypatch.setattr(places, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(places, "LOGS", tmp_path / "log")
    return tmp_path


def pretend_a_venv(checkout: Path) -> None:
    program = checkout / ".venv" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.symlink_to(sys.executable)


def pretend_pip(monkeypatch: pytest.MonkeyPatch, output: str, code: int) -> list[list[str]]:
    """Let every program succeed but `pip install`, which writes this and ends with this."""
    calls: list[list[str]] = []

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        installs = "install" in command
        if installs:
            options["stdout"].write(output)  # type: ignore[attr-defined]
        return subprocess.CompletedProcess(command, code if installs else 0)

    monkeypatch.setattr(subprocess, "run", run)
    return calls


def test_a_second_time_installs_nothing(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_a_venv(checkout)
    pretend_pip(monkeypatch, "", 0)
    assert [environment.install("some.lock") for _ in range(2)] == [True, False]


def test_a_changed_lock_file_is_installed_again(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_a_venv(checkout)
    pretend_pip(monkeypatch, "", 0)
    environment.install("some.lock")
    with (checkout / "some.lock").open("a") as lock:
        lock.write("click==8.5\n")
    assert environment.install("some.lock")


def test_packages_are_installed_by_hash(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_a_venv(checkout)
    calls = pretend_pip(monkeypatch, "", 0)
    environment.install("some.lock")
    assert "--require-hashes" in calls[-1]


def test_a_lock_file_older_than_the_project_is_refused(checkout: Path) -> None:
    (checkout / "some.lock").write_text("flask==3.1\n")
    with pytest.raises(CannotStart, match=r"older than pyproject.toml \(pyjwt missing\): run `make lock`"):
        environment.install("some.lock")


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("Temporary failure in name resolution", "check the network connection"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "do not go on"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("something else", "var/log/pip.log"),
    ],
    ids=["no network", "wrong hash", "disk full", "else"],
)
def test_a_failure_says_what_to_do(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, output: str, advice: str
) -> None:
    pretend_a_venv(checkout)
    pretend_pip(monkeypatch, output, 1)
    with pytest.raises(CannotStart, match=advice):
        environment.install("some.lock")


def test_a_failed_installation_is_not_remembered(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_a_venv(checkout)
    pretend_pip(monkeypatch, "", 1)
    with pytest.raises(CannotStart):
        environment.install("some.lock")
    assert not list((checkout / ".venv").glob("installed-*"))


def test_a_checkout_that_was_moved_gets_a_new_environment(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_a_venv(checkout)
    calls = pretend_pip(monkeypatch, "", 0)
    environment.install("some.lock")
    (checkout / ".venv" / "made-at").write_text("/somewhere/else/.venv")
    assert environment.install("some.lock")
    assert any("--clear" in command for command in calls)
    assert not environment.install("some.lock")
