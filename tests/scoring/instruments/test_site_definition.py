"""A site's own definition: read when it is right, and every mistake named when it is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scoring import instruments
from scoring.instruments.site_definition import SCHEMA, InvalidDefinition, Mistake, load
from tests.scoring.instruments.made_up import MADE_UP

Path = tuple[str | int, ...]
GONE = object()


def written() -> dict[str, Any]:
    return json.loads(json.dumps(MADE_UP.as_dict()))


def changed(*changes: tuple[str, Any]) -> dict[str, Any]:
    """The made-up definition with members put or taken away by JSON Pointer."""
    whole = written()
    for pointer, value in changes:
        *path, last = pointer.split("/")[1:]
        at: Any = whole
        for part in path:
            at = at[int(part) if isinstance(at, list) else part]
        last = int(last) if isinstance(at, list) and last != "-" else last
        if value is GONE:
            del at[last]
        elif last == "-":
            at.append(value)
        else:
            at[last] = value
    return whole


def mistakes(document: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidDefinition) as error:
        load(document)
    return [(mistake.pointer, mistake.code) for mistake in error.value.mistakes]


def test_a_right_definition_is_read() -> None:
    own = load(written())
    assert own == MADE_UP
    assert instruments.score(own, {"one": 4, "two": 0, "three": 4}).total == 12


ONE = {"key": "one", "domain": "good", "codes": {"low": 0, "high": 4}, "label": "One again"}

# The items are one, two (reversed), three, odd_a (with values), odd_b, extra (optional), metres; the scores
# total, part, mean, profile, odd_sum, odd_t (a table), far.
ONE_MISTAKE: list[tuple[str, Any, str, str]] = [
    ("/items/1/key", "one", "/items/1/key", "duplicate_item"),
    ("/domains/1/key", "good", "/domains/1/key", "duplicate_domain"),
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
    unscored = [one for one in found if one[1] == "never_scored" and one not in expected]
    assert [one for one in found if one not in unscored] == expected


def test_all_mistakes_are_named_together() -> None:
    found = mistakes(
        changed(
            ("/items/-", ONE),
            ("/items/0/domain", "bad"),
            ("/items/3/reversed", True),
            ("/scores/6/high", 20_000),
            ("/bands/1/low", 6),
            ("/title", 7),
            ("/colour", "red"),
            ("/licence/owner", GONE),
            ("/scores/3/kind", "median"),
            ("/changes/0/score", "nothing"),
        )
    )
    assert set(found) == {
        ("/items/7/key", "duplicate_item"),
        ("/items/0/domain", "unknown_domain"),
        ("/items/3/reversed", "reversed_twice"),
        ("/scores/6/high", "unreachable_score"),
        ("/bands/1/low", "gap_in_bands"),
        ("/title", "wrong_type"),
        ("/colour", "unknown_member"),
        ("/licence/owner", "missing_member"),
        ("/scores/3/kind", "not_permitted"),
        ("/changes/0/score", "unknown_score"),
    }


def test_a_part_of_the_wrong_shape_is_not_judged_and_its_name_still_counts() -> None:
    assert mistakes(changed(("/items/0/codes/high", "4"))) == [("/items/0/codes/high", "wrong_type")]
    assert mistakes(changed(("/scores/4/factor", "1"))) == [("/scores/4/factor", "wrong_type")]
    assert mistakes(changed(("/domains/0/label", 1))) == [("/domains/0/label", "wrong_type")]


def test_no_codes_at_all() -> None:
    found = mistakes(changed(("/items/6/codes/low", 20_000)))
    assert found == [("/items/6/codes", "no_codes")]


def test_an_item_with_alternatives_goes_by_its_slot() -> None:
    with pytest.raises(InvalidDefinition) as error:
        load(changed(("/scores/4/of/0", "odd_a")))
    found = {mistake.pointer: mistake.detail for mistake in error.value.mistakes}
    assert found["/scores/4/of/0"] == "there is no item or slot odd_a; name its slot"


def test_gaps_in_a_table_are_counted_out() -> None:
    whole = changed(("/items/4/codes/high", 20), ("/scores/4/high", 20))
    with pytest.raises(InvalidDefinition) as error:
        load(whole)
    (gap,) = (mistake for mistake in error.value.mistakes if mistake.code == "gap_in_table")
    assert gap.detail == "there is no row for 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 8 more"


def test_a_score_with_too_many_values_is_not_looked_up() -> None:
    table = {**written()["scores"][5], "of": ["far"]}
    found = mistakes(changed(("/scores/5", written()["scores"][6]), ("/scores/6", table)))
    assert ("/scores/6/table", "gap_in_table") in found
    wide = changed(
        ("/items/6/codes/high", 1_000_000), ("/scores/5", written()["scores"][6]), ("/scores/6", table)
    )
    assert ("/scores/6/table", "too_long") in mistakes(wide)


def test_a_number_of_many_digits_is_not_reversed_code_by_code() -> None:
    many = ("/items/6/codes/high", 20_100)
    assert ("/items/6/codes", "too_many_codes") in mistakes(changed(many, ("/items/6/reversed", True)))
    assert "too_many_codes" not in {code for _, code in mistakes(changed(many))}


def test_a_profile_needs_codes_of_one_digit() -> None:
    assert ("/scores/3/of", "ambiguous_profile") in mistakes(changed(("/items/4/codes/high", 10)))
    assert ("/scores/3/of", "ambiguous_profile") in mistakes(changed(("/items/0/codes/low", -1)))


@pytest.mark.parametrize("document", [None, [], "{}", 3, True])
def test_what_is_no_object_is_refused(document: object) -> None:
    assert mistakes(document) == [("", "wrong_type")]


def test_an_empty_object_lacks_every_required_member() -> None:
    found = mistakes({})
    assert found == [(f"/{name}", "missing_member") for name in SCHEMA["required"]]


@pytest.mark.parametrize("member", ["items", "scores", "bands", "domains", "respondents", "changes"])
def test_a_list_that_is_none_is_refused(member: str) -> None:
    assert (f"/{member}", "wrong_type") in mistakes(changed((f"/{member}", {"0": 1})))


def test_entries_that_are_no_objects_are_refused() -> None:
    assert ("/items/0", "wrong_type") in mistakes(changed(("/items/0", "one")))


def test_the_error_lists_places_and_reasons() -> None:
    error = InvalidDefinition([Mistake("/title", "wrong_type", "has to be string"), Mistake("/x", "y", "z")])
    assert str(error) == "/title: has to be string; /x: z"


# A shipped instrument in a version of the site's own.


def own_phq_9(**changes: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(instruments.get("phq_9").as_dict())), "version": "1-site", **changes}


def test_a_site_may_add_a_version_of_a_shipped_instrument() -> None:
    assert load(own_phq_9(title="PHQ-9, ours")).version == "1-site"


def test_a_shipped_version_cannot_be_replaced() -> None:
    assert mistakes(own_phq_9(version="1")) == [("/version", "version_taken")]


@pytest.mark.parametrize("member", ["safety_from", "audience"])
def test_the_protection_of_a_shipped_item_has_to_stay(member: str) -> None:
    whole = own_phq_9()
    del whole["items"][8][member]
    assert mistakes(whole) == [("/items/8", "protection_dropped")]


def test_the_protection_of_a_shipped_instrument_has_to_stay() -> None:
    burden = {**instruments.get("zbi_12").as_dict(), "version": "1-site"}
    assert load(burden).key == "zbi_12"
    del burden["audience"]
    assert mistakes(burden) == [("/audience", "protection_dropped")]


# The schema is checked by the standard library's means; jsonschema has to agree.

SPOILS = st.sampled_from(
    [None, True, 0, -1, 3, 10**7, 0.5, "", "A", "one", "x" * 3000, [], ["one"], [1], {}, {"key": "one"}, GONE]
)


def places(whole: Any, path: Path = ()) -> list[Path]:
    """Every place in a document."""
    entries = (
        whole.items() if isinstance(whole, dict) else enumerate(whole) if isinstance(whole, list) else ()
    )
    return [path, *(one for name, value in entries for one in places(value, (*path, name)))]


PLACES = [path for path in places(written()) if path]


@given(st.lists(st.tuples(st.sampled_from(PLACES), SPOILS), min_size=1, max_size=3))
def test_the_check_agrees_with_jsonschema(changes: list[tuple[Path, Any]]) -> None:
    whole = written()
    for path, value in changes:
        _put(whole, path, value)
    theirs = {"".join(f"/{part}" for part in error.absolute_path) for error in _errors(whole)}
    ours = [one for one in _mistakes(whole) if one.code in SHAPES]
    assert {_as_jsonschema_points(one) for one in ours} == theirs


SHAPES = {"wrong_type", "not_permitted", "wrong_length", "out_of_range", "missing_member", "unknown_member"}


def _errors(whole: Any) -> list[Any]:
    return list(Draft202012Validator(SCHEMA).iter_errors(whole))


def _mistakes(whole: Any) -> tuple[Mistake, ...]:
    try:
        load(whole)
    except InvalidDefinition as error:
        return error.mistakes
    return ()


def _as_jsonschema_points(mistake: Mistake) -> str:
    """It points at the object that lacks a member or has one too many."""
    if mistake.code in {"missing_member", "unknown_member"} or "its name" in mistake.detail:
        return mistake.pointer.rpartition("/")[0]
    return mistake.pointer


def _put(whole: Any, path: Path, value: Any) -> None:
    try:
        for part in path[:-1]:
            whole = whole[part]
        if value is GONE:
            del whole[path[-1]]
        else:
            whole[path[-1]] = value
    except (KeyError, IndexError, TypeError):
        return
