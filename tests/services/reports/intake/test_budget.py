"""Late reports about one patient within a day: at the limit they are put off, with when to come again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.ledger.entries import EntryKind
from services.access.permissions import Operation, scope_for
from services.errors import TooManyRequests
from services.reports.intake import budget
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from tests.people import People
from tests.questionnaires import alsfrs


def late(now: datetime, days: int) -> Submission:
    body: dict[str, Any] = alsfrs(now - timedelta(days=days))
    body["observed_at"] = now - timedelta(days=days)
    return Submission(**body)


def test_the_limit_holds_late_reports_only_and_ends_with_the_day(people: People, now: datetime) -> None:
    site = people.site()
    patient = people.patient(site, consent_at=now)
    actor = people.own(site, patient).actor
    scope = scope_for(actor, Operation.REPORT_SUBMIT)

    def send(days: int, at: datetime) -> Any:
        return submit_report(patient.id, late(now, days), scope, actor=actor, now=at, most_a_day=3)

    for days in (20, 10, 15):
        send(days, now)
    hour = now + timedelta(hours=1)
    with pytest.raises(TooManyRequests) as caught:
        send(16, hour)
    assert (caught.value.code, caught.value.retry_after) == ("too_many_reports", 23 * 3600)
    assert send(1, hour), "one that follows all others is not held up"
    assert send(16, hour + timedelta(hours=23))


def test_a_month_offline_with_every_questionnaire_passes() -> None:
    assert budget.MOST_A_DAY >= 200


def test_what_the_service_makes_is_not_counted(people: People, now: datetime) -> None:
    site = people.site()
    patient = people.patient(site, consent_at=now)
    actor = people.own(site, patient).actor
    scope = scope_for(actor, Operation.REPORT_SUBMIT)
    entry = submit_report(patient.id, late(now, 3), scope, actor=actor, now=now).entry
    entries = [replace(entry, kind=kind) for kind in EntryKind]
    counted = {kind for kind in EntryKind if _counts(entries, kind, now)}
    assert counted == {EntryKind.REPORT, EntryKind.QUARANTINE, EntryKind.NOTE}


def _counts(entries: list[Any], kind: EntryKind, now: datetime) -> bool:
    try:
        budget.refuse_too_many([entry for entry in entries if entry.kind is kind], 1, now=now)
    except TooManyRequests:
        return True
    return False
