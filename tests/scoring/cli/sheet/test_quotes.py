"""A quoted cell may hold line breaks, and a stray quotation mark does not make rows vanish."""

from __future__ import annotations

import pytest

from tests.scoring.cli.program import call_here, document_of, errors_of

HEADER = "subject,arm,study_day,total,comment\n"
COMMANDS = pytest.mark.parametrize("command", [("trend",), ("endpoints", "--at", "week 24")])
IGNORE = ("--ignore", "comment,arm")
NOTE = (
    "rows of several lines, because a quoted cell holds line breaks: {}; is a quotation mark missing? rows {}"
)


def refused(first: int, last: int) -> str:
    return (
        f"row {first}: a quoted cell begins here and ends in row {last}, and a line in it looks like a row:"
        " is a quotation mark missing? write a quotation mark inside a quoted cell twice; a cell that may"
        " hold such lines cannot be read"
    )


@COMMANDS
def test_a_mark_that_swallows_rows_is_refused(command: tuple[str, ...]) -> None:
    text = f'{HEADER}1,a,0,40,"drop out\n1,a,168,38,ok\n2,b,0,41,ok\n2,b,168,33,seen"\n3,b,0,44,ok\n'
    assert errors_of(1, *command, "-", *IGNORE, stdin=text) == [refused(2, 5)]
    windows = text.replace("\n", "\r\n").replace(",", ";")
    assert errors_of(1, *command, "-", *IGNORE, stdin=windows) == [refused(2, 5)]
    assert errors_of(1, *command, "-", *IGNORE, stdin=f"sep=,\n{text}") == [refused(3, 6)]


@COMMANDS
@pytest.mark.parametrize(
    "rows",
    [
        '1,a,0,40,"drop out\n1,a,168,38,said "\n',
        '1,"a,0,40,ok\n1,a",168,38,ok\n',
        '"1,a,0,40,ok\n1",a,168,38,ok\n',
    ],
)
def test_a_single_row_is_not_swallowed_either(command: tuple[str, ...], rows: str) -> None:
    assert errors_of(1, *command, "-", *IGNORE, stdin=HEADER + rows)[0] == refused(2, 3)


def test_forms_are_not_swallowed_either() -> None:
    text = 'patient,comment,cheerful,calm,active,rested,interested\n1,"a,1,2,3,4,5\n2,b",1,2,3,4,5\n'
    call = ("score", "who_5", "-", "--keep", "patient", "--ignore", "comment")
    assert errors_of(1, *call, stdin=text) == [refused(2, 3)]


@COMMANDS
def test_a_comment_of_several_lines_is_told(command: tuple[str, ...]) -> None:
    text = f'{HEADER}1,a,0,40,"fell,\ntwice, at home"\n1,a,168,38,"well\n\nagain"\n2,a,0,40,\n'
    notes = document_of(*command, "-", *IGNORE, stdin=text)["notes"]
    assert NOTE.format(2, "2 to 3, 4 to 6") in notes
    first = "comment,subject,study_day,total\n" + '"fell\ntwice",1,0,40\n'
    assert NOTE.format(1, "2 to 3") in document_of(*command, "-", "--ignore", "comment", stdin=first)["notes"]


def test_a_header_of_several_lines_needs_no_note() -> None:
    text = 'subject,"study_day","total","co\nmment"\n1,0,40,ok\n'
    done = call_here("trend", "-", "--ignore", "co mment", stdin=text)
    assert (done.returncode, "several lines" in done.stderr) == (0, False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'date,total\n2026-01-01,40\n2026-01-02,"39\n2026-01-03,38\n',
            "row 3: not CSV: a quoted cell begins in this row and has no end; is a quotation mark missing?",
        ),
        (
            'date,total\n2026-01-01,"40"1\n',
            "row 2: not CSV: text follows a closing quotation mark; write a quotation mark inside a quoted"
            " cell twice",
        ),
        ("date,total\n2026-01-01," + "4" * 200_000, "row 2: not CSV: field larger than field limit (131072)"),
    ],
)
def test_what_is_no_csv_says_from_where_on(text: str, told: str) -> None:
    assert errors_of(1, "trend", "-", stdin=text) == [told]
