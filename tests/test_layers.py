"""What import contracts cannot say: scoring is pure, and one module reads the clock."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
IMPURE = {"os", "random", "secrets", "socket", "subprocess", "time", "uuid", "logging", "threading"}
SCORING = sorted((ROOT / "scoring").rglob("*.py"))
SERVICE = [
    path for package in ("api", "services", "models") for path in sorted((ROOT / package).rglob("*.py"))
]
CLOCK_READERS = {
    *(("datetime", name) for name in ("now", "utcnow", "today")),
    ("date", "today"),
    *(
        ("time", name)
        for name in ("time", "time_ns", "gmtime", "localtime", "ctime", "strftime", "clock_gettime")
    ),
    ("processors", "TimeStamper"),
    ("structlog", "TimeStamper"),
}
READS_SPREADSHEETS, SPREADSHEETS = "scoring/cli/reading.py", {"python_calamine"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").split(".")[0]


def clock_readings(source: str) -> set[str]:
    """What reads the clock, whether it is called, imported or handed on."""
    found = set[tuple[str, str]]()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            found.add((getattr(node.value, "attr", getattr(node.value, "id", "")), node.attr))
        elif isinstance(node, ast.ImportFrom):
            found |= {((node.module or "").rpartition(".")[2], alias.name) for alias in node.names}
    return {".".join(reading) for reading in found & CLOCK_READERS}


@pytest.mark.parametrize("path", SCORING, ids=name_of)
def test_scoring_imports_the_standard_library_only(path: Path) -> None:
    others = SPREADSHEETS if name_of(path) == READS_SPREADSHEETS else set()
    assert set(imported(path)) <= sys.stdlib_module_names | {"scoring"} | others


def test_the_one_other_package_is_imported_inside_one_function() -> None:
    tree = ast.parse((ROOT / READS_SPREADSHEETS).read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    importing = [
        function.name
        for function in functions
        if any(
            isinstance(node, ast.ImportFrom) and node.module in SPREADSHEETS for node in ast.walk(function)
        )
    ]
    everywhere = [
        node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module in SPREADSHEETS
    ]
    assert (importing, len(everywhere)) == (["_read_workbook"], 1)


@pytest.mark.parametrize("path", [p for p in SCORING if p.name != "__main__.py"], ids=name_of)
def test_scoring_does_no_input_or_output(path: Path) -> None:
    assert not set(imported(path)) & IMPURE


@pytest.mark.parametrize("path", [*SCORING, *SERVICE], ids=name_of)
def test_only_the_clock_module_reads_the_clock(path: Path) -> None:
    assert not clock_readings(path.read_text(encoding="utf-8")) or name_of(path) == "services/clock.py"


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "field(default_factory=date.today)",
        "time.time()",
        "from time import time_ns as ns",
        "structlog.processors.TimeStamper()",
    ],
)
def test_a_reading_of_the_clock_is_found(source: str) -> None:
    assert clock_readings(source)


@pytest.mark.parametrize("source", ["clock.now()", "time.monotonic()", "datetime.fromisoformat(text)"])
def test_what_does_not_read_the_clock_is_let_through(source: str) -> None:
    assert not clock_readings(source)
