"""A row that goes back in time where all others of its subject do not may have the wrong year."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.scoring.cli.program import call_here

COMMANDS = pytest.mark.parametrize("command", ["trend", "endpoints"])
ORDER = "note: all but one row of a subject are in the order of their days, is its date right? "


def notes_of(command: str, courses: dict[str, Sequence[int]]) -> list[str]:
    rows = "".join(f"{name},{day},40\n" for name, days in courses.items() for day in days)
    done = call_here(command, "-", stdin="subject,study_day,total\n" + rows)
    assert done.returncode == 0
    assert ORDER.removeprefix("note: ") not in done.stdout
    return [note.removeprefix(ORDER) for note in done.stderr.splitlines() if note.startswith(ORDER)]


@COMMANDS
@pytest.mark.parametrize(
    ("days", "told"),
    [
        ((0, 28, 390, 84, 112), "row 4 (A)"), ((0, 28, -310, 84), "row 4 (A)"),
        ((400, 0, 28, 56), "row 2 (A)"), ((0, 28, 56, -281), "row 5 (A)"),
        ((0, 56, 28, 84), "row 3 or 4 (A)"),
        ((0, 28, 84, 56), "row 4 or 5 (A)"),
    ],
)  # fmt: skip
def test_the_one_row_that_goes_back_is_told(command: str, days: Sequence[int], told: str) -> None:
    assert notes_of(command, {"A": days}) == [told]
    others = dict.fromkeys("CDEFGHI", (0, 28, 56, 84))
    assert len(notes_of(command, {**others, "A": days})) == 1


@COMMANDS
@pytest.mark.parametrize(
    "days", [(0, 28, 56, 84), (0, 56, 28), (84, 56, 28, 0), (0, 28, 56, 1, 29, 57), (0, 56, 28, 100, 70)]
)
def test_rows_in_order_or_in_none_are_not(command: str, days: Sequence[int]) -> None:
    assert notes_of(command, {"A": days}) == []


@COMMANDS
def test_where_many_have_such_rows_the_file_is_in_no_order(command: str) -> None:
    ordered, odd = (0, 28, 56, 84), (0, 28, 84, 56)
    assert notes_of(command, {"A": odd, "B": odd, **dict.fromkeys("CDEFG", ordered)}) == []
    assert notes_of(command, {"A": odd, "B": odd, **dict.fromkeys("CDEFGH", ordered)}) == [
        "row 4 or 5 (A), row 8 or 9 (B)"
    ]


def test_rows_of_two_sources_are_two_courses() -> None:
    rows = [f"A,{day},40,{source}" for source in ("clinic", "home") for day in (0, 28, 56, 84)]
    done = call_here("endpoints", "-", stdin="\n".join(["subject,study_day,total,source", *rows]))
    assert ORDER not in done.stderr
