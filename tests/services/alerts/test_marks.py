"""What the ledger carries of marks: a report that is no news to anybody leaves the alerts alone, no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.alerts.alert import Alert, Because, State
from models.ledger import ledger
from models.ledger.document import LedgerDocument
from models.ledger.entries import Basis, Content, Entry, EntryKind, Evaluated, Head
from models.store.base import new_id
from models.store.provenance import Provenance
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.access.actor import Actor, Role
from services.alerts import actions
from services.alerts.actions import Action, AlertAction
from services.alerts.marks import may_be_worse, mildest_after, mildest_of
from services.alerts.news import Verdict
from services.reports import reconcile
from services.reports.next_entry import with_evaluation
from tests.alert_samples import SITE, Told, evaluation, make_alert, on_day, only

STEP = 0.5
"""Points a month: by so much `fast_decline` is worse (`scoring.decline.rules.primary`)."""
BEGAN = {"decline": {"fast_decline": {"loss_now": 1.2, "level_now": 40.0}}}


def fast(loss: float, level: float = 40.0) -> Told:
    return Told(mark={"loss_now": loss, "level_now": level})


def test_a_mark_that_is_not_worse_than_the_mildest_is_no_news() -> None:
    before = evaluation(fast(1.0))
    for loss in (1.2, 1.6, 0.3):
        assert not may_be_worse(evaluation(fast(loss)), BEGAN, before)
    assert may_be_worse(evaluation(fast(1.2 + STEP)), BEGAN, before)
    assert may_be_worse(evaluation(fast(1.2, 34)), BEGAN, before)


def test_of_a_rule_whose_mildest_mark_is_not_known_only_the_same_mark_is_no_news() -> None:
    further = replace(fast(1.2), also={"confirmed_drop": {"level_now": 30.0}})
    better = replace(further, also={"confirmed_drop": {"level_now": 31.0}})
    assert not may_be_worse(evaluation(further), BEGAN, evaluation(further))
    assert may_be_worse(evaluation(better), BEGAN, evaluation(further))
    assert may_be_worse(evaluation(further), {}, evaluation(fast(1.2)))


def test_topics_are_kept_apart() -> None:
    other = Told(Topic.SPEECH, Level.SOON, rule="speech_level", mark={"code": 1.0})
    assert may_be_worse(evaluation(fast(1.3), other), BEGAN, evaluation(fast(1.2)))


def test_the_mildest_mark_follows_what_gets_better_and_is_known_of_what_is_on() -> None:
    mildest = BEGAN | {"weight": {"weight_lost": {"loss_percent": 7.0}}}
    after = mildest_after(mildest, evaluation(fast(0.9, 38)))
    assert after == {"decline": {"fast_decline": {"loss_now": 0.9, "level_now": 40.0}}}
    assert mildest_after({}, evaluation(fast(0.9))) == {}


def test_after_an_alignment_it_is_the_baseline_or_the_present_mark() -> None:
    verdicts = {"decline": Verdict(flag=evaluation(fast(1.0, 36))["flags"][0])}
    known = {"decline": _known({"fast_decline": {"loss_now": 1.4, "level_now": 38.0}})}
    assert mildest_of(known, verdicts) == {"decline": {"fast_decline": {"loss_now": 1.0, "level_now": 38.0}}}
    assert mildest_of({"decline": _known({})}, verdicts) == {}
    assert mildest_of({}, verdicts) == {}


def _known(marks: dict[str, dict[str, float]]) -> Alert:
    alert = make_alert()
    return replace(alert, baseline=replace(alert.baseline, marks=marks))


class _Person:
    """A patient whose reports say how fast the decline is, and the clinician who deals with the alert."""

    def __init__(self, *, always: bool = False) -> None:
        self.patient_id, self.always = new_id(), always
        self.day, self.looked_at = 40.0, 0

    def reports(self, loss: float | None, level: float = 40.0) -> None:
        """Store a report, as a request does; None: the rule is off."""
        head = ledger.read_head(self.patient_id)
        told = replace(fast(0.0), cleared=39) if loss is None else fast(loss, level)
        evaluated = Evaluated(Basis(1, "default-1", "1"), evaluation(told), {})
        entry = with_evaluation(self._entry(head), head, evaluated)
        entry = replace(entry, alerts_pending=True) if self.always else entry
        assert ledger.append(entry)
        self.looked_at += entry.alerts_pending
        assert not entry.alerts_pending or reconcile.align_or_leave(entry, now=on_day(self.day))
        self.day += 0.25

    def _entry(self, head: Head | None) -> Entry:
        at = on_day(self.day)
        return Entry(
            patient_id=self.patient_id,
            site_id=SITE,
            seq=1 if head is None else head.seq + 1,
            kind=EntryKind.REPORT,
            event_id=new_id(),
            content=Content(Provenance("patient", "patient"), observed_at=at, observed_on=at.date()),
            received_at=at,
        )

    def is_dealt_with(self, action: Action) -> None:
        """Act on the alert, where its state allows it."""
        alert, now = only(self.patient_id), on_day(self.day)
        if action not in actions.allowed(alert, now):
            return
        wanted = AlertAction(action, until=now + timedelta(days=1) if action is Action.SNOOZE else None)
        scope = Scope(site_ids=frozenset({SITE}), roles=((SITE, "clinician"),))
        actor = Actor("clinician", "session", ((SITE, Role.CLINICIAN),))
        actions.act(alert.public_id, wanted, alert.rev, scope, actor=actor, now=now)

    def seen(self) -> tuple[object, ...]:
        """What people see of the alert, and what news is compared with."""
        alert = only(self.patient_id)
        return (alert.state, alert.condition, alert.level, alert.raised_because, alert.counts, alert.baseline)


DEEDS = st.one_of(
    st.tuples(
        st.one_of(st.none(), st.integers(10, 50).map(lambda tenths: tenths / 10)),
        st.integers(20, 44).map(float),
    ),
    st.sampled_from([Action.ACKNOWLEDGE, Action.SNOOZE]),
)


@pytest.mark.usefixtures("database")
@settings(max_examples=25)
@given(st.lists(DEEDS, min_size=4, max_size=14))
def test_alerts_are_what_they_were_if_every_report_were_looked_at(
    deeds: list[tuple[float | None, float] | Action],
) -> None:
    usual, always = _Person(), _Person(always=True)
    for person in (usual, always):
        person.reports(1.5)
        for deed in deeds:
            if isinstance(deed, Action):
                person.is_dealt_with(deed)
            else:
                person.reports(*deed)
    assert usual.seen() == always.seen()
    assert usual.looked_at <= always.looked_at


@pytest.mark.usefixtures("database")
def test_who_loses_ever_more_is_looked_at_when_it_is_news_and_not_between() -> None:
    person = _Person()
    for tenths in range(15, 30):
        person.reports(tenths / 10)
    alert = only(person.patient_id)
    assert (alert.state, alert.raised_because) == (State.OPEN, Because.WORSE)
    assert alert.counts[Because.WORSE.value] == 2  # at 2.0 and 2.5
    assert person.looked_at == 3


@pytest.mark.usefixtures("database")
def test_who_deals_with_an_alert_deals_with_what_the_reports_say_then() -> None:
    person = _Person()
    for loss in (1.5, 1.7, 1.9):
        person.reports(loss)
    person.is_dealt_with(Action.ACKNOWLEDGE)
    assert only(person.patient_id).baseline.marks["fast_decline"]["loss_now"] == 1.9
    person.reports(2.3)
    assert only(person.patient_id).state is State.ACKNOWLEDGED
    person.reports(2.4)
    assert only(person.patient_id).state is State.OPEN


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    "damaged",
    [5, {"decline": 5}, {"decline": {"fast_decline": 5}}, {"decline": {"fast_decline": {"a": "b"}}}],
)
def test_damaged_marks_are_as_if_they_were_not_there(damaged: object) -> None:
    person = _Person()
    person.reports(1.5)
    stored = {"mildest": damaged if isinstance(damaged, dict) else {"decline": damaged}}
    LedgerDocument.raw().update_one({"patient_id": person.patient_id}, {"$set": stored})
    head = ledger.read_head(person.patient_id)
    assert head is not None
    assert head.mildest == {}
