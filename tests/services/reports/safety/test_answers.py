"""What a form says about safety, however it says it: any JSON is looked at; nothing comes from nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import instruments
from scoring.decline.alsfrs.points import ALSFRS_R, ITEMS
from services.reports.safety.answers import BREATHING_ITEMS, Concern, Several, look, look_anywhere, watches

POSITIVE: list[Any] = [
    1,
    2,
    3,
    3.0,
    "3",
    " 3 ",
    "3.0",
    "٣",
    0.5,
    7,
    "1e0",
    Several((0, 2)),
    Several(("x", 1)),
]
NOTHING: list[Any] = [0, 0.0, "0", -0.0, -1, "-9", None, Several((0, None))]
UNREADABLE: list[Any] = ["often", "", True, False, [3], {"code": 3}, float("nan"), float("inf"), "9" * 400]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("answer", POSITIVE, ids=repr)
def test_every_way_to_say_yes_is_heard(answer: Any) -> None:
    found = look("phq_9", {"phq_9": answer, "phq_1": object()})
    assert found is not None
    assert (found.concern, found.items) == (Concern.SELF_HARM, ("phq_9",))


@pytest.mark.parametrize(
    ("answers", "concern"),
    [
        ({"phq_9": 2}, Concern.SELF_HARM),
        ({"phq_9": "often", "dyspnea": 0}, Concern.UNREADABLE),
        ({"dyspnea": 0, "phq_9": 1}, Concern.SELF_HARM),
        ({"dyspnea": 0, "phq_9": 0}, Concern.BREATHING),
        ({"phq_9": 0, "dyspnea": 4, "phq_1": 3}, None),
        ({}, None),
        ("phq_9", None),
        (None, None),
    ],
    ids=str,
)
def test_where_the_instrument_is_not_known_the_gravest_of_any_is_found(
    answers: Any, concern: Concern | None
) -> None:
    found = look_anywhere(answers)
    assert (found and found.concern) is concern


@pytest.mark.parametrize("key", [instrument.key for instrument in instruments.catalogue()])
@given(answers=st.dictionaries(st.sampled_from(["phq_9", "dyspnea", "orthopnea", "phq_1"]), JSON))
def test_it_finds_whatever_one_instrument_would(key: str, answers: Any) -> None:
    assert look_anywhere(answers) or look(key, answers) is None


@pytest.mark.parametrize("answer", NOTHING, ids=repr)
def test_no_is_no(answer: Any) -> None:
    assert look("phq_9", {"phq_9": answer}) is None
    assert look("phq_9", {"phq_9": answer}, version_known=False) is None


@pytest.mark.parametrize("answer", UNREADABLE, ids=lambda answer: repr(answer)[:20])
def test_what_is_no_number_could_not_be_read(answer: Any) -> None:
    found = look("phq_9", {"phq_9": answer})
    assert found is not None
    assert found.concern is Concern.UNREADABLE


@pytest.mark.parametrize("answers", [{}, {"mood_1": 3}, None, 7, [], "phq_9"], ids=repr)
def test_a_safety_item_that_is_not_there_could_not_be_read_only_where_the_version_is_not_known(
    answers: Any,
) -> None:
    found = look("phq_9", answers, version_known=False)
    assert found is not None
    assert (found.concern, found.items) == (Concern.UNREADABLE, ("phq_9",))
    assert look("phq_9", answers) is None


@pytest.mark.parametrize("item", ["dyspnea", "orthopnea"])
@pytest.mark.parametrize(
    ("code", "told"), [(0, True), ("0", True), (0.0, True), (1, False), (-1, False)], ids=repr
)
def test_breathing_is_told_at_zero(item: str, code: Any, told: bool) -> None:
    found = look(ALSFRS_R, {item: code}, version_known=False)
    assert (found is not None and found.concern is Concern.BREATHING) is told


def test_the_items_are_those_of_the_definitions() -> None:
    assert set(BREATHING_ITEMS[ALSFRS_R]) <= set(ITEMS)
    for definition in instruments.catalogue():
        safety = [item for item in definition.items if item.safety_from is not None]
        assert watches(definition.key) is (bool(safety) or definition.key in BREATHING_ITEMS)
        for item in safety:
            assert look(definition.key, {item.key: item.safety_from}) is not None
            assert look(definition.key, {item.key: (item.safety_from or 0) - 1}) is None


@given(JSON, JSON, st.booleans())
def test_nothing_that_can_be_sent_stops_the_look(instrument: Any, answers: Any, version_known: bool) -> None:
    assert look(instrument, answers, version_known=version_known) is None or instrument in ("phq_9", ALSFRS_R)


@given(st.dictionaries(st.text(), JSON, max_size=5), st.sampled_from(POSITIVE))
def test_nothing_beside_it_hides_a_safety_answer(beside: dict[str, Any], answer: Any) -> None:
    found = look("phq_9", {**beside, "phq_9": answer})
    assert found is not None
    assert found.concern is Concern.SELF_HARM
