"""ALSFRS-R: total, subscores, the two forms of item 5, and incomplete forms."""

from __future__ import annotations

from typing import Any

import pytest

from scoring import instruments
from scoring.instruments import Audience, InvalidAnswers, Proxy, Respondent
from tests.scoring.instruments.forms import values, vectors

DEFINITION = instruments.get("alsfrs_r")
ITEMS = (
    "speech",
    "salivation",
    "swallowing",
    "handwriting",
    "cutting_without_gastrostomy",
    "dressing_hygiene",
    "turning_in_bed",
    "walking",
    "climbing_stairs",
    "dyspnea",
    "orthopnea",
    "respiratory_insufficiency",
)
FIVE_A, FIVE_B = "cutting_without_gastrostomy", "cutting_with_gastrostomy"


def form(codes: list[int], five: str = "a") -> dict[str, int]:
    """The answers in the order 1 to 12."""
    answers = dict(zip(ITEMS, codes, strict=True))
    if five == "b":
        answers[FIVE_B] = answers.pop(FIVE_A)
    return answers


@pytest.mark.parametrize("vector", vectors("alsfrs_r"), ids=lambda vector: vector["id"])
def test_golden(vector: dict[str, Any]) -> None:
    found, expected = values("alsfrs_r", form(vector["items"], vector["form"])), vector["expected"]
    assert found["total"] == expected["total"]
    assert found["motor"] == expected["limb_4_to_9"]
    for domain in ("bulbar", "fine_motor", "gross_motor", "respiratory"):
        assert found[domain] == expected[domain]


# Items 1-3 bulbar, 4-6 fine motor, 7-9 gross motor, 10-12 respiratory (Cedarbaum 1999).
@pytest.mark.parametrize(
    ("codes", "total", "subscores", "motor", "without_5"),
    [
        ([4] * 12, 48, (12, 12, 12, 12), 24, 44),
        ([0] * 12, 0, (0, 0, 0, 0), 0, 0),
        ([4, 3, 2, 1, 0, 4, 3, 2, 1, 0, 4, 3], 27, (9, 5, 6, 7), 11, 27),
        ([1, 2, 3, 4, 4, 4, 0, 0, 0, 2, 2, 2], 24, (6, 12, 0, 6), 12, 20),
        ([3, 3, 3, 2, 2, 2, 3, 2, 1, 4, 4, 4], 33, (9, 6, 6, 12), 12, 31),
    ],
)
@pytest.mark.parametrize("five", ["a", "b"])
def test_sums(
    codes: list[int], total: int, subscores: tuple[int, ...], motor: int, without_5: int, five: str
) -> None:
    found = values("alsfrs_r", form(codes, five))
    assert found["total"] == total
    assert (found["bulbar"], found["fine_motor"], found["gross_motor"], found["respiratory"]) == subscores
    assert found["motor"] == motor
    assert found["without_cutting"] == without_5


def test_without_either_form_of_item_5_total_and_fine_motor_are_missing() -> None:
    answers = form([4] * 12)
    del answers[FIVE_A]
    score = instruments.score(DEFINITION, answers)
    assert score.total is None
    assert not score.complete
    assert score.missing == ("cutting",)
    found = {key: value.value for key, value in score.values.items()}
    assert found == {
        "total": None,
        "bulbar": 12,
        "fine_motor": None,
        "gross_motor": 12,
        "respiratory": 12,
        "motor": None,
        "without_cutting": 44,
    }


def test_missing_bulbar_item_leaves_total_and_bulbar_undefined() -> None:
    answers = form([4] * 12)
    del answers["swallowing"]
    found = values("alsfrs_r", answers)
    assert [key for key, value in found.items() if value is None] == ["total", "bulbar", "without_cutting"]


def test_both_forms_of_item_5_are_refused() -> None:
    with pytest.raises(InvalidAnswers) as error:
        instruments.validate(DEFINITION, {**form([4] * 12), FIVE_B: 4})
    assert {problem.path[-1] for problem in error.value.problems} == {FIVE_A, FIVE_B}


def test_the_tube_question_is_optional_and_counts_nothing() -> None:
    without = instruments.score(DEFINITION, form([4] * 12))
    answered = instruments.score(DEFINITION, {**form([4] * 12), "gastrostomy": 1})
    assert without == answered
    assert without.complete


def test_every_item_has_a_text_for_every_level() -> None:
    for item in DEFINITION.items:
        assert set(item.options) == set(item.codes), item.key
        assert all(item.options.values())


def test_a_proxy_may_answer_and_is_marked() -> None:
    assert DEFINITION.proxy is Proxy.MARKED
    assert Respondent.CAREGIVER in DEFINITION.respondents
    assert DEFINITION.audience is Audience.USUAL


def test_the_change_beyond_chance_is_what_its_source_computes() -> None:
    change = DEFINITION.changes[0]
    assert change.amount == pytest.approx(1.96 * 2**0.5 * 8 * 0.05**0.5, abs=0.05)
