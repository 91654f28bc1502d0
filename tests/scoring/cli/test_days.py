"""Calendar dates and study days in both commands, and visits with windows of one's own."""

from __future__ import annotations

import pytest

from scoring.cli.days import read_visit
from scoring.endpoints import TrialVisit
from tests.scoring.cli.program import call_here, csv_of, document_of, errors_of, json_of, unusual

BY_DATE = "subject,date,total,arm\nA,2026-01-10,40,x\nA,2026-06-27,38,x\nB,2026-01-10,41,y\n"
BY_DAY = "subject,study_day,total,arm\nA,0,40,x\nA,168,38,x\nB,0,41,y\n"


def without_digest(document: dict[str, object]) -> dict[str, object]:
    return {name: part for name, part in document.items() if name != "input_sha256"}


def test_dates_and_study_days_give_the_same_endpoints() -> None:
    by_day = document_of("endpoints", "-", stdin=BY_DAY)
    by_option = document_of("endpoints", "-", "--baseline-date", "2026-01-10", stdin=BY_DATE)
    own = BY_DATE.replace("total", "baseline_date,total")
    for row in ("A,2026-01-10", "A,2026-06-27", "B,2026-01-10"):
        own = own.replace(f"{row},", f"{row},2026-01-10,")
    by_column = document_of("endpoints", "-", stdin=own)
    assert without_digest(by_day) == without_digest(by_option) == without_digest(by_column)


def test_dates_need_a_day_0() -> None:
    needed = "say with --baseline-date, or in a column baseline_date, when day 0 was"
    assert errors_of(2, "endpoints", "-", stdin=BY_DATE) == [f"column date holds dates: {needed}"]
    died = BY_DAY.replace("arm", "arm,died_date").replace(",x", ",x,2026-08-01").replace(",y", ",y,")
    assert errors_of(2, "endpoints", "-", stdin=died) == [f"column died_date holds dates: {needed}"]
    some = BY_DATE.replace("arm", "arm,baseline_date").replace(",x", ",x,2026-01-10").replace(",y", ",y,")
    assert errors_of(1, "endpoints", "-", stdin=some) == [
        "row 4, column baseline_date: missing, and needed to count the days"
    ]


def test_events_may_be_dates_too() -> None:
    text = BY_DATE.replace("arm", "arm,died_date,ventilated_date").replace(",x", ",x,2026-07-01,2026-06-28")
    found = json_of(
        "endpoints", "-", "--baseline-date", "10JAN2026", "--at", "week 26", "--ventilation-counts",
        stdin=text.replace(",y", ",y,,"), notes=1,
    )  # fmt: skip
    ranks = found["visits"][0]["comparisons"][0]["joint_rank"]["ranks"]
    assert [rank["event_day"] for rank in ranks] == [169, None]


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("B,0,41,y,-5,", "row 4, column died_day: a death before day 0: such a subject is not in the trial"),
        ("B,0,41,y,90,91", "row 4, column ventilated_day: after the day of death"),
        ("B,91,41,y,90,", "row 4, column study_day: after the day of death"),
        (
            "B,0,41,y,,-3",
            "row 4, column ventilated_day: before day 0, and so no outcome; take the day out, or leave out",
        ),
        ("B,99999,41,y,,", "row 4, column study_day: more than a hundred years from day 0: is it right?"),
        ("B,0,41,y,400000,", "row 4, column died_day: more than a hundred years from day 0: is it right?"),
    ],
)
def test_events_that_cannot_be_in_that_order_are_refused(row: str, error: str) -> None:
    text = "subject,study_day,total,arm,died_day,ventilated_day\nA,0,40,x,,\nA,168,38,x,,\n" + row + "\n"
    (found,) = errors_of(1, "endpoints", "-", "--ventilation-counts", stdin=text)
    assert found.startswith(error)


@pytest.mark.parametrize(
    ("row", "error"),
    [("B,0,41,y,0,", None), ("B,0,41,y,,0", None), ("B,90,41,y,90,90", None), ("B,1,41,y,0,", "row 4")],
)
def test_events_may_be_on_day_0_and_on_one_day(row: str, error: str | None) -> None:
    text = "subject,study_day,total,arm,died_day,ventilated_day\nA,0,40,x,,\nA,168,38,x,,\n" + row + "\n"
    if error is None:
        document_of("endpoints", "-", "--ventilation-counts", stdin=text)
        return
    (found,) = errors_of(1, "endpoints", "-", "--ventilation-counts", stdin=text)
    assert found.startswith(error)


FLAG = "this column has 0 and 1 only: is that a yes or no? write the study day of the event"


@pytest.mark.parametrize("column", ["died_day", "ventilated_day"])
@pytest.mark.parametrize(
    ("answers", "refused"),
    [
        ("01", True), ("00", True), ("0 1", True), ("11111", True), ("1111", False), ("0", False),
        ("02", False), ("11112", False), ("", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("options", [(), ("--ventilation-counts",)])
def test_a_yes_or_no_is_no_day(column: str, answers: str, refused: bool, options: tuple[str, ...]) -> None:
    other = "ventilated_day" if column == "died_day" else "died_day"
    text = f"subject,study_day,total,{column},{other}\nX,0,40,,\n"
    text += "".join(f"S{place},0,40,{answer.strip()},\n" for place, answer in enumerate(answers))
    done = call_here("endpoints", "-", "--at", "week 24", *options, stdin=text)
    assert done.returncode == int(refused), done.stderr
    if refused:
        assert done.stderr.startswith(f"row 3, column {column}: {FLAG}")


def test_a_study_day_may_be_a_hundred_years_off() -> None:
    text = "subject,study_day,total\nA,-36525,40\nA,36525,38\n"
    assert (
        json_of("endpoints", "-", "--at", "week 24", stdin=text, notes=4)["outside_windows"][0]["study_day"]
        == 36525
    )
    for day in ("36526", "-36526", "99999999999"):
        (error,) = errors_of(1, "trend", "-", stdin=f"study_day,total\n{day},40\n")
        assert error == "row 2, column study_day: more than a hundred years from day 0: is it right?"


def test_trend_reads_study_days() -> None:
    (by_date,) = json_of(
        "trend", "-", "--ignore", "arm", stdin=BY_DATE.replace("B,2026-01-10,41,y\n", ""), notes=1
    )
    (by_day,) = json_of("trend", "-", "--ignore", "arm", stdin=BY_DAY.replace("B,0,41,y\n", ""), notes=1)
    assert (by_day["first_on"], by_day["last_on"]) == (None, None)
    assert (by_day["first_day"], by_day["last_day"]) == (0, 168)
    assert by_day["least_squares"] == {**by_date["least_squares"], "intercept_on": None}
    assert by_date["first_day"] is None
    options = ("--ignore", "arm", "--baseline-date", "2026-01-10")
    (dated,) = json_of("trend", "-", *options, stdin=BY_DAY.replace("B,0,41,y\n", ""), notes=1)
    assert (dated["first_on"], dated["last_on"]) == ("2026-01-10", "2026-06-27")
    assert dated["least_squares"] == by_date["least_squares"]


def test_with_dates_and_study_days_trend_goes_by_the_dates() -> None:
    (course,) = json_of("trend", "-", stdin="date,study_day,total\n2026-01-10,5,40\n2026-06-27,,38\n")
    assert (course["first_on"], course["last_on"], course["first_day"]) == ("2026-01-10", "2026-06-27", None)


def test_an_onset_needs_dates() -> None:
    text = "study_day,total,onset\n0,40,2025-01-10\n"
    assert errors_of(2, "trend", "-", stdin=text) == [
        "an onset is a date: with study days it needs --baseline-date, or a column baseline_date"
    ]
    (found,) = json_of("trend", "-", "--baseline-date", "2026-01-10", stdin=text)
    assert found["since_onset"]["loss_per_month"] == pytest.approx(8 / (365 / 30.4375))


# Visits


@pytest.mark.parametrize(
    ("text", "visit"),
    [
        ("V3=84±7", TrialVisit("V3", 84, range(77, 92))),
        ("V3=84+-7", TrialVisit("V3", 84, range(77, 92))),
        ("week 24=168+/-14", TrialVisit("week 24", 168, range(154, 183))),
        ("end=168-14+30", TrialVisit("end", 168, range(154, 199))),
    ],
)
def test_a_visit_is_written_with_its_window(text: str, visit: TrialVisit) -> None:
    assert read_visit(text) == visit


@pytest.mark.parametrize("text", ["V3", "V3=", "V3=84", "V3=84±", "=84±7", "V3=x±7", "V3=84±7±7", "V3=84,7"])
def test_what_is_no_visit_is_a_wrong_call(text: str) -> None:
    assert errors_of(2, "endpoints", "-", f"--visit={text}", stdin=BY_DAY)[-1].endswith(
        "write NAME=DAY±WINDOW, such as V3=84±7, or NAME=DAY-BEFORE+AFTER"
    )


def test_windows_that_overlap_are_a_wrong_call() -> None:
    assert errors_of(2, "endpoints", "-", "--visit", "a=30±9", "--visit", "b=40±9", stdin=BY_DAY) == [
        "--visit: the windows of 'a' and 'b' overlap"
    ]


def test_own_visits_replace_the_usual_ones_and_stand_beside_named_ones() -> None:
    found = json_of("endpoints", "-", "--visit", "end=160±10", stdin=BY_DAY)
    assert [at["visit"]["name"] for at in found["visits"]] == ["end"]
    assert found["visits"][0]["changes"]["rows"][0]["change"] == -2
    both = json_of(
        "endpoints", "-", "--visit", "end=160±10", "--at", "WEEK 26", "--at", "week 26", stdin=BY_DAY
    )
    assert [at["visit"]["name"] for at in both["visits"]] == ["week 26", "end"]


def test_what_falls_outside_every_window_is_counted_and_named() -> None:
    text = BY_DAY + "A,60,39,x\nB,171,40,y\n"
    found = document_of("endpoints", "-", "--visit", "end=160±10", stdin=text)
    assert unusual(found["notes"]) == [
        "values after day 0 in no window (visits of one's own): 2; A (day 60), B (day 171)"
    ]
    assert found["results"]["outside_windows"] == [
        {"subject": "A", "study_day": 60},
        {"subject": "B", "study_day": 171},
    ]
    rows = csv_of("endpoints", "-", "--visit", "end=160±10", stdin=text, notes=1)
    assert [row["n"] for row in rows if row["endpoint"] == "outside_windows"] == ["2"]


HEAD = "subject,date,study_day,total,baseline_date\n"


@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_day_0_is_said_once_only(command: str) -> None:
    text = "subject,date,total,baseline_date\nA,2026-01-10,40,2026-01-10\n"
    assert errors_of(2, command, "-", "--baseline-date", "2026-02-10", stdin=text) == [
        "--baseline-date and the column baseline_date both say when day 0 was: leave out one of them"
        " (--ignore for the column)"
    ]
    both = ("--baseline-date", "2026-01-10", "--ignore", "baseline_date")
    assert json_of(command, "-", *both, stdin=text, notes=1)


@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_a_subject_has_one_day_0(command: str) -> None:
    text = HEAD.replace("study_day,", "") + (
        "A,2026-01-10,40,2026-01-10\nA,2026-06-27,38,2026-01-11\nB,2026-06-27,38,2026-01-11\n"
    )
    assert errors_of(1, command, "-", stdin=text) == [
        "row 3, column baseline_date: differs from another row of this subject"
    ]


def test_a_subject_has_one_day_0_whoever_answers() -> None:
    text = "date,total,respondent,onset,baseline_date\n" + (
        "2026-01-10,40,patient,2024-01-01,2026-01-10\n2026-06-27,38,carer,2024-01-02,2026-01-11\n"
    )
    assert errors_of(1, "trend", "-", stdin=text) == [
        "row 3, column baseline_date: differs from another row of this subject",
        "row 3, column onset: differs from another row of this subject",
    ]


def test_day_0_may_stand_in_any_row_of_the_subject() -> None:
    text = HEAD.replace("study_day,", "") + "A,2026-01-10,40,\nA,2026-06-27,38,2026-01-10\n"
    (change,) = json_of("endpoints", "-", "--at", "week 24", stdin=text)["visits"][0]["changes"]["rows"]
    assert (change["baseline_day"], change["study_day"]) == (0, 168)
    (course,) = json_of("trend", "-", stdin=text)
    assert (course["first_day"], course["last_day"]) == (0, 168)


@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_a_date_and_a_study_day_are_one_day(command: str) -> None:
    text = HEAD + "A,2026-01-10,0,40,2026-01-10\nA,2026-06-27,{},38,2026-01-10\n"
    assert json_of(command, "-", stdin=text.format(168))
    assert errors_of(1, command, "-", stdin=text.format(169)) == [
        "row 3, column study_day: is another day than the date; counted from the baseline date, that is study"
        " day 168 (CDISC has no day 0: take 1 from each study day above 0); mend the row, or --ignore a"
        " column"
    ]


def test_rows_without_one_of_both_days_are_passed_over() -> None:
    text = HEAD + "A,2026-01-10,,40,2026-01-10\nB,2026-01-10,3,40,\nA,2026-06-27,169,38,2026-01-10\n"
    (error,) = errors_of(1, "trend", "-", stdin=text)
    assert error.startswith("row 4, column study_day: is another day than the date; counted")


@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_date_and_study_day_are_compared_where_nothing_says_day_0(command: str) -> None:
    text = "subject,date,study_day,total\n" + (
        "A,2024-01-01,0,40\nA,2024-03-25,84,38\nA,{},168,36\nB,2024-02-01,0,40\n"
    )
    assert document_of(command, "-", stdin=text.format("2024-06-17"))
    assert errors_of(1, command, "-", stdin=text.format("2024-10-02")) == [
        "row 4, column study_day: is another day than the date; by the other rows of this subject, that is"
        " study day 275; mend the row, or --ignore a column"
    ]
    (unread,) = errors_of(1, command, "-", stdin=text.format("garbage"))
    assert unread.startswith("row 4, column date: expected a date such as 2026-01-31")
    assert document_of(command, "-", "--ignore", "date", stdin=text.format("garbage"))


@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_study_days_of_cdisc_beside_dates_are_told_so(command: str) -> None:
    text = "subject,date,study_day,total\nA,2024-01-01,-1,40\nA,2024-01-03,2,39\nA,2024-01-04,3,38\n"
    (error,) = errors_of(1, command, "-", stdin=text)
    assert "row 2" in error
    assert "(CDISC has no day 0: take 1 from each study day above 0)" in error


def test_a_column_that_may_be_meant_for_day_0_is_named_before_day_0_is_asked_for() -> None:
    text = "Subject,Baseline date,Died date,Date,Total\nA,2024-01-01,,2024-01-01,40\n"
    assert errors_of(1, "endpoints", "-", stdin=text) == [
        "row 1, column Baseline date: unknown column; did you mean baseline_date?; or use --ignore",
        "row 1, column Died date: unknown column; did you mean died_date?; or use --ignore",
    ]


def test_dates_of_another_order_are_no_missing_day_0() -> None:
    text = "subject,date,total,baseline_date\nA,2026-01-10,40,10.01.2026\n"
    (error,) = errors_of(1, "endpoints", "-", stdin=text)
    assert error.startswith("row 2, column baseline_date: expected a date such as 2026-01-31; for day, ")
    text = "subject,date,total,baseline_date\nA,10.01.2026,40,10.01.2026\n"
    detail = "expected a date such as 2026-01-31; for day, month, year add --dates dmy, for month, day, year"
    assert errors_of(1, "endpoints", "-", stdin=text) == [
        f"row 2, column baseline_date: {detail} --dates mdy",
        f"row 2, column date: {detail} --dates mdy",
    ]
    text = "study_day,total,onset,baseline_date\n0,40,2025-01-01,10.01.2026\n"
    assert errors_of(1, "trend", "-", stdin=text) == [
        f"row 2, column baseline_date: {detail} --dates mdy",
    ]


def test_a_value_after_the_death_names_the_subject_and_both_days() -> None:
    text = "subject,date,total,baseline_date,died_date\n" + (
        "A,2026-01-10,40,2026-01-10,2026-03-01\nA,2026-06-27,38,2026-01-10,\n"
    )
    assert errors_of(1, "endpoints", "-", stdin=text) == [
        "row 3, column date: after the day of death; subject A: value on 2026-06-27 (study day 168), death on"
        " 2026-03-01 (study day 50); correct the wrong one, or take the row out"
    ]


def test_without_a_study_day_the_message_names_the_date() -> None:
    assert errors_of(1, "endpoints", "-", stdin="subject,total,arm\nA,40,x\nB,40,x\n") == [
        "column study_day: there is no such column, nor date, which would do with baseline_date (a column) or"
        " --baseline-date; there are: subject, total, arm; rename it, or say which one it is with --columns"
    ]


def test_a_wrong_order_of_dates_says_which_one_was_tried() -> None:
    for order, words in (("mdy", "month, day, year"), ("dmy", "day, month, year")):
        wrong = "13.01.2026" if order == "mdy" else "01.13.2026"
        assert errors_of(1, "trend", "-", "--dates", order, stdin=f"date,total\n{wrong},40\n") == [
            f"row 2, column date: expected a date; read as {words} (--dates {order}) this is none"
        ]


@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_a_wrong_header_is_named_once_and_not_as_missing_too(command: str) -> None:
    text = "Subject,Visit_Date,Totl\n" + "A,2026-01-10,40\n" * 3
    assert errors_of(1, command, "-", stdin=text) == [
        "row 1, column Visit_Date: unknown column; did you mean date?; or use --ignore",
        "row 1, column Totl: unknown column; did you mean total?; or use --ignore",
    ]
    text = "Subject,Visit_Day,Total\n" + "A,10,40\n" * 3
    assert errors_of(1, command, "-", stdin=text) == [
        "row 1, column Visit_Day: unknown column; did you mean study_day?; or use --ignore"
    ]


def test_a_missing_column_is_named_once_with_all_that_are_there() -> None:
    assert errors_of(1, "trend", "-", stdin="[{}]")[1] == (
        "column total: there is no such column; there are: none; rename it, or say which one it is with"
        " --columns"
    )
    text = "Subject,Total,dose\n" + "A,40,1\n" * 3
    (missing,) = errors_of(1, "trend", "-", "--ignore", "dose", stdin=text)
    assert missing.startswith(
        "column date: there is no such column, nor study_day; there are: Subject, Total, dose;"
    )


MIXED = (
    "column Date: 1 dates are written in the order that --dates says, 2 are not; did a spreadsheet read some"
    " of them in another order? It makes dates only of days up to 12"
)


@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_dates_of_which_only_some_need_their_order_said_are_told(command: str) -> None:
    text = "subject,Date,total\n1,2026-03-01,40\n1,{},38\n2,2026-08-11,40\n"
    options = ("--dates", "dmy", "--baseline-date", "2026-03-01")
    assert MIXED in document_of(command, "-", *options, stdin=text.format("16/08/2026"))["notes"]
    alike = document_of(command, "-", *options, stdin=text.format("2026-08-16"))["notes"]
    assert not [note for note in alike if "in the order" in note]
    written = text.replace("2026-03-01,", "1.3.2026,").replace("2026-08-11", "11.8.2026").format("16.8.2026")
    assert not [
        note for note in document_of(command, "-", *options, stdin=written)["notes"] if "in the" in note
    ]
