"""Contrast of the colours of the style sheet: 4.5 for text, 3 for lines and marks (WCAG 1.4.3, 1.4.11)."""

from __future__ import annotations

import re

import pytest

from api.pages.assets import FOLDER

SHEET = (FOLDER / "pages.css").read_text(encoding="utf-8")
TEXT = [
    *[(ink, paper) for ink in ("text", "dim", "link", "urgent") for paper in ("bg", "surface")],
    *[("text", paper) for paper in ("raised", "urgent-bg", "soon-bg", "inform-bg", "good-bg")],
    *[(level, f"{level}-bg") for level in ("urgent", "soon", "inform", "good")],
    *[(f"on-item-{code}", f"item-{code}") for code in range(5)],
    ("on-primary", "primary"),
    ("turn", "bg"),
    ("carer", "bg"),
    ("event", "bg"),
    ("data", "bg"),
    ("good", "bg"),
    ("good", "surface"),
]
MARKS = [
    *[(mark, "bg") for mark in ("edge", "focus", "primary", "data", "older", "carer", "turn", "event")],
    *[(level, "bg") for level in ("soon", "inform")],
    ("edge", "raised"),
    ("edge", "surface"),
    ("urgent", "urgent-bg"),
    ("soon", "soon-bg"),
    ("inform", "inform-bg"),
    ("data", "band"),
    ("turn", "band"),
]

GUIDES = frozenset({"grid"})
"""Lines of a grid, which nobody has to see to read a figure."""


def palettes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", SHEET, flags=re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks[:2])
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_can_be_told_apart(scheme: str) -> None:
    colours = palettes()[scheme]
    weak = {
        f"{ink} on {paper}": round(contrast(colours[ink], colours[paper]), 2)
        for pairs, least in ((TEXT, 4.5), (MARKS, 3.0))
        for ink, paper in pairs
        if contrast(colours[ink], colours[paper]) < least
    }
    assert weak == {}


def test_black_on_white_is_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_colours_stand_in_the_palette_only() -> None:
    rules = re.sub(r":root \{.*?\}", "", SHEET, flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,6}\b(?=\s*[;,)])", rules) == []


def test_every_colour_that_a_figure_draws_with_is_in_a_pair() -> None:
    drawn = set(re.findall(r"(?:fill|stroke): var\(--([\w-]+)\)", SHEET))
    inks = {ink for ink, _paper in (*TEXT, *MARKS)}
    papers = {paper for _ink, paper in (*TEXT, *MARKS)}
    assert drawn - inks - papers - GUIDES == set()
