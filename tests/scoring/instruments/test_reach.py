"""Which values a score can have."""

from __future__ import annotations

import pytest

from scoring.instruments import Item, Kind
from scoring.instruments.reach import MOST_VALUES, ends, every_total, every_value, span
from tests.scoring.instruments.made_up import MADE_UP, rule

ITEMS = MADE_UP.by_key


def items(*sizes: int) -> list[list[Item]]:
    """One item for each size, with codes from 0."""
    return [[Item(f"item_{place}", "", range(size), "Item")] for place, size in enumerate(sizes)]


def test_a_place_counts_from_the_least_to_the_most_of_its_items() -> None:
    assert span([ITEMS["one"]]) == (0, 4)
    assert span([ITEMS["odd_a"], ITEMS["odd_b"]]) == (0, 2)
    assert span([ITEMS["odd_a"]]) == (0, 2)
    assert span([ITEMS["metres"]]) == (100, 10_000)


def test_ends_of_a_sum_and_a_mean() -> None:
    places = items(5, 3)
    assert ends(rule("a", Kind.SUM, ("x", "y"), 0, 0, factor=2, offset=1), places) == (1, 13)
    assert ends(rule("a", Kind.MEAN, ("x", "y"), 0, 0), places) == (0, 3)


def test_a_negative_factor_turns_the_ends_round() -> None:
    assert ends(rule("a", Kind.SUM, ("x",), 0, 0, factor=-1), items(5)) == (-4, 0)


def test_values_of_a_sum_come_in_order_and_once() -> None:
    odd = Item("odd", "", range(3), "Odd", values=(5, 0, 5))
    assert every_value(rule("a", Kind.SUM, ("x", "y"), 0, 0), [*items(2), [odd]]) == [0, 1, 5, 6]
    assert every_value(rule("a", Kind.SUM, ("x",), 0, 0, factor=0.5, offset=-1), items(4)) == [
        -1,
        -0.5,
        0,
        0.5,
    ]


def test_values_of_a_profile_come_in_the_order_of_the_codes() -> None:
    profile = rule("a", Kind.PROFILE, ("x", "y"), None, None)
    assert every_value(profile, items(2, 3)) == ["00", "01", "02", "10", "11", "12"]


@pytest.mark.parametrize(
    ("kind", "sizes", "few_enough"),
    [
        (Kind.PROFILE, (10, 10, 10, 10, 2), True),  # 20,000
        (Kind.PROFILE, (10, 10, 10, 7, 3), False),  # 21,000
        (Kind.SUM, (MOST_VALUES,), True),
        (Kind.SUM, (MOST_VALUES + 1,), False),
        (Kind.SUM, (200, 100), True),
        (Kind.SUM, (150, 150), False),
    ],
)
def test_too_many_values_are_not_listed(kind: Kind, sizes: tuple[int, ...], few_enough: bool) -> None:
    of = tuple(f"item_{place}" for place in range(len(sizes)))
    assert (every_value(rule("a", kind, of, None, None), items(*sizes)) is not None) is few_enough


def test_totals_of_forms_with_fewer_answers_are_scaled_up() -> None:
    full = rule("a", Kind.SUM, ("x", "y"), 0, 0, factor=4)
    assert every_total(full, items(2, 2)) == {0, 4, 8}
    one = rule("a", Kind.SUM, ("x", "y"), 0, 0, min_answered=1)
    assert every_total(one, items(3, 3)) == {0, 1, 2, 3, 4}
    three = rule("a", Kind.SUM, ("x", "y", "z"), 0, 0, min_answered=2, offset=1)
    assert every_total(three, items(2, 2, 2)) == {1, 2, 3, 4, 2.5}


def test_totals_are_not_known_of_means_and_of_unlike_items_that_may_be_missing() -> None:
    assert every_total(rule("a", Kind.MEAN, ("x", "y"), 0, 0), items(2, 2)) is None
    assert every_total(rule("a", Kind.SUM, ("x", "y"), 0, 0, min_answered=1), items(2, 3)) is None
    assert every_total(rule("a", Kind.SUM, ("x", "y"), 0, 0), items(2, 3)) == {0, 1, 2, 3}
    assert every_total(rule("a", Kind.SUM, ("x",), 0, 0), items(MOST_VALUES + 1)) is None
