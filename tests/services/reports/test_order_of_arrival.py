"""The same reports in any order end with the same flags, and what is urgent has its alert in each of them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.alerts import alerts
from models.alerts.alert import CURRENT, Alert, Condition, State
from models.ledger import ledger
from models.patients.patient import Patient
from models.store.base import new_id
from scoring.decline import Level
from services.access.permissions import Operation, scope_for
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from tests.application import MORNING
from tests.people import People, own_actor
from tests.questionnaires import answers_for


@dataclass(frozen=True)
class Fact:
    """One report: so many days ago, in the morning of the patient."""

    days_ago: int
    instrument: str
    answers: tuple[tuple[str, int], ...]


def function(days_ago: int, total: int, **items: int) -> Fact:
    return Fact(days_ago, "alsfrs_r", tuple((answers_for(total) | items).items()))


def mood(days_ago: int, thoughts: int) -> Fact:
    codes = {f"phq_{place}": 0 for place in range(1, 9)} | {"phq_9": thoughts}
    return Fact(days_ago, "phq_9", tuple(codes.items()))


DAYS = st.integers(0, 20).map(lambda week: 7 * week)
FACTS = st.lists(
    st.one_of(
        st.builds(function, DAYS, st.integers(30, 46)),
        st.builds(function, DAYS, st.integers(30, 46), orthopnea=st.integers(0, 4)),
        st.builds(mood, DAYS, st.integers(0, 3)),
    ),
    min_size=2,
    max_size=7,
    unique_by=lambda fact: (fact.days_ago, fact.instrument),
)


def arrive(patient: Patient, facts: list[Fact], now: datetime) -> None:
    actor = own_actor(patient)
    scope = scope_for(actor, Operation.REPORT_SUBMIT)
    for fact in facts:
        observed = now - timedelta(days=fact.days_ago)
        given = Submission(new_id(), fact.instrument, "1", observed, dict(fact.answers))
        assert not submit_report(patient.id, given, scope, actor=actor, now=now).pending


def flags_of(patient: Patient) -> list[tuple[str, str, str]]:
    head = ledger.read_head(patient.id)
    assert head is not None
    assert head.evaluated.evaluation["news"] is not None
    flags = head.evaluated.evaluation["flags"]
    return sorted((flag["topic"], flag["rule"], flag["level"]) for flag in flags)


def alerts_of(patient: Patient) -> dict[str, Alert]:
    return alerts.latest(patient.site_id, [patient.id])[patient.id]


@pytest.fixture
def now() -> datetime:
    return MORNING


def test_the_order_of_arrival_changes_no_flag_and_loses_nothing_urgent(people: People, now: datetime) -> None:
    site = people.site()

    @settings(max_examples=25, deadline=None)
    @given(FACTS, st.integers(0, 9))
    def check(facts: list[Fact], seed: int) -> None:
        shuffled = random.Random(seed).sample(facts, len(facts))
        in_order = sorted(facts, key=lambda fact: -fact.days_ago)
        one, other = (people.patient(site, consent_at=now - timedelta(days=900)) for _ in range(2))
        arrive(one, in_order, now)
        arrive(other, shuffled, now)
        assert flags_of(one) == flags_of(other)
        found: list[dict[str, Any]] = [dict(alerts_of(patient)) for patient in (one, other)]
        for topic, _, _ in flags_of(one):
            assert [by[topic].condition for by in found] == [Condition.HOLDS] * 2
            assert all(by[topic].state in CURRENT for by in found)
        for mine, theirs in (found, found[::-1]):
            for topic, alert in mine.items():
                assert alert.state is not State.OPENING
                if alert.level is Level.URGENT and alert.condition is not Condition.WITHDRAWN:
                    assert theirs[topic].level is Level.URGENT

    check()
