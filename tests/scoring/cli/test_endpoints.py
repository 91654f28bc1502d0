"""`endpoints` from files, as a user runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring.cli.writing import plain
from scoring.endpoints import Measurement, Plan, Source, Subject, Trial, analyse, long_table
from scoring.endpoints.analysis import EVERY_VISIT, AtVisit
from tests.scoring.cli.program import call_here, csv_of, document_of, errors_of, json_of, unusual

HEADER = "subject,arm,study_day,total,source,died_day,ventilated_day\n"
VISITS = HEADER + (
    "1,cells,-90,44,clinic,,\n"
    "1,cells,-45,43,clinic,,\n"
    "1,cells,0,40,clinic,,\n"
    "1,cells,122,39,clinic,,\n"
    "1,cells,168,38,clinic,,\n"
    "1,cells,168,39,home,,\n"
    "2,cells,0,41,clinic,,100\n"
    "2,,160,35,clinic,,\n"
    "3,control,0,42,clinic,150,\n"
    "4,control,0,42,clinic,,\n"
    "4,control,170,36,clinic,,\n"
    "4,control,180,,clinic,,\n"
    "5,control,,,,90,\n"
)
TRIAL = Trial(
    (
        Subject("1", "cells"),
        Subject("2", "cells", ventilated_day=100),
        Subject("3", "control", died_day=150),
        Subject("4", "control"),
        Subject("5", "control", died_day=90),
    ),
    (
        *(
            Measurement("1", day, total, Source.CLINIC)
            for day, total in ((-90, 44), (-45, 43), (0, 40), (122, 39), (168, 38))
        ),
        Measurement("1", 168, 39, Source.HOME),
        Measurement("2", 0, 41, Source.CLINIC),
        Measurement("2", 160, 35, Source.CLINIC),
        Measurement("3", 0, 42, Source.CLINIC),
        Measurement("4", 0, 42, Source.CLINIC),
        Measurement("4", 170, 36, Source.CLINIC),
        Measurement("4", 180, None, Source.CLINIC),
    ),
)


@pytest.fixture
def visits(tmp_path: Path) -> Path:
    """A small trial."""
    path = tmp_path / "visits.csv"
    path.write_text(VISITS)
    return path


def test_the_usual_analysis_is_the_librarys(visits: Path) -> None:
    assert json_of("endpoints", visits, notes=1) == plain(analyse(TRIAL, Plan()))


def test_every_option_reaches_the_plan(visits: Path) -> None:
    options = [
        "--at", "week 24", "--at", "month 6", "--reference", "control", "--confidence", "0.9",
        "--ventilation-counts", "--source", "clinic",
    ]  # fmt: skip
    plan = Plan(("week 24", "month 6"), Source.CLINIC, "control", 0.9, ventilation_counts=True)
    found = json_of("endpoints", visits, *options, notes=1)
    assert found == plain(analyse(TRIAL, plan))
    assert (found["reference"], found["source"], found["values_of_other_source"]) == ("control", "clinic", 1)


def test_codes_are_explained_in_json(visits: Path) -> None:
    (at,) = json_of("endpoints", visits, "--at", "week 24", notes=1)["visits"]
    assert at["visit"] == {"name": "week 24", "nominal_day": 168, "window": {"first": 155, "last": 182}}
    assert at["changes"]["left_out"] == [
        {
            "subject": "3",
            "arm": "control",
            "reason": {
                "code": "died",
                "detail": "Died before the window of the visit closed, without a value in it.",
            },
        },
        {
            "subject": "5",
            "arm": "control",
            "reason": {"code": "no_baseline", "detail": "None of the values used is on or before day 0."},
        },
    ]


def test_the_table_has_one_row_for_each_result(visits: Path) -> None:
    rows = csv_of("endpoints", visits, "--at", "week 24", "--reference", "control", notes=1)
    assert list(rows[0]) == [
        "visit", "nominal_day", "window_first", "window_last", "source", "confidence", "direction",
        "endpoint", "arm", "reference", "compared_with", "n", "estimate", "sd", "se", "low", "high", "df",
        "statistic", "p", "deaths", "notes", "subjects", "instrument", "scale_low", "scale_high",
        "rule_version", "input_sha256",
    ]  # fmt: skip
    (at,) = analyse(TRIAL, Plan(("week 24",), reference="control")).visits
    cells = next(row for row in rows if (row["endpoint"], row["arm"]) == ("change", "cells"))
    summary = at.arms[0].change
    assert [float(cells[name]) for name in ("n", "estimate", "sd", "se", "low", "high")] == [
        summary.n, summary.mean, summary.sd, summary.se, summary.low, summary.high,
    ]  # fmt: skip
    assert (cells["visit"], cells["source"], cells["confidence"]) == ("week 24", "clinic", "0.95")
    test = next(row for row in rows if row["endpoint"] == "joint_rank_test")
    ranks = at.comparisons[0].joint_rank.test
    assert (test["arm"], test["reference"], test["n"]) == ("cells", "control", "4")
    assert [float(test[name]) for name in ("estimate", "statistic", "p")] == [ranks.u, ranks.z, ranks.p]
    assert (test["notes"], test["deaths"]) == ("exact_p", "composite_rank")
    means = [row for row in rows if row["endpoint"] == "joint_rank_mean"]
    assert [(row["arm"], row["n"], float(row["estimate"])) for row in means] == [
        ("cells", "2", 3.25), ("control", "2", 1.75),
    ]  # fmt: skip
    shares = [row for row in rows if row["endpoint"] == "responders"]
    assert [(row["arm"], row["n"], row["estimate"]) for row in shares] == [
        ("cells", "1", "1.0"), ("control", "0", ""),
    ]  # fmt: skip
    assert float(shares[0]["low"]) == at.arms[0].responders.low
    left = [
        tuple(row[name] for name in ("endpoint", "arm", "n", "notes", "subjects"))
        for row in rows
        if "left_out" in row["endpoint"]
    ]
    assert left == [
        ("change_left_out", "control", "1", "died", "3"),
        ("change_left_out", "control", "1", "no_baseline", "5"),
        ("responders_left_out", "cells", "1", "lead_in_short", "2"),
        ("responders_left_out", "control", "2", "lead_in_short", "3; 4"),
        ("responders_left_out", "control", "1", "no_baseline", "5"),
        ("joint_rank_left_out", "control", "1", "no_baseline", "5"),
    ]
    events = [(row["arm"], row["n"]) for row in rows if row["endpoint"] == "joint_rank_events"]
    assert events == [(arm, str(n)) for arm, n in zip(*_ranks_of(at), strict=True)]


def _ranks_of(at: AtVisit) -> tuple[tuple[str, str], tuple[int, int]]:
    ranks = at.comparisons[0].joint_rank
    return ranks.arms, ranks.events


def test_who_is_not_ranked_is_named_once_for_all_comparisons() -> None:
    text = "subject,arm,study_day,total\n" + "".join(
        f"{arm}{n},{arm},{day},40\n" for arm in "abc" for n in (1, 2) for day in (0, 168)
    )
    rows = csv_of("endpoints", "-", "--at", "week 24", stdin=text + "a3,a,168,40\nb3,b,0,40\n")
    left = [row for row in rows if row["endpoint"] == "joint_rank_left_out"]
    assert [(row["arm"], row["n"], row["notes"], row["subjects"]) for row in left] == [
        ("a", "1", "no_baseline", "a3")
    ]
    without = [row for row in rows if row["endpoint"] == "joint_rank_pairs_without_visit"]
    assert [(row["arm"], row["reference"], row["n"]) for row in without] == [("b", "a", "4")]


@pytest.mark.parametrize("options", [(), ("--table", "long")])
def test_no_source_is_said_where_nobody_said_one(options: tuple[str, ...]) -> None:
    text = "subject,study_day,total\nA,0,40\nA,168,38\n"

    def sources(text: str, *more: str) -> set[str]:
        rows = csv_of("endpoints", "-", "--at", "week 24", *options, *more, stdin=text)
        return {row["source"] for row in rows}

    assert sources(text) == {""}
    assert sources(text, "--source", "clinic") == {"clinic"}
    said = "subject,study_day,total,source\nA,0,40,home\nA,168,38,home\n"
    assert sources(said) == {"home"}


def test_the_difference_of_the_arms_reaches_the_table() -> None:
    rows = "".join(
        f"{arm}{n},{arm},0,40\n{arm}{n},{arm},168,{38 - n * step}\n"
        for arm, step in (("a", 1), ("b", 3))
        for n in (1, 2, 3)
    )
    table = csv_of("endpoints", "-", "--at", "week 24", stdin="subject,arm,study_day,total\n" + rows)
    difference = next(row for row in table if row["endpoint"] == "change_difference")
    found = json_of("endpoints", "-", "--at", "week 24", stdin="subject,arm,study_day,total\n" + rows)
    change = found["visits"][0]["comparisons"][0]["change"]
    assert (difference["arm"], difference["reference"], difference["n"]) == ("b", "a", "6")
    names = {
        "estimate": "difference",
        "se": "se",
        "low": "low",
        "high": "high",
        "df": "df",
        "statistic": "t",
        "p": "p",
    }
    assert {name: float(difference[name]) for name in names} == {n: change[key] for n, key in names.items()}
    assert change["difference"] == -4


def test_the_values_of_the_other_source_are_told_in_every_format(visits: Path) -> None:
    told = "values of the other source left out: 1; used are those of the source clinic (see --source)"
    options = ("endpoints", visits, "--at", "week 24")
    assert unusual(document_of(*options)["notes"]) == [told]
    other = csv_of(*options, notes=1)[-1]
    assert (other["endpoint"], other["n"], other["source"]) == ("other_source", "1", "clinic")
    assert f"\nnote: {told}\n" in call_here(*options, terminal=True).stdout
    assert told in document_of(*options, "--table", "long")["notes"]


def test_the_table_names_who_is_left_out_and_what_the_window_is(visits: Path) -> None:
    shown = call_here("endpoints", visits, "--at", "week 24", terminal=True).stdout
    heads = ["visit", "day", "from", "day", "to", "day", "endpoint", "arm"]
    assert shown.splitlines()[0].split()[:8] == heads
    assert shown.splitlines()[2].split()[:6] == ["week", "24", "168", "155", "182", "change"]
    assert "\nweek 24, change_left_out, control, no_baseline: 5\n" in shown
    assert "\nweek 24, responders_left_out, control, lead_in_short: 3; 4\n" in shown


def test_the_day_of_a_visit_is_in_every_row_of_it(visits: Path) -> None:
    rows = csv_of("endpoints", visits, "--at", "month 4", "--at", "month 6", "--visit", "V=90±9", notes=1)
    days = {(row["visit"], row["nominal_day"]) for row in rows}
    assert days == {("month 4", "122"), ("month 6", "183"), ("V", "90"), ("", "")}


def test_each_row_of_three_arms_says_which_comparison_it_is_of() -> None:
    text = "subject,arm,study_day,total\n" + "".join(
        f"{arm}{number},{arm},{day},{40 - number * (day > 0)}\n"
        for arm in ("high", "low", "placebo")
        for number in range(3)
        for day in (0, 168)
    )
    rows = csv_of("endpoints", "-", "--at", "week 24", "--reference", "placebo", stdin=text)
    keys = [
        tuple(row[name] for name in ("visit", "endpoint", "arm", "compared_with", "notes")) for row in rows
    ]
    assert len(set(keys)) == len(rows)
    means = [(row["arm"], row["compared_with"]) for row in rows if row["endpoint"] == "joint_rank_mean"]
    assert means == [("high", "placebo"), ("placebo", "high"), ("low", "placebo"), ("placebo", "low")]
    (head, *_) = call_here("endpoints", "-", stdin=text, terminal=True).stdout.splitlines()
    assert " compared with " in head


def test_the_table_says_what_the_estimate_of_the_joint_ranks_test_is(visits: Path) -> None:
    shown = call_here("endpoints", visits, "--at", "week 24", terminal=True).stdout
    assert "\njoint_rank_test: The estimate is the U of Mann and Whitney: " in shown
    rows = csv_of("endpoints", visits, "--at", "week 24", notes=1)
    test = next(row for row in rows if row["endpoint"] == "joint_rank_test")
    mean = next(row for row in rows if row["endpoint"] == "joint_rank_mean" and row["arm"] == test["arm"])
    n = int(mean["n"])
    assert float(test["estimate"]) + n * (n + 1) / 2 == n * float(mean["estimate"])


def test_the_long_table_is_the_librarys(visits: Path) -> None:
    options = ("endpoints", visits, "--table", "long")
    assert json_of(*options, notes=1) == plain(long_table(TRIAL, Plan(EVERY_VISIT)))
    rows = csv_of(*options, "--source", "home", notes=2)
    assert {row["source"] for row in rows} == {"home"}
    clinic = csv_of(*options, notes=1)
    assert clinic[5 * 5] == {
        "subject": "1", "arm": "cells", "source": "clinic", "visit": "week 24", "nominal_day": "168",
        "study_day": "168", "baseline": "40", "value": "38", "change": "-2", "reason": "",
        "instrument": "alsfrs_r", "scale_low": "0", "scale_high": "48",
        "rule_version": "4", "input_sha256": clinic[0]["input_sha256"],
    }  # fmt: skip
    assert (clinic[5 * 5 + 2]["reason"], clinic[5 * 5 + 2]["change"]) == ("died", "")


def test_the_long_table_has_the_visits_that_are_asked_for(visits: Path) -> None:
    options = ("endpoints", visits, "--table", "long", "--source", "clinic")
    (only,) = {row["visit"] for row in csv_of(*options, "--at", "week 24", notes=1)}
    assert only == "week 24"
    values = [(row["subject"], row["study_day"]) for row in csv_of(*options, notes=1) if row["value"]]
    assert len(values) == len(set(values))
    both = document_of(*options, "--at", "week 24", "--at", "month 6")
    assert both["notes"][-1] == "windows of these visits overlap: one value can stand at two of them"
    assert {row["visit"] for row in both["results"]} == {"week 24", "month 6"}
    assert {row["visit"] for row in csv_of(*options, "--visit", "V3=120±7", notes=2)} == {"V3"}


def test_what_is_known_of_a_subject_may_stand_in_any_row() -> None:
    rows = "1,,0,40,,\n1,,168,38,,\n1,A,,,170,160\n2,B,0,40,,\n2,,170,36,,\n"
    text = "subject,arm,study_day,total,died_day,ventilated_day\n" + rows
    found = json_of("endpoints", "-", "--at", "week 28", "--ventilation-counts", stdin=text)
    ranks = found["visits"][0]["comparisons"][0]["joint_rank"]
    assert found["arms"] == ["A", "B"]
    assert [(row["arm"], row["event_day"]) for row in ranks["ranks"]] == [("A", 160), ("B", None)]
    ranks = json_of("endpoints", "-", "--at", "week 28", stdin=text)["visits"][0]["comparisons"][0][
        "joint_rank"
    ]
    assert [row["event_day"] for row in ranks["ranks"]] == [170, None]


def test_the_long_table_takes_the_source_and_the_columns_to_ignore() -> None:
    text = "subject,study_day,total,age\n1,0,40,60\n1,28,38,60\n"
    options = ("--table", "long", "--source", "clinic", "--ignore", "age")
    rows = json_of("endpoints", "-", *options, stdin=text, notes=1)
    assert (rows[0]["source"], rows[0]["change"]) == ("clinic", -2)


def test_values_without_a_source_are_from_home_unless_said() -> None:
    text = "subject,study_day,total\n1,0,40\n1,168,38\n"
    assert json_of("endpoints", "-", stdin=text)["source"] == "home"
    found = json_of("endpoints", "-", "--source", "clinic", stdin=text)
    assert (found["source"], found["values_of_other_source"]) == ("clinic", 0)
    assert found["visits"][0]["arms"][0]["change"]["mean"] == -2
    assert (found["arms"], found["reference"]) == ([""], None)


def test_every_wrong_cell_is_named_by_row_and_column() -> None:
    text = "subject,arm,study_day,total,source,died_day,dose\n" + (
        "1,A,0,40,clinic,50,x\n"
        "1,B,zero,4o,clinik,60,x\n"
        "1,A,0,41,clinic,,x\n"
        "1,A,51,41,clinic,,x\n"
        ",A,0,40,clinic,,x\n"
        "2,,0,40,clinic,,x\n"
        "3,A,,40,home,,x\n"
        "1,A,50,41,clinic,,x\n"
    )
    assert errors_of(1, "endpoints", "-", stdin=text)[1:] == [
        "row 3, column study_day: expected a whole number",
        "row 3, column total: expected a number",
        "row 3, column source: expected one of clinic, home",
        "row 3, column arm: differs from another row of this subject",
        "row 3, column died_day: differs from another row of this subject",
        "row 4, column study_day: a second row of this day; say --duplicates last or mean;"
        " the first is in row 2",
        "row 5, column study_day: after the day of death; subject 1: value on study day 51, death on study"
        " day 50; correct the wrong one, or take the row out",
        "row 6, column subject: missing",
        "row 7, column arm: missing, while other subjects have one",
        "row 8, column study_day: missing",
    ]


def test_an_arm_that_is_not_there_is_named_with_those_that_are(visits: Path) -> None:
    assert errors_of(1, "endpoints", visits, "--reference", "placebo") == [
        "column arm: there is no arm 'placebo'; there are cells, control"
    ]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            ["--at", "week 261"],
            "there is no visit 'week 261'; there are week 1, 2, ... 260 and month 1, 2, ... 36,"
            " or one of your own with --visit",
        ),
        (["--source", "phone"], "invalid choice: 'phone'"),
        (["--table", "wide"], "invalid choice: 'wide'"),
        (["--confidence", "95"], "it must lie between 0 and 1"),
    ],
)
def test_a_wrong_option_is_a_wrong_call(visits: Path, arguments: list[str], error: str) -> None:
    assert error in errors_of(2, "endpoints", visits, *arguments)[-1]


def test_ignored_columns_are_not_read_and_told() -> None:
    text = "subject,study_day,total,age\n1,0,40,60\n"
    found = document_of("endpoints", "-", "--ignore", "age", stdin=text)
    assert (found["results"]["arms"], found["notes"][0]) == ([""], "columns passed over: age")


ARMS = ("Plac\u00e9bo", "Place\u0301bo", " Plac\u00e9bo ", "Plac\u00e9bo")


def test_an_arm_is_one_whatever_its_normal_form_and_white_space() -> None:
    rows = "".join(f"{number},{arm},0,40\n" for number, arm in enumerate((*ARMS, "cells  x", "cells x")))
    found = json_of("endpoints", "-", "--at", "week 24", stdin="subject,arm,study_day,total\n" + rows)
    assert found["arms"] == ["Plac\u00e9bo", "cells x"]


def test_arms_that_differ_in_capitals_are_refused() -> None:
    text = "subject,arm,study_day,total\n1,Placebo,0,40\n2,placebo,0,40\n"
    assert errors_of(1, "endpoints", "-", stdin=text) == [
        "row 3, column arm: is spelled with other capitals in another row"
    ]


def test_one_number_at_two_sites_is_two_subjects() -> None:
    text = "subject,site,arm,study_day,total\n1,Bonn,a,0,40\n1,Ulm,b,0,40\n"
    found = json_of("endpoints", "-", "--at", "week 24", stdin=text)
    assert [out["subject"] for out in found["visits"][0]["changes"]["left_out"]] == ["Bonn/1", "Ulm/1"]


def test_subjects_are_in_the_order_of_their_numbers() -> None:
    rows = "".join(f"{name},0,40\n" for name in ("S10", "S9", "S100", "a", "S9b", "S09"))
    text = "subject,study_day,total\n" + rows
    found = json_of("endpoints", "-", "--at", "week 24", stdin=text, notes=1)
    left_out = [out["subject"] for out in found["visits"][0]["changes"]["left_out"]]
    assert left_out == ["S09", "S9", "S9b", "S10", "S100", "a"]


def test_an_empty_arm_says_so_in_every_row() -> None:
    text = "subject,arm,study_day,total\n1,a,0,40\n2,b,0,\n"
    rows = csv_of("endpoints", "-", "--at", "week 24", stdin=text)
    empty = {(row["endpoint"], row["arm"]): row["notes"] for row in rows if row["n"] == "0"}
    assert empty == {
        ("change", "a"): "nobody", ("responders", "a"): "nobody", ("change", "b"): "nobody",
        ("responders", "b"): "nobody", ("change_difference", "b"): "nobody",
        ("joint_rank_mean", "b"): "nobody", ("joint_rank_events", "a"): "", ("joint_rank_events", "b"): "",
    }  # fmt: skip


ALIVE = "no column says who died (died_day or died_date): everybody counts as alive"
NO_ARM = "no arm: all subjects are one group, and nothing is compared"
DEATHS = "Subject,study_day,total,Date_of_death\n1,0,40,\n1,168,38,2026-01-01\n"


def test_a_column_that_may_be_the_death_is_not_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    for document in ('{"Subject": "subject"}', "{}"):
        path.write_text(document)
        assert errors_of(1, "endpoints", "-", "--columns", path, stdin=DEATHS) == [
            "row 1, column Date_of_death: unknown column; did you mean died_date?; or use --ignore"
        ]
    for nothing in ("null", '""'):
        path.write_text(f'{{"Date_of_death": {nothing}}}')
        options = ("endpoints", "-", "--columns", path)
        passed = "columns passed over: Date_of_death"
        assert document_of(*options, stdin=DEATHS)["notes"] == [passed, NO_ARM, ALIVE]
        table = call_here(*options, "--format", "table", stdin=DEATHS)
        assert (f"\nnote: {passed}\nnote: {NO_ARM}\nnote: {ALIVE}\n" in table.stdout, table.stderr) == (
            True,
            "",
        )
        beside = call_here(*options, "--format", "csv", stdin=DEATHS).stderr
        assert beside == f"note: {passed}\nnote: {NO_ARM}\nnote: {ALIVE}\n"


NO_EVENTS = "subject,arm,study_day,total,source,died_day\nA,x,0,40,,\nA,x,168,38,,\nB,y,0,40,,\n"


@pytest.mark.parametrize(
    ("option", "columns"),
    [
        (("--ventilation-counts",), ("ventilated_day", "ventilated_date")),
        (("--reference", "x"), ("arm",)),
    ],
    ids=lambda part: part[0],
)
@pytest.mark.parametrize("table", ["endpoints", "long"])
def test_an_option_without_the_column_that_it_is_about_is_a_wrong_call(
    option: tuple[str, ...], columns: tuple[str, ...], table: str
) -> None:
    text = (
        NO_EVENTS
        if "arm" not in columns
        else NO_EVENTS.replace(",arm", "").replace(",x", "").replace(",y", "")
    )
    there = ", ".join(text.splitlines()[0].split(","))
    call = ("endpoints", "-", "--table", table, *option)
    assert errors_of(2, *call, stdin=text) == [
        f"{option[0]}: the file has no column {' or '.join(columns)}; there are: {there}"
    ]
    head, *rows = text.splitlines()
    filled = "\n".join(
        [f"{head},{columns[0]}", *(f"{row},{'x' if columns[0] == 'arm' else ''}" for row in rows)]
    )
    assert call_here(*call, stdin=filled).returncode == 0


def test_a_column_that_was_probably_meant_is_asked_for_by_its_name() -> None:
    (error,) = errors_of(
        1, "endpoints", "-", "--ventilation-counts", stdin=NO_EVENTS.replace("source", "niv_day")
    )
    assert error == "row 1, column niv_day: unknown column; did you mean ventilated_day?; or use --ignore"


def test_a_row_without_a_value_after_the_death_is_called_one() -> None:
    text = "subject,study_day,total,died_day\nA,0,40,100\nA,168,NA,100\n"
    assert errors_of(1, "endpoints", "-", "--missing", "NA", stdin=text) == [
        "row 3, column study_day: after the day of death; subject A: row without a value on study day 168,"
        " death on study day 100; correct the wrong one, or take the row out"
    ]
