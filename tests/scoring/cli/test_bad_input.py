"""Two hundred kinds of bad input: a sentence and an exit code each, and never a traceback or a value."""

from __future__ import annotations

import json
from io import BytesIO
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.scoring.cli.program import ALSFRS_R, call, call_here

HEADER, ROW = ",".join(ALSFRS_R), ",".join(map(str, ALSFRS_R.values()))
SECRET = "zq9x7"  # nothing that is wrong with a cell may repeat it
GOOD = {
    "score": f"{HEADER}\n{ROW}\n",
    "stage": f"{HEADER}\n{ROW}\n",
    "trend": "patient,date,total,onset,onset_precision\nA,2026-01-01,40,2025-01-01,day\nA,2026-02-01,39,,\n",
    "endpoints": "subject,arm,study_day,total,source,died_day,ventilated_day\n"
    "A,x,0,40,home,200,100\nB,y,0,40,home,,\n",
}
ARGUMENTS = {
    "score": ("score", "alsfrs_r", "-"),
    "stage": ("stage", "-"),
    "trend": ("trend", "-"),
    "endpoints": ("endpoints", "-"),
}


def workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


REPORT = ("id", "patient_id", "instrument", "observed_on", "observed_at", "versions")
FILES: dict[str, bytes] = {
    "nothing": b"",
    "white space": b" \n\t\n",
    "a byte order mark alone": b"\xef\xbb\xbf",
    "half of UTF-16": b"\xff\xfea",
    "half of UTF-32": b"\xff\xfe\0\0a",
    "zeros": b"\0" * 100,
    "random bytes": bytes(range(256)),
    "a header alone": b"patient,date,total\n",
    "an empty list": b"[]",
    "an empty object": b"{}",
    "a JSON number": b"[1, 2]",
    "a JSON string": b'["a"]',
    "null": b"[null]",
    "lists in a list": b"[[1], [2]]",
    "JSON cut off": b'[{"a": 1}, {"b"',
    "JSON deeply nested": b"[" * 50_000,
    "objects deeply nested": b'{"a":' * 50_000,
    "a number too long": b'{"total": ' + b"9" * 10_000 + b"}",
    "a number with many digits": b'[{"date": "2026-01-01", "total": ' + b"9" * 400 + b"}]",
    "NaN": b'[{"total": NaN}]',
    "a key twice": b'{"total": 1, "total": 2}',
    "half a surrogate": b'[{"patient": "\\ud800", "date": "2026-01-01", "total": 1, "total2": 1}]',
    "quotes without end": b'patient,date,total\n"A,2026-01-01,40\n',
    "a quote in a cell": b'patient,date,total\nA"x"y,"2026"-01-01,40\n',
    "a null byte in a cell": b"patient,date,total\nA\0,2026-01-01,40\n",
    "a cell of a megabyte": b"patient,date,total\n" + b"A" * 1_000_000 + b",2026-01-01,40\n",
    "columns without end": b"," * 50_000 + b"\n1\n",
    "a binary": b"\x7fELF\x02\x01\x01" + b"\0" * 50,
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "a PDF": b"%PDF-1.7\n",
    "a gzip": b"\x1f\x8b\x08\0",
    "an empty zip": b"PK\x05\x06" + b"\0" * 18,
    "a broken zip": b"PK\x03\x04" + b"\0" * 100,
    "a broken old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "an empty workbook": workbook([]),
    "a workbook of words": workbook([["a", "b"], ["c", "d"]]),
    "a workbook of truths": workbook([["patient", "date", "total"], [True, True, True]]),
    "a web page": b"<html><table></table></html>",
    "XML": b'<?xml version="1.0"?><a/>',
    "YAML": b"- a: 1\n- a: 2\n",
    "a sentence": b"this is no data at all\nreally not\n",
    "a page of several": json.dumps({"items": [dict.fromkeys(REPORT)], "next": "x"}).encode(),
    "combining characters": ("patient,date,total\na" + "\u0301" * 5000 + ",2026-01-01,40\n").encode(),
    "a colour for the terminal": b"patient,date,total\n\x1b[31mA,2026-01-01,40\n",
    "right to left": "patient,date,total\n\u202eA,2026-01-01,40\n".encode(),
}
CELLS: dict[str, object] = {
    "a word": SECRET,
    "a negative": -70077,
    "a large one": 70077.5,
    "a huge one": 7e300,
    "with a unit": f"4 {SECRET}",
    "a truth": True,
    "a list": [SECRET],
    "an object": {SECRET: 1},
    "Arabic digits": "٧٠٠٧٧",
    "infinity": "inf",
    "a formula": f"=1+{SECRET}",
    "a date of another order": "31/12/70077",
    "a long word": SECRET * 100,
    "white and zero width": "\u200b4\u200b",
    "hexadecimal": "0x70077",
    "a fraction": "1/70077",
    "an instant before the calendar": "0001-01-01T00:00+02:00",
    "an instant after the calendar": "9999-12-31T23:59-02:00",
}
COLUMNS = [
    ("trend", "date"), ("trend", "total"), ("trend", "onset"), ("trend", "onset_precision"),
    ("endpoints", "study_day"), ("endpoints", "total"), ("endpoints", "source"), ("endpoints", "died_day"),
    ("endpoints", "ventilated_day"), ("score", "speech"), ("stage", "walking"),
]  # fmt: skip
CALLS = {
    "no command": [],
    "another command": ["slop"],
    "no file": ["trend"],
    "two files": ["trend", "a", "b"],
    "another option": ["trend", "-", "--slow"],
    "half an option": ["trend", "-", "--conf", "0.9"],
    "a file that is not there": ["trend", "/no/such/file"],
    "a folder": ["trend", "/"],
    "an instrument that is not there": ["score", "x", "-"],
    "a version that is not there": ["score", "phq_9", "-", "--version", "9"],
    "a definition that is not there": ["score", "/no/such.json", "-"],
    "a map that is not there": ["trend", "-", "--columns", "/no/such.json"],
    "an unknown encoding": ["trend", "-", "--encoding", "x"],
    "a codec that is none": ["trend", "-", "--encoding", "rot13"],
    "a sheet of a text": ["trend", "-", "--sheet", "x"],
    "a confidence of 1": ["trend", "-", "--confidence", "1"],
    "a scale upside down": ["trend", "-", "--scale", "9,1"],
    "a visit of no schedule": ["endpoints", "-", "--at", "day 3"],
    "a visit without a window": ["endpoints", "-", "--visit", "a=3"],
    "a window before day 1": ["endpoints", "-", "--visit", "a=3±9"],
    "visits of one name": ["endpoints", "-", "--visit", "a=30±1", "--visit", "a=60±1"],
    "an arm that is not there": ["endpoints", "-", "--reference", "z"],
    "a baseline that is no date": ["trend", "-", "--baseline-date", "x"],
    "another order of dates": ["trend", "-", "--dates", "ymd"],
    "a rule that is none": ["trend", "-", "--duplicates", "first"],
    "a code that is an answer": ["score", "alsfrs_r", "-", "--missing", "0"],
    "a column to keep that is not there": ["score", "alsfrs_r", "-", "--keep", "a,,"],
}


def with_cell(command: str, column: str, cell: object) -> bytes:
    """The good rows as JSON, with one cell changed."""
    names, *lines = (line.split(",") for line in GOOD[command].splitlines())
    entries = [dict(zip(names, line, strict=True)) for line in lines]
    if command in {"score", "stage"}:
        entries = [{name: int(code) for name, code in entry.items()} for entry in entries]
    return json.dumps([{**entries[0], column: cell}, *entries[1:]]).encode()


def as_csv(command: str, column: str, cell: object) -> bytes:
    """The same as CSV."""
    names, first, *others = (line.split(",") for line in GOOD[command].splitlines())
    first[names.index(column)] = '"' + str(cell).replace('"', '""') + '"'
    return "\n".join(",".join(line) for line in (names, first, *others)).encode()


def no_traceback(code: int, errors: str) -> None:
    assert code in {1, 2}
    assert errors.strip()
    assert "Traceback" not in errors
    assert len(errors.splitlines()) < 60
    assert SECRET not in errors
    assert "70077" not in errors


@pytest.mark.parametrize(("command", "name"), [*product(ARGUMENTS, FILES)], ids=lambda value: value)
def test_a_bad_file_gets_a_sentence(command: str, name: str) -> None:
    done = call_here(*ARGUMENTS[command], stdin=FILES[name])
    no_traceback(done.returncode, done.stderr)
    assert done.stdout == ""


@pytest.mark.parametrize(("place", "name"), [*product(COLUMNS, CELLS)], ids=str)
def test_a_bad_cell_is_named_by_its_column(place: tuple[str, str], name: str) -> None:
    command, column = place
    for content in (with_cell(command, column, CELLS[name]), as_csv(command, column, CELLS[name])):
        done = call_here(*ARGUMENTS[command], stdin=content)
        no_traceback(done.returncode, done.stderr)
        assert f"column {column}" in done.stderr
        assert done.stderr.startswith(("entry 1, ", "row 2, "))


@pytest.mark.parametrize("name", CALLS)
def test_a_bad_call_gets_a_sentence(name: str) -> None:
    command = CALLS[name][0] if CALLS[name] else ""
    done = call_here(*CALLS[name], stdin=GOOD.get(command, ""))
    no_traceback(done.returncode, done.stderr)


DEFINITIONS = {
    "no JSON": b"{",
    "a list": b"[]",
    "empty": b"{}",
    "a shipped version": b'{"key": "phq_9", "version": "1"}',
    "not text": b"\xff\xfe",
    "deeply nested": b"[" * 5000,
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_bad_definition_gets_sentences(name: str, tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_bytes(DEFINITIONS[name])
    done = call_here("score", path, "-", stdin=GOOD["score"])
    no_traceback(done.returncode, done.stderr)


@pytest.mark.parametrize(
    "content", [b"[]", b"{", b'{"a": 1}', b'{"a": "b"}', b"\xff", b'{"patient": "total"}']
)
def test_a_bad_map_is_a_wrong_call(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_bytes(content)
    done = call_here("trend", "-", "--columns", path, stdin=GOOD["trend"])
    no_traceback(done.returncode, done.stderr)
    assert done.returncode in ({1, 2} if content == b'{"patient": "total"}' else {2})


def test_what_is_called_bad_is_bad_for_its_own_reason() -> None:
    for command, content in GOOD.items():
        assert call_here(*ARGUMENTS[command], stdin=content).returncode == 0


def test_more_than_two_hundred_kinds_are_tried() -> None:
    assert len(FILES) + len(COLUMNS) * len(CELLS) + len(CALLS) + len(DEFINITIONS) > 200


@given(st.binary(max_size=400), st.sampled_from(sorted(ARGUMENTS)))
def test_no_bytes_end_in_a_traceback(content: bytes, command: str) -> None:
    assert call_here(*ARGUMENTS[command], stdin=content).returncode in {1, 2}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["patient", "date", "total", "items", "versions", "x"]), inner, max_size=5
            )
        ),
    ),
    st.sampled_from(sorted(ARGUMENTS)),
)
def test_no_json_ends_in_a_traceback(document: object, command: str) -> None:
    assert call_here(*ARGUMENTS[command], stdin=json.dumps(document)).returncode in {0, 1, 2}


def test_the_program_itself_ends_as_quietly() -> None:
    for content in (FILES["random bytes"], FILES["JSON deeply nested"], FILES["a broken zip"]):
        done = call("trend", "-", stdin=content)
        no_traceback(done.returncode, done.stderr)
