"""docs/rules.md is what the rules and the stored figures say now, with its three alerts."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median

import pytest

from scoring.decline import Topic
from scoring.decline.documentation.examples import Example, examples
from scoring.decline.documentation.page import render
from scoring.decline.rules import RULES

DOCS = Path(__file__).parents[4] / "docs"


def test_the_stored_page_is_current() -> None:
    operating = json.loads((DOCS / "detection" / "operating.json").read_text())
    assert (DOCS / "rules.md").read_text() == render(operating)


def test_the_figures_in_what_is_weak_are_those_of_the_bench() -> None:
    found = json.loads((DOCS / "detection" / "operating.json").read_text())["other_information"]
    told = {rule.id: rule.weaknesses for rule in RULES}
    together = "caregiver too, same days, errors correlated 0.5"
    worst = max(own[together]["rate"] for own in found["answering"].values())
    assert f"up to {worst:.1f} alerts a patient-year where both see the same bad day" in told["acceleration"]
    noise = median(own["nobody loses weight"]["before_quick"] for own in found["weight"].values())
    assert f"raise it {noise:.1f} times a patient-year" in told["weight_quick_loss"]


def test_every_rule_is_on_the_page() -> None:
    page = render(None)
    assert all(f"(`{rule.id}`)" in page for rule in RULES)


@pytest.mark.parametrize(
    ("place", "rule"), [(0, "fast_decline"), (1, "acceleration"), (2, "dyspnea_fall")], ids=str
)
def test_the_examples_raise_what_they_are_examples_of(place: int, rule: str) -> None:
    example: Example = examples()[place]
    flag = example.flag()
    assert rule in {flag.rule, *(signal.rule for signal in flag.further)}
    assert flag.topic in {Topic.DECLINE, Topic.ACCELERATION, Topic.RESPIRATORY}
