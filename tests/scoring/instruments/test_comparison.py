"""Two reports compared where item 5 may have changed its form."""

from __future__ import annotations

import json

import pytest

from scoring import instruments
from scoring.instruments import InvalidAnswers, NotComparable, Note, compare
from tests.scoring.instruments.definitions.test_alsfrs_r import form
from tests.scoring.instruments.forms import filled
from tests.scoring.instruments.made_up import MADE_UP

ALSFRS_R = instruments.get("alsfrs_r")
EARLIER = [4, 4, 3, 3, 1, 3, 3, 3, 3, 4, 4, 4]
LATER = [4, 4, 2, 3, 4, 3, 3, 2, 3, 4, 4, 4]


def test_the_same_form_is_compared_on_all_twelve_items() -> None:
    found = compare(ALSFRS_R, form(EARLIER), form(LATER))
    assert (found.earlier, found.later, found.change) == (39, 40, 1)
    assert (found.low, found.high, found.left_out, found.notes) == (0, 48, (), ())


@pytest.mark.parametrize(("first", "second"), [("a", "b"), ("b", "a")])
def test_after_a_switch_the_other_eleven_items_are_compared(first: str, second: str) -> None:
    found = compare(ALSFRS_R, form(EARLIER, first), form(LATER, second))
    assert (found.earlier, found.later, found.change) == (38, 36, -2)
    assert (found.low, found.high, found.left_out) == (0, 44, ("cutting",))
    assert found.notes == (Note("switched_form", "cutting switched form; compared on the other 11 items"),)


def test_a_subscore_is_compared_the_same_way() -> None:
    found = compare(ALSFRS_R, form(EARLIER), form(LATER, "b"), "fine_motor")
    assert (found.score, found.change, found.low, found.high) == ("fine_motor", 0, 0, 8)
    untouched = compare(ALSFRS_R, form(EARLIER), form(LATER, "b"), "bulbar")
    assert (untouched.change, untouched.high, untouched.left_out) == (-1, 12, ())


def test_a_missing_item_5_is_missing_and_no_switch() -> None:
    without = form(LATER)
    del without["cutting_without_gastrostomy"]
    for earlier, later in ((form(EARLIER), without), (without, form(EARLIER)), (without, without)):
        found = compare(ALSFRS_R, earlier, later)
        assert found.left_out == ()
        assert found.change is None


def test_a_missing_other_item_leaves_no_change_but_its_switch_is_seen() -> None:
    later = form(LATER, "b")
    del later["walking"]
    found = compare(ALSFRS_R, form(EARLIER), later)
    assert (found.earlier, found.later, found.change) == (38, None, None)
    assert found.left_out == ("cutting",)


def test_a_score_of_nothing_but_the_switched_item_has_no_value() -> None:
    found = compare(MADE_UP, {"odd_a": 10}, {"odd_b": 1}, "odd_sum")
    assert (found.earlier, found.later, found.change) == (None, None, None)


def test_reversed_items_and_factors_count_in_the_comparison() -> None:
    found = compare(MADE_UP, {"one": 1, "odd_a": 0}, {"one": 3, "odd_b": 0}, "part")
    assert (found.earlier, found.later, found.change) == (12, 16, 4)
    assert (found.low, found.high) == (10, 18)


@pytest.mark.parametrize("score", ["mean", "profile", "odd_t", "nothing"])
def test_what_is_no_sum_is_not_compared(score: str) -> None:
    with pytest.raises(NotComparable, match=score):
        compare(MADE_UP, {}, {}, score)


def test_an_instrument_without_a_main_score_needs_one_named() -> None:
    with pytest.raises(NotComparable):
        compare(instruments.get("rand_36"), {}, {})


@pytest.mark.parametrize(("earlier", "later"), [({"speech": 5}, {}), ({}, {"speech": 5})])
def test_both_reports_are_validated(earlier: dict[str, int], later: dict[str, int]) -> None:
    with pytest.raises(InvalidAnswers):
        compare(ALSFRS_R, earlier, later)


def test_a_comparison_can_be_written() -> None:
    written = compare(instruments.get("gad_7"), filled("gad_7", 3), filled("gad_7", 1)).as_dict()
    assert json.loads(json.dumps(written)) == {
        "score": "total",
        "earlier": 21,
        "later": 7,
        "change": -14,
        "low": 0,
        "high": 21,
        "left_out": [],
        "notes": [],
    }
    switched = compare(ALSFRS_R, form(EARLIER), form(LATER, "b")).as_dict()
    assert switched["left_out"] == ["cutting"]
    assert [note["code"] for note in switched["notes"]] == ["switched_form"]
