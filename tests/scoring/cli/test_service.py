"""Reports as the service returns them, made up: which count, and which of one day stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scoring.cli.service import entries, rows
from scoring.cli.sheet import WrongInput
from tests.scoring.cli.program import ALSFRS_R, document_of, errors_of, unusual


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


def test_an_empty_page_has_no_rows() -> None:
    assert errors_of(1, "trend", "-", stdin=json.dumps(page()))


@pytest.mark.parametrize(
    "document", [page(report(), following="abc"), [page(report()), page(report(), following="abc")]]
)
def test_a_page_with_another_one_behind_it_is_refused(document: object) -> None:
    with pytest.raises(WrongInput, match="this is one page of several"):
        entries(document)


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


def test_two_that_cannot_be_told_apart_are_refused() -> None:
    errors = errors_of(1, "trend", "-", stdin=json.dumps([report(total=40), report(total=30)]))
    assert errors == [
        "entry 2, column date: which is the last of this day cannot be told: a time is missing or equal;"
        " the first is in entry 1"
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
    (only,) = {one.pop("respondent") for one in reports[1:]}
    assert only == "caregiver"
    assert document_of(*options, stdin=json.dumps(reports[1:]))["results"]["visits"]
