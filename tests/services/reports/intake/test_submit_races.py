"""The commit point under races: threads, processes, and every order of arrival."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.alerts import alerts
from models.alerts.alert import Alert, Condition, State
from models.ledger import ledger
from models.ledger.entries import Entry
from models.ledger.ledger import AppendOutcome
from models.patients import patients
from models.patients.patient import Patient
from models.patients.steps import PatientStep
from models.sites import sites
from models.sites.sites import Site
from models.store import connection
from models.store.base import new_id
from models.store.scope import Scope
from services.access import digests
from services.access.actor import Actor, Role
from services.access.permissions import Operation, scope_for
from services.errors import AppError
from services.reports import amend, evaluate, reconcile
from services.reports.amend import Correction, Void
from services.reports.intake import grouped
from services.reports.intake.check import Submission
from services.reports.intake.outcomes import Outcome, Sent
from services.reports.intake.submit import submit_report
from tests.application import REFRESH_SECRET
from tests.clinics import without_news
from tests.people import CLINIC, People, own_actor
from tests.questionnaires import answers_for


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def patient(people: People, site: Site, now: datetime) -> Patient:
    return people.patient(site, consent_at=now)


@pytest.fixture(params=["by the clinic", "by the patient"])
def actor(request: pytest.FixtureRequest, people: People, site: Site, patient: Patient) -> Actor:
    """Reports from patients' own accounts are taken together, all others one by one."""
    if request.param == "by the patient":
        return own_actor(patient)
    return people.staff(site, Role.CLINICIAN).actor


def submission(observed_at: datetime, total: int = 40, report_id: str | None = None) -> Submission:
    return Submission(report_id or new_id(), "alsfrs_r", "1", observed_at, answers_for(total))


def take(patient: Patient, given: Submission, actor: Actor, now: datetime) -> str:
    scope = scope_for(actor, Operation.REPORT_SUBMIT)
    try:
        receipt = submit_report(patient.id, given, scope, actor=actor, now=now)
    except AppError as error:
        return error.code
    return "repeated" if receipt.repeated else "taken"


def head_of(patient: Patient) -> Any:
    head = ledger.read_head(patient.id)
    assert head is not None
    return head


def assert_sound(patient: Patient, now: datetime) -> None:
    """Numbers without gaps, and the head's evaluation is that of the whole history."""
    entries = ledger.read_entries(patient.id)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    present = patients.read(patient.id, Scope(patient_id=patient.id), now=now)
    clinic = sites.read(patient.site_id)
    assert present is not None
    assert clinic is not None
    whole = evaluate.anew(entries, evaluate.criteria_for(present, clinic))
    assert without_news(head_of(patient).evaluated) == whole


def test_twenty_phones_racing_one_report_store_it_once(patient: Patient, actor: Actor, now: datetime) -> None:
    given = submission(now)
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda _: take(patient, given, actor, now), range(20)))
    assert sorted(outcomes) == ["repeated"] * 19 + ["taken"]
    assert [entry.event_id for entry in ledger.read_entries(patient.id)] == [given.id]


def test_of_two_bodies_racing_for_one_id_one_is_taken_and_the_other_refused(
    patient: Patient, actor: Actor, now: datetime
) -> None:
    report_id = new_id()
    bodies = [submission(now, 40 + number % 2, report_id) for number in range(12)]
    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(lambda given: take(patient, given, actor, now), bodies))
    assert sorted(outcomes) == ["id_used"] * 6 + ["repeated"] * 5 + ["taken"]
    assert len(ledger.read_entries(patient.id)) == 1


def test_different_reports_racing_are_all_taken_and_evaluated_together(
    patient: Patient, actor: Actor, now: datetime
) -> None:
    given = [submission(now - timedelta(days=14 * place), 30 + place) for place in range(12)]
    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(lambda report: take(patient, report, actor, now), given))
    assert outcomes == ["taken"] * 12
    assert_sound(patient, now)
    assert head_of(patient).evaluated.evaluation["topics"]["decline"]["on"]


def _in_another_process(
    way: tuple[str, str], patient_id: str, given: list[Submission], whom: Actor, at: datetime
) -> None:
    connection.register(*way)
    digests.use(REFRESH_SECRET)
    for report in given:
        submit_report(patient_id, report, scope_for(whom, Operation.REPORT_SUBMIT), actor=whom, now=at)
    connection.close()


def test_processes_racing_for_one_patient_lose_and_double_nothing(
    patient: Patient, actor: Actor, now: datetime, database_uri: str, database_name: str
) -> None:
    """Each of four processes sends its own reports, and all send three shared ones."""
    shared = [submission(now - timedelta(days=7 * place), 38) for place in range(3)]
    own = [
        [submission(now - timedelta(days=7 * place + 1 + lane), 38) for place in range(4)]
        for lane in range(4)
    ]
    spawn = multiprocessing.get_context("spawn")
    way = (database_uri, database_name)
    racers = [
        spawn.Process(target=_in_another_process, args=(way, patient.id, [*mine, *shared], actor, now))
        for mine in own
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(60)
    assert [racer.exitcode for racer in racers] == [0] * 4
    stored = [entry.event_id for entry in ledger.read_entries(patient.id)]
    assert sorted(stored) == sorted(report.id for lane in [*own, shared] for report in lane)
    assert_sound(patient, now)


def behind_a_first(count: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let the first run of the group commit begin when all of so many are there; how many each run serves."""
    run, sizes = grouped.COMMIT._run, []

    def held(sent: Sequence[Sent]) -> Sequence[Outcome]:
        sizes.append(len(sent))
        deadline = time.monotonic() + 60
        while sizes == [len(sent)] and len(sent) + len(grouped.COMMIT._waiting) < count:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        return run(sent)

    monkeypatch.setattr(grouped.COMMIT, "_run", held)
    return sizes


def test_many_patients_at_once_are_each_given_their_own_answer_with_few_writes(
    people: People, site: Site, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One answers out of range, one is not followed, one sends twice, one sends an old report: each alone."""
    cohort = [people.patient(site, consent_at=now) for _ in range(14)]
    unfollowed = people.patient(site)
    for patient in cohort:
        assert take(patient, submission(now - timedelta(days=28)), own_actor(patient), now) == "taken"
    writes, append_all = [], ledger.append_all

    def counted(entries: Sequence[Entry]) -> list[AppendOutcome]:
        writes.append(len(entries))
        return append_all(entries)

    monkeypatch.setattr(ledger, "append_all", counted)
    wrong = replace(submission(now), answers={**answers_for(40), "speech": 7})
    twice, late = submission(now), submission(now - timedelta(days=56))
    sent = [(patient, submission(now)) for patient in cohort[:10]]
    sent += [(cohort[10], wrong), (unfollowed, submission(now)), (cohort[11], twice), (cohort[11], twice)]
    sent += [(cohort[12], late), (cohort[13], replace(submission(now), instrument_version="999"))]
    behind_a_first(len(sent), monkeypatch)
    with ThreadPoolExecutor(len(sent)) as pool:
        outcomes = list(pool.map(lambda pair: take(*pair, own_actor(pair[0]), now), sent))
    assert outcomes[:12] == ["taken"] * 10 + ["invalid_answers", "no_consent"]
    assert sorted(outcomes[12:]) == ["repeated", "taken", "taken", "taken"]
    assert sum(writes) >= 13
    assert len(writes) < 10
    for patient in cohort:
        assert_sound(patient, now)
        assert len(ledger.read_entries(patient.id)) == (1 if patient is cohort[10] else 2)


def outcome(patient: Patient, given: Submission, now: datetime) -> str:
    try:
        return take(patient, given, own_actor(patient), now)
    except Exception as error:
        return type(error).__name__


def together(
    sent: Sequence[tuple[Patient, Submission]], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Send them from a thread each; all wait for the first run, and are taken in two at most."""
    sizes = behind_a_first(len(sent), monkeypatch)
    with ThreadPoolExecutor(len(sent)) as pool:
        outcomes = list(pool.map(lambda pair: outcome(*pair, now), sent))
    monkeypatch.undo()
    assert (len(sizes), sum(sizes)) in ((1, len(sent)), (2, len(sent)))
    return outcomes


@pytest.mark.parametrize("field", ["note"])
def test_a_report_that_cannot_be_written_fails_for_nobody_else(
    people: People,
    site: Site,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    field: str,
) -> None:
    """Lone surrogates are refused before; this is for what nobody has thought of."""
    cohort = [people.patient(site, consent_at=now) for _ in range(12)]
    for patient in cohort:
        assert take(patient, submission(now - timedelta(days=28)), own_actor(patient), now) == "taken"
    unknown = replace(submission(now), **{"instrument_version": "999", field: "\ud800"})
    sent = [(one, unknown if place == 6 else submission(now)) for place, one in enumerate(cohort)]
    outcomes = together(sent, now, monkeypatch)
    assert outcomes.pop(6) == "UnicodeEncodeError"
    assert outcomes == ["taken"] * 11
    for place, one in enumerate(cohort):
        assert_sound(one, now)
        assert len(ledger.read_entries(one.id)) == (1 if place == 6 else 2)


def test_a_history_that_cannot_be_read_fails_for_nobody_else(
    people: People, site: Site, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort = [people.patient(site, consent_at=now) for _ in range(12)]
    for patient in cohort:
        assert take(patient, submission(now - timedelta(days=28)), own_actor(patient), now) == "taken"
    entries = ledger.LedgerDocument.raw()
    broken = entries.find_one_and_delete({"patient_id": cohort[6].id})
    entries.insert_one({**broken, "derived": b"no such form"})
    outcomes = together([(patient, submission(now)) for patient in cohort], now, monkeypatch)
    assert outcomes.pop(6) == "Unreadable"
    assert outcomes == ["taken"] * 11


@pytest.mark.parametrize("actor", ["by the clinic"], indirect=True)
@pytest.mark.parametrize("seed", range(6))
def test_every_order_of_arrival_leads_to_the_same_flags_and_topics(
    people: People, site: Site, actor: Actor, now: datetime, seed: int
) -> None:
    """Reports late, sent twice, corrected and voided, in two orders, about two patients alike."""
    totals = (46, 44, 41, 37, 34, 30, 27)
    given = [
        submission(now - timedelta(days=28 * place), total) for place, total in enumerate(reversed(totals))
    ]
    chance = random.Random(seed)
    corrected, voided = chance.sample(given, 2)
    shuffled = chance.sample([*given, chance.choice(given)], len(given) + 1)
    heads = []
    for order in (sorted(given, key=lambda report: report.observed_at), shuffled):
        about = people.patient(site, consent_at=now)
        for report in order:
            take(about, report, actor, now)
        scope = scope_for(actor, Operation.REPORT_CORRECT)
        slip = Correction(new_id(), "slip", 1, answers_for(40))
        amend.correct(about.id, corrected.id, slip, scope, actor=actor, now=now)
        amend.void(
            about.id,
            voided.id,
            Void(new_id(), "not mine", 1 + (voided is corrected)),
            scope,
            actor=actor,
            now=now,
        )
        assert_sound(about, now)
        heads.append(head_of(about).evaluated)
    assert heads[0].evaluation == heads[1].evaluation
    assert heads[0].memory == heads[1].memory


def test_a_correction_racing_a_report_keeps_both(patient: Patient, actor: Actor, now: datetime) -> None:
    first = submission(now - timedelta(days=28), 44)
    take(patient, first, actor, now)
    scope = scope_for(actor, Operation.REPORT_CORRECT)
    slip = Correction(new_id(), "slip", 1, answers_for(30))
    with ThreadPoolExecutor(2) as pool:
        corrected = pool.submit(amend.correct, patient.id, first.id, slip, scope, actor=actor, now=now)
        taken = pool.submit(take, patient, submission(now, 29), actor, now)
        assert (corrected.result().repeated, taken.result()) == (False, "taken")
    assert_sound(patient, now)


def test_a_report_that_the_rules_fail_on_becomes_a_data_query_and_hides_nothing(
    patient: Patient, actor: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = submission(now - timedelta(days=14), 41)
    real = evaluate.decline.read

    def read(memory: Any, report: Any, *rest: Any) -> Any:
        if report.id == bad.id:
            raise ZeroDivisionError
        return real(memory, report, *rest)

    for place in ("scoring.decline.read", "scoring.decline.history.read"):
        monkeypatch.setattr(place, read)
    for given in (submission(now - timedelta(days=28), 42), bad, submission(now, 40)):
        assert take(patient, given, actor, now) == "taken"
    head = head_of(patient)
    flag = next(flag for flag in head.evaluated.evaluation["flags"] if flag["topic"] == "data_query")
    assert (flag["rule"], flag["evidence"]) == ("not_evaluated", [bad.id])
    assert head.evaluated.unread == (bad.id,)
    assert head.evaluated.evaluation["trajectory"]["reports"] == 2
    monkeypatch.undo()
    assert take(patient, submission(now, 39), actor, now) == "taken"
    assert head_of(patient).evaluated.unread == ()
    assert_sound(patient, now)


def test_a_crash_after_the_insert_is_finished_by_the_sweep(
    patient: Patient, actor: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile.align, "align", _crash)
    totals = (46, 42, 38, 34, 30)
    for place, total in enumerate(totals):
        given = submission(now - timedelta(days=28 * (len(totals) - 1 - place)), total)
        assert take(patient, given, actor, now) == "taken"
    assert ledger.patients_pending(10) == [patient.id]
    monkeypatch.undo()
    later = now + reconcile.UNATTENDED
    assert reconcile.sweep(later) == 1
    assert ledger.patients_pending(10) == []
    assert reconcile.sweep(later) == 0


def test_a_phone_that_sends_again_after_a_crash_need_not_wait_for_the_sweep(
    patient: Patient, actor: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = replace(submission(now), answers={**answers_for(40), "dyspnea": 0})
    monkeypatch.setattr(reconcile.align, "align", _crash)
    assert take(patient, given, actor, now) == "taken"
    assert alerts.latest(patient.site_id, [patient.id])[patient.id] == {}
    monkeypatch.undo()
    again = submit_report(patient.id, given, scope_for(actor, Operation.REPORT_SUBMIT), actor=actor, now=now)
    assert (again.repeated, again.pending) == (True, False)
    found = alerts.latest(patient.site_id, [patient.id])[patient.id]
    assert {alert.state for alert in found.values()} == {State.OPEN}


def _crash(*_args: Any, **_kwargs: Any) -> None:
    raise RuntimeError("killed")


def test_a_profile_change_whose_evaluation_was_lost_is_caught_up_by_the_sweep(
    patient: Patient, actor: Actor, now: datetime
) -> None:
    take(patient, submission(now), actor, now)
    before = head_of(patient)
    scope = Scope(site_ids=frozenset({patient.site_id}))
    overrides: list[Any] = []
    assert (
        patients.change_profile(
            patient.id,
            scope,
            patient.rev,
            step=PatientStep(patient.created_at, CLINIC, {}),
            overrides=overrides,
        )
        is not None
    )
    assert reconcile.sweep(now) == 1
    after = head_of(patient)
    assert (after.seq, after.evaluated.basis.profile_version) == (before.seq + 1, 2)
    assert patients.changed(10) == []


@pytest.mark.parametrize("actor", ["by the clinic"], indirect=True)
def test_an_alert_opened_while_a_newer_entry_was_settled_is_shown_as_withdrawn_by_the_sweep(
    patient: Patient, actor: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking for alerts and inserting one, the report is voided, which finds no alert to mark."""
    given = replace(submission(now), answers={**answers_for(40), "dyspnea": 0})
    insert, voided = alerts.insert, []

    def voided_meanwhile(alert: Alert, *rest: Any) -> bool:
        if not voided:
            voided.append(alert.topic)
            scope = scope_for(actor, Operation.REPORT_VOID)
            amend.void(patient.id, given.id, Void(new_id(), "Slip.", 1), scope, actor=actor, now=now)
        return insert(alert, *rest)

    def states() -> set[State]:
        return {alert.state for alert in alerts.latest(patient.site_id, [patient.id])[patient.id].values()}

    monkeypatch.setattr(alerts, "insert", voided_meanwhile)
    assert take(patient, given, actor, now) == "taken"
    assert voided
    assert ledger.patients_pending(10) == [patient.id]
    reconcile.sweep(now + reconcile.UNATTENDED)
    assert states() == {State.OPEN}
    (alert,) = alerts.latest(patient.site_id, [patient.id])[patient.id].values()
    assert alert.condition is Condition.WITHDRAWN
    assert ledger.patients_pending(10) == []
