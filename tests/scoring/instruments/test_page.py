"""docs/instruments.md is written from the definitions, and current."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from scoring import instruments
from scoring.instruments.page import render

ROOT = Path(__file__).parents[3]


def test_the_stored_page_is_current() -> None:
    stored = (ROOT / "docs" / "instruments.md").read_text()
    assert stored == render(), "run: python -m scoring.instruments > docs/instruments.md"


def test_the_command_prints_the_page() -> None:
    command = [sys.executable, "-m", "scoring.instruments"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode() == render()


def test_every_instrument_has_a_section_with_its_sources_and_scores() -> None:
    page = render()
    for definition in instruments.catalogue():
        section = page.split(f"\n## {definition.title}\n")[1].split("\n## ")[0]
        assert all(source in section for source in definition.sources)
        assert all(f"| `{rule.key}` | {rule.label} |" in section for rule in definition.scores)
        assert definition.missing.rule in section
        assert all(band.label in section for band in definition.bands)
        assert definition.licence.credit in section
