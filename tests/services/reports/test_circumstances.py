"""What the alert desk has to know beside the flags: who is not followed, what is muted, news not told yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.alerts.alert import NotFollowed
from models.ledger.entries import Basis, Evaluated, Head
from models.patients.patient import Patient
from scoring.decline import Level, Override, Policy, Profile, Topic
from services.reports import circumstances
from tests.alert_samples import Told, evaluation, news_of

NOW = datetime(2076, 3, 2, 8, tzinfo=UTC)
PATIENT = Patient("p", "s", "Maria Silva", "Europe/Lisbon", Profile(), 1, NOW)
URGENT = Told(Topic.RESPIRATORY, Level.URGENT, raised=3)
OTHER = Told(raised=7)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"closed_at": NOW}, NotFollowed.CLOSED),
        ({"consent_withdrawn_at": NOW}, NotFollowed.CONSENT_WITHDRAWN),
        ({"profile": Profile(died_on=date(2076, 3, 1))}, NotFollowed.DIED),
        ({"profile": Profile(died_on=date(2076, 3, 1)), "closed_at": NOW}, NotFollowed.DIED),
    ],
)
def test_why_a_patient_is_not_followed(changes: dict[str, Any], why: NotFollowed | None) -> None:
    patient = replace(PATIENT, **changes)
    assert circumstances.not_followed(patient) is why
    said = circumstances.of(patient, Policy())
    assert said == ({} if why is None else {"not_followed": why.value})


def test_each_muted_topic_is_said_with_its_days() -> None:
    days = {"starts_on": date(2076, 3, 1), "ends_on": date(2076, 3, 9)}
    override = Override(reason="known", mute=(Topic.DECLINE, Topic.MOOD), **days)
    written = {"starts_on": "2076-03-01", "ends_on": "2076-03-09"}
    assert circumstances.of(PATIENT, Policy(overrides=(override,))) == {
        "mutes": [{"topic": "decline", **written}, {"topic": "mood", **written}]
    }


@pytest.mark.parametrize(
    ("said", "differs"),
    [
        ({}, False),
        ({"not_followed": "closed"}, True),
        ({"mutes": [{"topic": "mood"}]}, True),
        ({"news": [news_of(URGENT)]}, True),
    ],
)
def test_the_desk_has_to_look_when_something_beside_the_topics_has_changed(
    said: dict[str, Any], differs: bool
) -> None:
    assert circumstances.differ({**evaluation(), **said}, evaluation()) is differs


def head(*, pending: bool = True, **said: Any) -> Head:
    evaluated = Evaluated(Basis(1, "1", "1"), evaluation(URGENT, **said), {})
    return Head("p", "s", 4, evaluated, "", alerts_pending=pending)


def test_news_that_the_alerts_may_not_have_heard_of_goes_on_with_its_flag() -> None:
    """It named no flag while that one stood; by now it does not stand any more."""
    before = head(news=[news_of(URGENT, stands=True)])
    own = news_of(OTHER)
    passed, still = replace(URGENT, cleared=9), URGENT
    after = circumstances.news_with(before, evaluation(passed, news=[own]))
    assert after == [news_of(URGENT), own]
    after = circumstances.news_with(before, evaluation(still, news=[own]))
    assert after == [news_of(URGENT, stands=True), own]


def test_news_that_was_told_or_is_said_again_is_not_repeated() -> None:
    news = [news_of(URGENT, stands=True)]
    told = circumstances.news_with(head(pending=False, news=news), evaluation(URGENT, news=[]))
    again = circumstances.news_with(head(news=news), evaluation(URGENT, news=news))
    met_before = evaluation(URGENT)["topics"][URGENT.topic]["met_at"]
    assert (told, again) == ([], [{**news[0], "met_before": met_before}])
    assert circumstances.news_with(None, evaluation(news=news)) == news
