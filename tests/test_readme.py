"""The README says what is there: settings, make targets, files, commands."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from services.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def row(name: str) -> tuple[str, str]:
    found = re.search(rf"^\| `{name}` \| (.+?) \| (.+) \|$", README, re.MULTILINE)
    assert found is not None, f"{name} has no row"
    return found[1], found[2]


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_each_setting_stands_in_the_table_with_its_default_and_meaning(field: object) -> None:
    default, meaning = row(f"SLOPE_{field.name.upper()}")
    assert meaning == field.metadata["help"]
    if field.default is MISSING:
        assert default == "required"
    elif isinstance(field.default, bool):
        assert default == f"`{int(field.default)}`"
    elif field.default == "":
        assert default == "none"
    else:
        assert default == f"`{getattr(field.default, 'value', field.default)}`"


def test_the_table_names_no_setting_that_is_not_there() -> None:
    named = set(re.findall(r"^\| `(SLOPE_[A-Z_]+)`", README, re.MULTILINE))
    assert named == {f"SLOPE_{field.name.upper()}" for field in fields(Settings)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_make_targets_that_are_named_exist() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)\b(?= *[#`\n]|`| ENGINE| ROUNDS)", README))
    there = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    assert {"run", "test", "decline"} <= named <= there


def test_no_page_holds_a_place_that_was_never_filled_in() -> None:
    for page in PAGES:
        assert "<!--" not in page.read_text(encoding="utf-8"), page.name
