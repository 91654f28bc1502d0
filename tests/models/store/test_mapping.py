"""A dataclass is stored as a document and read back, whatever its fields are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.store import unreadable
from models.store.base import milliseconds
from models.store.mapping import DocumentMap
from models.store.unreadable import Unreadable


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Leaf:
    colour: Colour
    at: datetime


@dataclass(frozen=True, slots=True)
class Tree:
    name: str
    planted: date
    leaf: Leaf | None
    leaves: tuple[Leaf, ...] = ()
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    by_colour: Mapping[str, Leaf] = field(default_factory=dict)
    height: int | None = None


TREES = DocumentMap(Tree)
MOMENTS = st.datetimes(timezones=st.just(UTC)).map(milliseconds)
LEAVES = st.builds(Leaf, st.sampled_from(Colour), MOMENTS)
WEIGHTS = st.dictionaries(st.text(), st.dictionaries(st.text(), st.floats(allow_nan=False)))


@given(
    st.builds(
        Tree,
        st.text(),
        st.dates(),
        st.none() | LEAVES,
        st.lists(LEAVES).map(tuple),
        WEIGHTS,
        st.dictionaries(st.text(), LEAVES),
        st.none() | st.integers(),
    )
)
def test_what_is_written_is_read_back(tree: Tree) -> None:
    assert TREES.read(TREES.write(tree)) == tree


def test_what_is_stored_is_plain() -> None:
    noon = datetime(2026, 3, 1, 12, 0, 0, 123456, timezone(timedelta(hours=1)))
    tree = Tree("oak", date(2020, 2, 29), Leaf(Colour.RED, noon), weights={"a": {"b": 1.5}})
    assert TREES.write(tree, without=("height",)) == {
        "name": "oak",
        "planted": "2020-02-29",
        "leaf": {"colour": "red", "at": datetime(2026, 3, 1, 11, 0, 0, 123000, UTC)},
        "leaves": [],
        "weights": {"a": {"b": 1.5}},
        "by_colour": {},
    }


def test_members_of_another_release_are_ignored_and_those_it_lacks_keep_their_default() -> None:
    stored = {"name": "oak", "planted": "2020-02-29", "leaf": None, "bark": "brown"}
    assert TREES.read(stored) == Tree("oak", date(2020, 2, 29), None)


def test_a_member_without_a_default_is_missed() -> None:
    with pytest.raises(Unreadable, match="Tree"):
        TREES.read({"name": "oak", "leaf": None})


@pytest.mark.parametrize("value", [None, 5, "", [], {}, True, datetime(2026, 3, 1, tzinfo=UTC)])
@pytest.mark.parametrize("name", ["name", "planted", "leaf", "leaves", "weights", "by_colour", "height"])
def test_a_member_of_another_type_is_never_handed_on(name: str, value: object) -> None:
    """It is refused, or has its default, or is empty as what belongs there."""
    tree = Tree("oak", date(2020, 2, 29), None, weights={"a": {"b": 1}}, height=7)
    try:
        read = getattr(TREES.read(TREES.write(tree) | {name: value}), name)
    except Unreadable:
        return
    assert type(read) is type(getattr(tree, name)) or read is None or read == ()
    instead = DocumentMap(Tree, instead={"name": "?", "planted": date.min, "leaf": None}, collection="trees")
    assert instead.read(TREES.write(tree) | {name: value}).weights in ({"a": {"b": 1}}, {})


def test_a_map_that_reads_on_all_the_same_names_the_document(caplog: pytest.LogCaptureFixture) -> None:
    lenient = DocumentMap(Tree, instead={"name": "?", "planted": date.min, "leaf": None}, collection="trees")
    stored = {"_id": "oak:12", "name": 5, "planted": None, "leaves": "many", "height": "tall"}
    unreadable.forget()
    assert lenient.read(stored) == Tree("?", date.min, None)
    assert unreadable.counts() == {"trees": 1}
    (record,) = (record for record in caplog.records if "cannot be read" in record.message)
    assert (record.__dict__["collection"], record.__dict__["document_id"]) == ("trees", "oak:12")


def test_a_word_that_is_not_known_is_read_as_the_one_that_was_named_for_it() -> None:
    stored = {"name": "oak", "planted": "2020-02-29", "leaf": {"colour": "green", "at": datetime.now(UTC)}}
    with pytest.raises(Unreadable, match="leaf of a stored Tree"):
        TREES.read(stored)
    leaf = DocumentMap(Tree, unknown={Colour: Colour.RED}).read(stored).leaf
    assert leaf is not None
    assert leaf.colour is Colour.RED
