"""Alerts under races of threads and processes: one alert, nothing lost, the newest evaluation holds."""

from __future__ import annotations

import itertools
import multiprocessing
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Lock
from typing import Any

import pytest

from models.alerts import alerts
from models.alerts.alert import CURRENT, Alert, Condition, State, Step
from models.ledger.document import LedgerDocument
from models.store import connection
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.access.actor import Actor, Role
from services.alerts import actions, closures
from services.alerts import align as alert_desk
from services.alerts.actions import Action, AlertAction
from services.alerts.closures import Named
from services.alerts.outcomes import Outcome
from services.errors import ChangedMeanwhile, Conflict
from tests.alert_samples import (
    PATIENT,
    SITE,
    Told,
    ended_unseen,
    evaluation,
    in_ledger,
    make_alert,
    on_day,
    only,
    store,
    stored,
)

REACH = Scope(site_ids=frozenset({SITE}))
ACTOR = Actor("clinician", "session", ((SITE, Role.CLINICIAN),))
TOPICS = (Topic.DECLINE, Topic.SPEECH, Topic.WALKING)
PASSED = {"condition": Condition.PASSED, "standing": {}}

pytestmark = pytest.mark.usefixtures("database")


def align(seq: int, *told: Told, day: float = 40) -> None:
    alert_desk.align(PATIENT, SITE, evaluation(*told), seq, now=on_day(day))


def together(*work: Callable[[], Any]) -> list[Any]:
    """Do everything at once; what is refused counts as a result."""

    def tried(one: Callable[[], Any]) -> Any:
        try:
            return one()
        except (Conflict, ChangedMeanwhile) as error:
            return error.code

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(tried, work))


def act(wanted: AlertAction, alert: Alert) -> str:
    done = actions.act(alert.public_id, wanted, alert.rev, REACH, actor=ACTOR, now=on_day(40))
    return done.alert.state.value


def close(*read: Alert) -> list[str]:
    named = [Named(alert.public_id, alert.rev) for alert in read]
    known = Outcome.KNOWN
    return [
        done.verdict.value for done in closures.close(named, known, "", REACH, actor=ACTOR, now=on_day(40))
    ]


def ended_by_a_person() -> Alert:
    return make_alert(State.ENDED)


def in_process(uri: str, name: str, seqs: list[int]) -> None:
    """Align in this order, in a process of its own."""
    connection.register(uri, name)
    for seq in seqs:
        align(seq, *told(seq))
    connection.close()


def told(seq: int) -> tuple[Told, ...]:
    """What the evaluation of an entry says: at each entry another set of topics is on."""
    return tuple(
        Told(topic, Level.SOON if (seq + place) % 2 else Level.URGENT, raised=seq)
        for place, topic in enumerate(TOPICS)
        if (seq + place) % 3
    )


def assert_in_step_with(newest: int) -> None:
    on = {telling.topic.value: telling.level for telling in told(newest)}
    latest = alerts.latest(SITE, [PATIENT])[PATIENT]
    holding = {topic for topic, alert in latest.items() if alert.condition is Condition.HOLDS}
    assert holding == set(on)
    assert all(alert.state in CURRENT for alert in latest.values())
    assert all(latest[topic].level.rank >= level.rank for topic, level in on.items())
    for topic in TOPICS:
        episodes = [alert for alert in stored().values() if alert.topic == topic.value]
        assert sum(alert.state in CURRENT for alert in episodes) <= 1
        assert sorted(alert.episode for alert in episodes) == list(range(1, len(episodes) + 1))
        assert all(alert.sealed for alert in episodes if alert.episode < len(episodes))


def test_twenty_alignments_at_once_open_one_alert() -> None:
    in_ledger(7)
    together(*[partial(align, 7, Told())] * 20)
    alert = only()
    assert (alert.state, alert.based_on, alert.steps) == (State.OPEN, 7, 1)


def test_twenty_alignments_at_once_begin_one_new_episode() -> None:
    store(ended_unseen())
    in_ledger(7)
    together(*[partial(align, 7, Told(raised=30))] * 20)
    assert {alert.episode: (alert.state, alert.sealed) for alert in stored().values()} == {
        1: (State.ENDED, True),
        2: (State.OPEN, False),
    }


def test_processes_that_align_in_any_order_end_with_the_newest(database_uri: str, database_name: str) -> None:
    context, newest = multiprocessing.get_context("spawn"), 30
    for seq in range(1, newest + 1):
        in_ledger(seq)
    orders = [random.Random(seed).sample(range(1, newest + 1), newest) for seed in range(4)]
    children = [
        context.Process(target=in_process, args=(database_uri, database_name, order)) for order in orders
    ]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0] * len(children)
    assert_in_step_with(newest)


def test_threads_that_align_in_any_order_end_with_the_newest() -> None:
    for newest in range(4, 9):
        for document in (alerts.AlertDocument, LedgerDocument):
            document.raw().delete_many({})
        for seq in range(1, newest + 1):
            in_ledger(seq)
        seqs = [seq for seq in range(1, newest + 1) for _ in range(3)]
        random.Random(newest).shuffle(seqs)
        together(*[partial(align, seq, *told(seq)) for seq in seqs])
        align(newest, *told(newest))  # as the one who reads the head again would
        assert_in_step_with(newest)


def test_threads_that_align_what_each_has_just_stored_end_with_the_newest() -> None:
    """As requests do: numbers without gaps, alignments at once; then the sweep reads the head again."""
    following, turn = itertools.count(1), Lock()

    def store_and_align() -> None:
        for _ in range(5):
            with turn:
                seq = next(following)
                in_ledger(seq)
            align(seq, *told(seq))

    together(*[store_and_align] * 6)
    align(30, *told(30))
    assert_in_step_with(30)


def test_evidence_stands_in_no_acknowledgements_way() -> None:
    for day in range(20, 32):
        in_ledger(day)
        alerts.AlertDocument.raw().delete_many({})
        store(make_alert())
        read = only()
        (acknowledged, *_) = together(
            partial(act, AlertAction(Action.ACKNOWLEDGE), read),
            *[partial(align, day, Told(met=day))] * 3,
        )
        alert = only()
        assert (alert.grounds.met_by, alert.state) == (f"r{day}", State.ACKNOWLEDGED)
        assert acknowledged == "acknowledged"


def test_a_higher_level_is_never_lost_to_an_acknowledgement_of_the_lower() -> None:
    for seq in range(20, 32):
        in_ledger(seq)
        alerts.AlertDocument.raw().delete_many({})
        store(make_alert())
        read = only()
        together(
            partial(act, AlertAction(Action.ACKNOWLEDGE), read),
            partial(align, seq, Told(level=Level.URGENT)),
        )
        assert (only().state, only().level) == (State.OPEN, Level.URGENT)


def test_of_twenty_clinicians_one_acknowledges() -> None:
    store(make_alert())
    read = only()
    results = together(*[partial(act, AlertAction(Action.ACKNOWLEDGE), read)] * 20)
    assert sorted(results) == ["acknowledged", *["changed_meanwhile"] * 19]
    assert only().steps == 2


@pytest.mark.parametrize("make", [ended_by_a_person, ended_unseen])
def test_reopening_and_a_new_episode_exclude_each_other(make: Callable[[], Alert]) -> None:
    outcomes = set()
    urgent = Told(raised=30, level=Level.URGENT)
    for seq in range(20, 40):
        in_ledger(seq)
        alerts.AlertDocument.raw().delete_many({})
        store(make())
        read = only()
        (reopened, *_) = together(
            partial(act, AlertAction(Action.REOPEN), read),
            *[partial(align, seq, urgent)] * 3,
        )
        episodes = {alert.episode: alert for alert in stored().values()}
        current = [alert for alert in episodes.values() if alert.state in CURRENT]
        assert [(alert.state, alert.level) for alert in current] == [(State.OPEN, Level.URGENT)]
        assert (reopened == "open") == (set(episodes) == {1})
        outcomes.add(reopened)
    assert outcomes <= {"open", "changed_meanwhile", "action_not_allowed"}


def test_an_end_by_the_reports_and_a_snooze_leave_it_ended_or_the_snooze_refused() -> None:
    inform = Told(level=Level.INFORM)
    for seq in range(20, 32):
        in_ledger(seq)
        alerts.AlertDocument.raw().delete_many({})
        store(make_alert(told=inform))
        read = only()
        together(
            partial(act, AlertAction(Action.SNOOZE, until=on_day(41)), read),
            partial(align, seq, replace(inform, cleared=9)),
        )
        assert (only().state, only().condition) == (State.ENDED, Condition.PASSED)
        assert only().until is None


def test_coming_back_and_acting_at_once_lose_nothing() -> None:
    for _ in range(10):
        alerts.AlertDocument.raw().delete_many({})
        store(make_alert(State.SNOOZED))
        read = only()
        resolve = AlertAction(Action.RESOLVE, outcome=Outcome.CALLED)
        results = together(partial(act, resolve, read), *[partial(alert_desk.go_by_clock, on_day(40))] * 3)
        assert results[0] == "ended", "what the clock does needs no second reading"
        assert only().state is State.ENDED
        assert [step.event for step in history()].count("woke") <= 1


def test_twenty_closings_and_rises_of_level_never_close_what_rose() -> None:
    """Each history is a legal path, no step is lost, and what rose is open."""
    for seq in range(20, 30):
        in_ledger(seq)
        alerts.AlertDocument.raw().delete_many({})
        store(make_alert(**PASSED), make_alert(told=Told(Topic.SPEECH), **PASSED))
        read = list(stored().values())
        closed = together(
            *[partial(close, *read)] * 10,
            *[partial(align, seq, Told(level=Level.URGENT, raised=seq), Told(Topic.SPEECH, cleared=9))] * 10,
        )
        latest = alerts.latest(SITE, [PATIENT])[PATIENT]
        assert (latest["decline"].state, latest["decline"].level) == (State.OPEN, Level.URGENT)
        assert latest["speech"].state is State.ENDED
        verdicts = [done[place] for done in closed[:10] for place in (0, 1)]
        assert set(verdicts) <= {"closed", "seen", "changed_meanwhile", "needs_its_own"}
        for alert in stored().values():
            assert_legal(alert)


def test_twenty_people_close_the_same_alerts_and_one_does() -> None:
    store(make_alert(**PASSED))
    read = only()
    verdicts = [done[0] for done in together(*[partial(close, read)] * 20)]
    assert verdicts.count("closed") == 1
    assert set(verdicts) <= {"closed", "changed_meanwhile"}
    assert only().steps == 2


def test_twenty_acknowledgements_and_alignments_lose_no_step() -> None:
    for begin in range(20, 60, 10):
        alerts.AlertDocument.raw().delete_many({})
        store(make_alert())
        read = only()
        seqs = range(begin, begin + 10)
        for seq in seqs:
            in_ledger(seq)
        results = together(
            *[partial(act, AlertAction(Action.ACKNOWLEDGE), read)] * 10,
            *(partial(align, seq, Told(met=seq)) for seq in seqs),
        )
        align(begin + 9, Told(met=begin + 9))
        assert results[:10].count("acknowledged") == 1
        assert set(results[:10]) == {"acknowledged", "changed_meanwhile"}
        alert = only()
        assert (alert.state, alert.grounds.met_by) == (State.ACKNOWLEDGED, f"r{begin + 9}")
        assert_legal(alert)


def history(patient_id: str = PATIENT) -> list[Step]:
    (detail,) = (alerts.read(alert.public_id, REACH) for alert in stored(patient_id).values())
    assert detail is not None
    return list(detail.history)


def assert_legal(alert: Alert) -> None:
    """No step is lost, and each person's action was allowed in the state that it found."""
    detail = alerts.read(alert.public_id, REACH)
    assert detail is not None
    assert len(detail.history) == alert.steps
    assert detail.history[-1].state is alert.state
    state = State.OPEN
    for step in detail.history[1:]:
        if step.event in {action.value for action in Action}:
            assert Action(step.event) in actions.ALLOWED[state]
        state = step.state
