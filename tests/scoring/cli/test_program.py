"""The program as a whole: help, exit codes, and output that can be recomputed."""

from __future__ import annotations

import hashlib
import json
import math
import os
import subprocess
import sys
from csv import DictReader
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.cli import run
from scoring.cli.writing import EXPLAINED, Cell, Origin, Result, flat, plain, to_csv, to_json
from scoring.endpoints import Caveat, Reason, Strategy
from scoring.instruments import Note
from scoring.progression import Note as ProgressionNote
from scoring.progression import Reading, fit_line
from tests.scoring.cli.program import ALSFRS_R, ROOT, call, call_here, errors_of, unusual

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
        (["endpoints", "-", "--at", "week 0"], VISITS, 2),
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
    assert bool(unusual(done.stderr.splitlines())) is (code != 0)


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (["score", "alsfrs_r", "-"], FORM), (["stage", "-"], FORM), (["trend", "-"], SERIES),
        (["endpoints", "-"], VISITS), (["endpoints", "-", "--table", "long"], VISITS), (["instruments"], ""),
    ],
)  # fmt: skip
def test_no_column_of_the_output_is_there_twice(arguments: list[str], stdin: str) -> None:
    header = call_here(*arguments, "--format", "csv", stdin=stdin).stdout.splitlines()[0].split(",")
    assert len(set(header)) == len(header)


def test_a_file_is_read_as_utf_8_with_a_byte_order_mark_or_without(tmp_path: Path) -> None:
    for name, start in (("plain.csv", ""), ("marked.csv", "\ufeff")):
        path = tmp_path / name
        path.write_text(start + SERIES.replace("date", "patient,date").replace("\n2024", "\nÄ,2024"), "utf-8")
        done = call("trend", path)
        assert json.loads(done.stdout)["results"][0]["patient"] == "Ä"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_goes_in_what_comes_out_and_the_exit_codes(command: str) -> None:
    done = call_here(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"slope {command}" in done.stdout
    assert "Exit codes: 0 done; 1 the data are wrong" in done.stdout
    assert "--format {table,json,csv}" in done.stdout


def test_the_help_of_the_program_lists_its_commands_and_claims_nothing() -> None:
    done = call_here("--help")
    assert all(f"\n    {command}" in done.stdout for command in COMMANDS)
    assert "usage: slope [-h] COMMAND ...\n" in done.stdout
    assert "\ncommands:\n  COMMAND\n    score      score answered forms\n" in done.stdout
    assert "no diagnosis, and establish no treatment as\neffective" in done.stdout


def test_the_help_explains_every_column_and_sign() -> None:
    slope, endpoints = call_here("trend", "--help").stdout, call_here("endpoints", "--help").stdout
    assert all(f"\n  {name}" in slope for name in ("date", "total", "subject", "onset", "onset_precision"))
    assert "slope_per_month is below 0 when the total falls, which is a loss where higher is\nbetter" in slope
    columns = ("subject", "study_day", "total", "arm", "source", "died_day", "ventilated_day")
    assert all(f"\n  {name}" in endpoints for name in columns)
    assert "arm minus\nreference" in endpoints


@pytest.mark.parametrize("arguments", [[], ["sore"], ["score"], ["score", "alsfrs_r"], ["stage", "a", "b"]])
def test_a_wrong_call_prints_the_usage_and_ends_with_2(arguments: list[str]) -> None:
    assert errors_of(2, *arguments)[0].startswith("usage: slope")


def test_a_file_that_cannot_be_read_ends_with_2(tmp_path: Path) -> None:
    (missing,) = errors_of(2, "stage", tmp_path / "nothing.json")
    assert missing.startswith("the file cannot be read: ")
    assert errors_of(2, "stage", tmp_path)[0].startswith("the file cannot be read: ")


def test_errors_never_repeat_a_value() -> None:
    form = json.dumps({"speech": 987654, "walking": "secret"})
    errors = "".join(errors_of(1, "score", "alsfrs_r", "-", stdin=form))
    assert "speech" in errors
    assert "987654" not in errors
    assert "secret" not in errors


def test_the_command_line_is_pure_and_reads_through_what_it_is_given() -> None:
    asked = []

    def read(name: str) -> bytes:
        asked.append(name)
        return json.dumps(ALSFRS_R).encode()

    outcome = run(["stage", "anything"], read)
    assert (asked, outcome.code, outcome.errors) == (["anything"], 0, "")
    assert json.loads("".join(outcome.output))["results"]["kings"]["stage"] == "3"


def test_results_become_plain_data() -> None:
    assert plain(Reason.DIED) == {"code": "died", "detail": EXPLAINED["died"]}
    assert plain(Note("code", "Sentence.")) == {"code": "code", "detail": "Sentence."}
    assert plain({"a": (date(2026, 1, 31), range(3, 9), None, True, 0.1)}) == {
        "a": ["2026-01-31", {"first": 3, "last": 8}, None, True, 0.1]
    }
    assert {*Reason, *Caveat, *ProgressionNote, *Strategy, "exact_p", "joint_rank_test"} == set(EXPLAINED)


def written(value: object) -> str:
    return "".join(to_json(Result(value, list, "3", ["A note."]), Origin("trend", "d1")))


def test_json_names_its_origin_and_keeps_letters_and_digits() -> None:
    assert written({"name": "Ärzte", "x": 0.1 + 0.2}) == (
        '{\n  "command": "trend",\n  "rule_version": "3",\n  "input_sha256": "d1",\n  "notes": ["A note."],\n'
        '  "results": {"name": "Ärzte", "x": 0.30000000000000004}\n}\n'
    )
    with pytest.raises(ValueError, match="JSON"):
        written(math.nan)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=12,
    )
)
def test_whatever_is_written_reads_as_what_it_was(value: object) -> None:
    assert json.loads(written(value))["results"] == value


def test_results_of_the_library_are_written_as_their_plain_form() -> None:
    fit = fit_line([Reading(date(2024, 1, 1), 40), Reading(date(2024, 2, 1), 39)])
    nested = {"fit": fit, "several": [fit, (1, Reason.DIED)], "window": range(3, 9), "note": Note("a", "b")}
    assert json.loads(written(nested))["results"] == plain(nested)
    assert plain(nested)["window"] == {"first": 3, "last": 8}  # type: ignore[index]
    assert plain(nested)["several"][1] == [1, {"code": "died", "detail": EXPLAINED["died"]}]  # type: ignore[index]


def test_a_result_becomes_one_row_with_points_between_nested_names() -> None:
    nested = {"a": {"b": 1, "c": [Reason.DIED, "x"]}, "d": None, "e": []}
    assert flat(nested) == {"a.b": 1, "a.c": "died x", "d": None, "e": ""}


def test_csv_has_the_columns_of_all_rows_and_names_its_origin_in_each() -> None:
    def csv_of_rows(rows: list[dict[str, Cell]]) -> str:
        return "".join(to_csv(Result(None, lambda: rows, "3"), Origin("trend", "d1")))

    assert csv_of_rows([{"a": 1, "b": None}, {"a": "x,y", "c": 0.5}]) == (
        'a,b,c,rule_version,input_sha256\n1,,,3,d1\n"x,y",,0.5,3,d1\n'
    )
    assert csv_of_rows([]) == "rule_version,input_sha256\n"
    many = csv_of_rows([{"a": place} for place in range(2500)]).splitlines()
    assert (len(many), many[1], many[-1]) == (2501, "0,3,d1", "2499,3,d1")


@pytest.mark.parametrize(
    "arguments", [["score", "alsfrs_r", "-"], ["stage", "-"], ["trend", "-"], ["endpoints", "-"]]
)
def test_every_output_names_the_rules_and_the_input(arguments: list[str]) -> None:
    text = {"trend": SERIES, "endpoints": VISITS}.get(arguments[0], FORM)
    digest = hashlib.sha256(text.encode()).hexdigest()
    found = json.loads(call_here(*arguments, stdin=text).stdout)
    assert (found["command"], found["input_sha256"]) == (arguments[0], digest)
    table = call_here(*arguments, "--format", "csv", stdin=text).stdout.splitlines()
    assert all(line.endswith(f",{found['rule_version']},{digest}") for line in table[1:])
    shown = call_here(*arguments, stdin=text, terminal=True).stdout.splitlines()
    scale = ", totals 0 to 48" if arguments[0] in {"trend", "endpoints"} else ""
    rules = f"rules: version {found['rule_version']}; input sha256 {digest[:12]}"
    assert shown[-1] == f"ALSFRS-R (alsfrs_r){scale}; {rules}"


@pytest.mark.parametrize(
    "arguments", [("trend", "-"), ("endpoints", "-"), ("endpoints", "-", "--table", "long")]
)
@pytest.mark.parametrize(
    ("options", "instrument", "scale", "shown"),
    [
        ((), "alsfrs_r", [0, 48], "ALSFRS-R (alsfrs_r), totals 0 to 48; "),
        (("--instrument", "zbi_12"), "zbi_12", [0, 48], "ZBI-12 (zbi_12), totals 0 to 48; "),
        (("--scale", "0,63"), None, [0, 63], "another measure (--scale), totals 0 to 63; "),
        (("--scale", "0,48"), "alsfrs_r", [0, 48], "ALSFRS-R (alsfrs_r), totals 0 to 48; "),
    ],
)
def test_every_output_says_what_was_measured(
    arguments: tuple[str, ...], options: tuple[str, ...], instrument: str | None, scale: list[int], shown: str
) -> None:
    text = SERIES if arguments[0] == "trend" else VISITS
    found = json.loads(call_here(*arguments, *options, stdin=text).stdout)
    assert (found["instrument"], found["scale"]) == (instrument, scale)
    table = call_here(*arguments, *options, "--format", "csv", stdin=text).stdout
    measured = {
        (row["instrument"], row["scale_low"], row["scale_high"]) for row in DictReader(StringIO(table))
    }
    assert measured == {(instrument or "", *map(str, scale))}
    assert (
        call_here(*arguments, *options, stdin=text, terminal=True).stdout.splitlines()[-1].startswith(shown)
    )


def test_forms_name_their_instrument_too() -> None:
    for arguments, title in ((("score", "alsfrs_r", "-"), "alsfrs_r"), (("stage", "-"), "alsfrs_r")):
        assert json.loads(call_here(*arguments, stdin=FORM).stdout)["instrument"] == title
        table = call_here(*arguments, "--format", "csv", stdin=FORM).stdout
        assert {row["instrument"] for row in DictReader(StringIO(table))} == {title}
    assert "instrument" not in json.loads(call_here("instruments").stdout)


def test_a_person_gets_a_table_and_a_program_gets_json() -> None:
    shown = call_here("trend", "-", stdin=SERIES, terminal=True)
    assert shown.stdout.splitlines()[0].split() == [
        "n", "first", "last", "slope/month", "low", "high", "Theil-Sen", "change", "beyond", "noise",
    ]  # fmt: skip
    assert shown.stdout.splitlines()[2].split()[:3] == ["3", "2024-01-01", "2024-03-01"]
    assert call_here("trend", "-", "--format", "table", stdin=SERIES).stdout == shown.stdout
    assert call_here("trend", "-", "--format", "json", stdin=SERIES, terminal=True).stdout.startswith("{")


def test_a_table_says_that_it_rounds_where_it_does() -> None:
    told = "\nnumbers are rounded to four significant digits; --format json or csv has all of them\n"
    assert told in call_here("trend", "-", stdin=SERIES, terminal=True).stdout
    whole = SERIES.replace("42", "39").replace("41", "39")
    assert told not in call_here("trend", "-", stdin=whole, terminal=True).stdout
    assert told not in call_here("instruments", terminal=True).stdout
    for form in ("json", "csv"):
        assert "rounded" not in call_here("trend", "-", "--format", form, stdin=SERIES).stdout
    assert "a table, rounded to four significant digits" in " ".join(call_here("--help").stdout.split())


def test_the_table_explains_the_codes_in_it() -> None:
    shown = call_here("endpoints", "-", "--at", "week 24", stdin=VISITS, terminal=True).stdout
    assert f"\none_value: {EXPLAINED['one_value']}\n" in shown
    assert f"\nwhile_alive: {EXPLAINED['while_alive']}\n" in shown
    assert "incomplete:" not in shown


def test_progress_is_told_and_ends_with_everything_done() -> None:
    text = SERIES.replace("date", "patient,date").replace("\n2024", "\nA,2024") + "B,2024-01-01,3\n"
    told: list[tuple[int, int]] = []
    run(["trend", "-"], lambda _: text.encode(), progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


def test_a_reader_who_leaves_early_is_no_error() -> None:
    rows = "".join(f"P{number},2024-01-01,40\n" for number in range(3000))
    program = subprocess.Popen(
        [sys.executable, "-m", "scoring", "trend", "-"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert program.stdin is not None
    assert program.stdout is not None
    assert program.stderr is not None
    program.stdin.write(f"patient,date,total\n{rows}".encode())
    program.stdin.close()
    program.stdout.read(100)
    program.stdout.close()
    assert program.stderr.read() == b""
    program.stderr.close()
    assert program.wait(30) == 0


def test_output_is_utf_8_whatever_the_environment_says() -> None:
    text = SERIES.replace("date", "patient,date").replace("\n2024", "\nÄ,2024")
    command = [sys.executable, "-m", "scoring", "trend", "-"]
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        command, cwd=ROOT, input=text.encode(), capture_output=True, check=True, env=environment
    )
    assert json.loads(done.stdout.decode("utf-8"))["results"][0]["patient"] == "Ä"


ITEM = f"date,{','.join(ALSFRS_R)}\n2026-01-01,-9,NA{',4' * 10}\n"


def test_codes_for_missing_that_begin_with_a_sign_need_no_equals_sign() -> None:
    for codes in ("-9,NA", "-9", "-99"):
        text = ITEM.replace("-9,", f"{codes.split(',')[0]},").replace("NA", codes.split(",")[-1])
        assert call_here("trend", "-", "--missing", codes, stdin=text).returncode == 0
    assert call_here("trend", "-", "--scale", "-4,4", stdin="date,total\n2026-01-01,-2\n").returncode == 0
    assert errors_of(2, "trend", "-", "--missing", "--format", "csv")[-1].endswith("expected one argument")


def test_a_code_that_often_means_missing_is_asked_about() -> None:
    assert errors_of(1, "trend", "-", "--missing", "NA", stdin=ITEM) == [
        "row 2, column speech: permitted: 0 to 4; if -9 means missing, say --missing=-9"
    ]
    scored = ("score", "alsfrs_r", "-", "--missing", "NA", "--ignore", "date")
    assert errors_of(1, *scored, stdin=ITEM.replace("-9", "999")) == [
        "row 2, column speech: permitted: 0 to 4; if 999 means missing, say --missing=999"
    ]
    five = errors_of(1, "trend", "-", "--missing", "NA", stdin=ITEM.replace("-9", "5"))
    assert five == ["row 2, column speech: permitted: 0 to 4"]


@pytest.mark.parametrize("key", ["ALSFRS_R", "alsfrs-r", "Alsfrs-R"])
def test_the_capitals_of_an_instrument_do_not_matter(key: str) -> None:
    assert call_here("score", key, "-", stdin=FORM) == call_here("score", "alsfrs_r", "-", stdin=FORM)
    assert call_here("trend", "-", "--instrument", key, stdin=SERIES).returncode == 0


def test_a_column_that_is_mapped_can_be_ignored_by_either_name(tmp_path: Path) -> None:
    names = tmp_path / "names.json"
    names.write_text('{"ONSETDT": "onset", "D": "date", "T": "total"}')
    for ignored in ("onset", "ONSETDT"):
        done = call_here(
            "trend", "-", "--columns", names, "--ignore", ignored, stdin="D,T,ONSETDT\n2026-01-01,40,x\n"
        )
        assert (done.returncode, done.stderr) == (0, "note: columns passed over: ONSETDT\n")


def test_what_a_wrong_number_may_be_is_said() -> None:
    assert errors_of(1, "trend", "-", stdin="date,total\n2026-01-01,1900-02-09\n") == [
        "row 2, column total: expected a number, and this is a date; format the cells of this column as"
        " numbers"
    ]
    (kilograms,) = errors_of(1, "trend", "-", "--instrument", "weight", stdin="date,total\n2026-01-01,70\n")
    assert kilograms.endswith("; for kilograms add --scale 20,300")
    both = "subject,study_day,total,baseline_date,died_day,died_date\n1,0,40,2026-01-01,50,2026-03-01\n"
    assert errors_of(1, "endpoints", "-", stdin=both) == [
        "row 2, column died_date: differs from another row of this subject, or from died_day"
    ]


@pytest.mark.parametrize("call", [("trend", "-"), ("score", "alsfrs_r", "-", "--ignore", "date")])
def test_two_answers_of_which_one_can_be_are_one_mistake_with_a_remedy(call: tuple[str, ...]) -> None:
    text = (
        ITEM.replace("date", "cutting_with_gastrostomy,date")
        .replace("2026", "0,2026")
        .replace("-9,NA", "4,4")
    )
    (error,) = errors_of(1, *call, stdin=text)
    assert error.startswith("row 2, column cutting_with")
    assert error.endswith(" can be answered; empty the cell of the one that was not asked")


def test_the_instruments_are_listed_with_their_items() -> None:
    rows = {row["key"]: row for row in json.loads(call_here("instruments").stdout)["results"]}
    assert rows["who_5"]["items"].split() == ["cheerful", "calm", "active", "rested", "interested"]
    assert set(ALSFRS_R) < set(rows["alsfrs_r"]["items"].split())


def test_a_wrong_option_is_told_in_two_lines() -> None:
    usage, error = errors_of(2, "endpoints", "-", "--at", "week 300")
    assert usage == "usage: slope endpoints [OPTIONS] FILE"
    assert error.startswith("slope endpoints: error: argument --at: there is no visit 'week 300'")
