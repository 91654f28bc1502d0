"""Alerts under races of threads and processes: one alert, nothing lost, the newest evaluation holds."""

from __future__ import annotations

import itertools
import multiprocessing
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import Any

import pytest

from models.alerts import alerts
from models.alerts.alert import CURRENT, Alert, Condition, State
from models.ledger.ledger import LedgerDocument
from models.store import connection
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.access.actor import Actor, Role
from services.alerts import actions
from services.alerts import align as alert_desk
from services.alerts.actions import Action, AlertAction
from services.errors import ChangedMeanwhile, Conflict
from tests.alert_samples import (
    PATIENT,
    SITE,
    Told,
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
    done = actions.act(alert.id, wanted, alert.rev, REACH, actor=ACTOR, now=on_day(40))
    return done.alert.state.value


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
    on = {one.topic.value: one.level for one in told(newest)}
    latest = alerts.latest(SITE, [PATIENT])[PATIENT]
    standing = {topic: alert.level for topic, alert in latest.items() if alert.state in CURRENT}
    assert standing == on
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
    store(make_alert(State.CLEARED))
    in_ledger(7)
    together(*[partial(align, 7, Told(raised=30))] * 20)
    assert {alert.episode: (alert.state, alert.sealed) for alert in stored().values()} == {
        1: (State.CLEARED, True),
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


def test_an_update_and_an_acknowledgement_both_count_or_the_clinician_reads_again() -> None:
    for day in range(20, 32):
        in_ledger(day)
        alerts.AlertDocument.raw().delete_many({})
        store(make_alert())
        read = only()
        (acknowledged, _) = together(
            partial(act, AlertAction(Action.ACKNOWLEDGE), read),
            partial(align, day, Told(met=day)),
        )
        alert = only()
        assert alert.grounds.met_by == f"r{day}"
        if acknowledged == "acknowledged":
            assert alert.state is State.ACKNOWLEDGED
        else:
            assert acknowledged == "changed_meanwhile"
            assert (alert.state, alert.handled) == (State.OPEN, None)


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


@pytest.mark.parametrize("ended", [State.RESOLVED, State.CLEARED])
def test_reopening_and_a_new_episode_exclude_each_other(ended: State) -> None:
    outcomes = set()
    for seq in range(20, 40):
        in_ledger(seq)
        alerts.AlertDocument.raw().delete_many({})
        store(make_alert(ended))
        read = only()
        (reopened, *_) = together(
            partial(act, AlertAction(Action.REOPEN), read),
            *[partial(align, seq, Told(raised=30))] * 3,
        )
        states = {alert.episode: alert.state for alert in stored().values()}
        assert [state for state in states.values() if state in CURRENT] == [State.OPEN]
        assert (reopened == "open") == (states == {1: State.OPEN})
        outcomes.add(reopened)
    assert outcomes <= {"open", "changed_meanwhile"}


def test_an_end_and_a_snooze_leave_it_ended_or_unsnoozed() -> None:
    for seq in range(20, 32):
        in_ledger(seq)
        alerts.AlertDocument.raw().delete_many({})
        store(make_alert())
        read = only()
        together(
            partial(act, AlertAction(Action.SNOOZE, until=on_day(41)), read),
            partial(align, seq, Told(cleared=9)),
        )
        assert (only().state, only().condition) == (State.CLEARED, Condition.PASSED)
        assert only().snoozed_until is None


def test_waking_and_acting_at_once_lose_nothing() -> None:
    for _ in range(10):
        alerts.AlertDocument.raw().delete_many({})
        store(make_alert(State.SNOOZED))
        read = only()
        results = together(
            partial(act, AlertAction(Action.RESOLVE), read), *[partial(alert_desk.wake, on_day(40))] * 3
        )
        assert sum(results[1:]) + (results[0] == "resolved") >= 1
        assert only().state is (State.RESOLVED if results[0] == "resolved" else State.OPEN)
