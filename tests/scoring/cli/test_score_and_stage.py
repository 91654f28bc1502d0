"""`score` and `stage` from files, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scoring import instruments
from scoring.als_staging import stage
from scoring.instruments import catalogue, get
from tests.scoring.cli.program import ALSFRS_R, csv_of, document_of, errors_of, json_of

HEADER = ",".join(ALSFRS_R)
ROW = ",".join(map(str, ALSFRS_R.values()))


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """One complete form."""
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(ALSFRS_R))
    return path


def test_one_form_is_scored_as_the_library_does(answers: Path) -> None:
    expected = instruments.score(get("alsfrs_r"), ALSFRS_R).as_dict()
    found = json_of("score", "alsfrs_r", answers)
    assert {name: found[name] for name in expected} == expected
    assert (found["total"], found["bands"], found["safety_items"]) == (37, [], [])
    assert "kept" not in found


def test_several_forms_give_a_row_each_with_the_columns_kept(tmp_path: Path) -> None:
    path = tmp_path / "forms.csv"
    path.write_text(f"patient,date,{HEADER}\n007,2026-01-05,{ROW}\n008,,{ROW.replace('3,4,4,2', '3,,4,2')}\n")
    first, second = csv_of("score", "alsfrs_r", path, "--keep", "patient, date")
    assert (first["kept_patient"], first["kept_date"], first["instrument"]) == (
        "007",
        "2026-01-05",
        "alsfrs_r",
    )
    assert (first["total"], first["complete"], first["missing"], first["rule_version"]) == (
        "37",
        "True",
        "",
        "1",
    )
    assert (second["kept_patient"], second["kept_date"]) == ("008", "")
    assert (second["total"], second["complete"], second["missing"]) == ("", "False", "salivation")
    assert (second["score_bulbar"], second["score_fine_motor"], second["score_gross_motor"]) == ("", "8", "6")
    one, two = json_of("score", "alsfrs_r", path, "--keep", "patient,date")
    assert (one["kept"], one["total"]) == ({"kept_patient": "007", "kept_date": "2026-01-05"}, 37)
    assert (two["total"], two["missing"]) == (None, ["salivation"])


def test_the_item_that_somebody_has_to_see_is_listed_whatever_the_total(tmp_path: Path) -> None:
    forms = '[{"phq_1": 0, "phq_9": 1}, {"phq_9": 0}]'
    found = json_of("score", "phq_9", "-", stdin=forms)
    assert [row["safety_items"] for row in found] == [["phq_9"], []]
    assert [row["safety_items"] for row in csv_of("score", "phq_9", "-", stdin=forms)] == ["phq_9", ""]


def test_bands_stand_beside_the_score_with_their_names() -> None:
    form = json.dumps({f"phq_{number}": 1 for number in range(1, 9)} | {"phq_9": 0})
    (band,) = [
        band for band in json_of("score", "phq_9", "-", stdin=form)["bands"] if band["score"] == "total"
    ]
    assert (band["name"], set(band)) == ("mild", {"score", "scale", "name", "label"})


def test_prorated_scores_and_standard_errors_reach_the_table() -> None:
    (row,) = csv_of("score", "phq_9", "-", stdin=json.dumps({f"phq_{number}": 1 for number in range(1, 9)}))
    assert (row["total"], row["notes"]) == ("9", "prorated")
    promis = {
        "g01": 2,
        "g02": 3,
        "g03": 2,
        "g04": 3,
        "g05": 3,
        "g09": 2,
        "g06": 2,
        "g07": 4,
        "g08": 3,
        "g10": 3,
    }
    (row,) = csv_of("score", "promis_10", "-", stdin=json.dumps(promis))
    assert [row[name] for name in row if name.endswith("_se")] == ["4.1", "3.6"]


def test_every_wrong_cell_is_named_by_row_and_column_and_nothing_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "forms.csv"
    path.write_text(f"patient,{HEADER}\n1,{ROW}\n2,{ROW.replace('3,4,4,2', '5,4,x,2.5')}\n")
    assert errors_of(1, "score", "alsfrs_r", path) == [
        "row 1, column patient: unknown column; known: speech, salivation, swallowing, handwriting,"
        " gastrostomy, cutting_without_gastrostomy, cutting_with_gastrostomy, dressing_hygiene,"
        " turning_in_bed, walking, climbing_stairs, dyspnea, orthopnea, respiratory_insufficiency, ...;"
        " or use --ignore",
        "row 3, column speech: permitted: 0 to 4",
        "row 3, column swallowing: a code is a whole number; leave out what was not answered",
        "row 3, column handwriting: a code is a whole number; leave out what was not answered",
    ]


def test_both_forms_of_item_5_are_refused() -> None:
    both = json.dumps({**ALSFRS_R, "cutting_with_gastrostomy": 2})
    for arguments in (("score", "alsfrs_r"), ("stage",)):
        errors = errors_of(1, *arguments, "-", stdin=both)
        assert [line.partition(":")[0] for line in errors] == [
            "column cutting_with_gastrostomy",
        ]


def test_a_true_in_json_is_no_code() -> None:
    assert errors_of(1, "score", "alsfrs_r", "-", stdin='[{"speech": true}]') == [
        "entry 1, column speech: a code is a whole number, not true or false"
    ]


def test_a_version_can_be_named_and_an_unknown_one_is_a_wrong_call(answers: Path) -> None:
    assert json_of("score", "alsfrs_r", answers, "--version", "1")["rule_version"] == "1"
    (error,) = errors_of(2, "score", "alsfrs_r", answers, "--version", "0")
    assert error == "alsfrs_r has no version '0'; known: 1"
    assert errors_of(2, "score", "alsfrs_s", answers) == ["there is no instrument 'alsfrs_s'"]


def test_a_definition_of_ones_own_scores_too(tmp_path: Path, answers: Path) -> None:
    document = {**get("alsfrs_r").as_dict(), "version": "site-1"}
    own = tmp_path / "own.json"
    own.write_text(json.dumps(document))
    found = json_of("score", own, answers)
    assert (found["total"], found["rule_version"]) == (37, "site-1")


def test_the_mistakes_of_a_definition_are_named_by_their_place(tmp_path: Path, answers: Path) -> None:
    document = get("alsfrs_r").as_dict()
    document["items"][1]["key"] = "speech"
    own = tmp_path / "own.json"
    own.write_text(json.dumps(document))
    errors = errors_of(1, "score", own, answers)
    assert any(line.startswith("/version: this version is shipped") for line in errors)
    assert any(line.startswith("/items/1") for line in errors)


def test_one_form_is_staged_as_the_library_does(answers: Path) -> None:
    assert json_of("stage", answers) == stage(ALSFRS_R).as_dict()


def test_stages_of_several_forms_in_one_table(tmp_path: Path) -> None:
    path = tmp_path / "forms.csv"
    path.write_text(f"id,gastrostomy,{HEADER}\na,1,{ROW}\nb,,{ROW.replace('3,4,4,2', '3,4,,2')}\n")
    first, second = csv_of("stage", path, "--keep", "id")
    assert (first["kept_id"], first["kings.stage"], first["kings.decided_by"]) == ("a", "4a", "gastrostomy")
    assert (first["kings.nutritional"], first["kings.respiratory"]) == ("True", "False")
    assert (second["kept_id"], second["kings.stage"], second["kings.missing"]) == ("b", "3", "swallowing")
    assert (second["mitos.stage"], second["mitos.domains.swallowing"]) == ("", "")
    assert (second["ft9.stage"], second["ft9.experimental"]) == ("", "True")
    assert [row["kept"] for row in json_of("stage", path, "--keep", "id")] == [
        {"kept_id": "a"},
        {"kept_id": "b"},
    ]


def test_the_note_of_a_stage_reaches_both_outputs() -> None:
    form = {**ALSFRS_R, "cutting_with_gastrostomy": 3}
    del form["cutting_without_gastrostomy"]
    text = json.dumps(form)
    assert json_of("stage", "-", stdin=text)["notes"][0]["code"] == "tube_not_recorded"
    assert csv_of("stage", "-", stdin=text)[0]["notes"] == "tube_not_recorded"


def test_the_instruments_are_listed_with_the_range_of_their_main_score() -> None:
    rows = {row["key"]: row for row in json_of("instruments")}
    assert set(rows) == {definition.key for definition in catalogue()}
    assert rows["alsfrs_r"] == {
        "key": "alsfrs_r",
        "version": "1",
        "title": "ALSFRS-R",
        "main_score": "total",
        "low": 0,
        "high": 48,
        "direction": "higher_is_better",
        "items": " ".join(get("alsfrs_r").by_key),
    }
    assert (rows["rand_36"]["main_score"], rows["rand_36"]["low"]) == (None, None)
    assert len(csv_of("instruments")) == len(rows)


def test_a_word_for_missing_in_an_item_is_led_to_the_option() -> None:
    text = f"{HEADER}\nNA,{ROW[2:]}\n"
    led = "if the word here means missing, add it to --missing"
    for command in (("stage",), ("score", "alsfrs_r")):
        (error,) = errors_of(1, *command, "-", stdin=text)
        assert error.endswith(led)
    (error,) = errors_of(1, "trend", "-", stdin=f"study_day,{HEADER}\n0,NA,{ROW[2:]}\n")
    assert error.endswith(led)


def test_an_item_that_is_not_there_is_named_with_its_forms() -> None:
    without = {key: code for key, code in ALSFRS_R.items() if key != "cutting_without_gastrostomy"}
    text = f"{','.join(without)}\n{','.join(map(str, without.values()))}\n"
    assert errors_of(1, "stage", "-", stdin=text) == [
        "column cutting: there is no such column (write it as cutting_without_gastrostomy or"
        " cutting_with_gastrostomy); add an empty one if this was not asked, or use --columns"
    ]


@pytest.mark.parametrize("command", [("stage",), ("score", "alsfrs_r")])
def test_doubled_forms_are_told(command: tuple[str, ...]) -> None:
    other = ROW.replace("3,4", "2,4", 1)
    text = f"patient,date,{HEADER}\n1,2026-01-01,{ROW}\n1,2026-01-01,{other}\n1,2026-02-01,{ROW}\n"
    kept = document_of(*command, "-", "--keep", "patient,date", stdin=text)
    told = "rows with the same subject and day as an earlier one: 1; each has a result of its own"
    assert (kept["notes"], len(kept["results"])) == ([told], 3)
    named = ("--keep", "patient", "--ignore", "date")
    assert document_of(*command, "-", *named, stdin=text)["notes"] == [
        "columns passed over: date",
        "rows with the same cells as an earlier one: 1; each has a result of its own",
    ]
    assert document_of(*command, "-", "--ignore", "*", stdin=text)["notes"] == [
        "columns passed over: date, patient"
    ]


def test_a_map_of_another_command_serves_these_too(tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_text(json.dumps({"VISITDT": "date", "USUBJID": "subject"}))
    text = f"USUBJID,VISITDT,{HEADER}\n1,2026-01-01,{ROW}\n"
    found = document_of("stage", "-", "--columns", path, stdin=text)
    assert found["notes"] == ["columns passed over: USUBJID, VISITDT"]
    kept = document_of("stage", "-", "--columns", path, "--keep", "subject,date", stdin=text)
    assert kept["results"][0]["kept"] == {"kept_subject": "1", "kept_date": "2026-01-01"}
