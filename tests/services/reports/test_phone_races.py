"""The same report in every spelling, twenty at once, at two processes; and the same facts in every order."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from models.ledger import ledger
from models.patients.patient import Patient
from models.sites.sites import Site
from models.store import connection
from models.store.base import new_id
from services.access import digests
from services.access.actor import Actor
from services.access.permissions import Operation, scope_for
from services.reports import amend
from services.reports.amend import Correction, Void
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from tests.application import REFRESH_SECRET
from tests.clinics import without_news
from tests.people import People, own_actor
from tests.questionnaires import answers_for

SENDERS, PROCESSES = 20, 2


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def patient(people: People, site: Site, now: datetime) -> Patient:
    return people.patient(site, consent_at=now)


def spellings(given: Submission) -> list[Submission]:
    """The same report as twenty phones might write it."""
    east = given.observed_at.astimezone(timezone(timedelta(hours=5.75)))
    floats = {key: float(code) for key, code in given.answers.items()}
    nulls: dict[str, Any] = {**given.answers, "cutting_with_gastrostomy": None}
    changes: list[dict[str, Any]] = [
        {},
        {"observed_at": east},
        {"answers": floats},
        {"answers": nulls},
        {"zone": "Europe/Berlin"},
        {"zone": "Etc/Unknown"},
        {"mode": "self"},
        {"respondent": "patient"},
        {"duration_seconds": 90},
        {"sent_at": given.observed_at + timedelta(minutes=5)},
    ]
    return [replace(given, **change) for change in changes] * (SENDERS // len(changes))


def _send_all(way: tuple[str, str], patient_id: str, sent: list[Submission], by: Actor, at: datetime) -> None:
    connection.register(*way)
    digests.use(REFRESH_SECRET)
    scope = scope_for(by, Operation.REPORT_SUBMIT)
    with ThreadPoolExecutor(len(sent)) as pool:
        receipts = pool.map(lambda report: submit_report(patient_id, report, scope, actor=by, now=at), sent)
        assert len({receipt.record.id for receipt in receipts}) == 1
    connection.close()


def test_one_report_in_twenty_spellings_at_two_processes_is_stored_once(
    patient: Patient, now: datetime, database_uri: str, database_name: str
) -> None:
    given = Submission(new_id(), "alsfrs_r", "1", now - timedelta(hours=1), answers_for(40))
    spawn = multiprocessing.get_context("spawn")
    senders = [
        spawn.Process(
            target=_send_all,
            args=((database_uri, database_name), patient.id, spellings(given), own_actor(patient), now),
        )
        for _ in range(PROCESSES)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)
    assert [sender.exitcode for sender in senders] == [0] * PROCESSES
    (entry,) = ledger.read_entries(patient.id)
    assert dict(entry.content.answers) == answers_for(40)


Step = Callable[[Patient], None]


@pytest.mark.parametrize("seed", range(3))
def test_late_reports_corrections_and_voids_in_any_order_give_the_same_evaluation(
    people: People, site: Site, now: datetime, seed: int
) -> None:
    """A phone that is a day ahead, a time that cannot be, and clean ones; corrected, and one voided."""
    chance = random.Random(seed)
    ahead = now + timedelta(days=1)
    given = [
        Submission(
            new_id(),
            "alsfrs_r",
            "1",
            (ahead if place % 2 else now) - timedelta(days=7 * place),
            answers_for(46 - place),
            sent_at=ahead if place % 2 else now,
        )
        for place in range(5)
    ]
    corrected, voided = chance.sample(given, 2)
    found = []
    for order in (list(reversed(given)), chance.sample(given, len(given))):
        patient = people.patient(site, consent_at=now - timedelta(days=200))
        by = replace(own_actor(patient), session_id="one phone")
        scope = scope_for(by, Operation.REPORT_SUBMIT)
        for report in order:
            submit_report(patient.id, report, scope, actor=by, now=now)
            if report is corrected:
                slip = Correction(new_id(), "Slip.", 1, {"speech": 1})
                amend.correct(patient.id, report.id, slip, scope, actor=by, now=now)
        amend.void(patient.id, voided.id, Void(new_id(), "x", 1), scope, actor=by, now=now)
        head = ledger.read_head(patient.id)
        assert head is not None
        found.append(head.evaluated)
    assert without_news(found[0]) == without_news(found[1])
