"""PHQ-9: total, prorating, severity, and item 9."""

from __future__ import annotations

from typing import Any

import pytest

from scoring import instruments
from scoring.instruments import Audience, Proxy, Wording
from tests.scoring.instruments.forms import bands, filled, values, vectors

DEFINITION = instruments.get("phq_9")


def reaching(total: int) -> list[int]:
    """Nine codes with this total."""
    return [min(3, max(0, total - 3 * place)) for place in range(9)]


@pytest.mark.parametrize("vector", vectors("phq9"), ids=lambda vector: vector["id"])
def test_golden(vector: dict[str, Any]) -> None:
    answers, expected = filled("phq_9", vector["items"]), vector["expected"]
    score = instruments.score(DEFINITION, answers)
    assert score.total == pytest.approx(expected["total"], abs=1e-4)
    assert bool(score.values["total"].notes) is expected["prorated"]
    assert bands("phq_9", answers)[("total", "severity")] == expected["severity"]
    assert (("total", "screen") in bands("phq_9", answers)) is expected["screen_ge10"]
    assert bool(instruments.safety_items(DEFINITION, answers)) is bool(expected["item9_positive"])


def test_the_question_on_difficulty_is_taken_and_in_no_score() -> None:
    answers = filled("phq_9", reaching(12))
    with_difficulty = instruments.score(DEFINITION, answers | {"difficulty": 3})
    assert with_difficulty == instruments.score(DEFINITION, answers)
    assert with_difficulty.complete
    assert "difficulty" in instruments.get("gad_7").by_key


# Kroenke 2001: 0-4 minimal, 5-9 mild, 10-14 moderate, 15-19 moderately severe, 20-27 severe.
@pytest.mark.parametrize(
    ("total", "severity"),
    [
        (0, "minimal"),
        (4, "minimal"),
        (5, "mild"),
        (9, "mild"),
        (10, "moderate"),
        (14, "moderate"),
        (15, "moderately_severe"),
        (19, "moderately_severe"),
        (20, "severe"),
        (27, "severe"),
    ],
)
def test_severity_begins_at_the_published_totals(total: int, severity: str) -> None:
    answers = filled("phq_9", reaching(total))
    assert values("phq_9", answers) == {"total": total}
    assert bands("phq_9", answers)[("total", "severity")] == severity
    assert (bands("phq_9", answers).get(("total", "screen")) == "positive") is (total >= 10)


@pytest.mark.parametrize(
    ("codes", "total", "severity"),
    [
        ([1, 1, 1, 1, 1, 1, 1, 1, None], 9, "mild"),
        ([1, 1, 1, 1, 0, 0, 0, 0, None], 4.5, "mild"),  # 4 * 9 / 8, half up to 5
        ([2, 2, 2, 2, 0, 0, 0, None, None], 72 / 7, "moderate"),
        ([3, 3, 3, 3, 3, 3, 3, None, None], 27, "severe"),
    ],
)
def test_up_to_two_missing_items_are_made_up_for(
    codes: list[int | None], total: float, severity: str
) -> None:
    answers = filled("phq_9", codes)
    assert values("phq_9", answers)["total"] == pytest.approx(total, abs=1e-12)
    assert bands("phq_9", answers)[("total", "severity")] == severity


def test_with_three_missing_there_is_no_total() -> None:
    answers = filled("phq_9", [3, 3, 3, 3, 3, 3, None, None, None])
    assert values("phq_9", answers) == {"total": None}
    assert bands("phq_9", answers) == {}


@pytest.mark.parametrize("code", [1, 2, 3])
def test_item_9_is_seen_whatever_else_is_answered(code: int) -> None:
    assert instruments.safety_items(DEFINITION, {"phq_9": code}) == ("phq_9",)
    assert instruments.safety_items(DEFINITION, filled("phq_9", [0] * 8 + [code])) == ("phq_9",)


@pytest.mark.parametrize("answers", [{}, {"phq_9": 0}, filled("phq_9", [3] * 8 + [None])])
def test_item_9_at_zero_or_unanswered_asks_for_nothing(answers: dict[str, int]) -> None:
    assert instruments.safety_items(DEFINITION, answers) == ()


def test_an_unanswered_item_9_is_missing_and_not_zero() -> None:
    score = instruments.score(DEFINITION, filled("phq_9", [0] * 8 + [None]))
    assert score.missing == ("phq_9",)


def test_item_9_has_a_stricter_audience_and_proxies_are_kept_apart() -> None:
    assert [item.key for item in DEFINITION.items if item.audience is Audience.RESTRICTED] == ["phq_9"]
    assert DEFINITION.proxy is Proxy.APART


def test_the_wording_is_shown_with_its_credit() -> None:
    assert DEFINITION.licence.wording is Wording.FULL
    assert "Spitzer" in DEFINITION.licence.credit
    assert all(item.text and len(item.options) == 4 for item in DEFINITION.items)
