"""A site's own definition: read when it is right, and refused with all its mistakes when it is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scoring import instruments
from scoring.instruments.site_definition import SCHEMA, InvalidDefinition, load
from scoring.problems import Problem
from tests.cpu_time import cpu_time
from tests.scoring.instruments.made_up import MADE_UP
from tests.scoring.instruments.written import GONE, changed, mistakes, reasons, written

Path = tuple[str | int, ...]


def test_a_right_definition_is_read() -> None:
    own = load(written())
    assert own == MADE_UP
    assert instruments.score(own, {"one": 4, "two": 0, "three": 4}).total == 12


def test_all_mistakes_are_named_together() -> None:
    found = mistakes(
        changed(
            ("/items/-", written()["items"][0]),
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


def _slots(scores: int, places: int) -> dict[str, Any]:
    """Every score reads one slot over and over, and every item fills it."""
    item = {"domain": "", "codes": {"low": 0, "high": 199}, "label": "a", "slot": "s", "values": [0] * 200}
    score = {**written()["scores"][0], "kind": "sum", "of": ["s"] * places, "low": 0, "high": 0}
    return {
        "items": [{**item, "key": f"i{place}"} for place in range(200)],
        "scores": [{**score, "key": f"s{place}"} for place in range(scores)],
    }


@pytest.mark.parametrize(
    "document",
    [
        {"items": [0] * 80_000},
        {"items": written()["items"][:1] * 1_500},
        {"bands": [{}] * 40_000, "domains": [[]] * 40_000},
        written() | _slots(50, 200),
    ],
    ids=["numbers", "items", "empty entries", "slots"],
)
def test_what_is_far_too_long_costs_no_more_than_what_is_just_too_long(document: dict[str, Any]) -> None:
    assert len(json.dumps(document, separators=(",", ":"))) < 256 * 1024
    with cpu_time() as spent:
        assert mistakes(document)
    assert spent.seconds < 4


def test_the_error_lists_places_and_reasons() -> None:
    error = InvalidDefinition([Problem("/title", "wrong_type", "has to be string"), Problem("/x", "y", "z")])
    assert str(error) == "/title: has to be string; /x: z"


# A shipped instrument in a version of the site's own.


def own_phq_9(**changes: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(instruments.get("phq_9").as_dict())), "version": "1-site", **changes}


def test_a_site_may_add_a_version_of_a_shipped_instrument() -> None:
    assert load(own_phq_9(title="PHQ-9, ours")).version == "1-site"


def test_a_shipped_version_cannot_be_replaced() -> None:
    assert mistakes(own_phq_9(version="1")) == [("/version", "version_taken")]
    assert reasons(own_phq_9(version="1")) == ["this version is shipped; choose another name"]


def test_a_site_may_leave_out_an_item_of_a_shipped_instrument() -> None:
    whole = own_phq_9(title="PHQ-8", bands=[], changes=[])
    del whole["items"][8]
    whole["scores"][0] |= {"of": whole["scores"][0]["of"][:8], "high": 24}
    assert len(load(whole).items) == 9


@pytest.mark.parametrize("member", ["safety_from", "audience"])
def test_the_protection_of_a_shipped_item_has_to_stay(member: str) -> None:
    whole = own_phq_9()
    del whole["items"][8][member]
    assert mistakes(whole) == [("/items/8", "protection_dropped")]
    assert reasons(whole) == ["safety_from and audience have to stay as shipped"]


def test_the_protection_of_a_shipped_instrument_has_to_stay() -> None:
    burden = {**instruments.get("zbi_12").as_dict(), "version": "1-site"}
    assert load(burden).key == "zbi_12"
    del burden["audience"]
    assert mistakes(burden) == [("/audience", "protection_dropped")]
    assert reasons(burden) == ["the answers are for a restricted audience"]


# The schema is checked by the standard library's means; jsonschema has to agree.

SPOILS = st.sampled_from(
    [None, True, 0, -1, 3, 10**7, 0.5, "", "A", "one", "x" * 3000, [], ["one"], [1], {}, {"key": "one"}, GONE]
)


def places(whole: Any, path: Path = ()) -> list[Path]:
    """Every place in a document."""
    entries = (
        whole.items() if isinstance(whole, dict) else enumerate(whole) if isinstance(whole, list) else ()
    )
    return [path, *(place for name, value in entries for place in places(value, (*path, name)))]


PLACES = [path for path in places(written()) if path]


@given(st.lists(st.tuples(st.sampled_from(PLACES), SPOILS), min_size=1, max_size=3))
def test_the_check_agrees_with_jsonschema(changes: list[tuple[Path, Any]]) -> None:
    whole = written()
    for path, value in changes:
        _put(whole, path, value)
    theirs = {"".join(f"/{part}" for part in error.absolute_path) for error in _errors(whole)}
    ours = [problem for problem in _mistakes(whole) if problem.code in SHAPES]
    assert {_as_jsonschema_points(problem) for problem in ours} == theirs


SHAPES = {"wrong_type", "not_permitted", "wrong_length", "out_of_range", "missing_member", "unknown_member"}


def _errors(whole: Any) -> list[Any]:
    return list(Draft202012Validator(SCHEMA).iter_errors(whole))


def _mistakes(whole: Any) -> tuple[Problem, ...]:
    try:
        load(whole)
    except InvalidDefinition as error:
        return error.problems
    return ()


def _as_jsonschema_points(mistake: Problem) -> str:
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
