"""The same facts, in whatever order and cut they came, end with the same evaluation and conditions.

Late reports, corrections and voids of one patient come in order and one by one, and of another shuffled, in
random batches, each correction and void some time after its report. What only one order raised stands as
withdrawn; what was urgent has its alert in both.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from models.alerts import alerts
from models.alerts.alert import CURRENT, Alert, Condition, State
from models.ledger import ledger
from models.ledger.entries import Evaluated
from models.patients.patient import Patient
from models.store.base import new_id
from scoring.decline import Level
from services.access.permissions import Operation, scope_for
from services.reports import amend
from services.reports.amend import Correction, Void
from services.reports.intake.batches import submit_reports
from services.reports.intake.check import Submission
from services.reports.intake.outcomes import Sent
from services.reports.receipts import Receipt
from tests.clinics import without_news
from tests.people import People, own_actor
from tests.questionnaires import answers_for

EXAMPLES = int(os.environ.get("SLOPE_PROMISES_EXAMPLES", "20"))


@dataclass(frozen=True)
class Fact:
    """One report, answered so many days ago; corrected to other answers later, or voided."""

    days_ago: int
    instrument: str
    answers: tuple[tuple[str, int], ...]
    corrected_to: tuple[tuple[str, int], ...] = ()
    voided: bool = False


def function(total: int, **items: int) -> tuple[tuple[str, int], ...]:
    return tuple((answers_for(total) | items).items())


def mood(thoughts: int) -> tuple[tuple[str, int], ...]:
    return (*((f"phq_{place}", 0) for place in range(1, 9)), ("phq_9", thoughts))


CODE = st.sampled_from([4, 4, 3, 2, 1, 0])
ANSWERS = {
    "alsfrs_r": st.builds(function, st.integers(30, 46), orthopnea=CODE, dyspnea=CODE),
    "phq_9": st.integers(0, 3).map(mood),
    "weight": st.integers(45, 80).map(lambda kg: (("weight_g", 1000 * kg),)),
}


@st.composite
def one_fact(draw: st.DrawFn) -> Fact:
    instrument = draw(st.sampled_from(["alsfrs_r", "alsfrs_r", "alsfrs_r", "phq_9", "weight"]))
    fate = draw(st.sampled_from(["stands", "stands", "stands", "corrected", "voided"]))
    return Fact(
        7 * draw(st.integers(0, 20)),
        instrument,
        draw(ANSWERS[instrument]),
        draw(ANSWERS[instrument]) if fate == "corrected" else (),
        fate == "voided",
    )


FACTS = st.lists(one_fact(), min_size=2, max_size=8, unique_by=lambda fact: (fact.days_ago, fact.instrument))


@dataclass(frozen=True)
class Arrivals:
    """Facts on their way to one patient; `ids` are those of their reports."""

    patient: Patient
    facts: list[Fact]
    ids: dict[Fact, str]
    now: datetime

    def come(self, cuts: random.Random | None = None) -> None:
        """All of them, in the order given: one by one, or in batches."""
        waiting: list[Fact] = []
        for batch in self._batches(cuts):
            self._take(batch)
            waiting += [fact for fact in batch if fact.voided or fact.corrected_to]
            for fact in list(waiting):
                if cuts is None or cuts.random() < 0.5:
                    waiting.remove(fact)
                    self._amend(fact)
        for fact in waiting:
            self._amend(fact)

    def _batches(self, cuts: random.Random | None) -> Iterator[list[Fact]]:
        left = list(self.facts)
        while left:
            size = 1 if cuts is None else cuts.randint(1, 4)
            yield left[:size]
            del left[:size]

    def _take(self, batch: list[Fact]) -> None:
        actor = own_actor(self.patient)
        scope = scope_for(actor, Operation.REPORT_SUBMIT)
        sent = []
        for fact in batch:
            at = self.now - timedelta(days=fact.days_ago)
            given = Submission(self.ids[fact], fact.instrument, "1", at, dict(fact.answers))
            sent.append(Sent(self.patient.id, given, scope, actor, self.now))
        for verdict in submit_reports(sent, lambda: True):
            assert isinstance(verdict, Receipt)
            assert not verdict.pending

    def _amend(self, fact: Fact) -> None:
        actor, report_id = own_actor(self.patient), self.ids[fact]
        scope = scope_for(actor, Operation.REPORT_SUBMIT)
        if fact.voided:
            wanted = Void(new_id(), "Not mine.", 1)
            amend.void(self.patient.id, report_id, wanted, scope, actor=actor, now=self.now)
        elif dict(fact.corrected_to) != dict(fact.answers):
            slip = Correction(new_id(), "A slip.", 1, dict(fact.corrected_to))
            amend.correct(self.patient.id, report_id, slip, scope, actor=actor, now=self.now)

    def evaluated(self) -> Evaluated:
        head = ledger.read_head(self.patient.id)
        assert head is not None
        return without_news(head.evaluated)

    def alerts(self) -> dict[str, Alert]:
        return alerts.latest(self.patient.site_id, [self.patient.id])[self.patient.id]


def test_the_order_of_arrival_changes_no_flag_and_no_condition_and_loses_nothing_urgent(
    people: People, now: datetime
) -> None:
    site = people.site()

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(FACTS, st.integers(0, 99))
    def check(facts: list[Fact], seed: int) -> None:
        chance = random.Random(seed)
        ids = {fact: new_id() for fact in facts}
        in_order = sorted(facts, key=lambda fact: -fact.days_ago)
        shuffled = chance.sample(facts, len(facts))
        one, other = (
            Arrivals(people.patient(site, consent_at=now - timedelta(days=900)), order, ids, now)
            for order in (in_order, shuffled)
        )
        one.come()
        other.come(chance)
        assert one.evaluated() == other.evaluated()
        flags = {flag["topic"] for flag in one.evaluated().evaluation["flags"]}
        found = (one.alerts(), other.alerts())
        for mine, theirs in (found, found[::-1]):
            assert flags <= mine.keys()
            for topic, alert in mine.items():
                assert alert.state is not State.OPENING
                if topic in flags:
                    assert (alert.condition, alert.state in CURRENT) == (Condition.HOLDS, True)
                elif topic not in theirs:
                    # What came on and passed within one batch is told where it is an event or urgent.
                    assert alert.condition is Condition.WITHDRAWN or alert.level is not Level.URGENT
                elif alert.condition is not Condition.WITHDRAWN:
                    # Another order may have raised it once more, by what was voided since.
                    other_ends = {Condition.WITHDRAWN} if alert.condition is Condition.PASSED else set()
                    assert theirs[topic].condition in {alert.condition, *other_ends}
                    assert (alert.level is Level.URGENT) <= (theirs[topic].level is Level.URGENT)

    check()


def test_an_unseen_event_holds_also_where_a_report_after_it_was_voided(people: People, now: datetime) -> None:
    """Breathing fell as the first of all by a correction, and fell further by a report that was void."""
    site, well = people.site(), function(42)
    slip = Fact(35, "alsfrs_r", well, corrected_to=function(42, dyspnea=3))
    void = Fact(0, "alsfrs_r", function(42, dyspnea=2), voided=True)
    facts = [Fact(42, "alsfrs_r", well), slip, Fact(14, "alsfrs_r", well), Fact(7, "alsfrs_r", well), void]
    for order in (facts, [void, slip, *facts[2:4], facts[0]]):
        patient = people.patient(site, consent_at=now - timedelta(days=900))
        came = Arrivals(patient, order, {fact: new_id() for fact in order}, now)
        came.come()
        alert = came.alerts()["respiratory"]
        assert (alert.condition, alert.state in CURRENT) == (Condition.HOLDS, True)
