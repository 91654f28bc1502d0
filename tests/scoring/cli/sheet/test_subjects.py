"""Whom a row is about: sites, and names that may be one person's."""

from __future__ import annotations

import pytest

from scoring.cli.sheet import Mistake, Sheet
from scoring.cli.sheet.subjects import first_of, natural, one_of_each, spots, subjects
from tests.scoring.cli.program import document_of, errors_of, unusual

COMMANDS = pytest.mark.parametrize("command", ["trend", "endpoints"])


@COMMANDS
@pytest.mark.parametrize(
    ("names", "alike"),
    [
        (["001", "1", "10", "100", "A"], "001 and 1"),
        (["S1", "s1", "S2"], "S1 and s1"),
        (["P-01", "P01", "p 1", "P-11", "P1-1"], "P-01 and P01 and p 1"),
        (["A-1", "A\u20131", "A_2"], "A-1 and A\u20131"),
        (["Straße", "STRASSE"], "STRASSE and Straße"),
        (["B1", "b1", "A1", "a1"], "A1 and a1, B1 and b1"),
        (["1.0", "1", "2.5", "25", "10", "1.00"], "1 and 1.0 and 1.00"),
        (["1.0", "01", "P2.0", "P2", "P2.0.1"], "01 and 1.0, P2 and P2.0"),
        (["+1", "1"], "+1 and 1"),
        (["1-11", "11-1", "111", "1a", "a1", "Ä", "A", "٣", "٤", "का", "की"], ""),
    ],
)
def test_names_that_differ_in_spelling_only_are_told(command: str, names: list[str], alike: str) -> None:
    text = "subject,study_day,total\n" + "".join(f"{name},0,40\n" for name in names)
    told = "taken as different subjects, though only capitals, signs, blanks, or zeros in front or after a"
    told += f" point differ: {alike}"
    assert unusual(document_of(command, "-", stdin=text)["notes"]) == ([told] if alike else [])


@COMMANDS
def test_a_number_at_two_sites_is_no_other_spelling(command: str) -> None:
    text = "site,subject,study_day,total\nX,001,0,40\nY,1,30,38\n"
    assert unusual(document_of(command, "-", stdin=text)["notes"]) == []


@COMMANDS
def test_a_site_stands_in_every_row_because_it_is_part_of_the_name(command: str) -> None:
    text = "site,subject,study_day,total\nX,1,0,40\n,1,168,38\n"
    assert errors_of(1, command, "-", stdin=text) == ["row 3, column site: missing"]


def test_the_site_is_part_of_the_name() -> None:
    assert subjects(Sheet({"subject": ["1", 2], "site": ["Bonn", "Ulm"]}, [2, 3])) == ["Bonn/1", "Ulm/2"]
    assert subjects(Sheet({"subject": ["1", 2]}, [2, 3])) == ["1", "2"]


def test_what_a_subject_has_one_of_may_stand_in_any_row_and_is_one() -> None:
    sheet = Sheet({"onset": [None, 5, 5, None, 6, 7]}, range(2, 8))
    found = one_of_each(sheet, ["A", "A", "A", "B", "A", "C"], [None, 5, 5, None, 6, 7], "onset")
    assert found == {"A": 5, "C": 7}
    assert sheet.mistakes == [Mistake("differs from another row of this subject", 6, "onset")]


def test_of_many_the_first_twenty_are_listed() -> None:
    many = [f"S{number}" for number in range(22)]
    assert first_of(many[:20]) == ", ".join(many[:20])
    assert first_of(many[:21]) == ", ".join([*many[:20], "and 1 more"])
    assert first_of(many) == ", ".join([*many[:20], "and 2 more"])


def test_a_spot_is_who_and_which_day_as_far_as_they_are_known() -> None:
    columns: dict[str, list[object]] = {
        "subject": ["P10", "P2", None], "respondent": ["patient", None, None], "study_day": ["30", None, "7"],
    }  # fmt: skip
    assert spots(Sheet(columns, [2, 3, 4]), range(3)) == "day 7, P2, P10 patient (day 30)"
    dated = Sheet({"subject": ["P1", "P1"], "date": ["2026-01-31", None]}, [2, 3])
    assert spots(dated, range(2)) == "P1, P1 (2026-01-31)"


def test_numbers_in_names_are_in_the_order_of_numbers() -> None:
    ordered = ["", "1/2", "02", "2", "9", "10", "A", "S", "S2", "S2/3", "S2b", "S9", "S10", "٣"]
    assert sorted(set(ordered), key=lambda name: natural([name])) == ordered
    assert natural(["S10b", "7"]) == [
        (1, 0, "S"), (0, 10, "10"), (1, 0, "b"), (-1, 0, ""), (0, 7, "7"), (-1, 0, ""),
    ]  # fmt: skip
    pairs = [("A", ""), ("A", "2"), ("A", "10"), ("B", "1")]
    assert sorted(set(pairs), key=natural) == pairs


@COMMANDS
@pytest.mark.parametrize("name", ["NA", "n/a", ".", "-", "-9", "-99", "NaN", "null", "None", "unknown"])
def test_a_code_for_a_missing_value_is_nobodys_name(command: str, name: str) -> None:
    text = f"Patient,study_day,total\n{name},0,40\nA,0,40\n"
    told = f"row 2, column Patient: {name} looks like a code for a missing value; give the name, or say"
    assert errors_of(1, command, "-", stdin=text) == [f"{told} --missing Patient={name}"]
    said = errors_of(1, command, "-", f"--missing=patient={name}", stdin=text)
    assert said == ["row 2, column Patient: missing"]


@COMMANDS
@pytest.mark.parametrize("name", ["999", "1-9", "A-9", "NA1", "Nana"])
def test_a_name_that_only_resembles_such_a_code_is_one(command: str, name: str) -> None:
    text = f"subject,study_day,total\n{name},0,40\nA,0,40\n"
    assert unusual(document_of(command, "-", stdin=text)["notes"]) == []


@pytest.mark.parametrize("column", ["site", "arm"])
def test_a_code_for_a_missing_value_is_no_site_and_no_arm(column: str) -> None:
    text = f"subject,{column},study_day,total\n1,NA,0,40\n2,unknown,0,40\n"
    assert errors_of(1, "endpoints", "-", stdin=text) == [
        f"row 2, column {column}: NA looks like a code for a missing value; give the name, or say"
        f" --missing {column}=NA"
    ]


@COMMANDS
def test_two_subjects_whom_site_and_name_would_make_one_are_refused(command: str) -> None:
    text = "site,subject,study_day,total\nA,B/1,0,40\nA/B,1,168,30\nA,2,0,40\nA/B,1,170,30\n"
    told = "site A, subject B/1 and site A/B, subject 1 would be one name, A/B/1; write other names"
    assert errors_of(1, command, "-", stdin=text) == [
        f"row 3, column site: {told}",
        f"row 5, column site: {told}",
    ]
    apart = text.replace("B/1", "B_1")
    assert len(document_of("trend", "-", stdin=apart)["results"]) == 3


RESPONDENTS = "subject,respondent,study_day,total\n1,patient,0,40\n1,{},30,39\n2,{},0,40\n"


def test_respondents_are_spelled_in_one_way() -> None:
    assert errors_of(1, "trend", "-", stdin=RESPONDENTS.format("Patient", "patient")) == [
        "row 3, column respondent: is spelled with other capitals in another row"
    ]


def test_a_respondent_stands_in_all_rows_of_a_subject_or_in_none() -> None:
    assert errors_of(1, "trend", "-", stdin=RESPONDENTS.format("", "")) == [
        "row 3, column respondent: missing, while other rows of this subject have one, and each respondent is"
        " a series of its own; fill it in, or --ignore respondent"
    ]
    found = document_of("trend", "-", stdin=RESPONDENTS.format("caregiver", ""))["results"]
    assert [(course["patient"], course["respondent"]) for course in found] == [
        ("1", "caregiver"), ("1", "patient"), ("2", ""),
    ]  # fmt: skip
    listed = "subject,respondent,study_day,total\n1,,,\n1,patient,0,40\n1,patient,30,39\n"
    assert len(document_of("trend", "-", stdin=listed)["results"]) == 1
