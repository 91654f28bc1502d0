"""docs/endpoints.md is current, and says what the code does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scoring.endpoints import OH_2018
from scoring.endpoints.page import EXAMPLE, render

ROOT = Path(__file__).parents[3]


def test_the_stored_page_is_current() -> None:
    assert (ROOT / "docs/endpoints.md").read_text(encoding="utf-8") == render()


def test_the_command_prints_the_page() -> None:
    command = [sys.executable, "-m", "scoring.endpoints"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert printed.stdout == render()


@pytest.mark.parametrize(
    "line",
    [
        "| region upper limb (form 5a) | `handwriting` <= 3 or `cutting_without_gastrostomy` <= 3 |",
        "| breathing failed (4b) | `dyspnea` <= 0 or `respiratory_insufficiency` <= 3 |",
        "| communicating | `speech` <= 1 and `handwriting` <= 1 |",
        "| breathing | `dyspnea` <= 1 or `respiratory_insufficiency` <= 2 |",
        "| Labra 2016 (n 164) | 0.47, 1.11 | slow, intermediate, fast |",
        "| week 24 | 168 | 155 to 182 |",
        "| month 36 | 1096 | 1081 to 1111 |",
        "| `no_baseline` | None of the values used is on or before day 0. |",
        "| 1 | A | -1 | -2 |  | 3 | 5 |",
        "| ALSFRS-R change from baseline to month 4 | 2.98 (1.48 to 4.47)"
        " | 32 + 27 | 57 | 0.747 | 2.86 | 3.99 | 0.0002 |",
    ],
)
def test_tables_come_from_the_rules(line: str) -> None:
    assert line in render().splitlines()


def test_the_published_numbers_stand_beside_what_became_of_them() -> None:
    section = render().partition("## A worked example")[2].partition("\n## ")[0]
    assert all(f"{published.difference:.2f}" in section for published in OH_2018)
    assert "Nothing here establishes that the treatment works." in section


def test_the_example_is_a_trial_of_its_own() -> None:
    assert len({participant.id for participant in EXAMPLE}) == len(EXAMPLE)
    assert "An example, made up" in render()
