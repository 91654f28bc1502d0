"""The model of alerts holds in any order of evaluations, people's actions and clock steps.

Random legal sequences for one patient: entries are appended, any of them is aligned with, people act on what
they read (also too late), several are closed at once, time passes by hours or months. What may change an
alert, and what may not, is looked at after every step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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

from models.alerts import alerts, worklists
from models.alerts.alert import CURRENT, WAITING, Alert, Condition, EndedHow, State
from models.alerts.worklists import AlertFilter, AlertList
from models.store.base import new_id
from models.store.scope import Scope
from scoring import decline
from scoring.decline import Level, Topic
from services.access.actor import Actor, Role
from services.alerts import actions, closures
from services.alerts import align as alert_desk
from services.alerts.actions import Action, AlertAction
from services.alerts.closures import Named
from services.alerts.moves import GLANCE
from services.alerts.news import NEVER_RAISED, reason_to_raise, verdicts_of
from services.alerts.outcomes import Outcome
from services.alerts.terms import SAFETY
from services.errors import ChangedMeanwhile
from tests.alert_samples import EVENT, SITE, Told, by_now, evaluation, goes_on, in_ledger, news_of, on_day

TOPICS = (Topic.DECLINE, Topic.SPEECH, Topic.SELF_HARM)
REACH = Scope(site_ids=frozenset({SITE}))
ACTOR = Actor("clinician", "session", ((SITE, Role.CLINICIAN),))
DAYS = st.integers(0, 40)
RULES = {Topic.DECLINE: ("fast_decline", "acceleration"), Topic.SPEECH: (EVENT, "phq_9_total")}
HOURS = st.sampled_from([1, 5, 24, 30 * 24, 100 * 24])
BY_THE_SERVICE = {"evaluation", "clock", "policy"}


@st.composite
def tellings(draw: st.DrawFn, topic: Topic) -> Told | None:
    """What some history says of a topic: nothing, an episode that ended, or one that stands."""
    raised, longer, after = draw(DAYS), draw(st.integers(0, 9)), draw(st.integers(0, 9))
    rule_id = draw(st.sampled_from(RULES.get(topic, ("self_harm",))))
    loss = {"loss_now": draw(st.sampled_from([1.2, 1.5, 2.4]))} if rule_id == "fast_decline" else {}
    told = Told(topic, draw(st.sampled_from(Level)), raised, raised + longer, None, rule_id, loss)
    if topic is Topic.SELF_HARM:
        told = replace(told, reports=tuple(sorted({raised, raised + longer})))
    ended = replace(told, cleared=raised + longer + after)
    return draw(st.sampled_from([None, ended, told, told]))


@st.composite
def evaluations(draw: st.DrawFn) -> dict[str, Any]:
    """An evaluation; what has passed may have become known only now, and the patient may be closed."""
    told = [telling for telling in map(draw, map(tellings, TOPICS)) if telling is not None]
    known = [news_of(telling, stands=telling.cleared is None) for telling in told if draw(st.booleans())]
    closed = {"not_followed": "closed"} if draw(st.integers(0, 9)) == 0 else {}
    return evaluation(*told, news=known, **closed)


class Alerts(RuleBasedStateMachine):
    """One patient's alerts; `before` is what they were before the step, `person` whether a person made it."""

    def __init__(self) -> None:
        super().__init__()
        self.patient_id = new_id()
        self.now: datetime = on_day(0)
        self.entries: list[Mapping[str, Any]] = []
        self.before: dict[str, Alert] = {}
        self.histories: dict[str, list[Any]] = {}
        self.person = self.clock = False

    def raw(self) -> dict[str, dict[str, Any]]:
        return {row["_id"]: row for row in alerts.AlertDocument.raw().find({"patient_id": self.patient_id})}

    def stored(self) -> dict[str, Alert]:
        return {key: alerts.ALERTS.read(row) for key, row in self.raw().items()}

    def latest(self) -> dict[str, Alert]:
        return alerts.latest(SITE, [self.patient_id])[self.patient_id]

    def align(self, seq: int) -> None:
        alert_desk.align(self.patient_id, SITE, self.entries[seq - 1], seq, now=self.now)

    @rule(told=evaluations())
    def append(self, told: Mapping[str, Any]) -> None:
        self.entries.append(told)
        in_ledger(len(self.entries), self.patient_id)
        self.person = self.clock = False

    @rule(told=evaluations())
    def append_and_align(self, told: Mapping[str, Any]) -> None:
        self.append(told)
        self.align_with_the_newest()

    @precondition(lambda self: self.entries)
    @rule(data=st.data())
    def align_with_any(self, data: st.DataObject) -> None:
        self.person = self.clock = False
        seq = data.draw(st.integers(1, len(self.entries)))
        before = {key: _seen(alert) for key, alert in self.stored().items()}
        self.align(seq)
        if seq < len(self.entries):
            assert {key: _seen(alert) for key, alert in self.stored().items()} == before

    @precondition(lambda self: self.entries)
    @rule()
    def align_with_the_newest(self) -> None:
        self.person = self.clock = False
        self.align(len(self.entries))
        self.assert_in_step()
        before = self.raw()
        self.align(len(self.entries))
        assert self.raw() == before

    @precondition(lambda self: self.before)
    @rule(data=st.data(), hours=st.integers(1, 4), late=st.booleans())
    def act(self, data: st.DataObject, hours: int, late: bool) -> None:
        self.person, self.clock = True, False
        alert = data.draw(st.sampled_from([self.before[key] for key in sorted(self.before)]))
        possible = actions.allowed(alert, self.now)
        action = data.draw(st.sampled_from(possible))
        wanted = AlertAction(action, note="A note.", until=self._until(action, alert, hours))
        if action in {Action.RESOLVE, Action.DISMISS}:
            wanted = replace(wanted, outcome=Outcome.CALLED if action is Action.RESOLVE else Outcome.OTHER)
        rev = alert.rev - late
        if late:
            with pytest.raises(ChangedMeanwhile):
                actions.act(alert.public_id, wanted, rev, REACH, actor=ACTOR, now=self.now)
            return
        after = actions.act(alert.public_id, wanted, rev, REACH, actor=ACTOR, now=self.now).alert
        if action in {Action.COMMENT, Action.ASSIGN}:
            assert _clocks(after) == _clocks(by_now(alert, self.now))

    def _until(self, action: Action, alert: Alert, hours: int) -> datetime | None:
        if action is not Action.SNOOZE:
            return None
        until = self.now + timedelta(hours=hours)
        return min(until, alert.at(self.now).due_at) if alert.level is Level.URGENT else until

    @precondition(lambda self: self.before)
    @rule(data=st.data(), late=st.booleans())
    def close_several(self, data: st.DataObject, late: bool) -> None:
        self.person, self.clock = True, False
        chosen = data.draw(st.lists(st.sampled_from(sorted(self.before)), min_size=1, unique=True))
        read = [self.before[key] for key in chosen]
        named = [Named(alert.public_id, alert.rev - late) for alert in read]
        done = closures.close(named, Outcome.KNOWN, "Known.", REACH, actor=ACTOR, now=self.now)
        after = self.stored()
        for alert, one in zip(read, done, strict=True):
            assert not (late and one.verdict == "closed")
            if one.verdict == "closed" and alert.not_followed is None:
                assert alert.condition is not Condition.HOLDS
                assert alert.level is not Level.URGENT
                assert alert.topic not in SAFETY
            if one.verdict not in {"closed", "seen"}:
                assert after[alert.key] == alert

    @rule(hours=HOURS, works=st.booleans())
    def time_passes(self, hours: int, works: bool) -> None:
        """With or without the worker."""
        self.person, self.clock = False, True
        self.now += timedelta(hours=hours)
        if works:
            alert_desk.go_by_clock(self.now)
            assert alerts.due_by_clock(self.now, 10) == []
            after = self.raw()
            alert_desk.go_by_clock(self.now)
            assert self.raw() == after, "time alone runs in no circle"

    @invariant()
    def at_most_one_alert_of_a_topic_is_current(self) -> None:
        for topic in TOPICS:
            found = [alert for alert in self.stored().values() if alert.topic == topic.value]
            found.sort(key=lambda alert: alert.episode)
            assert [alert.episode for alert in found] == list(range(1, len(found) + 1))
            assert all(alert.sealed and alert.state is State.ENDED for alert in found[:-1])

    @invariant()
    def whoever_changed_an_alert_was_allowed_to(self) -> None:
        after = self.stored()
        for key, alert in after.items():
            assert alert.state is not State.OPENING, (
                "an alignment that nobody disturbed leaves nothing hidden"
            )
            if key in self.before:
                self._changed(self.before[key], alert)
        self.before = after

    def _changed(self, before: Alert, after: Alert) -> None:
        assert after.rev >= before.rev
        assert after.based_on >= before.based_on
        assert after.public_id == before.public_id
        if before.state in CURRENT and after.state in CURRENT:
            assert after.level.rank >= before.level.rank, "a level never falls while the alert is current"
        if not self.person:
            assert not (before.state is State.OPEN and after.state in WAITING)
            assert not (before.state is State.ENDED and after.state in CURRENT), "only a person reopens"
        if before.state in CURRENT and after.state is State.ENDED:
            self._ended(before, after)
        if after.rev == before.rev:
            stood = before.at(self.now)
            assert after.state in {before.state, stood.state}
            assert (after.condition, after.level) == (before.condition, before.level)
        if before.not_followed is not None and after.not_followed is None and goes_on(after):
            acted = after.seen_at is not None and after.seen_at >= after.raised_at
            assert acted or "raised" in {notice.kind for notice in after.notices.pending}
        if self.clock:
            assert after.baseline == before.baseline
            assert (after.seen_at, after.condition) == (before.seen_at, before.condition)

    def _ended(self, before: Alert, after: Alert) -> None:
        end = after.end
        assert end is not None
        assert (end.by in BY_THE_SERVICE) is not self.person
        if self.person:
            return
        assert before.topic not in SAFETY
        assert before.level is Level.INFORM or end.how is EndedHow.PASSED
        assert before.level is Level.INFORM, "soon and urgent end by a person only"
        if end.how is EndedHow.AGED:
            assert before.topic not in {"decline", "acceleration"}
            assert self.now - before.raised_at >= timedelta(days=28)
        assert end.unseen is (before.seen_at is None)

    @invariant()
    def whatever_ended_unseen_is_listed_until_its_time_or_a_glance(self) -> None:
        wanted = AlertFilter(lists=(AlertList.GLANCE,), patient_id=self.patient_id)
        listed = {line.id for line in worklists.page(wanted, REACH, after=None, limit=200, now=self.now)[0]}
        for alert in self.stored().values():
            end = alert.end
            if end is not None and end.unseen and alert.seen_at is None and self.now < end.at + GLANCE:
                assert alert.public_id in listed

    @invariant()
    def what_is_current_is_due_and_somebody_waits_for_it(self) -> None:
        for alert in self.stored().values():
            if alert.state not in CURRENT:
                continue
            assert {Action.RESOLVE, Action.DISMISS} <= set(actions.allowed(alert, self.now))
            assert (alert.until is not None) is (alert.state in WAITING)
            if goes_on(alert):
                assert alert.escalation.next_at is not None
            if alert.state in WAITING:
                assert alert.escalation.next_at is None
                assert {notice.kind for notice in alert.notices.pending} <= {"assigned", "withdrawn"}
            if alert.not_followed is not None and alert.state is State.OPEN:
                assert alert.condition is Condition.WITHDRAWN

    @invariant()
    def a_history_is_only_added_to(self) -> None:
        for key, row in self.raw().items():
            known = self.histories.get(key, [])
            assert row["history"][: len(known)] == known
            assert row["steps"] == len(row["history"])
            assert row["history"][-1]["state"] in {row["state"], "open"}
            self.histories[key] = row["history"]

    def assert_in_step(self) -> None:
        newest = self.entries[-1]
        verdicts, latest = verdicts_of(newest, self.now.date()), self.latest()
        if newest.get("not_followed"):
            assert all(alert.not_followed for alert in latest.values() if alert.state in CURRENT)
            return
        for topic, verdict in verdicts.items():
            if verdict.flag is None and not any(item.flag for item in verdict.news):
                continue
            assert topic in latest, "what became known has an alert"
            alert = latest[topic]
            assert alert.state in CURRENT or reason_to_raise(alert, verdict, self.now) is None
            if verdict.flag is not None:
                assert alert.condition is Condition.HOLDS
                self._assert_follows(alert, verdict.flag)
        for topic in latest:
            self._assert_condition(latest[topic], verdicts.get(topic, NEVER_RAISED))

    def _assert_follows(self, alert: Alert, flag: Mapping[str, Any]) -> None:
        if alert.state in CURRENT:
            assert self.raw()[alert.key]["flag"] == flag
            assert alert.level.rank >= Level(flag["level"]).rank
        elif alert.end is not None:
            assert (
                alert.end.by not in BY_THE_SERVICE or not alert.end.unseen or alert.end.how is EndedHow.AGED
            )

    def _assert_condition(self, alert: Alert, verdict: Any) -> None:
        if verdict.flag is None:
            unseen_event = any(not decline.passes(rule_id) for rule_id in alert.fresh)
            assert unseen_event or alert.condition is not Condition.HOLDS
            if verdict.grounds is None:
                assert alert.condition is Condition.WITHDRAWN


def _seen(alert: Alert) -> Any:
    """What people see of an alert, without its evidence, which follows the newest a moment later."""
    return alert.state, alert.condition, alert.level, alert.rev, alert.end, alert.raised_at, alert.until


def _clocks(alert: Alert) -> Any:
    return alert.state, alert.due_at, alert.until, alert.escalation, alert.baseline, alert.ends_at


@pytest.mark.usefixtures("database")
def test_alerts_keep_their_promises_in_any_order() -> None:
    run_state_machine_as_test(Alerts, settings=settings(max_examples=30, stateful_step_count=25))
