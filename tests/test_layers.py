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
SERVICE = [path for package in ("api", "models") for path in sorted((ROOT / package).rglob("*.py"))]
READS_SPREADSHEETS, SPREADSHEETS = "scoring/cli/reading.py", {"python_calamine"}
CLOCK_READERS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").split(".")[0]


def clock_readings(path: Path) -> set[str]:
    calls = (node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    attributes = (call for call in calls if isinstance(call, ast.Attribute))
    owners = ((getattr(call.value, "attr", getattr(call.value, "id", "")), call.attr) for call in attributes)
    return {".".join(owner) for owner in owners if owner in CLOCK_READERS}


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
    assert (importing, len(everywhere)) == (["_workbook_rows"], 1)


@pytest.mark.parametrize("path", [p for p in SCORING if p.name != "__main__.py"], ids=name_of)
def test_scoring_does_no_input_or_output(path: Path) -> None:
    assert not set(imported(path)) & IMPURE


@pytest.mark.parametrize("path", [*SCORING, *SERVICE], ids=name_of)
def test_only_the_clock_module_reads_the_clock(path: Path) -> None:
    assert not clock_readings(path) or name_of(path) == "api/clock.py"
