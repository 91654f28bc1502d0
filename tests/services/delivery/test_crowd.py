"""A hundred people and three workers at the same twenty alerts: no step is lost, none stands in the way."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest

from models.alerts import alerts
from models.alerts.alert import Alert, AlertDetail, State
from models.outbox import messages
from models.sites.escalation_policy import EscalationPolicy
from models.sites.sites import Site
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.alerts import actions, align
from services.alerts.actions import Action, AlertAction
from services.alerts.escalation import climb
from services.alerts.outcomes import Outcome
from services.delivery.carry import carry_next
from services.delivery.outbox import make_messages
from services.errors import ChangedMeanwhile, Conflict, Unavailable
from tests.alert_samples import PATIENT, Told, evaluation, in_ledger, make_alert, on_day, store
from tests.message_samples import Keeping
from tests.people import People, Person

ALERTS, PEOPLE, TRIES = 20, 100, 4
LATE = on_day(9)
"""Nobody has acted by then: every alert that is open climbs."""
WANTED = (
    AlertAction(Action.ACKNOWLEDGE),
    AlertAction(Action.COMMENT, note="rang, no answer"),
    AlertAction(Action.SNOOZE, until=LATE + timedelta(days=1)),
    AlertAction(Action.RESOLVE, outcome=Outcome.CALLED),
    AlertAction(Action.DISMISS, outcome=Outcome.KNOWN),
    AlertAction(Action.REOPEN),
)
LEGAL = {
    Action.ACKNOWLEDGE: {(State.OPEN, State.ACKNOWLEDGED), (State.SNOOZED, State.ACKNOWLEDGED)},
    Action.SNOOZE: {(state, State.SNOOZED) for state in (State.OPEN, State.ACKNOWLEDGED, State.SNOOZED)},
    Action.RESOLVE: {(state, State.ENDED) for state in (State.OPEN, State.ACKNOWLEDGED, State.SNOOZED)},
    Action.DISMISS: {(state, State.ENDED) for state in (State.OPEN, State.ACKNOWLEDGED, State.SNOOZED)},
    Action.REOPEN: {(State.ENDED, State.OPEN)},
    Action.COMMENT: {(state, state) for state in State},
}


@pytest.fixture
def site(people: People) -> Site:
    return people.site(escalation=EscalationPolicy(second_address="ward@clinic.example.org"))


def by_people(found: AlertDetail) -> int:
    return sum(bool(step.by.account_id) for step in found.history)


def test_a_hundred_people_and_three_workers_lose_no_step(people: People, site: Site) -> None:
    team = [people.staff(site, Role.CLINICIAN) for _ in range(PEOPLE)]
    made = [make_alert(site_id=site.id, patient_id=f"patient-{number}") for number in range(ALERTS)]
    left_alone = make_alert(site_id=site.id, patient_id="a patient whom nobody sees to")
    store(*made, left_alone)
    done, ended, channel = list[str](), Event(), Keeping()

    def act(number: int) -> None:
        chance, person = random.Random(number), team[number]
        for _ in range(TRIES):
            alert, wanted = chance.choice(made), chance.choice(WANTED)
            if tried(alert, wanted, person):
                done.append(alert.public_id)

    with ThreadPoolExecutor(3) as workers, ThreadPoolExecutor(PEOPLE) as crowd:
        working = [workers.submit(work, channel, ended) for _ in range(3)]
        list(crowd.map(act, range(PEOPLE)))
        ended.set()
        for future in working:
            future.result()
    scope = scope_for(team[0].actor, Operation.ALERT_READ)
    histories = [actions.read(alert.public_id, scope) for alert in made]
    climbed = actions.read(left_alone.public_id, scope)
    assert [step.event for step in climbed.history[1:]] == ["escalated"], "the workers were there"
    for alert, found in zip(made, histories, strict=True):
        assert by_people(found) == done.count(alert.public_id)
        is_legal(found)
    carried = Counter(message.public_id for message in channel.carried)
    assert max(carried.values(), default=1) == 1


def work(channel: Keeping, ended: Event) -> None:
    """What a worker does with alerts, again and again, and once at least."""
    while True:
        align.go_by_clock(LATE)
        climb.climb(LATE)
        make_messages({"test": channel}, LATE)
        while carry_next(channel, urgent=False, now=LATE):
            pass
        if ended.is_set():
            return


def tried(alert: Alert, wanted: AlertAction, person: Person) -> bool:
    """Try an action; only another person's step may have come between."""
    scope = scope_for(person.actor, Operation.ALERT_ACT)
    before = actions.read(alert.public_id, scope)
    try:
        actions.act(alert.public_id, wanted, before.alert.rev, scope, actor=person.actor, now=LATE)
    except Conflict:
        return False
    except ChangedMeanwhile:
        assert by_people(actions.read(alert.public_id, scope)) > by_people(before)
        return False
    except Unavailable as error:
        raise AssertionError("the machine's own steps stand in the way") from error
    return True


def is_legal(found: AlertDetail) -> None:
    state = State.OPEN
    for step in found.history[1:]:
        if step.by.account_id:
            assert (state, step.state) in LEGAL[Action(step.event)], (state, step)
        else:
            assert step.event in {"escalated", "woke"}, step
        state = step.state
    assert state is found.alert.state


def test_twenty_racing_evaluations_make_one_alert_and_one_message(people: People, site: Site) -> None:
    doctor = people.account((site, Role.CLINICIAN))
    in_ledger(9)
    said = evaluation(Told())

    def race(_number: int) -> None:
        align.align(PATIENT, site.id, said, 9, now=on_day(5))
        make_messages({"test": Keeping()}, LATE)

    with ThreadPoolExecutor(20) as workers:
        list(workers.map(race, range(20)))
    make_messages({"test": Keeping()}, LATE)
    (alert,) = alerts.latest(site.id, [PATIENT])[PATIENT].values()
    (message,) = messages.of_alert(alert.public_id)
    assert (message.recipient, message.notice) == (doctor.id, 1)
