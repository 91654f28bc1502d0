"""The document under the rules of others: Spectral, Redocly and Ajv, as those run them who make clients."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.node import ROOT, packages_of, run

FOLDER = Path(__file__).parent / "lint"
DOCUMENT = ROOT / "openapi.yaml"
COMMANDS = {
    "spectral": ("lint", DOCUMENT, "--ruleset", "spectral.yaml", "--fail-severity", "warn"),
    "redocly": ("lint", DOCUMENT, "--config", "redocly.yaml"),
}


@pytest.mark.parametrize("program", COMMANDS)
def test_a_linter_has_nothing_to_say(program: str) -> None:
    found = run(packages_of(FOLDER) / program, *COMMANDS[program], folder=FOLDER)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "warning" not in found.stdout.lower(), found.stdout


def test_every_schema_compiles_and_every_example_fits(tmp_path: Path) -> None:
    packages_of(FOLDER)
    found = run("node", "check.mjs", DOCUMENT, folder=FOLDER)
    assert found.returncode == 0, found.stderr
    assert "schemas" in found.stdout


def test_a_pattern_that_is_no_ecma_262_is_noticed(tmp_path: Path) -> None:
    packages_of(FOLDER)
    spoilt = tmp_path / "openapi.yaml"
    spoilt.write_text(DOCUMENT.read_text(encoding="utf-8").replace("{1,64}$", "{1,64}\\Z"), encoding="utf-8")
    assert run("node", "check.mjs", spoilt, folder=FOLDER).returncode == 1
