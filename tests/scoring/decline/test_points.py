"""Reports as the rules remember them: what a point keeps, where it is put, and which one came before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scoring.decline import Policy, Profile, evaluate
from scoring.decline.alsfrs.points import (
    CUTTING,
    DOMAINS,
    SPEECH,
    SUPPORT,
    UNANSWERED,
    Point,
    comparable,
    compared_on,
    insert,
    on_day,
    point_of,
    previous,
    value,
)
from scoring.decline.alsfrs.series import Series, unanswered_items
from tests.scoring.decline.histories import KEYS, START, alsfrs, codes, make_report

TWELVE = [4, 3, 2, 1, 0, 1, 2, 3, 4, 3, 2, 1]


def point(day: int, id: str, rater: str = "patient", items: str = "4" * 12, form: str = "a") -> Point:
    total = None if "-" in items else sum(map(int, items))
    return Point(day, rater, items, form, "-", id, total, day * 86400)


def ids(points: tuple[Point, ...]) -> str:
    return "".join(point.id for point in points)


def test_a_point_keeps_the_codes_in_the_order_of_the_form() -> None:
    report = alsfrs(TWELVE, respondent="caregiver", id="r1")
    assert point_of(report) == Point(
        START.toordinal(),
        "caregiver",
        "432101234321",
        "a",
        "-",
        "r1",
        26,
        int(report.observed_at.timestamp()),
    )


@pytest.mark.parametrize(
    ("changed", "items", "form", "gastrostomy"),
    [
        ({}, "444444444444", "a", "-"),
        ({"gastrostomy": 0}, "444444444444", "a", "0"),
        ({"gastrostomy": 1}, "444444444444", "a", "1"),
        ({"cutting_without_gastrostomy": None}, "4444-4444444", "-", "-"),
        ({"cutting_without_gastrostomy": None, "cutting_with_gastrostomy": 2}, "444424444444", "b", "-"),
        ({"speech": None, "respiratory_insufficiency": None}, "-4444444444-", "a", "-"),
    ],
)
def test_a_point_tells_the_form_of_item_5_and_what_is_missing(
    changed: dict[str, int | None], items: str, form: str, gastrostomy: str
) -> None:
    answers = {key: code for key, code in ({**dict.fromkeys(KEYS, 4), **changed}).items() if code is not None}
    found = point_of(make_report("alsfrs_r", answers))
    assert (found.items, found.form, found.gastrostomy) == (items, form, gastrostomy)
    assert found.total == (None if "-" in items else sum(map(int, items)))


def test_codes_and_subscores_are_none_where_an_item_is_missing() -> None:
    found = point(1, "r", items="43210123-321")
    assert [found.code(item) for item in range(12)] == [4, 3, 2, 1, 0, 1, 2, 3, None, 3, 2, 1]
    assert [found.domain(name) for name in DOMAINS] == [9, 2, None, 6]


FIVE = (point(10, "a"), point(20, "b"), point(20, "c", "caregiver"), point(30, "d"))


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (point(40, "x"), "abcdx"),
        (point(30, "x"), "abcx"),
        (point(30, "x", "caregiver"), "abcdx"),
        (point(25, "x"), "abcxd"),
        (point(20, "x"), "acxd"),
        (point(20, "x", "caregiver"), "abxd"),
        (point(20, "x", "clinician"), "abcxd"),
        (point(5, "x"), "xabcd"),
        (point(10, "x"), "xbcd"),
        (point(20, "x", items="-" + "4" * 11), "abcd"),
        (point(20, "x", "clinician", items="-" + "4" * 11), "abcxd"),
        (point(25, "x", items="-" + "4" * 11), "abcxd"),
    ],
)
def test_a_point_is_put_in_the_order_of_days_and_replaces_the_same_respondents_of_the_day(
    new: Point, expected: str
) -> None:
    assert ids(insert(FIVE, new)) == expected


def test_an_incomplete_point_gives_way_to_another_incomplete_one() -> None:
    gap = point(20, "g", items="-" + "4" * 11)
    assert ids(insert((gap,), point(20, "x", items="4-" + "4" * 10))) == "x"
    assert ids(insert((gap,), point(20, "x"))) == "x"
    assert ids(insert((), gap)) == "g"


def test_a_report_that_leaves_more_items_out_does_not_take_the_place_of_one_of_the_same_day() -> None:
    gap, empty = point(20, "g", items="-" + "4" * 11), point(20, "x", items="-" * 12)
    assert ids(insert((gap,), empty)) == "g"
    assert ids(insert((empty,), gap)) == "g"


def test_a_report_of_an_earlier_local_day_takes_its_place_in_the_series() -> None:
    """Westward over the date line: sent an hour later, on the calendar a day before."""
    first, second = alsfrs(40, START), alsfrs(39, START + timedelta(days=28))
    west = replace(
        alsfrs(38, START + timedelta(days=27)), observed_at=second.observed_at + timedelta(hours=1)
    )
    points = evaluate([first, second, west], Profile(), Policy()).memory.points
    assert [point.id for point in points] == [first.id, west.id, second.id]


@pytest.mark.parametrize(
    ("items", "forms", "omitted"),
    [
        (("4" * 12, "4" * 12), "aa", ()),
        (("4" * 12, "4" * 12), "ab", (CUTTING,)),
        (("4" * 12, "4" * 11 + "3"), "aa", (SUPPORT,)),
        (("4" * 12, "4" * 11 + "3"), "ba", (CUTTING, SUPPORT)),
        (("4" * 12,), "b", ()),
    ],
)
def test_what_changed_in_form_or_support_is_left_out(
    items: tuple[str, ...], forms: str, omitted: tuple[int, ...]
) -> None:
    points = [
        point(place, "r", items=one, form=form)
        for place, (one, form) in enumerate(zip(items, forms, strict=True))
    ]
    assert comparable(points) == omitted
    assert Series(points).comparable(points) == omitted
    course, left_out = Series(points).course_since(0)
    assert left_out == omitted
    assert course.values == pytest.approx(
        [value(entry, omitted) * 12 / (12 - len(omitted)) for entry in points]
    )


SALIVA = 1 + UNANSWERED


@pytest.mark.parametrize(
    ("omitted", "code"),
    [
        ((), "all"),
        ((CUTTING,), "without_cutting"),
        ((SUPPORT,), "without_support"),
        ((CUTTING, SUPPORT), "without_both"),
        ((SALIVA,), "all:salivation"),
        ((SUPPORT, SALIVA, 8 + UNANSWERED), "without_support:salivation,climbing_stairs"),
    ],
)
def test_what_a_comparison_rests_on_as_a_code(omitted: tuple[int, ...], code: str) -> None:
    assert compared_on(omitted) == code


def test_reports_are_compared_on_what_all_of_them_answer() -> None:
    points = [
        point(1, "a", items="4-" + "4" * 10),
        point(2, "b", items="4-" + "4" * 9 + "3"),
        point(3, "c", items="-" + "4" * 11),
        point(4, "d", items="3" * 12),
    ]
    series = Series(points, (SALIVA,))
    assert [entry.id for entry in series.points] == ["a", "b", "d"]
    assert [series.uses(entry) for entry in points] == [True, True, False, True]
    assert series.comparable(series.points) == (SUPPORT, SALIVA)
    assert [value(entry, (SUPPORT, SALIVA)) for entry in series.points] == [40, 40, 30]
    assert list(series.course_since(1)[0].values) == [48, 48, 36]
    assert [series.total(entry) for entry in series.points] == [48, pytest.approx(43 * 12 / 11), 36]


def test_an_item_that_is_left_out_as_unanswered_is_not_left_out_again_for_its_form() -> None:
    unanswered = (CUTTING + UNANSWERED,)
    points = [point(1, "a", form="b"), point(2, "b", items="4444-4444444", form="-")]
    assert comparable(points, unanswered) == unanswered


@pytest.mark.parametrize(
    ("lacking", "all_of", "expected"),
    [(2, 2, ()), (3, 3, (SALIVA,)), (3, 5, (SALIVA,)), (3, 6, ()), (4, 7, (SALIVA,)), (0, 4, ())],
)
def test_an_item_is_left_out_when_most_reports_and_at_least_three_lack_it(
    lacking: int, all_of: int, expected: tuple[int, ...]
) -> None:
    points = [
        point(place, "r", items="4-" + "4" * 10 if place < lacking else "4" * 12) for place in range(all_of)
    ]
    assert unanswered_items(points, 0, 0) == expected


@pytest.mark.parametrize(("items", "left_out"), [(4, 4), (5, 0)])
def test_at_most_four_items_are_left_out(items: int, left_out: int) -> None:
    points = [point(place, "r", items="-" * items + "4" * (12 - items)) for place in range(5)]
    assert len(unanswered_items(points, 0, 0)) == left_out


def test_only_reports_of_the_window_count_as_lacking_an_item() -> None:
    points = [point(place, "r", items="4-" + "4" * 10) for place in range(5)]
    assert unanswered_items(points, 2, 2) == (SALIVA,)
    assert unanswered_items(points, 3, 3) == ()


def test_the_items_are_those_of_whoever_carries_the_series() -> None:
    own = [point(place, "p", items="4-" + "4" * 10) for place in range(3)]
    carers = [point(place, "c", "caregiver", items="-" + "4" * 11) for place in range(4)]
    assert unanswered_items([*own, *carers], 0, 0) == (SALIVA,)
    assert unanswered_items([*own, *carers], 0, 3) == (UNANSWERED,)


def test_a_value_is_the_sum_of_the_items_left_in() -> None:
    found = point(1, "r", items="432101234321")
    assert [value(found, omitted) for omitted in ((), (CUTTING,), (SUPPORT,), (CUTTING, SUPPORT))] == [
        26,
        26,
        25,
        25,
    ]


def test_a_total_of_nothing_is_nothing() -> None:
    nothing = point(1, "r", items="0" * 12)
    assert (nothing.total, value(nothing, ()), value(nothing, (CUTTING, SUPPORT))) == (0, 0, 0)
    assert list(Series([nothing]).course_since(0)[0].values) == [0]


def test_a_window_that_is_all_of_one_form_leaves_nothing_out() -> None:
    """The year holds a switch to 5b, the reports since day 20 do not."""
    points = [point(day, str(day), form=form) for day, form in ((10, "a"), (20, "b"), (30, "b"))]
    series = Series([*points, point(40, "40", items="-" + "4" * 11)])
    assert series.course_since(10)[1] == (CUTTING,)
    course, omitted = series.course_since(20)
    assert (list(course.ids), omitted) == (["20", "30"], ())
    assert [entry.id for entry in series.since(20)] == ["20", "30"]
    assert series.comparable(series.since(20)) == ()


EARLIER = (
    point(10, "a", items="3" + "4" * 11),
    point(20, "b", "caregiver"),
    point(30, "c", "clinician", items="-" + "4" * 11),
    point(40, "d", "caregiver"),
)


@pytest.mark.parametrize(
    ("new", "item", "expected"),
    [
        (point(50, "x"), SPEECH, "a"),
        (point(50, "x", "caregiver"), SPEECH, "d"),
        (point(40, "x", "caregiver"), SPEECH, "b"),
        (point(50, "x", "clinician"), SPEECH, "d"),
        (point(50, "x", "clinician"), CUTTING, "c"),
        (point(35, "x", "caregiver"), SPEECH, "b"),
        (point(10, "x"), SPEECH, None),
        (point(10, "x", "caregiver"), SPEECH, "a"),
        (point(5, "x"), SPEECH, None),
    ],
)
def test_the_report_before_is_the_same_respondents_else_anybodys_with_the_item(
    new: Point, item: int, expected: str | None
) -> None:
    found = previous(EARLIER, new, item)
    assert (found and found.id) == expected


def test_a_day_is_written_as_a_date() -> None:
    assert on_day(START.toordinal()) == "2026-01-05"


def test_the_answers_of_the_other_form_are_no_part_of_the_total() -> None:
    both = codes(cutting=1)
    assert point_of(alsfrs(both, form="b")).total == point_of(alsfrs(both)).total == 45
