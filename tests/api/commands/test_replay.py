"""`flask replay`: tables for people, JSON for programs, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from models.sites import policies
from tests.clinics import Clinic
from tests.people import People

LAX = {
    "primary": {"min_reports": 20},
    "confirmed_drop": {"points": 20},
    "domain": {"probability": 0.9999, "drop_points": 12},
}
Run = Callable[..., Result]


@pytest.fixture
def clinic(people: People, now: datetime) -> Clinic:
    made = Clinic.of(people, now)
    fast, _slow = made.patients(2)
    for back, total in enumerate((28, 32, 36, 40, 43, 46)):
        made.send(fast, total, days_ago=28 * back)
    return made


@pytest.fixture
def run(app: Flask, clinic: Clinic, tmp_path: Path) -> Run:
    def invoke(content: Any, *options: str, site: str = clinic.site.id) -> Result:
        file = tmp_path / "new.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        arguments = ["replay", "--site", site, "--policy", str(file), *options]
        return app.test_cli_runner().invoke(args=arguments)

    return invoke


def test_the_tables_tell_load_differences_and_patients(run: Run, clinic: Clinic) -> None:
    result = run({"limits": LAX, "note": "As a request would send it."})
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.output.splitlines()]
    assert lines[0][:2] == ["2", "patients,"]
    (head,) = (line for line in lines if line[:2] == ["topic", "opened"])
    (decline,) = (line for line in lines if line[0:1] == ["decline"])
    assert dict(zip(head, decline, strict=True))["dropped"] == "1"
    (dropped,) = (line for line in lines if line[1:3] == ["decline", "dropped"])
    assert dropped[3] == "soon"
    assert dropped[-1] == "-"
    assert all(len(line) <= 130 for line in result.output.splitlines())


def test_json_holds_the_same(run: Run) -> None:
    content = json.loads(run({"limits": LAX}, "--json").output)
    assert content["by_topic"]["decline"]["dropped"] == 1
    assert content["opened_before"] > content["opened_after"]
    changes = {(difference["topic"], difference["change"]) for difference in content["differences"]}
    assert ("decline", "dropped") in changes


def test_the_policy_in_force_differs_in_nothing_from_itself(run: Run) -> None:
    content = json.loads(run({"limits": {}}, "--json").output)
    assert (content["differences"], content["patients_changed"]) == ([], 0)
    assert "Different for 0 patients." in run({"limits": {}}).output


def test_nothing_is_put_in_force(run: Run, clinic: Clinic) -> None:
    run({"limits": LAX})
    present = policies.in_force(clinic.site.id)
    assert present is not None
    assert present.number == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "has to hold"),
        ({"primary": {}}, "has to hold"),
        ({"limits": {}, "mute": ["mood"]}, "has to hold"),
        ({"limits": {"primary": {"loss_per_month": 99}}}, "/limits/primary/loss_per_month: must be from"),
        ({"limits": {"colour": {}}}, "/limits/colour"),
    ],
)
def test_what_is_no_policy_is_refused_with_its_places(run: Run, content: Any, said: str) -> None:
    result = run(content)
    assert result.exit_code == 1
    assert said in result.output


def test_a_site_that_is_not_there_is_refused(run: Run) -> None:
    result = run({"limits": {}}, site="nothing")
    assert (result.exit_code, result.output) == (1, "Error: There is no such site.\n")
