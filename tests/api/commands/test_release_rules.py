"""`flask replay --rules`: the rules of an earlier release against those of this one, in numbers and words."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from api.commands.release_rules import PRESENT
from api.commands.release_words import Versions, in_words
from models.patients.patient import Patient
from scoring.decline.rules import RULES_VERSION
from services.replays.releases import Compared
from tests.clinics import Clinic
from tests.people import People
from tests.questionnaires import ITEMS

RULES = "decline/rules/__init__.py"
BEFORE = "5"
"""Version 6 changed all rules of decline, so a difference of theirs has it as its reason."""
Run = Callable[..., Result]


@pytest.fixture
def clinic(people: People, now: datetime) -> Clinic:
    return Clinic.of(people, now)


@pytest.fixture
def fast(clinic: Clinic) -> Patient:
    made, _slow = clinic.patients(2)
    for back, total in enumerate((28, 32, 36, 40, 43, 46)):
        clinic.send(made, total, days_ago=28 * back)
    return made


@pytest.fixture
def run(app: Flask, clinic: Clinic) -> Run:
    def invoke(folder: Path, *options: str, site: str = clinic.site.id) -> Result:
        arguments = ["replay", "--site", site, "--rules", str(folder), *options]
        return app.test_cli_runner().invoke(args=arguments)

    return invoke


@pytest.fixture
def earlier(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """Makes a release before this one, whose rules differ in one place."""

    def make(file: str, new: str, old: str) -> Path:
        shutil.copytree(PRESENT / "scoring", tmp_path / "scoring", ignore=shutil.ignore_patterns("*.pyc"))
        version = "RULES_VERSION = "
        changes = [(file, new, old), (RULES, f'{version}"{RULES_VERSION}"', f'{version}"{BEFORE}"')]
        for name, present, before in changes:
            changed = tmp_path / "scoring" / name
            text = changed.read_text(encoding="utf-8")
            assert text.count(present) == 1
            changed.write_text(text.replace(present, before), encoding="utf-8")
        return tmp_path

    return make


SLOW_TO_RAISE = (
    "decline/limits.py",
    "loss_per_month: float = limit(1.11",
    "loss_per_month: float = limit(4.9",
)
Earlier = Callable[[str, str, str], Path]


def test_what_is_raised_earlier_is_told_with_rule_patient_numbers_and_reason(
    run: Run, fast: Patient, earlier: Earlier
) -> None:
    result = run(earlier(*SLOW_TO_RAISE))
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert f"2 patients, rules version {BEFORE} against version {RULES_VERSION}." in said
    assert "6a fast_decline" in said
    assert "decline: 1 earlier (28 days)." in said
    assert f"Patient {fast.id}, decline: raised 28 days earlier." in said
    assert f'Version {BEFORE}, since 2076-02-03, soon on 2076-02-03: "The ALSFRS-R is falling by' in said
    assert f"Version {RULES_VERSION}, since 2076-01-06, soon on 2076-02-03:" in said
    assert f"On 2076-01-06 by version {BEFORE}: the line changes by -1.77 points a month" in said
    assert "faster than the limit is 0.0 %" in said
    assert "faster than the limit is 90.9 %" in said
    assert "Why: 6a." in said
    assert "fell faster than 4.9" in said
    assert all(len(line) <= 130 for line in result.output.splitlines())


@pytest.mark.usefixtures("fast")
def test_json_holds_the_differences(run: Run, earlier: Earlier) -> None:
    content = json.loads(run(earlier(*SLOW_TO_RAISE), "--json").output)
    assert content["by_topic"]["decline"]["earlier"] == 1
    assert [
        (difference["topic"], difference["change"], difference["days"])
        for difference in content["differences"]
    ] == [("decline", "earlier", 28)]


def test_a_rule_that_no_version_before_had_is_told_as_more(
    run: Run, clinic: Clinic, earlier: Earlier
) -> None:
    (patient,) = clinic.patients(1)
    for back, walking in ((28, 4), (0, 1)):
        clinic.send(patient, days_ago=back, answers=dict.fromkeys(ITEMS, 4) | {"walking": walking})
    said = " ".join(run(earlier(RULES, "    *FUNCTION_RULES,\n", "")).output.split())
    assert "walking: 1 more." in said
    assert f"Patient {patient.id}, walking: raised, and was not before." in said
    assert 'inform on 2076-03-02: "Walking has reached 1 of 4' in said
    assert "the line changes" not in said


def test_a_rule_that_is_not_there_any_more_is_explained_by_what_changed_in_its_topic() -> None:
    episode = {
        "topic": "stage",
        "level": "inform",
        "opened_by": "r1",
        "opened_at": "2076-01-06T08:00:00+00:00",
    }
    flag = {"rule": "an_old_name", "level": "inform", "sentence": "The stage has risen.", "on": "2076-01-06"}
    compared = Compared("p1", {"said": {"stage r1": flag}, "trends": {}}, {"said": {}, "trends": {}})
    dropped = {"patient": "p1", "topic": "stage", "change": "dropped", "days": 0}
    told = list(in_words(Versions("3", "6"), [compared], [dropped | {"before": episode, "after": None}]))
    assert told[-3:] == [
        "Patient p1, stage: no longer raised.",
        '  Version 3, since 2076-01-06, inform on 2076-01-06: "The stage has risen."',
        "  Why: 4a, 4i, 4j.",
    ]


@pytest.mark.usefixtures("fast")
def test_a_release_differs_in_nothing_from_itself(run: Run) -> None:
    result = run(PRESENT)
    assert "Different for 0 patients." in result.output
    assert "No alert of any patient differs." in result.output


def test_what_is_no_release_or_cannot_be_run_is_said_so(run: Run, tmp_path: Path) -> None:
    nothing = run(tmp_path)
    assert (nothing.exit_code, "is not a checkout of a release" in nothing.output) == (1, True)
    broken = tmp_path / "scoring" / "decline" / "replay.py"
    broken.parent.mkdir(parents=True)
    broken.touch()
    result = run(tmp_path)
    assert (result.exit_code, f"The rules in {tmp_path} cannot be run." in result.output) == (1, True)
    assert run(PRESENT, site="nothing").output == "Error: There is no such site.\n"


def test_limits_and_rules_are_not_compared_at_once(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "new.json"
    file.write_text("{}", encoding="utf-8")
    assert run(PRESENT, "--policy", str(file)).exit_code == 2
