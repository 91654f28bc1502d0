"""Every mistake of a definition is named where it is, with its reason, and nothing else is blamed for it."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.instruments.site_definition import InvalidDefinition, load
from tests.scoring.instruments.written import GONE, changed, mistakes, reasons, written

ONE = written()["items"][0]

# The items are one, two (reversed), three, odd_a (with values), odd_b, extra (optional), metres; the scores
# total, part, mean, profile, odd_sum, odd_t (a table), far.
ONE_MISTAKE: list[tuple[str, Any, str, str]] = [
    ("/items/1/key", "one", "/items/1/key", "duplicate_item"),
    ("/domains/1/key", "good", "/domains/1/key", "duplicate_domain"),
    ("/scores/1/key", "total", "/scores/1/key", "duplicate_score"),
    ("/items/0/domain", "bad", "/items/0/domain", "unknown_domain"),
    ("/items/5/slot", "one", "/items/5/slot", "slot_is_item"),
    ("/items/3/reversed", True, "/items/3/reversed", "reversed_twice"),
    ("/items/3/values", [2, 0], "/items/3/values", "wrong_number_of_values"),
    ("/items/2/safety_from", 5, "/items/2/safety_from", "unknown_code"),
    ("/items/0/options/7", "seven", "/items/0/options/7", "unknown_code"),
    ("/scores/0/high", 13, "/scores/0/high", "unreachable_score"),
    ("/scores/0/low", -1, "/scores/0/low", "unreachable_score"),
    ("/scores/2/low", -7.5, "/scores/2/low", "unreachable_score"),
    ("/scores/5/high", 51, "/scores/5/high", "unreachable_score"),
    ("/scores/0/low", None, "/scores/0/low", "wrong_range"),
    ("/scores/0/high", None, "/scores/0/low", "wrong_range"),
    ("/scores/3/high", 5, "/scores/3/low", "wrong_range"),
    ("/scores/0/min_answered", 4, "/scores/0/min_answered", "too_many_needed"),
    ("/scores/1/min_answered", 1, "/scores/1/min_answered", "unequal_items"),
    ("/scores/0/of/1", "one", "/scores/0/of/1", "counted_twice"),
    ("/scores/5/table/1/raw", 0, "/scores/5/table/1/raw", "duplicate_row"),
    ("/scores/5/table/1", GONE, "/scores/5/table", "gap_in_table"),
    ("/scores/5/table/-", {"raw": 3, "value": 45}, "/scores/5/table/3/raw", "unreachable_row"),
    ("/scores/5/table", GONE, "/scores/5/table", "wrong_table"),
    ("/scores/0/table", [{"raw": 0, "value": 1}], "/scores/0/table", "wrong_table"),
    ("/scores/5/of", ["mean"], "/scores/5/of", "wrong_table"),
    ("/scores/5/of", ["total"], "/scores/5/of", "wrong_table"),
    ("/scores/5/of", ["far"], "/scores/5/of", "unknown_score"),
    ("/scores/5/of", ["odd_sum", "part"], "/scores/5/of", "unknown_score"),
    ("/items/5/optional", False, "/items/5", "never_scored"),
    ("/main", "nothing", "/main", "unknown_score"),
    ("/main", "profile", "/main", "unknown_score"),
    ("/bands/0/score", "nothing", "/bands/0/score", "unknown_score"),
    ("/bands/2/score", "profile", "/bands/2/score", "band_of_profile"),
    ("/changes/0/score", "nothing", "/changes/0/score", "unknown_score"),
    ("/bands/1/low", 6, "/bands/1/low", "gap_in_bands"),
    ("/bands/1/low", 4, "/bands/1/low", "overlapping_bands"),
    ("/bands/0/below", None, "/bands/1/low", "overlapping_bands"),
    ("/bands/2/low", 1, "/bands/2", "unreachable_band"),
    ("/bands/2/below", -2, "/bands/2/below", "empty_band"),
    ("/bands/2/below", -8, "/bands/2/below", "empty_band"),
    ("/bands/0/below", 0, "/bands/0", "unreachable_band"),
    ("/subject", "caregiver", "/respondents", "subject_cannot_answer"),
    ("/proxy", "refused", "/respondents", "proxy_refused"),
]


# Why, in words; a mistake that is made in several ways is shown once.
DETAILS = {
    "duplicate_item": "another item has the key one",
    "duplicate_domain": "another domain has the key good",
    "duplicate_score": "another score has the key total",
    "unknown_domain": "there is no domain bad",
    "slot_is_item": "one is the key of an item",
    "reversed_twice": "its values say already what the codes count",
    "wrong_number_of_values": "3 codes and 2 values",
    "unknown_code": "5 is not a permitted code",
    "unreachable_score": "the answers reach 0 to 12",
    "wrong_range": "a profile has no range, every other score has one",
    "too_many_needed": "the score has 3 items",
    "unequal_items": "items of different ranges cannot stand in for each other",
    "counted_twice": "one is in this score already",
    "duplicate_row": "there is a row for 0 already",
    "gap_in_table": "there is no row for 1",
    "unreachable_row": "no answers lead to 3",
    "wrong_table": "a look-up has a table, and no other score has one",
    "unknown_score": "a table looks up one score that stands before it",
    "never_scored": "no score reads extra, and it is not optional",
    "band_of_profile": "a profile has no bands",
    "gap_in_bands": "low ends at 5",
    "overlapping_bands": "it begins within low",
    "unreachable_band": "the score goes from -8 to 0",
    "empty_band": "it ends where it begins, or before",
    "subject_cannot_answer": "the subject has to be among those who answer",
    "proxy_refused": "only the subject can answer, as the proxy rule says",
}


def test_a_mistake_says_why() -> None:
    found: dict[str, str] = {}
    for pointer, value, at, code in ONE_MISTAKE:
        with pytest.raises(InvalidDefinition) as error:
            load(changed((pointer, value)))
        here = [
            problem.detail
            for problem in error.value.problems
            if (problem.pointer, problem.code) == (at, code)
        ]
        found.setdefault(code, here[0])
    assert found == DETAILS


@pytest.mark.parametrize(("pointer", "value", "at", "code"), ONE_MISTAKE)
def test_a_mistake_is_named_where_it_is(pointer: str, value: Any, at: str, code: str) -> None:
    assert (at, code) in mistakes(changed((pointer, value)))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([("/items/-", ONE)], [("/items/7/key", "duplicate_item")]),
        ([("/items/0/domain", "bad")], [("/items/0/domain", "unknown_domain")]),
        ([("/items/3/reversed", True)], [("/items/3/reversed", "reversed_twice")]),
        ([("/scores/0/high", 13)], [("/scores/0/high", "unreachable_score")]),
        ([("/scores/5/table/1", GONE)], [("/scores/5/table", "gap_in_table")]),
        ([("/scores/0/of/1", "one")], [("/scores/0/of/1", "counted_twice")]),
        ([("/bands/1/low", 6)], [("/bands/1/low", "gap_in_bands")]),
        ([("/scores/0/of/0", "four")], [("/scores/0/of/0", "unknown_item")]),
        ([("/scores/6/of/0", "nothing")], [("/scores/6/of/0", "unknown_item"), ("/items/6", "never_scored")]),
    ],
)
def test_nothing_else_is_blamed_for_it(
    changes: list[tuple[str, Any]], expected: list[tuple[str, str]]
) -> None:
    found = mistakes(changed(*changes))
    unscored = [mistake for mistake in found if mistake[1] == "never_scored" and mistake not in expected]
    assert [mistake for mistake in found if mistake not in unscored] == expected


def test_no_codes_at_all() -> None:
    whole = changed(("/items/6/codes/low", 20_000))
    assert mistakes(whole) == [("/items/6/codes", "no_codes")]
    assert reasons(whole) == ["the lowest code is above the highest"]


def test_a_single_code_is_enough() -> None:
    assert load(changed(("/items/5/codes/high", 0))).by_key["extra"].codes == range(1)


def test_items_of_different_ranges_may_stand_together_when_all_are_needed() -> None:
    assert load(changed(("/scores/1/min_answered", 2))).rule("part").min_answered == 2


def test_a_range_is_compared_as_numbers_are_computed() -> None:
    # 12 * 0.1 - 1.2 is not quite 0 in binary.
    tenth = {**written()["scores"][0], "key": "tenth", "factor": 0.1, "offset": -1.2, "low": -1.2, "high": 0}
    assert load(changed(("/scores/-", tenth))).rule("tenth").high == 0


@pytest.mark.parametrize(
    ("pointer", "value", "detail"),
    [
        ("/scores/0/of/0", "four", "there is no item or slot four"),
        ("/bands/2/score", "nothing", "there is no score nothing"),
        ("/changes/0/score", "nothing", "there is no score nothing"),
        ("/main", "nothing", "there is no such score with numbers"),
        ("/items/0/options/7", "seven", "7 is not a permitted code"),
    ],
)
def test_what_a_name_does_not_refer_to_is_said(pointer: str, value: str, detail: str) -> None:
    assert detail in reasons(changed((pointer, value)))


def test_an_item_with_alternatives_goes_by_its_slot() -> None:
    with pytest.raises(InvalidDefinition) as error:
        load(changed(("/scores/4/of/0", "odd_a")))
    found = {mistake.pointer: mistake.detail for mistake in error.value.problems}
    assert found["/scores/4/of/0"] == "there is no item or slot odd_a; name its slot"


@pytest.mark.parametrize(
    ("high", "detail"),
    [
        (3, "there is no row for 3"),
        (12, "there is no row for 3, 4, 5, 6, 7, 8, 9, 10, 11, 12"),
        (13, "there is no row for 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 1 more"),
        (20, "there is no row for 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 8 more"),
    ],
)
def test_gaps_in_a_table_are_counted_out(high: int, detail: str) -> None:
    whole = changed(("/items/4/codes/high", high), ("/scores/4/high", high))
    with pytest.raises(InvalidDefinition) as error:
        load(whole)
    (gap,) = (mistake for mistake in error.value.problems if mistake.code == "gap_in_table")
    assert gap.detail == detail


def looking_up(score: str) -> list[tuple[str, Any]]:
    """Changes that put the table last and let it look up another score."""
    scores = written()["scores"]
    return [("/scores/5", scores[6]), ("/scores/6", {**scores[5], "of": [score]})]


@pytest.mark.parametrize(
    ("score", "least", "wrong"),
    [
        ("mean", None, True),
        ("odd_sum", None, False),
        ("odd_sum", 1, False),
        ("total", 1, True),
        ("total", 3, False),
    ],
)
def test_only_sums_and_profiles_of_all_items_are_looked_up(
    score: str, least: int | None, wrong: bool
) -> None:
    place = [entry["key"] for entry in written()["scores"]].index(score)
    needed = [] if least is None else [(f"/scores/{place}/min_answered", least)]
    with pytest.raises(InvalidDefinition) as error:
        load(changed(*looking_up(score), *needed, ("/nothing", 0)))
    details = {mistake.code: mistake.detail for mistake in error.value.problems}
    assert ("wrong_table" in details) is wrong
    if wrong:
        assert details["wrong_table"] == "only a sum or a profile of all its items can be looked up"


def test_a_table_is_not_looked_up_in_another() -> None:
    table = written()["scores"][5]
    again = {**table, "key": "again", "of": ["odd_t"]}
    assert ("/scores/7/of", "wrong_table") in mistakes(changed(("/scores/-", again)))


def test_bands_may_come_in_any_order() -> None:
    bands = written()["bands"]
    assert load(changed(("/bands", [bands[1], bands[0]]))).bands[0].name == "high"
    cut = {**bands[1], "name": "highest", "low": 8}
    assert load(changed(("/bands", [cut, {**bands[1], "below": 8}, bands[0]]))).bands[0].name == "highest"
    found = mistakes(changed(("/bands", [cut, {**bands[1], "below": 7}, bands[0]])))
    assert found == [("/bands/0/low", "gap_in_bands")]


def test_a_band_may_begin_at_the_highest_value_and_end_above_the_lowest() -> None:
    assert load(changed(("/bands/0/below", 12), ("/bands/1/low", 12)))
    assert load(changed(("/bands/0/below", 1), ("/bands/1/low", 1)))
    assert ("/bands/1", "unreachable_band") in mistakes(changed(("/bands/0/below", 13), ("/bands/1/low", 13)))


def test_a_score_with_too_many_values_is_not_looked_up() -> None:
    assert ("/scores/6/table", "gap_in_table") in mistakes(changed(*looking_up("far")))
    wide = changed(("/items/6/codes/high", 1_000_000), *looking_up("far"))
    with pytest.raises(InvalidDefinition) as error:
        load(wide)
    (long,) = (mistake for mistake in error.value.problems if mistake.code == "too_long")
    assert long.pointer == "/scores/6/table"
    assert long.detail == "the score looked up has too many values for a table"


def test_a_number_of_many_digits_is_not_reversed_code_by_code() -> None:
    most = ("/items/6/codes/high", 20_099)
    many = ("/items/6/codes/high", 20_100)
    turned = ("/items/6/reversed", True)
    assert ("/items/6/codes", "too_many_codes") in mistakes(changed(many, turned))
    assert "more than 20000 codes cannot be reversed" in reasons(changed(many, turned))
    for fitting in (changed(many), changed(most, turned)):
        assert "too_many_codes" not in {code for _, code in mistakes(fitting)}


def test_a_profile_needs_codes_of_one_digit() -> None:
    wrong = changed(("/items/4/codes/high", 10))
    assert ("/scores/3/of", "ambiguous_profile") in mistakes(wrong)
    assert "a profile needs codes of one digit" in reasons(wrong)
    assert ("/scores/3/of", "ambiguous_profile") in mistakes(changed(("/items/0/codes/low", -1)))
    assert ("/scores/3/of", "ambiguous_profile") in mistakes(changed(("/items/3/values", [2, 0, 1.5])))
    assert ("/scores/3/of", "ambiguous_profile") not in mistakes(changed(("/items/4/codes/high", 9)))
