"""WHOQOL-BREF: domains, reversed items and its two missing rules."""

from __future__ import annotations

from typing import Any

import pytest

from scoring import instruments
from tests.scoring.instruments.forms import filled, values, vectors

# WHOQOL-BREF manual: items of the domains, and how many may be missing.
DOMAINS = {
    "physical": ((3, 4, 10, 15, 16, 17, 18), 2),
    "psychological": ((5, 6, 7, 11, 19, 26), 2),
    "social": ((20, 21, 22), 1),
    "environment": ((8, 9, 12, 13, 14, 23, 24, 25), 2),
}
REVERSED = {3, 4, 26}


@pytest.mark.parametrize("vector", vectors("whoqol_bref"), ids=lambda vector: vector["id"])
def test_golden(vector: dict[str, Any]) -> None:
    found, expected = values("whoqol_bref", filled("whoqol_bref", vector["items"])), vector["expected"]
    for domain in DOMAINS:
        for ours, theirs in ((domain, f"{domain}_0_100"), (f"{domain}_4_20", f"{domain}_4_20")):
            value = expected[theirs]
            assert found[ours] == (None if value is None else pytest.approx(value, abs=1e-4)), ours


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_is_a_transformed_mean(domain: str) -> None:
    items, _ = DOMAINS[domain]
    answers = filled("whoqol_bref", [place % 5 + 1 for place in range(1, 27)])
    counted = [6 - (item % 5 + 1) if item in REVERSED else item % 5 + 1 for item in items]
    mean = sum(counted) / len(counted)
    found = values("whoqol_bref", answers)
    assert found[f"{domain}_4_20"] == pytest.approx(4 * mean, abs=1e-12)
    assert found[domain] == pytest.approx((4 * mean - 4) * 6.25, abs=1e-12)


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_bears_a_few_missing_items(domain: str) -> None:
    items, bearable = DOMAINS[domain]
    answers = filled("whoqol_bref", 3)
    for item in items[:bearable]:
        del answers[f"whoqol_{item}"]
    assert values("whoqol_bref", answers)[domain] == 50
    del answers[f"whoqol_{items[bearable]}"]
    found = values("whoqol_bref", answers)
    assert [name for name, value in found.items() if value is None] == [domain, f"{domain}_4_20"]


def test_with_more_than_five_missing_nothing_is_scored() -> None:
    spread_out = [None if place in {1, 2, 3, 5, 8} else 3 for place in range(1, 27)]
    assert values("whoqol_bref", filled("whoqol_bref", spread_out))["social"] == 50
    spread_out[19] = None
    score = instruments.score(instruments.get("whoqol_bref"), filled("whoqol_bref", spread_out))
    assert {value.value for value in score.values.values()} == {None}
    assert [note.code for note in score.notes] == ["too_much_missing"]
    assert len(score.missing) == 6


def test_items_1_and_2_stand_alone() -> None:
    found = values("whoqol_bref", {**filled("whoqol_bref", 3), "whoqol_1": 5, "whoqol_2": 1})
    assert (found["overall_quality"], found["overall_health"]) == (5, 1)
