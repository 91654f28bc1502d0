"""Reports as the service returns them, made up: which count, and which of one day stands."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.cli.reading import Source as Reading
from scoring.cli.reading import read_sheet
from scoring.cli.service import entries, figures, rows
from scoring.cli.sheet import Naming, WrongInput
from scoring.cli.totals import Scale
from scoring.cli.visits import Options, read_trial
from scoring.endpoints import Plan, Source
from scoring.instruments import get
from tests.scoring.cli.program import ALSFRS_R, call_here, document_of, errors_of, unusual


def report(day: str = "2026-01-01", total: float | None = 37, **changes: Any) -> dict[str, Any]:
    """A report with one version."""
    usual = {
        "id": "r", "patient_id": "p1", "state": "current", "instrument": "alsfrs_r",
        "instrument_version": "1", "observed_on": day, "observed_at": f"{day}T09:00:00Z",
        "received_at": f"{day}T09:00:05.5Z",
        "respondent": "patient", "withheld": False,
        "versions": [{"total": total, "answers": {}, "received_at": f"{day}T09:00:05.5Z"}],
    }  # fmt: skip
    return {**usual, **changes}


def page(*reports: dict[str, Any], following: str | None = None) -> dict[str, Any]:
    return {"items": list(reports), "next": following}


@pytest.mark.parametrize(
    "document", [page(report(), report()), [page(report()), page(report())], [report(), report()]]
)
def test_pages_and_lists_of_reports_are_known(document: object) -> None:
    found = entries(document)
    assert found is not None
    assert len(found) == 2


@pytest.mark.parametrize(
    "document",
    [
        {"items": [{"id": 1}], "next": None},
        [{"date": "2026-01-01", "total": 3}],
        [report(), {"total": 3}],
        {"items": "none"},
        [],
        3,
        None,
    ],
    ids=range(7),
)
def test_anything_else_is_an_ordinary_file(document: object) -> None:
    assert entries(document) is None


def test_the_least_that_makes_a_report_or_a_figure() -> None:
    for known, names in (
        (entries, ("id", "patient_id", "instrument", "observed_on", "observed_at", "versions")),
        (figures, ("patient_id", "span", "starts_on", "ends_on", "totals", "measures")),
    ):
        assert known(dict.fromkeys(names)) == [dict.fromkeys(names)]
        for name in names:
            assert known(dict.fromkeys({*names} - {name})) is None


def test_an_empty_page_has_no_rows() -> None:
    assert errors_of(1, "trend", "-", stdin=json.dumps(page()))


@pytest.mark.parametrize(
    "document", [page(report(), following="abc"), [page(report()), page(report(), following="abc")]]
)
def test_a_page_with_another_one_behind_it_is_refused(document: object) -> None:
    with pytest.raises(WrongInput) as caught:
        entries(document)
    assert str(caught.value) == (
        "this is one page of several (next is not null): fetch the others, and put all into one list"
    )


def test_a_page_in_the_middle_may_name_the_next() -> None:
    assert len(entries([page(report(), following="abc"), page(report())]) or ()) == 2


def test_a_row_has_the_last_versions_answers_and_total() -> None:
    versions = [{"total": 30, "answers": {"speech": 1}}, {"total": 37, "answers": ALSFRS_R}]
    found, notes = rows([report(versions=versions)], "alsfrs_r")
    assert found == [
        {
            "patient": "p1", "date": "2026-01-01", "time": "2026-01-01T09:00:00Z",
            "received": "2026-01-01T09:00:05.5Z", "respondent": "patient", "total": 37, **ALSFRS_R,
        }
    ]  # fmt: skip
    assert notes == ["1 reports read from what the service returned"]


def test_a_report_that_names_no_state_counts() -> None:
    plain = report()
    del plain["state"]
    assert len(rows([plain], "alsfrs_r")[0]) == 1


def test_what_does_not_count_is_counted() -> None:
    reports = [
        report(), report(state="voided"), report(state="quarantined"), report(withheld=True),
        report(instrument="phq_9"), report(instrument="phq_9"),
    ]  # fmt: skip
    found, notes = rows(reports, "alsfrs_r")
    assert len(found) == 1
    assert notes[1:] == [
        "reports left out: 2 of other instruments",
        "reports left out: 1 quarantined",
        "reports left out: 1 voided",
        "reports left out: 1 withheld",
    ]


def intercept(*reports: dict[str, Any]) -> float:
    later = report("2026-02-01", 0)
    (course,) = document_of("trend", "-", stdin=json.dumps([*reports, later]))["results"]
    assert course["put_together"] == 1
    value: float = course["least_squares"]["intercept"]
    return value


def test_of_one_day_the_last_observed_stands_and_of_one_instant_the_last_received() -> None:
    early, late = report(total=40), report(total=30, observed_at="2026-01-01T08:00:00-03:00")
    assert intercept(early, late) == intercept(late, early) == 30
    first = report(total=40, received_at="2026-01-01T09:00:05Z")
    second = report(total=30, received_at="2026-01-01T09:00:04.999999Z")
    assert intercept(first, second) == intercept(second, first) == 40
    unknown = report(total=30, received_at=None)
    assert intercept(first, unknown) == intercept(unknown, first) == 40


def test_two_that_cannot_be_told_apart_are_refused() -> None:
    errors = errors_of(1, "trend", "-", stdin=json.dumps([report(total=40), report(total=30)]))
    assert errors == [
        "entry 2, column date: which is the last of this day cannot be told: a time is missing or equal;"
        " give each row its time, take out those that do not count, or say --duplicates mean; the first is in"
        " entry 1"
    ]


@pytest.mark.parametrize("versions", [None, [], [None], ["x"], [{}], {"a": 1}])
def test_a_report_without_a_version_is_an_incomplete_form(versions: object) -> None:
    found, _ = rows([report(versions=versions)], "alsfrs_r")
    assert found[0]["total"] is None


@pytest.mark.parametrize(
    ("others", "change"), [(["caregiver"], -2), (["clinician", "caregiver"], -2), ([], -2)]
)
def test_endpoints_use_the_reports_of_one_respondent(others: list[str], change: int) -> None:
    own = [report("2026-01-01", 40), report("2026-06-18", 38)]
    theirs = [
        report(day, total, respondent=who, id=f"{who} {day}")
        for who in others
        for day, total in (("2026-01-05", 30), ("2026-06-19", 20))
    ]
    options = ("endpoints", "-", "--at", "week 24", "--baseline-date", "2026-01-06")
    found = document_of(*options, stdin=json.dumps([*theirs, *own]))
    assert [row["change"] for row in found["results"]["visits"][0]["changes"]["rows"]] == [change]
    told = f"reports of other respondents left out: {len(theirs)}; used are those of the patient"
    assert (told in found["notes"]) == bool(others)


def test_without_the_patients_own_reports_endpoints_use_the_caregivers() -> None:
    reports = [
        report("2026-01-01", 40, respondent="clinician"), report("2026-01-05", 30, respondent="caregiver"),
        report("2026-06-19", 25, respondent="caregiver"),
    ]  # fmt: skip
    options = ("endpoints", "-", "--at", "week 24", "--baseline-date", "2026-01-06")
    found = document_of(*options, stdin=json.dumps(reports))
    assert [row["change"] for row in found["results"]["visits"][0]["changes"]["rows"]] == [-5]
    assert (
        unusual(found["notes"])[-1]
        == "reports of other respondents left out: 1; used are those of the caregiver"
    )
    (only,) = {entry.pop("respondent") for entry in reports[1:]}
    assert only == "caregiver"
    assert document_of(*options, stdin=json.dumps(reports[1:]))["results"]["visits"]


OPTIONS = ("--at", "week 24", "--baseline-date", "2026-01-01")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["P1", "P2", "P3"]),
            st.sampled_from(["patient", "caregiver", "clinician", "nurse"]),
            st.sampled_from(["current", "current", "voided", "quarantined"]),
            st.booleans(),
        ),
        min_size=1,
    )
)
def test_no_patient_of_a_file_disappears_without_a_name(
    told: list[tuple[str, str, str, bool]],
) -> None:
    """Of whom only others answer, or nothing counts: named, as a result, as left out or in a note."""
    reports = [
        report(
            f"2026-0{1 + place % 9}-{1 + place // 9:02}", 40, patient_id=name, respondent=who, state=state,
            withheld=withheld,
        )
        for place, (name, who, state, withheld) in enumerate(told)
    ]  # fmt: skip
    names = {name for name, *_ in told}
    for command in (
        ("trend", "-"),
        ("endpoints", "-", *OPTIONS),
        ("endpoints", "-", *OPTIONS, "--table", "long"),
    ):
        done = call_here(*command, stdin=json.dumps(reports))
        if any(state == "current" and not withheld for _, _, state, withheld in told):
            assert done.returncode == 0, done.stderr
        assert names <= set(re.findall(r"P[1-3]", done.stdout + done.stderr))


def test_whom_only_others_report_on_is_left_out_by_name_with_the_reason() -> None:
    own = [report("2026-01-01", 40, patient_id="P1"), report("2026-06-18", 36, patient_id="P1")]
    theirs = [
        report(day, 30, patient_id="P2", respondent="caregiver") for day in ("2026-01-01", "2026-06-18")
    ]
    found = document_of("endpoints", "-", *OPTIONS, stdin=json.dumps([*own, *theirs]))
    (visit,) = found["results"]["visits"]
    assert [(omitted["subject"], omitted["reason"]["code"]) for omitted in visit["changes"]["left_out"]] == [
        ("P2", "no_baseline")
    ]
    assert (found["results"]["source"], found["results"]["values_of_other_source"]) == ("home", 0)
    assert "no report that is used, and so no value, of: P2" in found["notes"]


@pytest.mark.parametrize("source", [None, "clinic", "home"])
@pytest.mark.parametrize("duplicates", [None, "refuse", "last", "mean"])
def test_what_others_report_shows_who_was_alive_and_is_no_value(
    source: str | None, duplicates: str | None
) -> None:
    days = ("2026-01-01", "2026-03-01", "2026-06-18")
    own = [report(day, total) for day, total in zip(days, (40, None, 38), strict=True)]
    theirs = [
        report(day, 12, respondent=who, versions=[{"total": 12, "answers": {"speech": 1}}])
        for day in (*days, "2026-08-20")
        for who in ("caregiver", "clinician", "caregiver")
    ]
    options = [*OPTIONS, *(["--source", source] if source else [])]
    options += ["--duplicates", duplicates] if duplicates else []
    alone = document_of("endpoints", "-", *options, stdin=json.dumps(own))
    found = document_of("endpoints", "-", *options, stdin=json.dumps([*theirs, *own]))
    assert found["results"] == alone["results"]
    assert [note for note in found["notes"] if note not in alone["notes"]] == [
        "15 reports read from what the service returned",
        "reports of other respondents left out: 12; used are those of the patient",
    ]
    how = Options(
        Plan(source=Source(source) if source else None),
        get("alsfrs_r"),
        Scale(0, 48, "points"),
        None,
        Naming(),
        (),
        date(2026, 1, 1),
    )
    sheet = read_sheet(json.dumps([*own, *theirs]).encode(), Reading(instrument="alsfrs_r"))
    assert read_trial(sheet, how)[0].last_alive == {"p1": 231}


def test_a_patient_with_a_name_that_cannot_be_shown_is_not_shown() -> None:
    done = call_here("trend", "-", stdin=json.dumps([report(), report(patient_id="\x1b[2J", state="voided")]))
    assert (done.returncode, "\x1b" in done.stdout + done.stderr) == (0, False)


FIGURE: dict[str, Any] = {
    "patient_id": "P1", "seq": 9, "span": "18_months", "starts_on": "2024-07-01", "ends_on": "2025-12-31",
    "respondent": "patient",
    "totals": [
        {"report_id": "1", "day": "2025-01-05", "respondent": "patient", "total": 42, "used": True},
        {"report_id": "2", "day": "2025-02-05", "respondent": "patient", "total": None, "used": False},
        {"report_id": "3", "day": "2025-03-05", "respondent": "patient", "total": 40, "used": True},
        {"report_id": "4", "day": "2025-03-05", "respondent": "caregiver", "total": 38, "used": False},
    ],
    "measures": [
        {
            "instrument": "weight", "respondent": "patient",
            "points": [{"report_id": "5", "day": "2025-01-05", "value": 70000}],
        },
    ],
    "domains": [], "items": [], "events": [], "apart": [], "assessed": None,
}  # fmt: skip


def test_the_data_of_a_figure_are_its_totals_or_measures() -> None:
    found = document_of("trend", "-", stdin=json.dumps(FIGURE))
    assert [(entry["respondent"], entry["readings"], entry["incomplete"]) for entry in found["results"]] == [
        ("caregiver", 1, 0), ("patient", 2, 1),
    ]  # fmt: skip
    assert found["results"][1]["first_to_last"]["change"] == -2
    assert found["notes"] == [
        "4 values read from a figure that the service returned; it shows 2024-07-01 to 2025-12-31 only",
        "forms without a total, which are counted and not used; of each subject the last one: "
        "P1 patient (2025-02-05)",
    ]
    both = document_of("trend", "-", stdin=json.dumps([FIGURE, {**FIGURE, "ends_on": "2025-12-24"}]))
    assert both["notes"][0].endswith("it shows 2024-07-01 to 2025-12-31, 2024-07-01 to 2025-12-24 only")
    (weight,) = document_of("trend", "-", "--instrument", "weight", stdin=json.dumps(FIGURE))["results"]
    assert (weight["patient"], weight["respondent"], weight["readings"]) == ("P1", "patient", 1)


def test_endpoints_take_a_figures_values_of_one_respondent() -> None:
    options = ("--baseline-date", "2025-01-05", "--visit", "end=59±9")
    document = document_of("endpoints", "-", *options, stdin=json.dumps([FIGURE]))
    (row,) = document["results"]["visits"][0]["changes"]["rows"]
    assert (row["subject"], row["change"]) == ("P1", -2)
    assert "reports of other respondents left out: 1; used are those of the patient" in document["notes"]


def test_a_figure_that_shows_nothing_of_an_instrument_has_no_rows() -> None:
    (error,) = errors_of(1, "trend", "-", "--instrument", "zbi_12", stdin=json.dumps(FIGURE))
    assert error.startswith("there are no rows; 0 values read from a figure")


@pytest.mark.parametrize(
    "change",
    [
        {"totals": None}, {"totals": [None, 3, {}]}, {"totals": [{"day": 5, "total": "x", "respondent": []}]},
        {"measures": [{"instrument": "weight"}, {"instrument": "weight", "points": [{}]}]},
        {"patient_id": None}, {"patient_id": {}}, {"starts_on": []}, {"totals": {}, "measures": 7},
    ],
)  # fmt: skip
def test_a_figure_that_is_none_is_refused_and_not_a_traceback(change: dict[str, Any]) -> None:
    for instrument in ("alsfrs_r", "weight"):
        options = ("--instrument", instrument)
        done = call_here("trend", "-", *options, stdin=json.dumps({**FIGURE, **change}))
        assert done.returncode in {0, 1}
        assert (done.returncode == 1) is (done.stdout == "")
