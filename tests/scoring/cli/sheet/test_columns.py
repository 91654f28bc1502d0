"""Which column is which: capitals, other names, maps, and what is not known."""

from __future__ import annotations

import pytest

from scoring.cli import series, visits
from scoring.cli.sheet import (
    MissingCodes,
    Mistake,
    Naming,
    Sheet,
    Spelling,
    WrongCall,
    WrongInput,
    settle_columns,
)
from scoring.cli.sheet.columns import PRO_ACT, folded, known_map
from scoring.cli.sheet.mistakes import MOST_SHOWN
from scoring.instruments import get

KNOWN = ("subject", "date", "time", "total", "speech")


def settled(
    header: str, naming: Naming | None = None, ignored: tuple[str, ...] = (), unit: str = "row"
) -> Sheet:
    names = header.split(",")
    sheet = Sheet({name: [f"{name} 1", f"{name} 2"] for name in names}, [2, 3], unit)
    settle_columns(sheet, KNOWN, naming or Naming(), ignored)
    return sheet


def mistakes(sheet: Sheet) -> list[str]:
    return [str(mistake) for mistake in sheet.mistakes]


@pytest.mark.parametrize("header", ["subject,Total", "SUBJECT, TOTAL ", "Patient,total", "patient_id,ToTaL"])
def test_capitals_do_not_matter_and_patient_and_subject_are_one(header: str) -> None:
    sheet = settled(header)
    assert list(sheet.columns) == ["subject", "total"]
    assert mistakes(sheet) == []


def test_a_name_has_one_form() -> None:
    assert folded(" Visit \t DATE\n") == "visit date"
    assert folded("Place\u0301bo") == folded("PLAC\u00c9BO") == "plac\u00e9bo"


def test_two_names_for_one_column_are_refused() -> None:
    assert mistakes(settled("patient,subject")) == [
        "row 1, column subject: patient and subject are one column here"
    ]
    assert mistakes(settled("patient,subject", unit="entry")) == [
        "column subject: patient and subject are one column here"
    ]


def test_the_services_names_of_the_day_are_known() -> None:
    both = settled("patient_id,observed_on,observed_at")
    assert (both.columns["date"], both.columns["time"]) == (
        ["observed_on 1", "observed_on 2"],
        ["observed_at 1", "observed_at 2"],
    )
    one = settled("patient_id,observed_at")
    assert one.columns["date"] == one.columns["time"] == ["observed_at 1", "observed_at 2"]
    one.report(0, "date", "is wrong")
    assert mistakes(one) == ["row 2, column observed_at: is wrong"]


def test_each_wrong_header_is_named_once_with_the_nearest_known() -> None:
    assert mistakes(settled("subject,totl,dose")) == [
        "row 1, column totl: unknown column; did you mean total?; or use --ignore",
        "row 1, column dose: unknown column; known: subject, date, time, total, speech; or use --ignore",
    ]
    entries = Sheet({"subject": [1, 2], "dose": [None, 3]}, [1, 2], "entry")
    settle_columns(entries, KNOWN, Naming(), ())
    assert mistakes(entries)[0].startswith("entry 2, column dose: unknown column")
    empty = Sheet({"dose": [None, None]}, [1, 2], "entry")
    settle_columns(empty, KNOWN, Naming(), ())
    assert mistakes(empty)[0].startswith("entry 1, column dose: unknown column")


def test_of_many_known_columns_the_first_fourteen_are_named() -> None:
    for many, end in ((14, "c13; or use --ignore"), (15, "c13, ...; or use --ignore")):
        sheet = Sheet({"dose": [1]}, [2])
        settle_columns(sheet, [f"c{place}" for place in range(many)], Naming(), ())
        assert mistakes(sheet)[0].endswith(end)


def test_what_is_to_be_ignored_is_whatever_its_capitals() -> None:
    sheet = settled("subject,Dose,x", ignored=("dose", "X"))
    assert (list(sheet.columns), sheet.decisions) == (["subject"], ["columns passed over: Dose, x"])
    everything = settled("subject,dose,x", ignored=("*",))
    assert (list(everything.columns), everything.decisions) == (["subject"], ["columns passed over: dose, x"])


def test_a_column_to_be_ignored_that_is_not_there_is_told() -> None:
    assert settled("subject,dose", ignored=("dose", "Weght", "age", "*")).decisions == [
        "columns passed over: dose", "--ignore: the file has no column Weght, age",
    ]  # fmt: skip
    assert settled("patient", ignored=("subject",)).decisions == ["--ignore: the file has no column subject"]
    assert settled("subject", ignored=("*", "")).decisions == []


def test_a_map_gives_names_and_passes_over_what_it_says() -> None:
    naming = Naming({"VISITDT": "date", "Score": "total", "site no": "", "Dose": ""}, whole=True)
    sheet = settled("Subject,visitdt,SCORE,site no,dose", naming)
    assert list(sheet.columns) == ["subject", "date", "total"]
    assert (sheet.decisions, mistakes(sheet)) == (["columns passed over: dose, site no"], [])
    sheet.report(1, "date", "is wrong")
    assert mistakes(sheet) == ["row 3, column visitdt: is wrong"]


def test_a_column_that_a_map_does_not_name_is_as_unknown_as_without_a_map() -> None:
    naming = Naming({"Score": "total"}, whole=True)
    assert mistakes(settled("subject,score,dose", naming))[0].startswith("row 1, column dose: unknown column")
    by_word = settled("subject_id,death_days,gender", Naming(PRO_ACT))
    assert by_word.decisions == ["columns passed over: death_days"]
    assert mistakes(by_word)[0].startswith("row 1, column gender: unknown column")


def test_a_map_may_name_a_column_that_only_another_command_reads() -> None:
    naming = Naming({"VISITDT": "date", "Score": "total"}, whole=True, elsewhere=frozenset({"date"}))
    sheet = Sheet({"VISITDT": ["x"], "Score": [3]}, [2])
    settle_columns(sheet, ("speech", "total"), naming, ())
    assert (list(sheet.columns), sheet.decisions) == (["total"], ["columns passed over: VISITDT"])
    with pytest.raises(WrongCall, match="there is no column dose here"):
        settle_columns(sheet, ("total",), Naming({"Score": "dose"}, True, frozenset({"date"})), ())


def test_an_event_that_a_command_does_not_read_is_no_date_of_a_visit() -> None:
    for written in ("died_date", "Date_of_death", "ventilated_date"):
        sheet = Sheet({written: ["x"]}, [2])
        settle_columns(sheet, series.COLUMNS, Naming(), ())
        (mistake,) = mistakes(sheet)
        assert "did you mean" not in mistake


def test_an_item_with_two_forms_is_asked_for_by_both() -> None:
    sheet = Sheet({"Cutting": [4]}, [2])
    settle_columns(sheet, ("total", *get("alsfrs_r").by_key), Naming(), ())
    assert mistakes(sheet) == [
        "row 1, column Cutting: unknown column; write it as cutting_without_gastrostomy or"
        " cutting_with_gastrostomy; or use --ignore"
    ]
    one = Sheet({"Cutting": [4]}, [2])
    settle_columns(one, ("total", "cutting_one"), Naming(), ())
    assert mistakes(one)[0].startswith("row 1, column Cutting: unknown column; did you mean cutting_one?")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Visit_Date", "date"),
        ("Date_of_death", "died_date"),
        ("death day", "died_day"),
        ("DOD", "died_date"),
        ("Date_of_randomisation", "baseline_date"),
        ("VisitDay", "study_day"),
        ("visit day", "study_day"),
        ("tracheostomy date", "ventilated_date"),
        ("treatment group", "arm"),
        ("ALSFRS score", "total"),
        ("Totl", "total"),
        ("patient no", "subject"),
        ("Baseline date", "baseline_date"),
        ("subjct", "subject"),
        ("studyday", "study_day"),
    ],
)
def test_the_column_that_was_meant_is_found_by_the_words_in_a_name(written: str, meant: str) -> None:
    sheet = Sheet({written: ["x"]}, [2])
    settle_columns(sheet, visits.COLUMNS, Naming(), ())
    (mistake,) = mistakes(sheet)
    assert f"did you mean {meant}?" in mistake


@pytest.mark.parametrize("written", ["visit", "rater", "epoch", "dose"])
def test_a_name_that_is_only_somewhat_alike_is_not_taken_for_another(written: str) -> None:
    sheet = Sheet({written: ["x"]}, [2])
    settle_columns(sheet, visits.COLUMNS, Naming(), ())
    (mistake,) = mistakes(sheet)
    assert mistake.startswith(f"row 1, column {written}: unknown column; known: subject, ")


@pytest.mark.parametrize("written", ["2024-01-13", "32", "31.5", "13JAN2024"])
def test_a_first_line_of_data_is_no_header(written: str) -> None:
    sheet = Sheet({written: ["x"]}, [2])
    settle_columns(sheet, visits.COLUMNS, Naming(), ())
    assert mistakes(sheet) == [
        f"row 1, column {written}: unknown column; is this data? the first line has to name the columns; or"
        " use --ignore"
    ]


@pytest.mark.parametrize(
    ("names", "error"),
    [
        (
            {"dose": "speed"},
            "--columns: there is no column speed here; known: subject, date, time, total, speech",
        ),
        ({"doze": "total"}, "--columns: the file has no column doze; there are: subject, dose"),
    ],
)
def test_a_map_of_what_is_not_there_is_a_wrong_call(names: dict[str, str], error: str) -> None:
    with pytest.raises(WrongCall) as caught:
        settled("subject,dose", Naming(names, whole=True))
    assert str(caught.value) == error


def test_pro_acts_names_are_those_of_the_instruments() -> None:
    items = {*get("alsfrs_r").by_key, *get("alsfrs").by_key}
    assert set(PRO_ACT.values()) - items == {"subject", "study_day", "died_day", "arm", ""}
    assert items - set(PRO_ACT.values()) == {"gastrostomy"}
    new, old = "ALSFRS_R_Total", "ALSFRS_Total"
    assert known_map("Pro-Act", "alsfrs_r") == {**PRO_ACT, new: "total", old: ""}
    assert known_map("proact", "alsfrs") == {**PRO_ACT, old: "total", new: ""}
    assert known_map("pro-act", "phq_9") == {**PRO_ACT, old: "", new: ""}
    assert known_map("service", "alsfrs_r") == {}
    assert known_map("map.json", "alsfrs_r") is None


def test_codes_of_one_column_are_missing_there_only() -> None:
    codes = MissingCodes(of_columns={"Patient": frozenset({"X"}), "total": frozenset({"-9", "NK"})})
    sheet = Sheet(
        {"patient": ["X", "NK"], "Total": ["-9.0", "NK"], "speech": ["-9", "X"]},
        [2, 3],
        spelling=Spelling(missing=codes),
    )
    settle_columns(sheet, KNOWN, Naming(), ())
    assert sheet.columns == {"subject": [None, "NK"], "total": [None, None], "speech": ["-9", "X"]}


@pytest.mark.parametrize("name", ["subject", "Patient", "patient_id"])
def test_codes_may_name_a_column_as_any_command_does(name: str) -> None:
    spelling = Spelling(missing=MissingCodes(of_columns={name: frozenset({"X"})}))
    sheet = Sheet({"patient": ["X", "A"]}, [2, 3], spelling=spelling)
    settle_columns(sheet, KNOWN, Naming(), ())
    assert sheet.columns == {"subject": [None, "A"]}


@pytest.mark.parametrize("name", ["totl", "date"])
def test_codes_of_a_column_that_is_not_there_are_a_wrong_call(name: str) -> None:
    spelling = Spelling(missing=MissingCodes(of_columns={name: frozenset({"-9"})}))
    with pytest.raises(WrongCall, match=f"--missing: the file has no column {name}"):
        settle_columns(Sheet({"total": ["-9"]}, [2], spelling=spelling), KNOWN, Naming(), ())


def test_codes_of_a_column_that_is_passed_over_do_no_harm() -> None:
    spelling = Spelling(missing=MissingCodes(of_columns={"DOSE": frozenset({"-9"})}))
    sheet = Sheet({"total": ["-9"], "dose": ["-9"]}, [2], spelling=spelling)
    settle_columns(sheet, KNOWN, Naming(), ["dose"])
    assert sheet.columns == {"total": ["-9"]}


def test_codes_are_read_as_the_file_writes_numbers() -> None:
    codes = MissingCodes(of_columns={"total": frozenset({"-9"})})
    sheet = Sheet({"total": ["-9,0", "-9", "9,0"]}, [2, 3, 4], spelling=Spelling(",", missing=codes))
    settle_columns(sheet, KNOWN, Naming(), ())
    assert sheet.columns == {"total": [None, None, "9,0"]}


def test_numbers_for_missing_count_in_item_columns_only() -> None:
    codes = MissingCodes(numbers=frozenset({-9.0, 9.0}))
    sheet = Sheet({"speech": ["-9", "9.0", "4", 9, 3.0, True]}, range(2, 8), spelling=Spelling(missing=codes))
    assert sheet.answers(["speech", "walking"]) == {"speech": [None, None, 4, None, 3, True]}


# Many mistakes


def test_the_first_twenty_mistakes_are_named_by_row_and_the_rest_counted_by_kind() -> None:
    found = [Mistake("expected a number", row, "total") for row in range(60, 1, -1)]
    found += [Mistake(f"a second value; the first is in row {row}", 100 + row, "date") for row in (1, 2)]
    lines = list(WrongInput(found).lines())
    assert lines[:2] == [
        "row 2, column total: expected a number",
        "row 3, column total: expected a number",
    ]
    assert lines[MOST_SHOWN:] == [
        "and 41 more:",
        "  39 x column total: expected a number",
        "  2 x column date: a second value",
    ]
    assert len(list(WrongInput(found[:20]).lines())) == 20


def test_a_mistake_is_named_once_and_says_where_it_is_as_far_as_it_knows() -> None:
    assert list(WrongInput([Mistake("x", 2), Mistake("x", 2)]).lines()) == ["row 2: x"]
    assert str(WrongInput([Mistake("y", 3), Mistake("x", 2)])) == "row 2: x; row 3: y"
    assert str(Mistake("detail")) == "detail"
    assert str(Mistake("detail", 2)) == "row 2: detail"
    assert str(Mistake("detail", column="x")) == "column x: detail"
    assert str(Mistake("detail", 2, "x", "entry")) == "entry 2, column x: detail"
