"""The engine: sums, means, look-ups, profiles, and what a missing answer costs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from scoring import instruments
from scoring.instruments import Direction, InvalidAnswers, Note
from tests.scoring.instruments.made_up import MADE_UP

FULL = {"one": 4, "two": 1, "three": 2, "odd_b": 2, "metres": 500}


def value(answers: dict[str, Any], key: str) -> Any:
    return instruments.score(MADE_UP, answers).values[key].value


def test_a_sum_adds_what_the_codes_count() -> None:
    assert value(FULL, "total") == 4 + (4 - 1) + 2


def test_a_sum_is_scaled_and_moved() -> None:
    assert value(FULL, "part") == 2 * (4 + 2) + 10


def test_a_whole_sum_is_an_integer_and_a_mean_a_float() -> None:
    assert type(value(FULL, "total")) is int
    assert type(value(FULL, "mean")) is float


def test_a_mean_is_scaled_by_a_negative_factor() -> None:
    assert value(FULL, "mean") == -2 * (4 + 3) / 2


@pytest.mark.parametrize(("code", "counts"), [(0, 2), (10, 0), (20, 1)])
def test_values_stand_for_codes_in_steps(code: int, counts: int) -> None:
    assert value({"one": 0, "two": 0, "metres": 100, "odd_a": code}, "odd_sum") == counts


@pytest.mark.parametrize(("code", "t", "error"), [(0, 50, None), (10, 30, 2.5), (20, 40, 2.0)])
def test_a_table_is_looked_up_with_its_standard_error(code: int, t: float, error: float | None) -> None:
    found = instruments.score(MADE_UP, {"odd_a": code, "one": 1, "two": 1, "metres": 100}).values["odd_t"]
    assert (found.value, found.standard_error) == (t, error)
    assert (found.low, found.high, found.direction) == (30, 50, Direction.HIGHER_IS_BETTER)
    assert (found.answered, found.items) == (1, 1)


def test_a_table_over_a_missing_score_is_missing() -> None:
    found = instruments.score(MADE_UP, {"one": 1, "two": 1, "metres": 100}).values["odd_t"]
    assert (found.value, found.standard_error, found.missing) == (None, None, ("odd",))


def test_a_profile_is_the_text_of_what_is_counted() -> None:
    assert value({**FULL, "one": 3}, "profile") == "32"
    assert value({"one": 3}, "profile") is None


def test_alternatives_fill_the_same_place() -> None:
    by_b = instruments.score(MADE_UP, FULL)
    by_a = instruments.score(MADE_UP, {**{key: FULL[key] for key in FULL if key != "odd_b"}, "odd_a": 0})
    assert by_a == by_b


def test_a_sum_is_made_up_for_a_missing_item() -> None:
    found = instruments.score(MADE_UP, {"one": 4, "three": 3, "odd_b": 0, "metres": 100}).values["total"]
    assert found.value == 7 * 3 / 2
    assert (found.answered, found.items, found.missing) == (2, 3, ("two",))
    assert found.completeness == 2 / 3
    assert found.notes == (Note("prorated", "from 2 of 3 items"),)


def test_a_mean_is_that_of_the_answered_items() -> None:
    assert value({"one": 3, "odd_b": 0, "metres": 100}, "mean") == -6


def test_below_the_least_number_of_answers_there_is_no_value() -> None:
    found = instruments.score(MADE_UP, {"one": 4, "odd_b": 0, "metres": 100}).values["total"]
    assert (found.value, found.notes) == (None, ())
    assert found.missing == ("two", "three")


def test_a_score_without_a_rule_for_missing_items_needs_all() -> None:
    assert value({"one": 4, "two": 1, "three": 1}, "part") is None


def test_with_too_much_missing_nothing_is_scored() -> None:
    three_missing = instruments.score(MADE_UP, {"one": 4, "two": 0})
    assert three_missing.notes == ()
    assert three_missing.values["total"].value == 12
    four_missing = instruments.score(MADE_UP, {"one": 4})
    assert {found.value for found in four_missing.values.values()} == {None}
    assert four_missing.notes == (
        Note("too_much_missing", "more than 3 items are missing, so nothing is scored"),
    )


def test_a_complete_report_says_so() -> None:
    score = instruments.score(MADE_UP, FULL)
    assert (score.instrument, score.rule_version) == ("made_up", "1")
    assert (score.complete, score.missing, score.notes) == (True, (), ())
    assert score.total == 9
    assert all(found.completeness == 1 and not found.notes for found in score.values.values())


def test_missing_places_are_named_in_the_order_of_the_form() -> None:
    score = instruments.score(MADE_UP, {"metres": 100, "two": 1, "extra": 1})
    assert not score.complete
    assert score.missing == ("one", "three", "odd")


def test_the_total_is_the_main_score_and_none_without_one() -> None:
    assert instruments.score(replace(MADE_UP, main="far"), FULL).total == 500
    assert instruments.score(replace(MADE_UP, main=""), FULL).total is None
    assert instruments.score(replace(MADE_UP, main="profile"), FULL).total is None


def test_without_scores_the_key_is_asked_for() -> None:
    score = instruments.score(replace(MADE_UP, scores=(), main="", bands=()), FULL)
    assert score.notes == (Note("no_scoring_key", "the scoring key is supplied by the licensee"),)


def test_scoring_checks_the_answers_first() -> None:
    with pytest.raises(InvalidAnswers):
        instruments.score(MADE_UP, {**FULL, "one": 5})


def test_a_score_is_written_with_every_member() -> None:
    written = instruments.score(MADE_UP, {**FULL, "one": 3}).as_dict()
    assert json.loads(json.dumps(written)) == written
    assert {key: written[key] for key in written if key != "values"} == {
        "instrument": "made_up",
        "rule_version": "1",
        "total": 8,
        "complete": True,
        "missing": [],
        "notes": [],
    }
    assert list(written["values"]) == [score.key for score in MADE_UP.scores]


def test_a_value_is_written_with_every_member() -> None:
    written = instruments.score(MADE_UP, {"one": 4, "three": 3, "odd_a": 20, "metres": 100}).as_dict()
    assert written["values"]["total"] == {
        "value": 10.5,
        "low": 0,
        "high": 12,
        "direction": "higher_is_better",
        "answered": 2,
        "items": 3,
        "missing": ["two"],
        "standard_error": None,
        "notes": [{"code": "prorated", "detail": "from 2 of 3 items"}],
    }
    assert written["values"]["odd_t"]["standard_error"] == 2.0
    assert written["missing"] == ["two"]
    few = instruments.score(MADE_UP, {"one": 4}).as_dict()
    assert [note["code"] for note in few["notes"]] == ["too_much_missing"]
