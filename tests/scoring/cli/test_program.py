"""The program as a whole: help, exit codes, and output that can be recomputed."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path

import pytest

from scoring.cli import run
from scoring.cli.writing import EXPLAINED, flat, plain, to_csv, to_json
from scoring.endpoints import Caveat, Reason
from scoring.instruments import Note
from scoring.progression import Note as ProgressionNote
from tests.scoring.cli.program import ALSFRS_R, call, call_here, errors_of

COMMANDS = ("score", "stage", "trend", "endpoints", "instruments")


FORM = json.dumps(ALSFRS_R)
SERIES = "date,total\n2024-01-01,42\n2024-02-01,41\n2024-03-01,39\n"
VISITS = "subject,arm,study_day,total\n1,A,0,40\n1,A,168,38\n2,B,0,40\n2,B,170,30\n"


@pytest.mark.parametrize(
    ("arguments", "stdin", "code"),
    [
        (["score", "alsfrs_r", "-"], FORM, 0),
        (["score", "alsfrs_r", "-", "--format", "csv"], FORM, 0),
        (["stage", "-"], FORM, 0),
        (["trend", "-"], SERIES, 0),
        (["trend", "-", "--format", "csv"], SERIES, 0),
        (["endpoints", "-"], VISITS, 0),
        (["endpoints", "-", "--table", "long", "--format", "csv"], VISITS, 0),
        (["instruments"], "", 0),
        (["--help"], "", 0),
        (["endpoints", "--help"], "", 0),
        (["stage", "-"], "speech\n9\n", 1),
        (["endpoints", "-"], "subject,study_day\n1,x\n", 1),
        (["score", "nothing", "-"], FORM, 2),
        (["endpoints", "-", "--at", "week 25"], VISITS, 2),
        (["stage", "there is no such file"], "", 2),
    ],
)
def test_a_process_of_its_own_does_what_the_other_tests_see(
    arguments: list[str], stdin: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = call(*arguments, stdin=stdin)
    assert done == call_here(*arguments, stdin=stdin)
    assert done.returncode == code
    assert bool(done.stdout) is (code == 0)
    assert bool(done.stderr) is (code != 0)


def test_a_file_is_read_as_utf_8_with_a_byte_order_mark_or_without(tmp_path: Path) -> None:
    for name, start in (("plain.csv", ""), ("marked.csv", "\ufeff")):
        path = tmp_path / name
        path.write_text(start + SERIES.replace("date", "patient,date").replace("\n2024", "\nÄ,2024"), "utf-8")
        done = call("trend", path)
        assert json.loads(done.stdout)[0]["patient"] == "Ä"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_goes_in_what_comes_out_and_the_exit_codes(command: str) -> None:
    done = call_here(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"slope {command}" in done.stdout
    assert "Exit codes: 0 done; 1 the data are wrong" in done.stdout
    assert "--format {json,csv}" in done.stdout


def test_the_help_of_the_program_lists_its_commands_and_claims_nothing() -> None:
    done = call_here("--help")
    assert all(f"\n    {command}" in done.stdout for command in COMMANDS)
    assert "usage: slope [-h] COMMAND ...\n" in done.stdout
    assert "\ncommands:\n  COMMAND\n    score      score answered forms\n" in done.stdout
    assert "no diagnosis, and establish no treatment as\neffective" in done.stdout


def test_the_help_explains_every_column_and_sign() -> None:
    slope, endpoints = call_here("trend", "--help").stdout, call_here("endpoints", "--help").stdout
    assert all(f"\n  {name}" in slope for name in ("date", "total", "patient", "onset", "onset_precision"))
    assert "slope_per_month is negative when function is lost" in slope
    columns = ("subject", "study_day", "total", "arm", "source", "died_day", "ventilated_day")
    assert all(f"\n  {name}" in endpoints for name in columns)
    assert "arm minus\nreference" in endpoints


@pytest.mark.parametrize("arguments", [[], ["sore"], ["score"], ["score", "alsfrs_r"], ["stage", "a", "b"]])
def test_a_wrong_call_prints_the_usage_and_ends_with_2(arguments: list[str]) -> None:
    assert errors_of(2, *arguments)[0].startswith("usage: slope")


def test_a_file_that_cannot_be_read_ends_with_2(tmp_path: Path) -> None:
    (missing,) = errors_of(2, "stage", tmp_path / "nothing.json")
    assert missing.startswith("the file cannot be read: ")
    latin = tmp_path / "latin.csv"
    latin.write_bytes(b"id\n\xe9\n")
    assert "utf-8" in errors_of(2, "stage", latin)[0]
    assert errors_of(2, "stage", tmp_path)[0].startswith("the file cannot be read: ")


def test_errors_never_repeat_a_value() -> None:
    form = json.dumps({"speech": 987654, "walking": "secret"})
    errors = "".join(errors_of(1, "score", "alsfrs_r", "-", stdin=form))
    assert "speech" in errors
    assert "987654" not in errors
    assert "secret" not in errors


def test_the_command_line_is_pure_and_reads_through_what_it_is_given() -> None:
    asked = []

    def read(name: str) -> str:
        asked.append(name)
        return json.dumps(ALSFRS_R)

    outcome = run(["stage", "anything"], read)
    assert (asked, outcome.code, outcome.errors) == (["anything"], 0, "")
    assert json.loads(outcome.output)["kings"]["stage"] == "3"


def test_results_become_plain_data() -> None:
    assert plain(Reason.DIED) == {"code": "died", "detail": EXPLAINED["died"]}
    assert plain(Note("code", "Sentence.")) == {"code": "code", "detail": "Sentence."}
    assert plain({"a": (date(2026, 1, 31), range(3, 9), None, True, 0.1)}) == {
        "a": ["2026-01-31", {"first": 3, "last": 8}, None, True, 0.1]
    }
    assert {*Reason, *Caveat, *ProgressionNote} == set(EXPLAINED)


def test_json_is_indented_keeps_letters_and_digits_and_refuses_nan() -> None:
    assert (
        to_json({"name": "Ärzte", "x": 0.1 + 0.2}) == '{\n  "name": "Ärzte",\n  "x": 0.30000000000000004\n}\n'
    )
    with pytest.raises(ValueError, match="JSON"):
        to_json(math.nan)


def test_a_result_becomes_one_row_with_points_between_nested_names() -> None:
    nested = {"a": {"b": 1, "c": [Reason.DIED, "x"]}, "d": None, "e": []}
    assert flat(nested) == {"a.b": 1, "a.c": "died x", "d": None, "e": ""}


def test_csv_has_the_columns_of_all_rows() -> None:
    assert to_csv([{"a": 1, "b": None}, {"a": "x,y", "c": 0.5}]) == 'a,b,c\n1,,\n"x,y",,0.5\n'
    assert to_csv([]) == "\n"
