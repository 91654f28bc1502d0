"""From reports to the shapes of a figure: each respondent apart, events, what differs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from models.ledger.entries import Content
from models.patients.patient import Patient
from models.store.provenance import Provenance
from scoring.decline import Profile
from services.patients import course as shaping
from services.patients.course import Course, course_of
from services.patients.shapes import Difference, Event, EventKind, Span
from services.reports.histories import ReportRecord, ReportState, Version
from tests.questionnaires import answers_for

TODAY = date(2026, 3, 2)
BY = Provenance("somebody", "patient")


def patient_with(**fields: Any) -> Patient:
    made = {"profile": Profile(report_interval_days=14), "contact": {}} | fields
    return Patient("p", "s", "Maria", "Europe/Lisbon", profile_version=1, created_at=_at(TODAY), **made)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def record(days_ago: int, total: int = 40, **fields: Any) -> ReportRecord:
    day = TODAY - timedelta(days=days_ago)
    known = {
        "instrument": "alsfrs_r",
        "instrument_version": "1",
        "respondent": "patient",
        "mode": "self",
        "answers": answers_for(total),
        "observed_at": _at(day),
        "observed_on": day,
    }
    state, score = fields.pop("state", ReportState.CURRENT), fields.pop("score", None)
    content = Content(by=BY, **{**known, **fields})
    version = Version(1, content, _at(day), score)
    name = f"{content.instrument}-{content.respondent}-{days_ago}"
    return ReportRecord(name, "p", state, (version,))


def course(*reports: ReportRecord, span: Span = Span.MONTHS_18, patient: Patient | None = None) -> Course:
    ordered = sorted(reports, key=lambda report: report.key)
    return course_of(ordered, patient or patient_with(), span=span, today=TODAY, trend=None)


def test_only_current_reports_of_the_span_are_drawn() -> None:
    given = course(
        record(700), record(400), record(20), record(10, state=ReportState.VOIDED), span=Span.MONTHS_12
    )
    assert [total.day for total in shaping.totals_of(given)] == [TODAY - timedelta(days=20)]
    assert given.starts_on == TODAY - timedelta(days=365)


def test_all_begins_with_the_first_report() -> None:
    given = course(record(2000), record(10), span=Span.ALL)
    assert given.starts_on == TODAY - timedelta(days=2000)
    assert len(shaping.totals_of(given)) == 2


def test_the_later_report_of_a_day_counts() -> None:
    early = record(10, 44)
    late = record(10, 41, observed_at=_at(TODAY - timedelta(days=10)) + timedelta(hours=5))
    late = ReportRecord("later", "p", late.state, late.versions)
    assert [total.total for total in shaping.totals_of(course(early, late))] == [41]


def test_each_respondents_answers_stand_apart() -> None:
    given = course(record(28, 40), record(14, 39), record(20, 36, respondent="caregiver"))
    domains = {(domain.domain, domain.respondent): domain.points for domain in shaping.domains_of(given)}
    assert len(domains) == 8
    assert len(domains["fine_motor", "patient"]) == 2
    items = [item for item in shaping.items_of(given) if item.item == "walking"]
    assert [(item.respondent, sum(run.reports for run in item.runs)) for item in items] == [
        ("patient", 2),
        ("caregiver", 1),
    ]


def test_item_5_is_one_item_in_two_forms() -> None:
    answers = dict(answers_for(40))
    tube = {**answers, "cutting_with_gastrostomy": answers.pop("cutting_without_gastrostomy")}
    tube.pop("cutting_without_gastrostomy")
    given = course(record(28, 40), record(14, answers=tube))
    (cutting,) = [item for item in shaping.items_of(given) if item.item == "cutting"]
    assert [run.key for run in cutting.runs] == ["cutting_without_gastrostomy", "cutting_with_gastrostomy"]


def test_what_another_respondent_answered_last_is_set_beside_the_nearest_report() -> None:
    given = course(record(60, 44), record(10, 40), record(14, 39, respondent="caregiver"))
    (apart,) = shaping.apart_of(given, shaping.totals_of(given))
    assert (apart.respondent, apart.latest.total, apart.nearest.total) == ("caregiver", 39, 40)
    assert apart.differences == (Difference("handwriting", 2, 3),)


def test_nobody_stands_apart_where_one_reports() -> None:
    given = course(record(60, 44), record(10, 40))
    assert shaping.apart_of(given, shaping.totals_of(given)) == ()


@pytest.mark.parametrize(
    ("raters", "changes"),
    [
        ("pppp", []),
        ("ppcc", [("caregiver", 28)]),
        ("ppcp", []),
        ("pcpc", []),
        ("ppc", []),
        ("ppccpp", [("caregiver", 56), ("patient", 28)]),
        ("ppcpcc", [("caregiver", 28)]),
    ],
)
def test_a_change_of_respondent_is_one_that_lasts(raters: str, changes: list[tuple[str, int]]) -> None:
    words = {"p": "patient", "c": "caregiver"}
    last = len(raters) - 1
    given = course(
        *(record(14 * (last - place) + 14, respondent=words[one]) for place, one in enumerate(raters))
    )
    found = [event for event in shaping.events_of(given) if event.kind is EventKind.RESPONDENT]
    assert [(event.respondent, (TODAY - event.day).days) for event in found] == changes


def test_events_of_the_record_are_in_the_order_of_their_days() -> None:
    stays = [
        {"starts_on": "2026-02-01", "ends_on": "2026-02-09"},
        {"starts_on": "2020-02-01", "ends_on": "2020-02-09"},
        {"starts_on": "2026-02-25"},
    ]
    profile = Profile(gastrostomy_on=date(2026, 1, 9), ventilation_on=date(2026, 2, 8))
    given = course(record(10), patient=patient_with(profile=profile, contact={"hospital_stays": stays}))
    assert shaping.events_of(given) == (
        Event(EventKind.GASTROSTOMY, date(2026, 1, 9)),
        Event(EventKind.HOSPITAL, date(2026, 2, 1), ends_on=date(2026, 2, 9)),
        Event(EventKind.VENTILATION, date(2026, 2, 8)),
        Event(EventKind.HOSPITAL, date(2026, 2, 25)),
    )


def test_other_instruments_are_measures_by_respondent() -> None:
    weight = {"instrument": "weight", "answers": {"weight_g": 71_000}, "score": {"total": 71_000}}
    open_score = {"instrument": "who_5", "answers": {}, "score": {"total": None}}
    given = course(record(28), record(20, **weight), record(18, **open_score))
    (measure,) = shaping.measures_of(given)
    assert (measure.instrument, measure.respondent) == ("weight", "patient")
    assert [(point.day, point.value) for point in measure.points] == [(TODAY - timedelta(days=20), 71_000)]


def test_nothing_reported_draws_nothing() -> None:
    given = course()
    assert given.respondent is None
    assert not shaping.totals_of(given)
    assert not shaping.domains_of(given)
    assert not shaping.measures_of(given)
