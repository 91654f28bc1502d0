"""In any order of evaluations, clinicians and the clock: one open alert, none lost, the newest holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from models.alerts import alerts
from models.alerts.alert import BY_CLINICIAN, BY_EVALUATION, CURRENT, Alert, AlertDetail, Condition, State
from models.store.base import new_id
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.access.actor import Actor, Role
from services.alerts import actions
from services.alerts import align as alert_desk
from services.alerts.actions import Action, AlertAction, DismissReason
from services.alerts.lifecycle import SAFETY, raised_again, verdicts_of
from services.errors import ChangedMeanwhile
from tests.alert_samples import SITE, Told, evaluation, in_ledger, on_day

TOPICS = (Topic.DECLINE, Topic.SELF_HARM)
REACH = Scope(site_ids=frozenset({SITE}))
ACTOR = Actor("clinician", "session", ((SITE, Role.CLINICIAN),))
DAYS = st.integers(0, 40)
EVIDENCE = {"grounds", "flag", "sentence", "restricted", "data_query", "based_on", "rev"}


@st.composite
def tellings(draw: st.DrawFn, topic: Topic) -> Told | None:
    """What some history says of a topic: nothing, an episode that ended, or one that stands."""
    raised, longer, after = draw(DAYS), draw(st.integers(0, 9)), draw(st.integers(0, 9))
    told = Told(topic, draw(st.sampled_from(Level)), raised=raised, met=raised + longer)
    ended = Told(topic, told.level, raised=raised, met=told.met, cleared=raised + longer + after)
    return draw(st.sampled_from([None, ended, told, told]))


EVALUATIONS = st.tuples(*(tellings(topic) for topic in TOPICS)).map(
    lambda told: evaluation(*(one for one in told if one is not None))
)


class Alerts(RuleBasedStateMachine):
    """One patient: entries are appended, any of them is aligned with, clinicians act, time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.patient_id = new_id()
        self.now: datetime = on_day(0)
        self.entries: list[Mapping[str, Any]] = []
        self.known: dict[str, tuple[dict[str, Any], AlertDetail]] = {}

    def raw(self) -> dict[str, dict[str, Any]]:
        return {row["_id"]: row for row in alerts.AlertDocument.raw().find({"patient_id": self.patient_id})}

    def seen(self) -> dict[str, dict[str, Any]]:
        """The alerts without their evidence, which follows the newest evaluation a moment later."""
        rows = self.raw()
        return {key: {name: row[name] for name in row.keys() - EVIDENCE} for key, row in rows.items()}

    def align(self, seq: int) -> None:
        alert_desk.align(self.patient_id, SITE, self.entries[seq - 1], seq, now=self.now)

    def latest(self) -> dict[str, Alert]:
        return alerts.latest(SITE, [self.patient_id])[self.patient_id]

    @rule(told=EVALUATIONS)
    def append(self, told: Mapping[str, Any]) -> None:
        self.entries.append(told)
        in_ledger(len(self.entries), self.patient_id)

    @precondition(lambda self: self.entries)
    @rule(data=st.data())
    def align_with_any(self, data: st.DataObject) -> None:
        seq = data.draw(st.integers(1, len(self.entries)))
        before = self.seen()
        self.align(seq)
        if seq < len(self.entries):
            assert self.seen() == before

    @precondition(lambda self: self.entries)
    @rule()
    def align_with_the_newest(self) -> None:
        self.align(len(self.entries))
        self.assert_in_step()
        before = self.raw()
        self.align(len(self.entries))
        assert self.raw() == before

    @precondition(lambda self: self.raw())
    @rule(data=st.data(), hours=st.integers(1, 4), late=st.booleans())
    def act(self, data: st.DataObject, hours: int, late: bool) -> None:
        alert = data.draw(st.sampled_from(sorted(self.known.items())))[1][1].alert
        possible = actions.allowed(alert, self.now)
        action = data.draw(st.sampled_from(possible))
        wanted = AlertAction(
            action,
            note="A note." if action is Action.COMMENT else "",
            until=self.now + timedelta(hours=hours) if action is Action.SNOOZE else None,
            reason=DismissReason.OTHER if action is Action.DISMISS else None,
        )
        if late:
            with pytest.raises(ChangedMeanwhile):
                actions.act(alert.id, wanted, alert.rev - 1, REACH, actor=ACTOR, now=self.now)
        else:
            actions.act(alert.id, wanted, alert.rev, REACH, actor=ACTOR, now=self.now)

    @rule(days=st.integers(1, 30))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def wake(self) -> None:
        alert_desk.wake(self.now)
        assert all(alert.at(self.now) == alert for alert in self.latest().values())

    @invariant()
    def at_most_one_alert_of_a_topic_is_not_ended(self) -> None:
        for topic in TOPICS:
            rows = [row for row in self.raw().values() if row["topic"] == topic.value]
            rows.sort(key=lambda row: row["episode"])
            assert [row["episode"] for row in rows] == list(range(1, len(rows) + 1))
            assert all(row["sealed"] and row["state"] not in CURRENT for row in rows[:-1])

    @invariant()
    def nothing_is_lost(self) -> None:
        rows = self.raw()
        for key, (earlier, _) in self.known.items():
            row = rows[key]
            assert row["rev"] >= earlier["rev"]
            assert row["based_on"] >= earlier["based_on"]
            assert row["history"][: len(earlier["history"])] == earlier["history"]
            assert row["steps"] == len(row["history"])
            assert row["history"][-1]["state"] == row["state"]
        self.known = {}
        for key, row in rows.items():
            detail = alerts.read(key, REACH)
            assert detail is not None, "an alignment that nobody disturbed leaves nothing hidden"
            self.known[key] = (row, detail)

    @invariant()
    def a_safety_alert_is_ended_by_nobody_but_a_clinician(self) -> None:
        states = {row["state"] for row in self.raw().values() if row["topic"] in SAFETY}
        assert not states & {state.value for state in BY_EVALUATION}

    def assert_in_step(self) -> None:
        verdicts = verdicts_of(self.entries[-1])
        latest = self.latest()
        for topic, verdict in verdicts.items():
            if verdict.flag is None or verdict.grounds is None:
                continue
            alert = latest[topic]
            assert alert.condition is Condition.HOLDS
            if alert.state in CURRENT:
                assert alert.grounds == verdict.grounds
                assert self.raw()[alert.id]["flag"] == verdict.flag
            else:
                assert alert.state in BY_CLINICIAN
                assert raised_again(alert, verdict.grounds, self.now) is None
        off = set(latest) - {topic for topic, verdict in verdicts.items() if verdict.flag is not None}
        assert all(latest[topic].condition is not Condition.HOLDS for topic in off)


@pytest.mark.usefixtures("database")
def test_alerts_keep_their_promises_in_any_order() -> None:
    run_state_machine_as_test(Alerts, settings=settings(max_examples=40, stateful_step_count=25))


def test_every_state_is_one_that_the_machine_can_judge() -> None:
    assert set(State) == {State.OPENING, *CURRENT, *BY_CLINICIAN, *BY_EVALUATION}
