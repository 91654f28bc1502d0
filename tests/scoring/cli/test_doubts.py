"""What is odd about a trial and may be right is told beside the results, and changes none of them."""

from __future__ import annotations

import pytest

from tests.scoring.cli.program import document_of, errors_of, unusual

LONG = ("--table", "long")


def notes_of(text: str, *options: str) -> list[str]:
    notes = unusual(all_notes_of(text, *options))
    assert unusual(all_notes_of(text, *LONG, *options)) == notes
    return notes


def all_notes_of(text: str, *options: str) -> list[str]:
    return list(document_of("endpoints", "-", "--at", "week 24", *options, stdin=text)["notes"])


LATE = "more than five years after day 0, is the year right? "


def test_days_long_after_day_0_are_asked_about() -> None:
    text = "subject,study_day,total,died_day\nA,0,40,{}\nB,1500,,\nB,0,40,{}\n"
    assert notes_of(text.format(1827, 1826)) == [f"{LATE}A (day 1827)"]
    assert notes_of(text.format(3684, 2000)) == [f"{LATE}A (day 3684), B (day 2000)"]
    assert not [note for note in notes_of(text.format(1826, "")) if note.startswith(LATE)]
    value = "subject,study_day,total,ventilated_day\nA,0,40,\nA,6000,38,\nA,1830,38,\nB,0,40,1900\n"
    assert f"{LATE}A (day 6000), B (day 1900)" in all_notes_of(value)


ARMS = "subject,arm,study_day,total,died_day\n"
TRIAL = ARMS + "".join(
    f"{arm}{number},{arm},{day},40,\n" for arm in "AB" for number in "123" for day in (0, 168)
)


def test_arms_are_told_with_their_sizes_and_the_reference() -> None:
    assert all_notes_of(TRIAL) == ["arms: A 3, B 3; reference A"]
    assert all_notes_of(TRIAL, "--reference", "B") == ["arms: A 3, B 3; reference B"]
    assert all_notes_of(TRIAL, *LONG) == ["arms: A 3, B 3"]


def test_an_arm_of_one_or_two_may_be_misspelt() -> None:
    assert all_notes_of(TRIAL + "B4,Bb,0,40,\n")[0] == (
        "arms: A 3, B 3, Bb 1; reference A; fewer than three subjects, is the arm spelled right? Bb"
    )


@pytest.mark.parametrize("options", [(), LONG])
def test_that_there_are_no_arms_is_told(options: tuple[str, ...]) -> None:
    told = "no arm: all subjects are one group, and nothing is compared"
    assert told not in all_notes_of(TRIAL, *options)
    assert all_notes_of(TRIAL, "--ignore", "arm", *options)[:2] == ["columns passed over: arm", told]
    without = "subject,study_day,total,died_day\n1,0,40,\n2,0,40,\n"
    assert told in all_notes_of(without, *options)
    empty = "subject,study_day,total,died_day,arm\n1,0,40,,\n2,0,40,,\n"
    assert told in all_notes_of(empty, *options)


def test_that_no_column_says_who_died_is_told() -> None:
    alive = "no column says who died (died_day or died_date): everybody counts as alive"
    text = TRIAL.replace(",died_day", "").replace(",\n", "\n")
    for options in ((), LONG):
        assert alive in all_notes_of(text, *options)
        assert alive not in all_notes_of(TRIAL, *options)
    dated = text.replace("total", "total,died_date").replace(",40\n", ",40,\n")
    assert alive not in all_notes_of(dated, "--baseline-date", "2026-01-01")


@pytest.mark.parametrize(("deaths", "asked"), [(5, True), (4, False)])
def test_that_everybody_died_is_asked_about(deaths: int, asked: bool) -> None:
    told = "every subject has a day of death: is it the day of the last contact?"
    for alive in range(2):
        text = "subject,study_day,total,died_day\n" + "".join(
            f"{name},0,40,{'' if name < alive else 300}\n" for name in range(deaths)
        )
        for options in ((), LONG):
            assert (told in all_notes_of(text, *options)) is (asked and not alive)


def test_subjects_without_a_baseline_are_named() -> None:
    told = "no value on or before day 0, and so in no endpoint: A4, B10"
    text = TRIAL + "B10,B,168,39,\nA4,A,,,\n"
    assert told in all_notes_of(text)
    assert told in all_notes_of(text, *LONG)


def test_who_is_seen_alive_by_a_row_without_a_value_only_is_named() -> None:
    told = "known to have been alive by a row without a value, for the joint rank: A1 (day 300)"
    assert told in all_notes_of(TRIAL + "A1,A,300,,\n")
    assert all_notes_of(TRIAL + "A1,A,100,,\n") == all_notes_of(TRIAL)


def test_pairs_that_nothing_compares_are_told() -> None:
    notes = all_notes_of(TRIAL + "B4,B,0,40,\nB5,B,0,40,\n")
    assert notes[-1] == (
        "joint rank, week 24, B and A: pairs of subjects without a visit in common, which count as equal: 13"
    )


@pytest.mark.parametrize(("day", "told"), [(-28, False), (-29, True)])
def test_a_baseline_long_before_day_0_is_told(day: int, told: bool) -> None:
    text = f"subject,study_day,total\nA,{day},44\nA,0,\nA,168,38\nB,-90,44\nB,0,40\nB,168,38\n"
    incomplete = (
        f"baseline from before an incomplete form that is nearer to day 0: A (day {day}, incomplete form on"
        " day 0)"
    )
    early = ["baseline more than 28 days before day 0: A (day -29)"] if told else []
    assert notes_of(text) == [*early, incomplete]
    assert notes_of(text.replace("A,0,\n", "")) == early


def test_the_baseline_that_is_told_is_that_of_the_source_used() -> None:
    text = "subject,study_day,total,source\nA,-60,44,home\nA,-3,44,clinic\nA,168,38,clinic\n"
    clinic, home = (notes_of(text, "--source", source) for source in ("clinic", "home"))
    assert not [note for note in clinic if "baseline" in note]
    assert "baseline more than 28 days before day 0: A (day -60)" in home


def test_of_many_the_first_twenty_are_named() -> None:
    rows = "".join(f"{number},-90,40\n{number},168,40\n" for number in range(22))
    (note,) = notes_of("subject,study_day,total\n" + rows)
    assert note.endswith(" 18 (day -90), 19 (day -90), and 2 more")
    (note,) = notes_of("subject,study_day,total\n" + rows[: rows.index("20,")])
    assert note.endswith(" 18 (day -90), 19 (day -90)")


CDISC = "subject,study_day,total\nA,-14,44\nA,1,40\nA,169,38\nB,-14,44\nB,{},40\nC,-1,40\nD,-1,39\n"


def test_days_that_may_be_cdiscs_are_asked_about() -> None:
    told = (
        "subjects with a value on day 1, which is after the baseline, and none on day 0: {}; if these are"
        " CDISC's study days, which have no day 0, take 1 from each that is above 0"
    )
    assert told.format(2) in all_notes_of(CDISC.format(1))
    assert told.format(2) in all_notes_of(CDISC.format(1) + "D,0,40\n")
    assert told.format(1) in all_notes_of("subject,study_day,total\nA,1,40\n")


def test_a_first_visit_on_the_day_after_the_baseline_date_is_asked_about() -> None:
    text = "subject,date,total,baseline_date\nA,2026-01-02,40,2026-01-01\nB,{},40,2026-01-01\n"
    told = (
        "subjects with a value on day 1, which is after the baseline, and none on day 0: {}; if that was the"
        " first visit, the baseline dates are a day early"
    )
    assert told.format(1) in all_notes_of(text.format("2026-01-01"))
    assert told.format(2) in all_notes_of(text.format("2026-01-02"))
    more = text.format("2026-01-01") + "A,2026-01-01,40,2026-01-01\n"
    assert not [note for note in all_notes_of(more) if "a day early" in note]


@pytest.mark.parametrize(
    "text",
    [
        CDISC.format(0),
        CDISC.format(2),
        "subject,study_day,total\nA,1,40\nB,-1,40\nC,-1,40\n",
        "subject,study_day,total\nA,-14,44\nA,2,40\n",
        "subject,arm,study_day,total\nA,x,,\n",
    ],
)
def test_other_days_are_not(text: str) -> None:
    assert [note for note in notes_of(text) if "CDISC" in note] == []


def test_a_visit_between_the_fourth_weeks_says_which_values_the_joint_rank_passes_over() -> None:
    told = (
        "joint rank, week {}: subjects are compared at it, or at week {} and fourth weeks before; values of"
    )
    for week, before, days in ((26, 20, "155 to 168"), (27, 20, "155 to 175"), (25, 20, "155 to 161")):
        notes = document_of("endpoints", "-", "--at", f"week {week}", stdin=TRIAL)["notes"]
        assert f"{told.format(week, before)} days {days} are not compared" in notes
    for options in (
        ("--at", "week 28"),
        ("--at", "week 52"),
        ("--at", "month 6"),
        ("--visit", "week 26=182±9"),
    ):
        notes = document_of("endpoints", "-", *options, stdin=TRIAL)["notes"]
        assert not [note for note in notes if "not compared" in note]
    one_arm = document_of("endpoints", "-", "--at", "week 26", stdin=TRIAL.replace(",B,", ",A,"))["notes"]
    assert not [note for note in one_arm if "not compared" in note]


def test_values_in_no_window_are_those_in_no_window_of_the_schedules_used() -> None:
    text = TRIAL + "A1,A,100,39,\nA1,A,360,39,\nA1,A,1200,30,\n"
    grids = {
        ("--at", "week 24"): ("every fourth week to 48", "2; A1 (day 360), A1 (day 1200)"),
        ("--at", "month 6"): ("every month to 36", "1; A1 (day 1200)"),
        ("--visit", "end=168±9"): ("visits of one's own", "3; A1 (day 100), A1 (day 360), A1 (day 1200)"),
        ("--at", "week 26"): (
            "week 26 and the fourth weeks before its window", "8; A1 (day 168), A1 (day 360), A1 (day 1200)",
        ),
        ("--at", "week 24", "--at", "month 6"): (
            "every fourth week to 48; every month to 36", "1; A1 (day 1200)",
        ),
    }  # fmt: skip
    for options, (grid, days) in grids.items():
        notes = document_of("endpoints", "-", *options, stdin=text)["notes"]
        told = f"values after day 0 in no window ({grid}): {days}"
        assert [note for note in notes if note.startswith(told)]


@pytest.mark.parametrize("day", [1, 7, 14])
def test_a_value_between_day_0_and_the_first_window_is_in_none(day: int) -> None:
    notes = all_notes_of(TRIAL + f"A1,A,{day},39,\n")
    assert f"values after day 0 in no window (every fourth week to 48): 1; A1 (day {day})" in notes
    months = document_of("endpoints", "-", "--at", "month 6", stdin=TRIAL + f"A1,A,{day},39,\n")
    told = "values after day 0 in no window (every month to 36): 1; A1 (day "
    assert [note for note in months["notes"] if note.startswith(told)]
    assert months["results"]["outside_windows"] == [{"subject": "A1", "study_day": day}]


def test_what_a_long_table_has_no_row_for_is_counted() -> None:
    text = TRIAL + "A1,A,14,39,\nA1,A,165,39,\nB2,B,364,30,\n"
    told = (
        "values after day 0 in no row (every fourth week up to week 48, the value nearest to it): 3; A1 (day"
        " 14), A1 (day 165), B2 (day 364)"
    )
    document = document_of("endpoints", "-", *LONG, stdin=text)
    assert told in document["notes"]
    assert not {14, 165, 364} & {row["study_day"] for row in document["results"]}
    assert not [
        note for note in document_of("endpoints", "-", *LONG, stdin=TRIAL)["notes"] if "no row" in note
    ]
    named = document_of("endpoints", "-", *LONG, "--at", "week 24", stdin=text)["notes"]
    assert "values after day 0 in no window (every fourth week to 48): 2; A1 (day 14), B2 (day 364)" in named


def test_a_rank_that_earlier_visits_decide_is_told() -> None:
    notes = document_of("endpoints", "-", "--at", "week 24", "--at", "week 48", stdin=TRIAL)["notes"]
    told = (
        "joint rank, week 48, B and A: pairs of subjects compared at an earlier visit, because one of them"
        " has no value at this one: 15 of 15"
    )
    assert [note for note in notes if "earlier visit" in note] == [told]
    half = TRIAL + "".join(f"{arm}{number},{arm},336,38,\n" for arm, number in ("A1", "A2", "A3", "B1", "B2"))
    notes = document_of("endpoints", "-", "--at", "week 48", stdin=half)
    assert not [note for note in notes["notes"] if "earlier visit" in note]
    ranks = notes["results"]["visits"][0]["comparisons"][0]["joint_rank"]
    assert (ranks["pairs_at_earlier_visit"], ranks["pairs_without_visit"]) == (5, 0)


EARLY = (
    "more than 26 weeks before day 0, is the year right? values so early count in the slope of the lead-in,"
    " and at no visit: "
)


def test_values_long_before_day_0_are_asked_about() -> None:
    text = "subject,study_day,total\nA,0,40\nA,{},38\nB,0,40\nB,-90,44\n"
    assert all_notes_of(text.format(-182)) == all_notes_of(text.format(-10))
    assert f"{EARLY}A (day -183)" in notes_of(text.format(-183))
    assert f"{EARLY}A (day -300)" in notes_of(text.format("-300,38\nA,-200"))


@pytest.mark.parametrize("year", [1924, 1990, 2023])
def test_a_visit_of_week_24_with_an_earlier_year_is_named_with_its_date(year: int) -> None:
    text = "subject,date,total,baseline_date\nA,2024-01-10,40,2024-01-10\nA,{}-06-26,38,2024-01-10\n"
    assert not [note for note in notes_of(text.format(2024)) if "year" in note]
    (told,) = [note for note in notes_of(text.format(year)) if "year" in note]
    assert told.startswith(EARLY)
    assert told.endswith(f", {year}-06-26)")


def test_a_date_long_after_day_0_is_named_too() -> None:
    text = "subject,date,total,baseline_date\nA,2024-01-10,40,2024-01-10\nA,2034-06-26,38,2024-01-10\n"
    assert f"{LATE}A (day 3820, 2034-06-26)" in all_notes_of(text)


DIED_LATE = "death a year or more after the last row, is the year right? "


def test_a_death_long_after_the_last_row_is_asked_about() -> None:
    text = "subject,study_day,total,died_day\nA,0,40,{}\nA,168,,\nB,0,40,\nC,,,365\nD,0,40,1826\n"
    assert [note for note in all_notes_of(text.format(168 + 364)) if "death" in note] == [
        f"{DIED_LATE}C (day 365), D (day 1826)"
    ]
    assert f"{DIED_LATE}A (day 533), C (day 365), D (day 1826)" in all_notes_of(text.format(168 + 365))


@pytest.mark.parametrize("last", ["2024-01-10", "2024-03-01", "2024-06-26"])
def test_a_death_with_the_year_after_is_asked_about(last: str) -> None:
    text = (
        "subject,date,total,baseline_date,died_date\nA,2024-01-10,40,2024-01-10,{}-07-20\n"
        f"B,2024-01-10,40,2024-01-10,\nA,{last},,,\n"
    ).replace("A,2024-01-10,,,\n", "")
    assert f"{DIED_LATE}A (day 557, 2025-07-20)" in all_notes_of(text.format(2025))
    assert f"{DIED_LATE}A (day 557, 2025-07-20)" in all_notes_of(text.format(2025), *LONG)
    assert not [note for note in all_notes_of(text.format(2024)) if "death" in note]


def test_values_without_a_source_beside_others_that_have_one_are_counted() -> None:
    text = "subject,study_day,total,source\nA,0,40,clinic\nA,168,38,{}\nA,170,,\n"
    told = "values without a source, taken to be from {}: 1"
    assert told.format("home") in all_notes_of(text.format(""))
    assert told.format("clinic") in all_notes_of(text.format(""), "--source", "clinic")
    assert told.format("home") in all_notes_of(text.format(""), *LONG)
    assert not [note for note in all_notes_of(text.format("home")) if "without a source" in note]
    nobody = text.replace("clinic", "").format("")
    assert not [note for note in all_notes_of(nobody) if "without a source" in note]


# Of one patient's course


GAP = "more than two years between neighbouring values, is the year right? "
COURSE = "patient,date,total\nP1,2024-01-05,42\nP1,2024-02-05,41\nP1,{}-03-05,40\nP2,2024-01-05,40\n"


def trend_notes(text: str) -> list[str]:
    return unusual(document_of("trend", "-", stdin=text)["notes"])


def test_a_wrong_year_of_one_visit_is_asked_about() -> None:
    assert trend_notes(COURSE.format(2024)) == trend_notes(COURSE.format(2025)) == []
    assert trend_notes(COURSE.format(1924)) == [f"{GAP}row 4 (P1, 1924-03-05) and row 2 (P1, 2024-01-05)"]
    for year in (2014, 2034, 2099):
        (told,) = trend_notes(COURSE.format(year))
        assert told.startswith(GAP)
        assert f"row 4 (P1, {year}-03-05)" in told


def test_a_gap_is_one_of_values_of_one_series_by_days_or_dates() -> None:
    text = "study_day,total\n0,42\n{},40\n5000,\n"
    assert trend_notes(text.format(731)) == []
    assert trend_notes(text.format(732)) == [f"{GAP}row 2 (day 0) and row 3 (day 732)"]
    based = "patient,study_day,total,baseline_date\nP,0,42,2020-01-01\nP,800,40,2020-01-01\n"
    assert trend_notes(based) == [f"{GAP}row 2 (P, day 0) and row 3 (P, day 800)"]
    two = "date,total,respondent\n2020-01-01,42,patient\n2024-01-01,40,caregiver\n"
    assert trend_notes(two) == []
    one = two.replace("caregiver", "patient")
    assert trend_notes(one) == [f"{GAP}row 2 (patient, 2020-01-01) and row 3 (patient, 2024-01-01)"]
    named = one.replace("date", "subject,date").replace("\n2", "\nP,2")
    assert trend_notes(named) == [f"{GAP}row 2 (P patient, 2020-01-01) and row 3 (P patient, 2024-01-01)"]


VENTILATION = (
    "ventilation ends nothing, and only says who was alive on its day; with --ventilation-counts it counts as"
    " death in the joint rank"
)


@pytest.mark.parametrize("column", ["ventilated_day", "ventilated_date"])
def test_that_ventilation_counts_for_nothing_unless_it_is_said_is_told(column: str) -> None:
    text = f"subject,study_day,total,{column}\nA,0,40,{{}}\nB,0,40,\n"
    day = "100" if column == "ventilated_day" else "2026-04-01"
    options = ("--baseline-date", "2026-01-01")
    assert VENTILATION in all_notes_of(text.format(day), *options)
    assert VENTILATION in all_notes_of(text.format(day), *LONG, *options)
    assert VENTILATION not in all_notes_of(text.format(day), "--ventilation-counts", *options)
    assert VENTILATION not in all_notes_of(text.format(""), *options)


@pytest.mark.parametrize("column", ["ventilated_day", "ventilated_date"])
def test_ventilation_before_day_0_is_refused_by_the_column_of_the_file(column: str) -> None:
    day = "-5" if column == "ventilated_day" else "2025-12-27"
    text = f"subject,study_day,total,{column}\nA,0,40,{day}\n"
    options = ("--ventilation-counts", "--baseline-date", "2026-01-01")
    (error,) = errors_of(1, "endpoints", "-", *options, stdin=text)
    assert error.startswith(f"row 2, column {column}: before day 0, and so no outcome;")


@pytest.mark.parametrize("arms", [("CNM-Au8", "CNM Au8"), ("1", "1.0"), ("dose 01", "dose 1")])
def test_arms_that_are_spelled_alike_are_told(arms: tuple[str, str]) -> None:
    rows = "".join(f"{arm}{number},{arm},0,40,\n" for arm in arms for number in "abc")
    told = "taken as different arms, though only capitals, signs, blanks, or zeros in front or after a point"
    assert f"{told} differ: {' and '.join(sorted(arms))}" in all_notes_of(ARMS + rows)
    assert not [note for note in all_notes_of(TRIAL) if note.startswith("taken as")]


@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_a_number_for_missing_that_counts_in_no_column_is_told(command: str) -> None:
    told = (
        "--missing -9,99: a number counts in columns of items only, and the file has none; for one column"
        " write it as total=CODE"
    )
    text = "study_day,total,subject\n0,40,A\n"
    assert told in document_of(command, "-", "--missing", "NA,99,-9", stdin=text)["notes"]
    for codes in ("NA", "total=99"):
        notes = document_of(command, "-", "--missing", codes, stdin=text)["notes"]
        assert not [note for note in notes if "--missing" in note]
