"""The demo site of the launcher: seeded once, never half, and shown with commands that belong to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from launch import demo, places
from launch.failure import CannotStart

SEEDED = {
    "notice": "All data is synthetic.",
    "site": {"id": "s", "name": "Demo clinic"},
    "sign_ins": [
        {"role": "coordinator", "name": "C", "email": "c@demo.example", "password": "ccc"},
        {"role": "clinician", "name": "D", "email": "d@demo.example", "password": "ddd"},
    ],
    "patient": {"id": "019ab1c2-0000-7000-8000-0000000000b1"},
}
Step = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(places, "DATABASE", tmp_path)
    return tmp_path


@pytest.fixture
def step() -> Step:
    @contextmanager
    def announced(what: str) -> Iterator[None]:
        yield

    return announced


def seeder(calls: list[list[str]]) -> Callable[[list[str]], str]:
    def flask(arguments: list[str]) -> str:
        calls.append(arguments)
        return json.dumps(SEEDED)

    return flask


def test_an_empty_database_is_sown_once(step: Step) -> None:
    calls: list[list[str]] = []
    for _ in range(2):
        demo.seed_when_empty(step, seeder(calls))
    assert calls == [["demo", "seed"]]
    assert demo.sign_ins().stat().st_mode & 0o077 == 0


def test_a_deleted_database_is_sown_again(step: Step, data: Path) -> None:
    calls: list[list[str]] = []
    demo.seed_when_empty(step, seeder(calls))
    for file in data.iterdir():
        file.unlink()
    demo.seed_when_empty(step, seeder(calls))
    assert len(calls) == 2


def test_a_seeding_that_was_cut_short_is_noticed_and_can_be_deleted(step: Step, data: Path) -> None:
    def cut_short(_arguments: list[str]) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.seed_when_empty(step, cut_short)
    with pytest.raises(CannotStart, match=r"half written.*`rm -r var/database`"):
        demo.seed_when_empty(step, seeder([]))


def test_the_welcome_names_the_address_the_documentation_and_every_sign_in() -> None:
    text = demo.text(SEEDED, "http://127.0.0.1:8000")
    assert "Slope runs at http://127.0.0.1:8000 " in text
    assert "http://127.0.0.1:8000/docs" in text
    assert "synthetic" in text
    for word in ("c@demo.example", "ccc", "d@demo.example", "ddd"):
        assert word in text


def test_the_commands_are_a_clinicians_and_about_the_examples_patient() -> None:
    text = demo.text(SEEDED, "http://127.0.0.1:8000")
    commands = text[text.index("SLOPE=") : text.index("`make decline`")]
    assert commands.count("curl ") == 3
    assert '"email": "d@demo.example", "password": "ddd"' in commands
    assert "$SLOPE/v1/patients/019ab1c2-0000-7000-8000-0000000000b1/reports" in commands
    assert "$SLOPE/v1/alerts" in commands
