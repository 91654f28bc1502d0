"""GAD-7: total, prorating and severity."""

from __future__ import annotations

from typing import Any

import pytest

from scoring import instruments
from tests.scoring.instruments.forms import bands, filled, values, vectors


def reaching(total: int) -> list[int]:
    """Seven codes with this total."""
    return [min(3, max(0, total - 3 * place)) for place in range(7)]


@pytest.mark.parametrize("vector", vectors("gad7"), ids=lambda vector: vector["id"])
def test_golden(vector: dict[str, Any]) -> None:
    answers, expected = filled("gad_7", vector["items"]), vector["expected"]
    assert values("gad_7", answers)["total"] == expected["total"]
    assert bands("gad_7", answers).get(("total", "severity")) == expected["severity"]
    assert (("total", "screen") in bands("gad_7", answers)) is bool(expected["screen_ge10"])


# Spitzer 2006: cut points 5, 10 and 15; 10 as a screen.
@pytest.mark.parametrize(
    ("total", "severity", "screen"),
    [
        (0, "minimal", None),
        (4, "minimal", None),
        (5, "mild", None),
        (9, "mild", None),
        (10, "moderate", "positive"),
        (14, "moderate", "positive"),
        (15, "severe", "positive"),
        (21, "severe", "positive"),
    ],
)
def test_severity_begins_at_the_published_totals(total: int, severity: str, screen: str | None) -> None:
    found = bands("gad_7", filled("gad_7", reaching(total)))
    assert found[("total", "severity")] == severity
    assert found.get(("total", "screen")) == screen


def test_up_to_two_missing_items_are_made_up_for() -> None:
    assert values("gad_7", filled("gad_7", [1, 1, 1, 0, 0, 0, None])) == {"total": 3.5}
    assert values("gad_7", filled("gad_7", [2, 2, 2, 2, 2, None, None])) == {"total": 14}
    assert values("gad_7", filled("gad_7", [2, 2, 2, 2, None, None, None])) == {"total": None}


def test_half_a_point_counts_up_for_the_band() -> None:
    # 4 * 7 / 6 = 4.67 and 8 * 7 / 6 = 9.33: the first rounds up to mild, the second stays mild.
    assert bands("gad_7", filled("gad_7", [1, 1, 1, 1, 0, 0, None]))[("total", "severity")] == "mild"
    assert bands("gad_7", filled("gad_7", [2, 2, 2, 2, 0, 0, None]))[("total", "severity")] == "mild"


def test_nothing_in_it_is_a_safety_item() -> None:
    assert instruments.safety_items(instruments.get("gad_7"), filled("gad_7", 3)) == ()
