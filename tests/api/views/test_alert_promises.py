"""The promises about alerts, held against the service: real reports, whatever people and clocks do meanwhile.

Random legal sequences about one patient: reports in any order and any cut into batches, from forms that are
taken, kept aside or refused; writers that die between two entries; corrections and voids; what people do;
clocks that move by hours or months, with the worker or without it. After every step the alerts are compared
with the history as it is now known, read one report after the other by the rules alone.

SLOPE_PROMISES_EXAMPLES=500 looks deeper.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pymongo.errors import AutoReconnect

from api.views.report_batches import Budget, submit_batch
from models.alerts import alerts, worklists
from models.alerts.alert import CURRENT, WAITING, Alert, Because, Condition, EndedHow, State
from models.alerts.worklists import AlertFilter, AlertList
from models.ledger import ledger
from models.ledger.entries import Entry, EntryKind
from models.patients.patient import Patient
from models.sites.escalation_policy import USUAL_POLICY
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from scoring import decline
from scoring.decline import Level, Policy, Profile, Report, Topic
from scoring.decline.news import CameOn
from services.access.actor import Actor, Role
from services.access.permissions import Operation, scope_for
from services.alerts import actions, closures
from services.alerts.actions import Action, AlertAction
from services.alerts.closures import Named
from services.alerts.escalation import climb
from services.alerts.moves import GLANCE
from services.alerts.news import reason_to_raise, verdicts_of
from services.alerts.outcomes import Outcome
from services.alerts.terms import SAFETY
from services.errors import Invalid
from services.patients import silence
from services.reports import alert_clock, amend, evaluate, reconcile
from services.reports.amend import Correction, Void
from services.reports.histories import ReportRecord, ReportState, records
from tests.alert_samples import by_now, goes_on
from tests.clinics import assert_sound
from tests.people import People, own_actor
from tests.questionnaires import alsfrs, answers_for, phq_9

EXAMPLES = int(os.environ.get("SLOPE_PROMISES_EXAMPLES", "16"))
STEPS = 20
PHASES = (Phase.generate, Phase.shrink) if "SLOPE_PROMISES_EXAMPLES" in os.environ else (Phase.generate,)
"""A failing sequence is made shorter where there is time for it."""
SOON_ENDS_AFTER = timedelta(days=21)
SILENCE = Topic.SILENCE.value
BY_THE_SERVICE = {"evaluation", "clock", "policy"}

ITEM = st.sampled_from([4, 4, 4, 3, 2, 1, 0])
FUNCTION = st.builds(
    lambda total, dyspnea, orthopnea: answers_for(total) | {"dyspnea": dyspnea, "orthopnea": orthopnea},
    st.integers(28, 48),
    ITEM,
    ITEM,
)
THOUGHTS = st.sampled_from([0, 0, 1, 3])


def moods(code: int, thoughts: int = 0) -> dict[str, int]:
    return {f"phq_{place}": code for place in range(1, 9)} | {"phq_9": thoughts}


MOOD = st.one_of(st.builds(moods, st.sampled_from([0, 2, 3])), THOUGHTS.map(lambda code: {"phq_9": code}))
"""Of the total a worse mark alone is news: no other rule speaks, and the level stays."""
WEIGHT = st.integers(45, 85).map(lambda kg: {"weight_g": 1000 * kg})
KEPT = {"dyspnea", "orthopnea", "phq_9"}


def a_little_worse(instrument: str, answers: Mapping[str, int]) -> dict[str, int]:
    """The same answers and worse, breathing and safety apart: rules that are on stay on."""
    if instrument == "weight":
        return {"weight_g": answers["weight_g"] * 94 // 100}
    step = 1 if instrument == "phq_9" else -1
    return {item: code if item in KEPT else min(max(code + step, 0), 3) for item, code in answers.items()}


@dataclass(frozen=True)
class Form:
    """What is answered, so long ago; kept aside or refused where the form is one of these."""

    instrument: str
    answers: dict[str, int]
    ago: timedelta
    fate: str = "taken"


AGO = st.one_of(st.just(0), st.integers(0, 30 * 24), st.integers(0, 150 * 24)).map(
    lambda hours: timedelta(hours=hours)
)
FORMS = st.one_of(
    st.builds(Form, st.just("alsfrs_r"), FUNCTION, AGO),
    st.builds(Form, st.just("alsfrs_r"), FUNCTION, AGO),
    st.builds(Form, st.just("phq_9"), MOOD, AGO),
    st.builds(Form, st.just("weight"), WEIGHT, AGO),
    st.builds(
        Form,
        st.sampled_from(["phq_9", "alsfrs_r"]),
        st.just({"phq_9": 2, "dyspnea": 0}),
        AGO,
        st.sampled_from(["kept aside", "refused"]),
    ),
)


def course(*at: tuple[int, dict[str, int]], instrument: str = "alsfrs_r") -> list[Form]:
    """Forms so many days ago."""
    return [Form(instrument, answers, timedelta(days=days)) for days, answers in at]


WELL = answers_for(48)
COURSES = (
    course((40, WELL), (20, WELL), (1, WELL)),
    course((75, WELL), (40, WELL), (20, WELL), (1, WELL)),
    course((12, WELL | {"orthopnea": 2}), (3, WELL | {"orthopnea": 2})),
    course((30, WELL), (3, WELL | {"dyspnea": 1})),
    course((35, WELL), (20, WELL | {"orthopnea": 0}), (10, WELL), (3, WELL)),
    course((84, answers_for(46)), (56, answers_for(42)), (28, answers_for(37)), (0, answers_for(32))),
    course((9, moods(2)), (6, moods(0)), (3, moods(0)), instrument="phq_9"),
    course((3, moods(2)), instrument="phq_9"),
    course(*((days, {"weight_g": 80_000 - 400 * (30 - days)}) for days in (30, 15, 3)), instrument="weight"),
    course(*((days, {"weight_g": 80_000}) for days in (20, 10, 0)), instrument="weight"),
)
"""What alone a random form seldom makes: something comes on, is borne out, and passes."""
BATCHES = st.one_of(
    st.lists(FORMS, min_size=1, max_size=5),
    st.sampled_from(COURSES),
    st.sampled_from(COURSES),
    st.builds(lambda forms, other: [*forms, other], st.sampled_from(COURSES), FORMS),
)
BEGINNINGS = st.sampled_from([[], course((20, moods(2)), instrument="phq_9")])
HOURS = st.sampled_from([1, 5, 24, 15 * 24, 30 * 24, 100 * 24])


class Promises(RuleBasedStateMachine):
    """One patient's alerts; `before` is what they were before the step, `by` who made it.

    Attributes:
        known: by topic, the highest level of what became known: events, and urgent states.
    """

    people: ClassVar[People]
    site: ClassVar[Site]
    clinician: ClassVar[Actor]
    start: ClassVar[datetime]

    def __init__(self) -> None:
        super().__init__()
        self.now = self.start
        self.before: dict[str, Alert] = {}
        self.known: dict[str, Level] = {}
        self.told: set[str] = set()
        self.histories: dict[str, list[Any]] = {}
        self.by = "nobody"
        self.forms = 0

    @initialize(forms=BEGINNINGS)
    def enrol(self, forms: list[Form]) -> None:
        long_ago = People(self.people.security, self.start - timedelta(days=400))
        self.patient: Patient = long_ago.patient(self.site, consent_at=self.start - timedelta(days=400))

        if forms:
            self.send(forms)

    # What happens.

    @rule(forms=BATCHES)
    def send(self, forms: list[Form]) -> None:
        self.by = "reports"
        bodies = [self._body(form) for form in forms]
        verdicts = self._sent(bodies)
        expected = {"taken": 201, "kept aside": 202, "refused": 422}
        assert [verdict["status"] for verdict in verdicts] == [expected[form.fate] for form in forms]
        self._known_now(bodies)

    @precondition(lambda self: self._reports())
    @rule(data=st.data())
    def get_worse(self, data: st.DataObject) -> None:
        """Often no flag changes, and how bad it is alone is news."""
        newest = {
            content.instrument: content.answers
            for content in (record.latest.content for record in self._reports())
        }
        instrument = data.draw(st.sampled_from(sorted(newest)))
        self.send([Form(instrument, a_little_worse(instrument, newest[instrument]), timedelta(0))])

    @rule(forms=st.lists(FORMS, min_size=2, max_size=5), written=st.integers(0, 4))
    def die_between_two_entries(self, forms: list[Form], written: int) -> None:
        """The phone hears nothing, and sends again later or never."""
        self.by = "reports"
        append = ledger.append_in_order

        def dies(entries: Sequence[Entry]) -> Any:
            append(entries[:written]) if written and len(entries) > written else None
            raise AutoReconnect("killed")

        bodies = [self._body(form) for form in forms]
        with patch.object(ledger, "append_in_order", dies):
            self._sent(bodies)
        self._swept()
        self._known_now(bodies)

    @precondition(lambda self: self._reports())
    @rule(data=st.data(), answers=FUNCTION)
    def correct(self, data: st.DataObject, answers: dict[str, int]) -> None:
        self.by = "reports"
        record = self._one(data)
        answers = {
            "alsfrs_r": answers,
            "phq_9": {"phq_9": answers["dyspnea"] % 4},
            "weight": {"weight_g": 80_000 - 1000 * answers["dyspnea"]},
        }[record.latest.content.instrument]
        wanted = Correction(new_id(), "A slip.", len(record.versions), answers)
        scope = scope_for(self.clinician, Operation.REPORT_CORRECT)
        with suppress(Invalid):  # where it changes nothing
            amend.correct(self.patient.id, record.id, wanted, scope, actor=self.clinician, now=self.now)
        self._known_now([])

    @precondition(lambda self: self._reports())
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        self.by = "reports"
        record = self._one(data)
        wanted = Void(new_id(), "Not theirs.", len(record.versions))
        scope = scope_for(self.clinician, Operation.REPORT_VOID)
        amend.void(self.patient.id, record.id, wanted, scope, actor=self.clinician, now=self.now)
        self._known_now([])

    @precondition(lambda self: self.before)
    @rule(data=st.data(), hours=st.integers(1, 4))
    def act(self, data: st.DataObject, hours: int) -> None:
        self.by = "a person"
        alert = data.draw(st.sampled_from([self.before[key] for key in sorted(self.before)]))
        action = data.draw(st.sampled_from(actions.allowed(alert, self.now)))
        wanted = AlertAction(action, note="A note.", until=self._until(action, alert, hours))
        if action is Action.ASSIGN:
            wanted = replace(wanted, assigned_to=self.clinician.account_id)
        if action in actions.OUTCOMES:
            wanted = replace(wanted, outcome=Outcome.CALLED if action is Action.RESOLVE else Outcome.OTHER)
        after = actions.act(
            alert.public_id, wanted, alert.rev, self._reach(), actor=self.clinician, now=self.now
        ).alert
        if action in {Action.COMMENT, Action.ASSIGN}:
            stood = by_now(alert, self.now)
            assert _clocks(after) == _clocks(stood), "a comment or an assignment stops no clock"

    @precondition(lambda self: self.before)
    @rule(data=st.data())
    def close_several(self, data: st.DataObject) -> None:
        self.by = "a person"
        chosen = data.draw(st.lists(st.sampled_from(sorted(self.before)), min_size=1, unique=True))
        named = [Named(self.before[key].public_id, self.before[key].rev) for key in chosen]
        done = closures.close(
            named, Outcome.KNOWN, "Known.", self._reach(), actor=self.clinician, now=self.now
        )
        for key, one in zip(chosen, done, strict=True):
            alert = self.before[key].at(self.now)
            if one.verdict == "closed":
                assert alert.condition is not Condition.HOLDS
                assert alert.level is not Level.URGENT
                assert alert.topic not in SAFETY

    @rule(hours=HOURS, works=st.booleans())
    def time_passes(self, hours: int, works: bool) -> None:
        self.by = "the clock"
        self.now += timedelta(hours=hours)
        if works:
            for step in (alert_clock.go_on, climb.climb, silence.look, silence.look_again):
                step(self.now)
            before = self._raw()
            for step in (alert_clock.go_on, silence.look, silence.look_again):
                step(self.now)
            assert self._raw() == before, "time alone runs in no circle"

    # What is promised.

    @invariant()
    def the_history_is_evaluated_and_nothing_is_left_undone(self) -> None:
        if ledger.pending_entries(self.patient.id):
            self._swept()
        assert ledger.pending_entries(self.patient.id) == []
        if ledger.read_head(self.patient.id) is not None:
            assert_sound(self.patient, self.now)

    @invariant()
    def what_became_known_has_had_its_alert(self) -> None:
        stored = self._stored()
        for topic, level in self.known.items():
            had = [alert.level.rank for alert in stored.values() if alert.topic == topic]
            assert max(had, default=-1) >= level.rank, (topic, level)
        told = [alert for alert in stored.values() if alert.topic == Topic.SELF_HARM.value]
        assert self.told <= {occurrence for alert in told for occurrence in alert.baseline.occurrences}

    @invariant()
    def what_holds_is_current_or_was_ended_by_a_person(self) -> None:
        head, latest = ledger.read_head(self.patient.id), self._latest()
        flags = {} if head is None else {flag["topic"]: flag for flag in head.evaluated.evaluation["flags"]}
        topics = {} if head is None else head.evaluated.evaluation["topics"]
        for topic, flag in flags.items():
            alert = latest[topic]
            assert alert.condition is Condition.HOLDS
            by_a_person = alert.end is not None and alert.end.by not in BY_THE_SERVICE
            lapsed = alert.level is Level.INFORM and Level(flag["level"]) is Level.INFORM
            assert alert.state in CURRENT or by_a_person or lapsed
            if alert.state in CURRENT:
                assert alert.level.rank >= Level(flag["level"]).rank
        for topic in latest.keys() - flags.keys() - {SILENCE}:
            unseen_event = any(not decline.passes(rule_id) for rule_id in latest[topic].fresh)
            assert unseen_event or latest[topic].condition is not Condition.HOLDS
            assert topic in topics or latest[topic].condition is Condition.WITHDRAWN

    @invariant()
    def what_is_worse_than_what_was_dealt_with_is_before_people(self) -> None:
        """Also where the flag stands as it stood, and only says how much worse it is."""
        head, latest = ledger.read_head(self.patient.id), self._latest()
        said = {} if head is None else verdicts_of(head.evaluated.evaluation, self.now.date())
        for topic in said.keys() & latest.keys():
            reason = reason_to_raise(latest[topic], said[topic], self.now)
            assert reason in {None, Because.CAME_ON_AGAIN}, "it was raised again at once"

    @invariant()
    def whoever_changed_an_alert_was_allowed_to(self) -> None:
        after = self._stored()
        for key, alert in after.items():
            assert alert.state is not State.OPENING
            if key in self.before:
                self._changed(self.before[key], alert)
        self.before = after

    def _changed(self, before: Alert, after: Alert) -> None:
        assert after.rev >= before.rev
        assert after.public_id == before.public_id
        if before.state in CURRENT and after.state in CURRENT:
            assert after.level.rank >= before.level.rank
        if self.by != "a person":
            assert not (before.state is State.OPEN and after.state in WAITING)
            assert not (before.state is State.ENDED and after.state in CURRENT), "only a person reopens"
        if self.by == "the clock" and before.topic != SILENCE:
            assert (after.baseline, after.seen_at) == (before.baseline, before.seen_at)
        if before.state in CURRENT and after.state is State.ENDED:
            self._ended(before, after)

    def _ended(self, before: Alert, after: Alert) -> None:
        end = after.end
        assert end is not None
        assert (end.by in BY_THE_SERVICE) is (self.by != "a person")
        if self.by == "a person":
            return
        assert before.topic not in SAFETY
        assert end.unseen is (before.seen_at is None)
        if before.topic == SILENCE and end.how is EndedHow.PASSED:
            return
        aged = end.how is EndedHow.AGED
        if before.level is not Level.INFORM:
            assert before.level is Level.SOON, "urgent ends by a person only"
            assert aged
            assert before.condition is Condition.PASSED, "a soon that holds ends by a person only"
            assert self.now - before.condition_at >= SOON_ENDS_AFTER
        elif aged:
            assert before.topic not in {"decline", "acceleration"}
            assert self.now - before.raised_at >= timedelta(days=28)

    @invariant()
    def whatever_ended_unseen_is_listed_until_its_time_or_a_glance(self) -> None:
        wanted = AlertFilter(lists=(AlertList.GLANCE,), patient_id=self.patient.id)
        page = worklists.page(wanted, self._reach(), after=None, limit=200, now=self.now)
        listed = {line.id for line in page[0]}
        for alert in self._stored().values():
            end = alert.end
            if end is not None and end.unseen and alert.seen_at is None and self.now < end.at + GLANCE:
                assert alert.public_id in listed

    @invariant()
    def what_is_current_is_due_and_somebody_waits_for_it(self) -> None:
        latest = self._latest()
        for alert in self._stored().values():
            assert alert.sealed or alert == latest[alert.topic]
            if alert.state not in CURRENT:
                continue
            assert not alert.sealed
            assert (alert.until is not None) is (alert.state in WAITING)
            if goes_on(alert):
                assert alert.escalation.next_at is not None
            if alert.state in WAITING:
                assert alert.escalation.next_at is None

    @invariant()
    def a_history_is_only_added_to(self) -> None:
        for key, row in self._raw().items():
            known = self.histories.get(key, [])
            assert row["history"][: len(known)] == known
            self.histories[key] = row["history"]

    # How it is done and known.

    def _body(self, form: Form) -> dict[str, Any]:
        self.forms += 1
        # No two of one instant: which of them counts depends on arrival, by definition.
        at = self.now - form.ago - timedelta(seconds=self.forms)
        body = phq_9(at) if form.instrument == "phq_9" else alsfrs(at, instrument=form.instrument)
        body |= {"patient_id": self.patient.id, "answers": form.answers}
        if form.fate == "kept aside":
            body["instrument_version"] = "2077"
        if form.fate == "refused":
            body["answers"] = {**form.answers, "no such item": 1}
        return body

    def _sent(self, bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        actor = own_actor(self.patient)
        budget = Budget(seconds=1000, ticks=lambda: 0.0, reports_per_day=1000)
        scope = scope_for(actor, Operation.REPORT_SUBMIT)
        return submit_batch(bodies, scope, budget, actor=actor, now=self.now)

    def _swept(self) -> None:
        for rounds in (1, 2):
            reconcile.sweep(self.now + rounds * reconcile.UNATTENDED)

    def _known_now(self, bodies: list[dict[str, Any]]) -> None:
        """Note what the history as it is now makes known, and what the forms just sent do beside it."""
        if ledger.pending_entries(self.patient.id):
            self._swept()
        came_on = list(_came_on(self._history()))
        for rise in came_on:
            self._note(rise.rule.topic.value, rise.state.level)
            if rise.rule.topic is Topic.SELF_HARM:
                self.told.add(rise.report.id)
        if self.by == "reports" and bodies:
            self._at_once(came_on, {body["id"] for body in bodies})
        safety = {body["id"]: body["instrument"] == "phq_9" for body in bodies}
        for entry in ledger.read_entries(self.patient.id):
            kept, form = entry.kind is EntryKind.QUARANTINE, entry.event_id.rpartition(":")[2]
            if form not in safety or not (kept or entry.kind is EntryKind.SAFETY_NOTICE):
                continue
            self._note((Topic.SELF_HARM if safety[form] else Topic.RESPIRATORY).value, Level.URGENT)
            if kept:
                self._note(Topic.DATA_QUERY.value, Level.SOON)

    def _at_once(self, came_on: list[CameOn], sent: set[str]) -> None:
        """What the newest report tells and is urgent is before people now, whatever was dealt with before."""
        newest = max(self._history(), key=lambda report: report.key, default=None)
        if newest is None or newest.id not in sent:
            return
        for rise in came_on:
            if rise.report.id == newest.id and rise.state.level is Level.URGENT:
                assert self._latest()[rise.rule.topic.value].state is State.OPEN

    def _note(self, topic: str, level: Level) -> None:
        before = self.known.get(topic, level)
        self.known[topic] = max(before, level, key=lambda one: one.rank)

    def _reports(self) -> list[ReportRecord]:
        found = records(ledger.read_entries(self.patient.id)).values()
        return sorted(
            (record for record in found if record.state is ReportState.CURRENT), key=lambda record: record.key
        )

    def _history(self) -> list[Report]:
        return [evaluate.report_of(evaluate.answered_of(record), self.site.id) for record in self._reports()]

    def _one(self, data: st.DataObject) -> ReportRecord:
        return data.draw(st.sampled_from(self._reports()))

    def _until(self, action: Action, alert: Alert, hours: int) -> datetime | None:
        if action is not Action.SNOOZE:
            return None
        until = self.now + timedelta(hours=hours)
        return min(until, alert.at(self.now).due_at) if alert.level is Level.URGENT else until

    def _reach(self) -> Scope:
        return Scope(site_ids=frozenset({self.site.id}))

    def _raw(self) -> dict[str, dict[str, Any]]:
        rows = alerts.AlertDocument.raw().find({"patient_id": self.patient.id})
        return {row["_id"]: row for row in rows}

    def _stored(self) -> dict[str, Alert]:
        return {key: alerts.ALERTS.read(row) for key, row in self._raw().items()}

    def _latest(self) -> dict[str, Alert]:
        return alerts.latest(self.site.id, [self.patient.id])[self.patient.id]


def _came_on(history: list[Report]) -> Iterator[CameOn]:
    memory = decline.begin()
    for report in sorted(history, key=lambda one: one.key):
        memory, came_on = decline.read(memory, report, Profile(), Policy())
        yield from came_on


def _clocks(alert: Alert) -> Any:
    return alert.state, alert.due_at, alert.until, alert.escalation, alert.baseline, alert.ends_at


@pytest.fixture
def machine(people: People, now: datetime) -> type[Promises]:
    Promises.people, Promises.start = people, now
    policy = replace(USUAL_POLICY, soon_ends_after_days=SOON_ENDS_AFTER.days)
    Promises.site = people.site(escalation=policy)
    Promises.clinician = people.staff(Promises.site, Role.CLINICIAN).actor
    return Promises


def test_the_promises_are_kept_in_any_order(machine: type[Promises]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )
