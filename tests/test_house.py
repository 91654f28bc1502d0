"""The house keeps its shape: contracts notice an import that is turned round, and nothing grows too long."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("scoring", "models", "services", "api", "launch")
LONGEST_FUNCTION, P99, LONGEST_MODULE, MOST_MODULES = 45, 30, 320, 15
MODULES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
TABLES = {"scoring/instruments/definitions"}
"""Folders that may have more modules; docs/architecture.md says why."""

TURNED_ROUND = {
    "scoring/problems.py": ("models.store.base", "Imports point down"),
    "models/alerts/alerts.py": ("services.errors", "Imports point down"),
    "services/alerts/worklist.py": ("api.application", "Imports point down"),
    "services/sites/catalogue.py": ("services.reports.intake.submit", "The areas of services are layered"),
    "services/reports/histories.py": ("services.accounts.sign_in", "The areas of services are layered"),
    "models/sites/policies.py": ("models.ledger.ledger", "The areas of models are layered"),
    "api/worker/steps.py": ("api.resources.alerts", "The doors do not know each other"),
    "api/demo/course.py": ("api.worker.loop", "The doors do not know each other"),
    "services/errors.py": ("http", "models and services know nothing of HTTP"),
    "services/clock.py": ("pymongo", "Only models talks to the driver"),
    "scoring/distributions.py": ("yaml", "scoring is pure"),
    "scoring/decline/rule.py": ("scoring.decline.fold", "scoring.decline: the fold stands on rules"),
    "scoring/decline/memory/states.py": (
        "scoring.decline.memory.memory",
        "scoring.decline.memory: the whole",
    ),
    "scoring/decline/alsfrs/points.py": ("scoring.decline.alsfrs.series", "scoring.decline.alsfrs: trend"),
    "launch/places.py": ("services.errors", "The launcher needs no package"),
}


@pytest.mark.parametrize("module", TURNED_ROUND)
def test_an_import_that_is_turned_round_is_noticed(module: str, tmp_path: Path) -> None:
    for floor in FLOORS:
        shutil.copytree(ROOT / floor, tmp_path / floor, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    imported, contract = TURNED_ROUND[module]
    with (tmp_path / module).open("a", encoding="utf-8") as file:
        file.write(f"\nimport {imported}\n")
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    wide = os.environ | {"COLUMNS": "300"}  # a name of a contract stays on one line
    done = subprocess.run(command, cwd=tmp_path, env=wide, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout
    broken = [line for line in done.stdout.splitlines() if " BROKEN" in line]
    assert any(contract in line for line in broken), broken


def functions() -> Iterator[tuple[int, str]]:
    """Every function with its length in lines, docstring left out."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if ast.get_docstring(node) is not None:
                    first = node.body[0]
                    length -= (first.end_lineno or 0) - first.lineno + 1
                yield length, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"


def test_functions_are_short() -> None:
    found = sorted(functions(), reverse=True)
    assert [row for row in found if row[0] > LONGEST_FUNCTION] == []
    assert found[len(found) // 100][0] <= P99


def test_modules_are_short() -> None:
    lines = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in MODULES}
    assert {name: count for name, count in lines.items() if count > LONGEST_MODULE} == {}


def test_folders_can_be_taken_in_at_a_glance() -> None:
    counts: dict[str, int] = {}
    for path in MODULES:
        if path.name not in {"__init__.py", "__main__.py"}:
            folder = str(path.parent.relative_to(ROOT))
            counts[folder] = counts.get(folder, 0) + 1
    assert {name: n for name, n in counts.items() if n > MOST_MODULES and name not in TABLES} == {}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_import_hides_from_the_contracts(path: Path) -> None:
    assert "TYPE_CHECKING" not in path.read_text(encoding="utf-8")


def test_every_module_of_the_services_has_a_test_file_of_its_name() -> None:
    modules = [path for path in MODULES if path.is_relative_to(ROOT / "services")]
    expected = {
        path.relative_to(ROOT).with_name(f"test_{path.name}") for path in modules if path.stem != "__init__"
    }
    missing = sorted(str(path) for path in expected if not (ROOT / "tests" / path).exists())
    assert not missing
