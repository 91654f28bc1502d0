"""`trend` from files, as a user runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from scoring.progression import NOTES, Note, Reading, fit_line, rate_since_onset, reliable_change, theil_sen
from scoring.progression.onset import OnsetPrecision
from tests.scoring.cli.program import ALSFRS_R, call_here, csv_of, document_of, errors_of, json_of

START = date(2024, 1, 1)
TOTALS = (42, 41, 39, 39, 36)
READINGS = [Reading(START + timedelta(days=30 * place), total) for place, total in enumerate(TOTALS)]
SERIES = "date,total\n" + "".join(f"{reading.on},{reading.value}\n" for reading in reversed(READINGS))


def test_every_measure_of_a_series_is_the_librarys() -> None:
    (found,) = json_of("trend", "-", stdin=SERIES)
    fit, robust, noise = fit_line(READINGS), theil_sen(READINGS), reliable_change(42, 36)
    assert (found["patient"], found["readings"], found["incomplete"]) == ("", 5, 0)
    assert (found["first_on"], found["last_on"]) == ("2024-01-01", "2024-04-30")
    line = found["least_squares"]
    assert [line[name] for name in ("slope_per_month", "se", "low", "high", "df", "intercept_on")] == [
        fit.slope_per_month, fit.se, fit.low, fit.high, 3, "2024-01-01",
    ]  # fmt: skip
    assert found["theil_sen"] == {"n": 5, "pairs": 10, "slope_per_month": robust.slope_per_month, "notes": []}
    assert found["first_to_last"]["change"] == -6
    change = found["reliable_change"]
    assert (change["change"], change["detectable_change"]) == (-6, noise.detectable_change)
    assert found["since_onset"] is None


def test_a_file_may_hold_several_patients_with_their_onsets(tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    path.write_text(
        "patient;date;total;onset;onset_precision\n"
        "1;2024-01-01;42;2023-03-20;month\n"
        "2;2024-01-01;30;;\n"
        "1;2024-03-01;40;2023-03-20;month\n"
        "1;2024-02-01;;;\n"
        "3;2024-02-01;;;\n"
    )
    first, second, third = json_of("trend", path, notes=1)
    onset = rate_since_onset(date(2023, 3, 20), Reading(START, 42), precision=OnsetPrecision.MONTH)
    assert (first["patient"], first["readings"], first["incomplete"]) == ("1", 2, 1)
    assert first["since_onset"]["loss_per_month"] == onset.loss_per_month
    assert first["since_onset"]["loss_low"] == onset.loss_low
    assert first["since_onset"]["group"] == "intermediate"
    assert [note["code"] for note in first["since_onset"]["notes"]] == [Note.ONSET_APPROXIMATE]
    assert [note["code"] for note in first["least_squares"]["notes"]] == [Note.NO_INTERVAL]
    assert "no interval" in first["least_squares"]["notes"][0]["detail"]
    assert (second["patient"], second["least_squares"]["slope_per_month"]) == ("2", None)
    assert second["first_to_last"]["notes"][0]["code"] == Note.ONE_DAY
    assert (third["readings"], third["incomplete"], third["first_on"]) == (0, 1, None)
    assert (third["first_to_last"], third["reliable_change"]) == (None, None)
    assert third["theil_sen"]["notes"][0]["code"] == Note.NO_READINGS


def test_the_table_has_a_row_for_each_patient_and_the_same_numbers() -> None:
    text = "patient,date,total,onset\na,2024-01-01,40,2023-01-01\na,2024-02-01,38,\nb,2024-01-01,,\n"
    first, second = csv_of("trend", "-", stdin=text)
    (report, _) = json_of("trend", "-", stdin=text)
    assert float(first["least_squares.slope_per_month"]) == report["least_squares"]["slope_per_month"]
    assert float(first["since_onset.loss_per_month"]) == report["since_onset"]["loss_per_month"]
    assert (first["least_squares.notes"], first["first_to_last.change"]) == ("no_interval", "-2")
    assert "since_onset" not in first
    assert (second["patient"], second["readings"], second["first_to_last.change"]) == ("b", "0", "")
    assert second["least_squares.notes"] == "no_readings"


def test_one_reading_has_no_change_to_be_compared_and_says_so() -> None:
    (found,) = json_of("trend", "-", stdin="date,total\n2026-01-01,40\n2026-02-01,\n")
    change = found["reliable_change"]
    assert (change["change"], change["index"], change["reliable"]) == (None, None, None)
    assert [note["code"] for note in change["notes"]] == ["one_reading"]


@pytest.mark.parametrize(
    ("last", "total", "reliable", "code", "shown"),
    [
        ("2024-03-03", 36, True, "", "yes"),
        ("2024-03-03", 38, False, "", "no"),
        ("2024-03-04", 36, None, "not_close", "not_close"),
        ("2025-01-01", 38, None, "not_close", "not_close"),
        ("2024-01-01", None, None, "one_reading", "one_reading"),
    ],
)
def test_a_change_is_beyond_noise_or_not_between_close_readings_only(
    last: str, total: int | None, reliable: bool | None, code: str, shown: str
) -> None:
    text = "date,total\n2024-01-01,42\n" + ("" if total is None else f"{last},{total}\n")
    (found,) = json_of("trend", "-", stdin=text)
    (row,) = csv_of("trend", "-", stdin=text)
    change = found["reliable_change"]
    assert change["reliable"] is reliable
    assert change["index"] == (None if reliable is None else reliable_change(42, total or 0).index)
    assert [note["code"] for note in change["notes"]] == code.split()
    assert row["reliable_change.reliable"] == ("" if reliable is None else str(reliable))
    assert row["reliable_change.notes"] == code
    table = call_here("trend", "-", stdin=text, terminal=True).stdout
    assert shown in table.splitlines()[2].split()
    assert (f"\n{code}: {NOTES[Note(code)]}\n" in table) if code else ("62 days" not in table)


def test_options_set_the_confidence_the_noise_and_the_full_score() -> None:
    with_onset = (
        SERIES.replace("\n", ",\n").replace("total,", "total,onset").replace(",42,", ",42,2023-01-01")
    )
    (found,) = json_of(
        "trend",
        "-",
        "--confidence",
        "0.9",
        "--sd",
        "7",
        "--icc",
        "0.9",
        "--full-score",
        "44",
        stdin=with_onset,
    )
    assert found["least_squares"]["high"] == fit_line(READINGS, 0.9).high
    assert found["reliable_change"]["confidence"] == 0.9
    assert found["reliable_change"]["sem"] == pytest.approx(7 * 0.1**0.5)
    assert found["since_onset"]["loss_per_month"] == pytest.approx(2 / (365 / 30.4375))
    (empty,) = json_of("trend", "-", "--confidence", "0.9", stdin="date,total\n2024-01-01,\n", notes=1)
    assert empty["least_squares"]["confidence"] == 0.9
    (one,) = json_of("trend", "-", "--confidence", "0.9", stdin="date,total\n2024-01-01,40\n")
    assert one["reliable_change"]["confidence"] == 0.9


def test_every_wrong_cell_is_named_by_row_and_column() -> None:
    text = (
        "patient,date,total,onset,onset_precision,age\n"
        "1,2024-01-01,42,2023-01-01,month,x\n"
        "1,2024-13-01,39,2023-01-02,month,x\n"
        '1,,"38,5",2023-01-01,weekday,x\n'
        "2,2024-01-01,30,January,,x\n"
        "2,2024-02-01,440,,,x\n"
        "2,2024-03-01,-3,,,x\n"
    )
    outside = (
        "outside 0 to 48, the scale of ALSFRS-R; for another scale add --instrument or --scale,"
        " for a code that means missing --missing total=CODE"
    )
    assert errors_of(1, "trend", "-", stdin=text) == [
        "row 1, column age: unknown column; known: subject, date, study_day, total, site, respondent, time,"
        " onset, onset_precision, baseline_date, source, speech, salivation, swallowing, ...;"
        " or use --ignore",
        "row 3, column date: expected a date such as 2026-01-31",
        "row 3, column onset: differs from another row of this subject",
        "row 4, column date: missing",
        "row 4, column total: expected a number, with a point for decimals; for a comma add --decimal comma",
        "row 4, column onset_precision: expected one of day, month, year",
        "row 5, column onset: expected a date such as 2026-01-31",
        f"row 6, column total: {outside}",
        f"row 7, column total: {outside}",
    ]


def test_a_row_that_is_cut_off_or_names_nobody_is_refused() -> None:
    text = "subject,date,total\nA,2026-01-01,40\n{}\n"
    assert errors_of(1, "trend", "-", stdin=text.format("A,2026-02-01")) == [
        "row 3: fewer cells than the header has columns: is the file cut off?"
    ]
    nobody = text.format(",2026-02-01,39")
    assert errors_of(1, "trend", "-", stdin=nobody) == ["row 3, column subject: missing"]


def test_courses_are_in_the_order_of_the_patients_names() -> None:
    text = "patient,date,total\n10,2026-01-01,40\n2,2026-01-01,40\n"
    assert [course["patient"] for course in json_of("trend", "-", stdin=text)] == ["2", "10"]


def test_columns_that_are_to_be_ignored_are() -> None:
    text = "date,total,dose,age\n2024-01-01,40,x,60\n"
    found = document_of("trend", "-", "--ignore", "Dose, age", stdin=text)
    assert found["results"][0]["readings"] == 1
    assert found["notes"] == ["columns passed over: age, dose"]


@pytest.mark.parametrize(
    ("option", "value", "error"),
    [
        ("--confidence", "1", "it must lie between 0 and 1, neither included"),
        ("--confidence", "0", "it must lie between 0 and 1, neither included"),
        ("--confidence", "1.5", "it must lie between 0 and 1"),
        ("--confidence", "high", "invalid confidence value: 'high'"),
        ("--icc", "1.1", "it must lie between 0 and 1"),
        ("--icc", "-0.1", "it must lie between 0 and 1"),
        ("--sd", "-1", "it must not be negative"),
        ("--sd", "inf", "it must be a finite number"),
        ("--sd", "1e12", "it must be a finite number"),
        ("--full-score", "nan", "it must be a finite number"),
    ],
)
def test_an_impossible_option_is_a_wrong_call(option: str, value: str, error: str) -> None:
    last = errors_of(2, "trend", "-", f"{option}={value}", stdin=SERIES)[-1]
    assert last == f"slope trend: error: argument {option}: {error}"


@pytest.mark.parametrize(
    "option", ["--confidence=0.5", "--icc=0", "--icc=1", "--sd=0", "--sd=0.5", "--full-score=-1"]
)
def test_the_ends_of_what_is_possible_are_accepted(option: str) -> None:
    assert json_of("trend", "-", option, stdin=SERIES)[0]["readings"] == 5


LISTED = (
    "subject,arm,baseline_date,died_date,onset,date,total,respondent\n"
    "S1,cells,2026-01-10,,2025-01-10,,,\nS2,control,2026-01-12,2026-07-20,,,,\n"
    "S1,,,,,2026-01-10,40,patient\nS1,,,,,2026-06-27,37,patient\nS1,,,,,2026-07-27,,patient\n"
)


def test_a_list_of_subjects_may_stand_above_the_visits() -> None:
    document = document_of("trend", "-", stdin=LISTED)
    first, second = document["results"]
    assert (first["patient"], first["respondent"]) == ("S1", "patient")
    assert (first["readings"], first["incomplete"], first["last_day"]) == (2, 1, 168)
    assert first["since_onset"]["loss_per_month"] == pytest.approx(8 / (365 / 30.4375))
    assert (second["patient"], second["respondent"]) == ("S2", "")
    assert (second["readings"], second["incomplete"]) == (0, 0)
    assert document["notes"] == [
        "columns passed over: arm, died_date",
        "rows without a day and a value, which only name a subject: 2",
        "forms without a total, which are counted and not used; of each subject the last one: "
        "S1 patient (2026-07-27)",
    ]


def test_a_value_or_an_item_without_a_day_is_still_refused() -> None:
    assert errors_of(1, "trend", "-", stdin="subject,date,total\nA,2026-01-01,40\nA,,39\n") == [
        "row 3, column date: missing"
    ]
    items = ",".join(ALSFRS_R)
    text = f"date,total,{items}\n2026-01-01,40{',' * len(ALSFRS_R)}\n,,4{',' * (len(ALSFRS_R) - 1)}\n"
    assert errors_of(1, "trend", "-", stdin=text) == ["row 3, column date: missing"]


ANOTHER = (
    "is another one than in rows above, and values of two sources are no one course; leave those of one, or"
    " say --ignore source"
)
EMPTY = f"empty, and so home, which {ANOTHER}"


@pytest.mark.parametrize(
    ("sources", "refused"),
    [
        (("clinic", "home", "clinic"), {3: ANOTHER}),
        (("clinic", "Clinic", "CLINIC"), {}),
        (("clinic", "", "clinic"), {3: EMPTY}),
        (("clinic", "", "Home"), {3: EMPTY, 4: ANOTHER}),
        (("", "clinic", ""), {3: ANOTHER}),
        (("", "", "clinic"), {4: ANOTHER}),
        (("home", "", "Home"), {}),
        (("", "home", ""), {}),
        (("", "", ""), {}),
        (("lab", "", "lab"), {3: EMPTY}),
    ],
)
def test_values_of_two_sources_are_no_one_course(sources: Sequence[str], refused: Mapping[int, str]) -> None:
    """In totals and in items, in the rows of one patient and of several."""
    speech = ",".join(ALSFRS_R)
    for header, cells in (("total", "40"), (speech, "3" + "," * 11), (f"total,{speech}", f",{'4,' * 11}4")):
        for names in ("AAA", "ABC"):
            text = f"subject,date,source,{header}\n" + "".join(
                f"{name},2026-0{month}-01,{source},{cells}\n"
                for month, (name, source) in enumerate(zip(names, sources, strict=True), 1)
            )
            done = call_here("trend", "-", stdin=text)
            expected = [f"row {row}, column source: {detail}" for row, detail in refused.items()]
            told = [line for line in done.stderr.splitlines() if not line.startswith("note: ")]
            assert (done.returncode, told) == (1 if refused else 0, expected)
            assert call_here("trend", "-", "--ignore", "source", stdin=text).returncode == 0


def test_a_row_without_a_value_and_a_source_is_of_no_source() -> None:
    text = "subject,date,total,source\nA,,,\nA,2026-01-01,40,clinic\nA,2026-02-01,,\nA,2026-03-01,38,clinic\n"
    (course,) = json_of("trend", "-", stdin=text, notes=1)
    assert (course["readings"], course["incomplete"]) == (2, 1)


def test_a_file_of_trend_goes_through_endpoints() -> None:
    text = "subject,study_day,total,onset,onset_precision,baseline_date\nA,0,40,2025-01-01,month,2026-01-01\n"
    notes = document_of("endpoints", "-", stdin=text)["notes"]
    assert "columns passed over: onset, onset_precision" in notes
    assert document_of("trend", "-", stdin=text)["results"]


def test_the_precision_of_an_onset_may_stand_in_any_row() -> None:
    text = "subject,date,total,onset,onset_precision\n"
    text += "A,2026-01-01,40,2025-01-01,{}\nA,2026-02-01,39,2025-01-01,{}\n"
    first, second = (
        json_of("trend", "-", stdin=text.format(*both), notes=1) for both in (("month", ""), ("", "month"))
    )
    assert first == second
    assert first[0]["since_onset"]["precision"] == "month"
    assert errors_of(1, "trend", "-", stdin=text.format("month", "year")) == [
        "row 3, column onset_precision: differs from another row of this subject"
    ]


@pytest.mark.parametrize(
    ("onset", "whole", "precision", "notes"),
    [("2025-01", "2025-01-01", "month", 1), ("2025", "2025-01-01", "year", 2)],
)
def test_an_onset_may_be_a_month_or_a_year(onset: str, whole: str, precision: str, notes: int) -> None:
    text = "subject,date,total,onset,onset_precision\nA,2026-01-01,40,{},{}\nA,2026-02-01,39,,\n"
    (said,) = json_of("trend", "-", stdin=text.format(whole, precision), notes=notes)
    for given in (precision, ""):
        assert json_of("trend", "-", stdin=text.format(onset, given), notes=notes) == [said]
    assert errors_of(1, "trend", "-", stdin=text.format(onset, "day")) == [
        f"row 2, column onset: only the {precision} is given, and onset_precision says another"
    ]


@pytest.mark.parametrize("onset", ["2025-13", "1025", "2025-1", "25"])
def test_an_onset_that_is_no_month_is_refused(onset: str) -> None:
    text = f"date,total,onset\n2026-01-01,40,{onset}\n"
    (error,) = errors_of(1, "trend", "-", stdin=text)
    assert error.startswith("row 2, column onset: ")
