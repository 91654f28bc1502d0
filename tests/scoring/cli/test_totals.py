"""Totals within their scale, and the same as their items where both are given."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from scoring.cli.totals import scale_of
from scoring.instruments import get
from tests.scoring.cli.program import ALSFRS_R, call_here, document_of, errors_of, json_of

HEADER = ",".join(ALSFRS_R)
ROW = ",".join(map(str, ALSFRS_R.values()))
OUTSIDE = (
    "outside 0 to 48, the scale of ALSFRS-R; for another scale add --instrument or --scale,"
    " for a code that means missing --missing total=CODE"
)


@pytest.mark.parametrize("total", ["440", "99", "-3", "48.5", "49"])
@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_a_total_outside_its_scale_is_refused(command: str, total: str) -> None:
    day = {"trend": "date", "endpoints": "study_day"}[command]
    value = {"trend": "2026-01-01", "endpoints": "0"}[command]
    text = f"subject,{day},total\nA,{value},{total}\n"
    assert errors_of(1, command, "-", stdin=text) == [f"row 2, column total: {OUTSIDE}"]


def test_other_scales_are_named_or_given() -> None:
    text = "date,total\n2026-01-01,56\n2026-02-01,63\n"
    assert json_of("trend", "-", "--instrument", "zbi_22", stdin=text, notes=1)[0]["readings"] == 2
    assert json_of("trend", "-", "--scale", "9,63", stdin=text, notes=1)[0]["readings"] == 2
    assert errors_of(1, "trend", "-", "--scale", "9,62", stdin=text) == [
        "row 3, column total: outside 9 to 62, the scale of another measure (--scale); for another scale add"
        " --instrument or --scale, for a code that means missing --missing total=CODE"
    ]
    assert errors_of(2, "trend", "-", "--instrument", "nothing", stdin=text) == [
        "there is no instrument 'nothing'"
    ]
    assert errors_of(2, "trend", "-", "--instrument", "alssqol_sf", stdin=text) == [
        "alssqol_sf has no total of its own: say with --scale what is possible"
    ]


@pytest.mark.parametrize("scale", ["48", "48,0", "0,0", "0,48,9", "low,high", "0,inf"])
def test_a_scale_that_cannot_be_is_a_wrong_call(scale: str) -> None:
    assert (
        "argument --scale"
        in errors_of(2, "trend", "-", f"--scale={scale}", stdin="date,total\n2026-01-01,4\n")[-1]
    )


def test_the_scale_of_an_instrument_is_its_main_scores() -> None:
    scale = scale_of(get("who_5"))
    assert scale is not None
    assert (scale.low, scale.high, scale.name) == (0, 100, "WHO-5")
    assert scale_of(get("alssqol_sf")) is None


def test_a_scale_is_of_whole_numbers_where_every_item_counts_whole_ones() -> None:
    whole = get("phq_8")
    halves = tuple(replace(item, values=(0, 0.5, 1, 1.5)) for item in whole.items)
    for definition, expected in ((whole, True), (replace(whole, items=halves), False)):
        scale = scale_of(definition)
        assert scale is not None
        assert scale.whole is expected


def test_without_a_total_it_is_formed_from_the_items() -> None:
    second, third = ROW.replace("3,4,4", "2,4,4"), ROW.replace("3,4,4", ",4,4")
    text = f"date,{HEADER}\n2026-01-01,{ROW}\n2026-02-01,{second}\n2026-03-01,{third}\n"
    (course,) = json_of("trend", "-", stdin=text)
    assert (course["readings"], course["incomplete"], course["first_to_last"]["change"]) == (2, 1, -1)
    visits = (
        text.replace("date", "subject,study_day").replace("2026-01-01", "A,0").replace("2026-02-01", "A,168")
    )
    found = json_of("endpoints", "-", "--at", "week 24", stdin=visits.replace("2026-03-01", "A,170"))
    assert found["visits"][0]["changes"]["rows"][0]["change"] == -1


@pytest.mark.parametrize("command", ["trend", "score"])
def test_a_total_beside_its_items_is_compared_with_them(command: str) -> None:
    arguments = ("score", "alsfrs_r", "-", "--keep", "date") if command == "score" else ("trend", "-")
    text = f"date,{HEADER},total\n2026-01-01,{ROW},37\n2026-02-01,{ROW},38\n"
    assert errors_of(1, *arguments, stdin=text) == [
        "row 3, column total: differs from the items of this row, which make total"
    ]
    assert json_of(*arguments, stdin=text.replace(",38\n", ",37.0\n"))


@pytest.mark.parametrize(("total", "possible"), [("34", True), ("38", True), ("33", False), ("39", False)])
def test_the_total_of_an_incomplete_form_has_to_be_possible(total: str, possible: bool) -> None:
    text = f"date,{HEADER},total\n2026-01-01,,{ROW[2:]},{total}\n"
    if possible:
        assert json_of("trend", "-", stdin=text, notes=1)[0]["readings"] == 1
    else:
        assert errors_of(1, "trend", "-", stdin=text) == [
            "row 2, column total: cannot be reached with the items of this row"
        ]


@pytest.mark.parametrize(
    ("instrument", "codes", "total", "possible"),
    [
        # WHO-5: four times the sum of five items, 0 to 5
        ("who_5", [5, 5, 5, 5, None], 80, True),
        ("who_5", [5, 5, 5, 5, None], 100, True),
        ("who_5", [5, 5, 5, 5, None], 79, False),
        ("who_5", [0, None, None, 0, 0], 44, False),
        ("who_5", [0, None, None, 0, 0], 40, True),
        # FSS: a mean is not looked at
        ("fss", [7] * 7 + [None, None], 1, True),
        # ALSFRS-R: the other form of item 5 may be the missing one
        ("alsfrs_r", [4, 4, 4, 4, None, None, 4, 4, 4, 4, 4, 4, 4], 44, True),
        ("alsfrs_r", [4, 4, 4, 4, None, None, 4, 4, 4, 4, 4, 4, 4], 43, False),
        ("alsfrs_r", [4, 4, 4, 4, None, 0, 4, 4, 4, 4, 4, 4, None], 44, True),
        ("alsfrs_r", [4, 4, 4, 4, None, 1, 4, 4, 4, 4, 4, 4, None], 40, False),
    ],
)
def test_what_is_possible_goes_by_the_rule_of_the_instrument(
    instrument: str, codes: list[int | None], total: int, possible: bool
) -> None:
    items = [item.key for item in get(instrument).items if not (item.optional)]
    cells = ",".join("" if code is None else str(code) for code in codes)
    text = f"date,total,{','.join(items)}\n2026-01-01,{total},{cells}\n"
    done = call_here("trend", "-", "--instrument", instrument, stdin=text)
    assert (done.returncode == 0) is possible, done.stderr
    assert possible or "column total: cannot be reached with the items of this row" in done.stderr


def test_the_ends_of_what_is_possible_are_not_missed_by_the_last_digit(tmp_path: Path) -> None:
    own = get("phq_8").as_dict()
    (rule,) = own["scores"]
    own |= {"version": "tenths", "bands": [], "scores": [{**rule, "factor": 0.1, "high": 2.4}]}
    path = tmp_path / "tenths.json"
    path.write_text(json.dumps(own))
    text = f"date,total,{','.join(item.key for item in get('phq_8').items)}\n2026-01-01,0.3,3{',0' * 6},\n"
    (course,) = json_of(
        "trend", "-", "--instrument", path, stdin=text, notes=2
    )  # 3 * 0.1 is a little more than 0.3
    assert course["readings"] == 1
    assert errors_of(1, "trend", "-", "--instrument", path, stdin=text.replace("0.3", "0.29"))


def test_what_is_possible_goes_by_the_range_of_the_missing_item_and_the_rule(tmp_path: Path) -> None:
    own = get("phq_8").as_dict()
    (rule,), (*others, last) = own["scores"], own["items"]
    last = {name: part for name, part in last.items() if name != "options"} | {"codes": {"low": 0, "high": 9}}
    own |= {"version": "wide", "bands": [], "items": [*others, last]}
    own["scores"] = [{**rule, "offset": 10, "low": 10, "high": 40}]
    path = tmp_path / "wide.json"
    path.write_text(json.dumps(own))
    text = f"date,total,{','.join(item.key for item in get('phq_8').items)}\n2026-01-01,{{}}{',3' * 7},\n"
    for total in (31, 40):
        assert json_of("trend", "-", "--instrument", path, stdin=text.format(total), notes=2)
    assert errors_of(1, "trend", "-", "--instrument", path, stdin=text.format(30)) == [
        "row 2, column total: cannot be reached with the items of this row"
    ]


def test_a_total_may_stand_beside_some_columns_of_its_items() -> None:
    (course,) = json_of("trend", "-", stdin="date,total,speech\n2026-01-01,40,4\n", notes=1)
    assert course["readings"] == 1


def test_wrong_items_are_named() -> None:
    text = f"date,{HEADER},total\n2026-01-01,{ROW.replace('3,4,4', '5,4,4')},37\n"
    assert errors_of(1, "trend", "-", stdin=text) == ["row 2, column speech: permitted: 0 to 4"]


def test_a_total_without_its_items_and_items_without_their_total_are_told() -> None:
    text = (
        f"date,{HEADER},total\n2026-01-01,,{ROW[2:]},36\n2026-02-01,{ROW},\n2026-03-01,{ROW},37\n"
        f"2026-04-01,{',' * (len(ALSFRS_R) - 1)},30\n2026-05-01,,{ROW[2:]},\n"
    )
    found = document_of("trend", "-", stdin=text)
    assert found["notes"] == [
        "total used though items of its row are missing, rows: 1; 2026-01-01",
        "empty total formed from the items of its row, rows: 1; 2026-02-01",
        "forms without a total, which are counted and not used; of each subject the last one: 2026-05-01",
    ]
    assert (found["results"][0]["readings"], found["results"][0]["incomplete"]) == (4, 1)


@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_rows_with_a_total_or_items_only_are_named(command: str) -> None:
    rows = [f"S{number},0,,{ROW[2:]},36\nS{number},28,{ROW},\n" for number in (10, 9)]
    notes = document_of(command, "-", stdin=f"subject,study_day,{HEADER},total\n{''.join(rows)}")["notes"]
    assert "total used though items of its row are missing, rows: 2; S9 (day 0), S10 (day 0)" in notes
    assert "empty total formed from the items of its row, rows: 2; S9 (day 28), S10 (day 28)" in notes


ZEROS = ",".join("0" * len(ALSFRS_R))
ZERO = "a total of 0 is hardly ever seen, was the form blank? "


@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_a_total_of_0_is_asked_about(command: str) -> None:
    dated = f"subject,date,{HEADER}\nA,2026-01-10,{ROW}\nA,2026-06-27,{ZEROS}\nB,2026-01-10,{ROW}\n"
    day_0 = ("--baseline-date", "2026-01-10")
    forms = document_of(command, "-", *day_0, stdin=dated)
    assert f"{ZERO}A (2026-06-27)" in forms["notes"]
    totals = "subject,study_day,total\nA,0,{}\nA,168,0\nB,0,40\n"
    assert f"{ZERO}A (day 168)" in document_of(command, "-", stdin=totals.format(1))["notes"]
    assert f"{ZERO}A (day 0), A (day 168)" in document_of(command, "-", stdin=totals.format(0))["notes"]
    none = dated.replace(ZEROS, "0" + ZEROS[1:-1] + "1")
    assert not [note for note in document_of(command, "-", *day_0, stdin=none)["notes"] if "of 0" in note]


@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_the_help_says_that_a_total_of_0_is_asked_about(command: str) -> None:
    text = " ".join(call_here(command, "--help").stdout.split())
    assert "otal of 0 in the ALSFRS-R" in text
    assert "the form may have been blank" in text


def test_a_0_that_is_usual_is_not_asked_about() -> None:
    text = "date,total\n2026-01-01,0\n2026-02-01,0\n"
    assert (
        f"{ZERO}2026-01-01, 2026-02-01" in document_of("trend", "-", "--scale", "0,48", stdin=text)["notes"]
    )
    for other in (("--instrument", "phq_9"), ("--instrument", "who_5"), ("--scale", "0,100")):
        notes = document_of("trend", "-", *other, stdin=text)["notes"]
        assert not [note for note in notes if "of 0" in note]


@pytest.mark.parametrize("command", ["trend", "endpoints"])
@pytest.mark.parametrize("rows", [("study_day,total", "0,\n1,"), (f"study_day,{HEADER}", f"0,{',' * 11}")])
def test_that_no_row_has_a_total_is_told(command: str, rows: tuple[str, str]) -> None:
    text = f"subject,{rows[0]}\n" + "".join(f"A,{row}\n" for row in rows[1].splitlines())
    told = "no row has a total: there is nothing to compute from"
    assert told in document_of(command, "-", stdin=text)["notes"]
    assert told not in document_of(command, "-", stdin="subject,study_day,total\nA,0,4\n")["notes"]


@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_items_that_can_make_no_total_are_refused(command: str) -> None:
    text = f"subject,study_day,{HEADER.removeprefix('speech,')}\nA,0,{ROW[2:]}\n"
    assert errors_of(1, command, "-", stdin=text) == [
        "column speech: there is no such column, and no column total, so that no row could have a total;"
        " add the column, an empty one if this was not asked, or say with --columns which one it is"
    ]


WEIGHT = "patient,study_day,total\nA,0,80000\nA,30,74000\nA,60,70000\n"
NOT_SAID = (
    "not said whether a change is beyond noise: the noise of {} is not known here; give its --sd and --icc"
)


def test_the_noise_of_the_alsfrs_r_is_not_taken_for_that_of_anything_else() -> None:
    weight = document_of("trend", "-", "--instrument", "weight", stdin=WEIGHT)
    assert "reliable_change" not in weight["results"][0] or weight["results"][0]["reliable_change"] is None
    assert weight["notes"] == [NOT_SAID.format("Weight in g")]
    kilograms = WEIGHT.replace("000\n", "\n")
    other = document_of("trend", "-", "--scale", "20,300", stdin=kilograms)
    assert (other["results"][0]["reliable_change"], other["notes"]) == (
        None,
        [NOT_SAID.format("another measure (--scale)")],
    )
    noise = ("--sd", "1000", "--icc", "0.9")
    (course,) = json_of("trend", "-", "--instrument", "weight", *noise, stdin=WEIGHT)
    assert course["reliable_change"]["reliable"] is True
    (own,) = json_of("trend", "-", "--scale", "0,48", stdin="date,total\n2026-01-01,40\n2026-02-01,30\n")
    assert own["reliable_change"]["reliable"] is True


def test_kilograms_are_led_to_grams() -> None:
    (error,) = errors_of(1, "trend", "-", "--instrument", "weight", stdin="study_day,total\n0,80\n")
    assert error.startswith("row 2, column total: outside 20000 to 300000, the scale of Weight in g; ")


def test_half_of_the_noise_of_another_measure_is_a_wrong_call() -> None:
    assert errors_of(2, "trend", "-", "--instrument", "weight", "--sd", "9", stdin=WEIGHT) == [
        "--sd and --icc: for this instrument or scale give both, or none"
    ]


# Codes for missing


@pytest.mark.parametrize(
    "options", [["--missing", "NA,-9"], ["--missing", "NA", "--missing", "-9"], ["--missing=-9,NA"]]
)
def test_codes_for_missing_make_an_answer_absent(options: list[str]) -> None:
    text = f"patient,{HEADER}\nNA,{ROW}\nP2,{ROW.replace('3,4,4', '-9,NA,4')}\n"
    found = json_of("score", "alsfrs_r", "-", "--keep", "patient", *options, stdin=text)
    assert [(row["kept"]["kept_patient"], row["total"]) for row in found] == [("", 37), ("P2", None)]
    assert found[1]["missing"] == ["speech", "salivation"]


def test_a_number_is_missing_in_item_columns_only_unless_the_column_is_named() -> None:
    text = "date,total\n2026-01-01,40\n2026-02-01,-9\n"
    assert errors_of(1, "trend", "-", "--missing", "-9", stdin=text) == [f"row 3, column total: {OUTSIDE}"]
    for options in (["--missing", "total=-9"], ["--missing", "TOTAL=-9.0,date=3"]):
        (course,) = json_of("trend", "-", *options, stdin=text)
        assert (course["readings"], course["incomplete"]) == (1, 1)


def test_a_code_of_an_item_cannot_mean_missing_everywhere() -> None:
    text = f"{HEADER}\n{ROW}\n"
    assert errors_of(2, "score", "alsfrs_r", "-", "--missing", "4", stdin=text) == [
        "--missing: 4 is a code of item speech; for a column in which it means missing write COLUMN=4"
    ]
    (found,) = json_of("score", "alsfrs_r", "-", "--missing", "dyspnea=4", stdin=text)
    assert found["missing"] == ["dyspnea"]


def test_whole_numbers_may_be_written_with_a_point_and_others_are_no_codes() -> None:
    floats = ",".join(f"{code}.0" for code in ALSFRS_R.values())
    assert json_of("score", "alsfrs_r", "-", stdin=f"{HEADER}\n{floats}\n")[0]["total"] == 37
    assert errors_of(1, "score", "alsfrs_r", "-", stdin=f"{HEADER}\n{ROW.replace('3,4,4', '3.5,4,4')}\n") == [
        "row 2, column speech: a code is a whole number; leave out what was not answered"
    ]


def test_codes_may_be_written_with_a_comma_for_decimals() -> None:
    cells = ";".join(f"{code},0" for code in ALSFRS_R.values())
    text = f"{HEADER.replace(',', ';')}\n{cells}\n"
    assert json_of("score", "alsfrs_r", "-", "--decimal", "comma", stdin=text)[0]["total"] == 37
    (missing,) = json_of(
        "score",
        "alsfrs_r",
        "-",
        "--decimal",
        "comma",
        "--missing",
        "-9",
        stdin=text.replace("2,0", "-9,0", 1),
    )
    assert missing["missing"] == ["handwriting"]


def test_a_table_without_an_items_column_is_refused_and_a_form_without_an_answer_is_not() -> None:
    columns = [name for name in ALSFRS_R if name != "speech"]
    row = ",".join(str(ALSFRS_R[name]) for name in columns)
    assert errors_of(1, "score", "alsfrs_r", "-", stdin=f"{','.join(columns)}\n{row}\n") == [
        "column speech: there is no such column; add an empty one if this was not asked, or use --columns"
    ]
    assert json_of("score", "alsfrs_r", "-", stdin='{"salivation": 4}')["total"] is None
    assert len(errors_of(1, "score", "phq_8", "-", stdin='{"total": 4}')) == 8


def test_a_total_of_whole_items_is_whole() -> None:
    text = "date,total\n2026-01-01,32.5\n2026-02-01,3e1\n2026-03-01,32.0\n"
    assert errors_of(1, "trend", "-", stdin=text) == [
        "row 2, column total: expected a whole number, as totals of ALSFRS-R are; for others add --scale"
        " 0,48",
        "row 3, column total: expected a number",
    ]
    halves = text.replace("3e1", "31.5")
    (course,) = json_of("trend", "-", "--scale", "0,48", stdin=halves)
    assert course["readings"] == 3


RAW = "no answers make this total of WHO-5: it is a sum times 4; for raw sums add --scale 0,25"
MAYBE_RAW = "no total is above 25: are these raw sums? those of WHO-5 are taken times 4"


@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_a_total_that_no_answers_make_is_refused(command: str) -> None:
    text = "subject,study_day,total\n1,0,{}\n1,168,{}\n2,0,76\n"
    who_5 = ("--instrument", "who_5")
    assert errors_of(1, command, "-", *who_5, stdin=text.format(15, 14)) == [
        f"row 2, column total: {RAW}",
        f"row 3, column total: {RAW}",
    ]
    assert document_of(command, "-", *who_5, stdin=text.format(16, 100))
    assert document_of(command, "-", *who_5, "--scale", "0,99", stdin=text.format(15, 14))


@pytest.mark.parametrize("command", ["trend", "endpoints"])
@pytest.mark.parametrize(("highest", "told"), [(24, True), (28, False)])
def test_totals_that_may_all_be_raw_sums_are_told(command: str, highest: int, told: bool) -> None:
    text = f"subject,study_day,total\n1,0,{highest}\n1,168,8\n"
    assert (MAYBE_RAW in document_of(command, "-", "--instrument", "who_5", stdin=text)["notes"]) is told
    assert (
        MAYBE_RAW
        not in document_of(command, "-", "--instrument", "phq_9", stdin=text.replace("28", "27"))["notes"]
    )


@pytest.mark.parametrize(
    ("key", "possible", "impossible"),
    [
        ("who_5", (0, 4, 96, 100), (1, 2, 50, 99)),
        ("alsfrs_r", (0, 1, 47, 48), (0.5,)),
        ("phq_9", (0, 27, 7, 4.5, 12 * 9 / 7, 13 * 9 / 8), (0.5, 12.3)),
        ("gad_7", (21, 7 / 5, 7 / 6), (0.1,)),
        ("fss", (1, 6.25, 2.1), ()),
        ("alsaq_40", (0, 33.1), ()),
        ("weight", (70_000,), ()),
    ],
)
def test_which_totals_answers_can_give(
    key: str, possible: tuple[float, ...], impossible: tuple[float, ...]
) -> None:
    scale = scale_of(get(key))
    assert scale is not None
    assert all(map(scale.has, possible))
    assert not any(map(scale.has, impossible))


def test_the_total_of_a_form_with_an_answer_missing_need_not_be_whole() -> None:
    total = 12 * 9 / 7
    text = f"date,total\n2026-01-01,{total}\n2026-02-01,9\n"
    (course,) = json_of("trend", "-", "--instrument", "phq_9", stdin=text, notes=1)
    assert course["first_to_last"]["change"] == pytest.approx(9 - total)
