"""Several values of one day: one rule in `trend` and `endpoints`, whatever the order of the rows."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scoring.cli.program import call_here, csv_of, document_of, errors_of, json_of, unusual

DAY = "2026-01-01"
SERIES = "patient,date,total\nA,2026-01-01,40\nA,2026-02-01,38\nA,2026-01-01,42\n"
VISITS = "patient,study_day,total\nA,0,40\nA,168,38\nA,0,42\n"
TIMED = (
    "patient,date,total\nA,2026-01-01T18:00,42\nA,2026-01-01T09:00,40\nA,2026-02-01T10:00,38\n"
    "A,2026-02-01T11:00,\n"
)


@pytest.mark.parametrize(
    ("command", "text", "column", "row"),
    [("trend", SERIES, "date", 4), ("endpoints", VISITS, "study_day", 4)],
)
def test_a_second_value_of_a_day_is_refused_unless_it_is_said_what_is_meant(
    command: str, text: str, column: str, row: int
) -> None:
    assert errors_of(1, command, "-", stdin=text) == [
        f"row {row}, column {column}: a second row of this day; say --duplicates last or mean;"
        " the first is in row 2"
    ]


@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_a_second_row_of_a_day_without_a_value_is_refused_too(command: str) -> None:
    text = "subject,study_day,total\nA,0,40\nA,0,\nA,90,38\nA,120,\n"
    assert errors_of(1, command, "-", stdin=text) == [
        "row 3, column study_day: a second row of this day; say --duplicates last or mean;"
        " the first is in row 2"
    ]
    told = document_of(command, "-", "--duplicates", "mean", stdin=text)["notes"]
    assert "rows without a value on a day that has one in another row: 1; the value stands" in told


def test_the_last_of_equal_values_needs_no_time() -> None:
    text = "date,total\n2026-01-01,40\n2026-01-01,40\n2026-02-01,38\n"
    (course,) = json_of("trend", "-", "--duplicates", "last", stdin=text, notes=1)
    assert (course["readings"], course["put_together"]) == (2, 1)


def test_the_mean_stands_for_the_values_of_a_day() -> None:
    found = document_of("trend", "-", "--duplicates", "mean", stdin=SERIES)
    (course,) = found["results"]
    assert (course["readings"], course["put_together"], course["incomplete"]) == (2, 1, 0)
    assert course["least_squares"]["intercept"] == 41
    assert found["notes"] == [
        "put together (--duplicates mean): 2 rows to 1 values; different values: A (2026-01-01)"
    ]
    at = document_of("endpoints", "-", "--duplicates", "mean", "--at", "week 24", stdin=VISITS)
    (row,) = at["results"]["visits"][0]["changes"]["rows"]
    assert (row["baseline"], row["change"]) == (41, -3)
    assert unusual(at["notes"]) == [
        "put together (--duplicates mean): 2 rows to 1 values; different values: A (day 0)"
    ]


def test_of_whom_values_were_put_together_is_told_and_whether_they_differed() -> None:
    text = "subject,study_day,total\nB,0,40\nB,0,40\nA10,28,38\nA10,28,39\nA10,28,39\nA2,28,38\nA2,28,39\n"
    told = "7 rows to 3 values; different values: A2 (day 28), A10 (day 28); equal values: B (day 0)"
    for command in ("trend", "endpoints"):
        notes = document_of(command, "-", "--duplicates", "mean", stdin=text)["notes"]
        assert f"put together (--duplicates mean): {told}" in notes
    equal = "date,total\n2026-01-01,40\n2026-01-01,40\n"
    assert document_of("trend", "-", "--duplicates", "last", stdin=equal)["notes"] == [
        "put together (--duplicates last): 2 rows to 1 values; equal values: 2026-01-01"
    ]


def test_the_help_of_duplicates_says_what_becomes_of_equal_values() -> None:
    text = " ".join(call_here("trend", "--help").stdout.split())
    assert "equal values without a time are put together too" in text


def test_the_mean_of_whole_numbers_need_not_be_whole() -> None:
    text = SERIES.replace("2026-01-01,42", "2026-01-01,41")
    (course,) = json_of("trend", "-", "--duplicates", "mean", stdin=text, notes=1)
    assert (course["least_squares"]["intercept"], course["first_to_last"]["change"]) == (40.5, -2.5)
    whole = json_of("trend", "-", "--duplicates", "mean", stdin=SERIES, notes=1)
    assert type(whole[0]["first_to_last"]["change"]) is int


@pytest.mark.parametrize("text", [SERIES, SERIES.replace("2026-01-01,42", "2026-01-01,40")])
def test_doubled_rows_narrow_no_interval(text: str) -> None:
    doubled = text + "".join(text.splitlines(keepends=True)[1:])
    assert errors_of(1, "trend", "-", stdin=doubled)
    once, twice = (
        json_of("trend", "-", "--duplicates", "mean", stdin=table, notes=1) for table in (text, doubled)
    )
    assert once[0]["least_squares"] == twice[0]["least_squares"]


def test_the_last_is_the_last_by_its_time_and_an_incomplete_form_is_no_value() -> None:
    (course,) = json_of("trend", "-", "--duplicates", "last", stdin=TIMED, notes=2)
    assert (course["readings"], course["incomplete"], course["put_together"]) == (2, 1, 1)
    assert course["least_squares"]["intercept"] == 42


@pytest.mark.parametrize(
    ("first", "second", "last"),
    [
        ("2026-01-01T09:00", "2026-01-01T09:00:01", "second"),
        ("2026-01-01T09:00:00.5", "2026-01-01T09:00", "first"),
        ("2026-01-01T09:00+01:00", "2026-01-01T08:30Z", "second"),
        ("2026-01-01T09:00Z", "2026-01-01T09:30+01:00", "first"),
    ],
)
def test_times_are_instants(first: str, second: str, last: str) -> None:
    text = f"date,total\n{first},40\n{second},30\n"
    (course,) = json_of("trend", "-", "--duplicates", "last", stdin=text, notes=1)
    assert course["readings"] == 1
    (read,) = json_of("trend", "-", "--duplicates", "last", stdin=f"{text}2026-02-01T10:00Z,1\n", notes=1)
    assert read["least_squares"]["intercept"] == {"first": 40, "second": 30}[last]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2026-01-01T09:00", "2026-01-01T09:00"),
        ("2026-01-01T09:00", "2026-01-01"),
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T09:00", "2026-01-01T10:00Z"),
    ],
)
def test_the_last_is_refused_where_it_cannot_be_told(first: str, second: str) -> None:
    text = f"date,total\n{first},40\n{second},30\n"
    assert errors_of(1, "trend", "-", "--duplicates", "last", stdin=text) == [
        "row 3, column date: which is the last of this day cannot be told: a time is missing or equal;"
        " give each row its time, take out those that do not count, or say --duplicates mean; the first is in"
        " row 2"
    ]


def test_three_values_need_one_that_is_later_than_both() -> None:
    text = "study_day,time,total,subject\n0,10:00,40,A\n0,10:00,41,A\n0,11:00,39,A\n168,10:00,30,A\n"
    rows = json_of("endpoints", "-", "--at", "week 24", "--duplicates", "last", stdin=text, notes=1)
    assert rows["visits"][0]["changes"]["rows"][0]["baseline"] == 39
    tie = text.replace("11:00", "09:00")
    assert len(errors_of(1, "endpoints", "-", "--duplicates", "last", stdin=tie)) == 2


def test_sources_respondents_and_sites_are_no_repetition() -> None:
    visits = "subject,site,study_day,total,source\nA,1,0,40,clinic\nA,1,0,41,home\nA,2,0,39,clinic\n"
    found = json_of("endpoints", "-", "--at", "week 24", stdin=visits, notes=1)
    assert [out["subject"] for out in found["visits"][0]["changes"]["left_out"]] == ["1/A", "2/A"]
    series = "patient,respondent,date,total\nA,patient,2026-01-01,40\nA,caregiver,2026-01-01,41\n"
    courses = json_of("trend", "-", stdin=series)
    assert [(course["patient"], course["respondent"]) for course in courses] == [
        ("A", "caregiver"),
        ("A", "patient"),
    ]


def test_an_incomplete_form_beside_a_value_says_nothing_more() -> None:
    text = "subject,study_day,total\nA,0,40\nA,168,\nA,168,38\nA,168,\nA,170,\nA,170,\n"
    assert len(errors_of(1, "endpoints", "-", stdin=text)) == 3
    found = json_of("endpoints", "-", "--at", "week 24", "--duplicates", "last", stdin=text, notes=1)
    assert found["visits"][0]["changes"]["rows"][0]["change"] == -2


@pytest.mark.parametrize("rule", ["mean", "last"])
def test_the_order_of_the_rows_of_a_day_does_not_matter(rule: str) -> None:
    header, *rows = TIMED.splitlines(keepends=True)
    outputs = set()
    for order in permutations(rows):
        done = call_here("trend", "-", "--duplicates", rule, stdin=header + "".join(order))
        outputs.add("".join(line for line in done.stdout.splitlines() if "sha256" not in line))
    assert len(outputs) == 1


@given(
    st.lists(st.integers(1, 480).map(lambda tenths: tenths / 10), min_size=2, max_size=6).flatmap(
        lambda v: st.tuples(st.just(v), st.permutations(v))
    )
)
def test_the_mean_is_the_same_to_the_last_bit_whatever_the_order(
    pair: tuple[list[float], list[float]],
) -> None:
    fits = [
        json_of(
            "trend", "-", "--duplicates", "mean", "--scale", "0,48", notes=1,
            stdin="date,total\n2025-12-01,48\n" + "".join(f"{DAY},{value!r}\n" for value in values),
        )[0]["least_squares"]
        for values in pair
    ]  # fmt: skip
    assert fits[0] == fits[1]


@pytest.mark.parametrize(
    ("times", "last"),
    [
        (("09:00", "10:00"), 30),
        (("10:00", "09:00"), 40),
        (("10:00Z", "10:30+01:00"), 40),
        (("10:00+02:00", "09:00Z"), 30),
        (("2026-01-01T09:00", "09:30"), 30),
        (("01.01.2026 10:00", "09:30"), 40),
    ],
)
def test_a_column_of_times_stands_beside_the_dates(times: tuple[str, str], last: int) -> None:
    text = f"date,time,total\n01.01.2026,{times[0]},40\n01.01.2026,{times[1]},30\n01.02.2026,,1\n"
    options = ("--duplicates", "last", "--dates", "dmy")
    (course,) = json_of("trend", "-", *options, stdin=text, notes=1)
    assert course["least_squares"]["intercept"] == last


@pytest.mark.parametrize(("rule", "days"), [("last", (0, 1)), ("mean", (0, 0)), ("mean", (0, 1))])
def test_a_time_is_read_only_where_it_decides(rule: str, days: tuple[int, int]) -> None:
    text = "study_day,time,total\n{},noon,40\n{},,41\n".format(*days)
    assert document_of("trend", "-", "--duplicates", rule, stdin=text)


def test_times_that_are_none_are_named_by_their_row() -> None:
    text = "subject,study_day,time,total\nA,0,09:00,40\nA,0,noon,41\nA,1,,41\nA,2,24:30,41\n"
    assert errors_of(1, "endpoints", "-", "--duplicates", "last", stdin=text) == [
        "row 3, column time: expected a time of day such as 14:30, or a date with one",
        "row 3, column study_day: which is the last of this day cannot be told: a time is missing or equal;"
        " give each row its time, take out those that do not count, or say --duplicates mean; the first is in"
        " row 2",
        "row 5, column time: expected a time of day such as 14:30, or a date with one",
    ]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (("T08:10,44", "T19:45,43"), "that of 19:45"),
        (("T19:45:30.5,43", "T08:10,44"), "that of 19:45:30.500000"),
        (("T23:30+02:00,38", "T22:00+00:00,30"), "that of 22:00 UTC"),
        (("T22:00+00:00,30", "T23:30+01:00,38"), "that of 22:30 UTC"),
    ],
)
def test_the_note_says_the_time_of_the_value_that_stands(rows: tuple[str, str], told: str) -> None:
    text = "subject,date,total\n" + "".join(f"A,2026-01-05{row}\n" for row in rows)
    assert document_of("trend", "-", "--duplicates", "last", stdin=text)["notes"] == [
        f"put together (--duplicates last): 2 rows to 1 values; different values: A (2026-01-05, {told})"
    ]
    options = ("--duplicates", "last", "--baseline-date", "2026-01-05")
    assert document_of("endpoints", "-", *options, stdin=text)["notes"][0].endswith(f"A (2026-01-05, {told})")
    mean = document_of("trend", "-", "--duplicates", "mean", stdin=text)["notes"]
    assert mean[0].endswith("different values: A (2026-01-05)")


TWO_TIMES = "subject,date,time,total\nA,2026-06-18{},{},38\nA,2026-06-18,09:00,30\n"
ANOTHER_DAY = "row 2, column time: is on another day than the date; mend the row"
ANOTHER_TIME = (
    "row 2, column time: is another time than the one in the date; leave one of them out (--ignore time)"
)


@pytest.mark.parametrize("command", ["trend", "endpoints"])
@pytest.mark.parametrize(
    ("in_date", "time", "told"),
    [
        ("", "2026-06-17T23:00", ANOTHER_DAY),
        ("", "2026-06-16T23:00Z", ANOTHER_DAY),
        ("T08:00", "15:00", ANOTHER_TIME),
        ("T08:00", "2026-06-18T08:00:01", ANOTHER_TIME),
        ("", "2026-06-17T23:00Z", ""),
        ("T08:00", "08:00", ""),
        ("T00:00", "15:00", ""),
        (" 00:00:00", "2026-06-18T15:00", ""),
    ],
)
def test_a_time_that_contradicts_the_date_is_refused(
    command: str, in_date: str, time: str, told: str
) -> None:
    text = TWO_TIMES.format(in_date, time)
    options = ("--duplicates", "last", "--baseline-date", "2026-06-18")
    done = call_here(
        command, "-", *options, stdin=text if told or "Z" not in time else text.replace("9:00", "9:00Z")
    )
    assert (done.returncode, done.stderr.splitlines()[0] if told else "") == (1 if told else 0, told), done


def test_a_change_from_a_mean_has_all_its_digits() -> None:
    text = "subject,study_day,total\nS1,0,40\nS1,168,35\nS1,168,35\nS1,168,36\n"
    options = ("--at", "week 24", "--duplicates", "mean", "--table", "long")
    (row,) = csv_of("endpoints", "-", *options, stdin=text, notes=1)
    assert float(row["value"]) - float(row["baseline"]) == float(row["change"]) == 106 / 3 - 40
