"""A new episode: the gravest level of all that speaks, the baseline for later, the evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.alerts.alert import Because, Condition, State
from scoring.decline import Level, Topic
from services.alerts import opening
from services.alerts.moves import NewEpisode
from services.alerts.news import NEVER_RAISED
from services.alerts.opening import MAX_TOLD
from tests.alert_samples import PATIENT, SITE, Told, cause, ended_unseen, make_alert, news_of, on_day, verdict

FIRST = NewEpisode("decline", 1)


def test_it_is_not_shown_before_it_is_known_that_nothing_is_newer() -> None:
    alert = opening.opened(FIRST, (PATIENT, SITE), "public", verdict(Told()), cause(1))
    assert (alert.state, alert.condition, alert.public_id) == (State.OPENING, Condition.HOLDS, "public")
    assert (alert.opened_at, alert.raised_at, alert.based_on) == (on_day(1), on_day(1), 7)
    assert alert.raised_because is Because.OPENED


def test_its_baseline_is_what_the_rules_say_now() -> None:
    told = Told(mark={"points": 6.0}, also={"confirmed_drop": {"points": 8.0}})
    alert = opening.opened(FIRST, (PATIENT, SITE), "public", verdict(told), cause(1))
    assert alert.baseline.marks == {"fast_decline": {"points": 6.0}, "confirmed_drop": {"points": 8.0}}
    assert not alert.baseline.dealt_with


def test_the_gravest_of_all_that_speaks_is_its_level() -> None:
    informs, urgent = Told(level=Level.INFORM), Told(level=Level.URGENT, rule="speech_level")
    said = verdict(informs, news=[news_of(urgent)])
    assert opening.opened(FIRST, (PATIENT, SITE), "public", said, cause(1)).level is Level.URGENT


def test_it_says_when_the_one_before_ended_unseen() -> None:
    before = ended_unseen(day=3)
    episode = NewEpisode("decline", 2, before, Because.CAME_ON_AGAIN)
    alert = opening.opened(episode, (PATIENT, SITE), "public", verdict(Told(raised=10)), cause(10))
    assert alert.before_ended_unseen_at == on_day(3)
    assert alert.counts == {"came_on_again": 1}


def test_nothing_opens_from_nothing() -> None:
    assert not opening.may_open(None, NEVER_RAISED)
    with pytest.raises(ValueError, match="only a flag"):
        opening.opened(FIRST, (PATIENT, SITE), "public", NEVER_RAISED, cause(1))


def test_nothing_opens_from_news_that_the_episode_before_was_told_of() -> None:
    went = Told(level=Level.URGENT, raised=15, cleared=18)
    said, before = verdict(went, news=[news_of(went)]), make_alert(State.ENDED)
    assert opening.may_open(before, said)
    assert not opening.may_open(replace(before, told=("fast_decline:r15:urgent",)), said)


@pytest.mark.parametrize("level", [Level.INFORM, Level.SOON, Level.URGENT])
def test_urgent_passes_a_mute(level: Level) -> None:
    muted = replace(verdict(Told(level=level)), muted_until=date(2076, 2, 1))
    assert opening.may_open(None, muted) is (level is Level.URGENT)


def test_marks_and_occurrences_known_before_stay_known() -> None:
    harm = Told(Topic.SELF_HARM, Level.URGENT, rule="self_harm", reports=(1,))
    before = make_alert(State.ENDED, harm)
    said = verdict(Told(Topic.SELF_HARM, Level.URGENT, rule="self_harm", reports=(1, 9)))
    episode = NewEpisode("self_harm", 2, before, Because.NEW_OCCURRENCE)
    alert = opening.opened(episode, (PATIENT, SITE), "public", said, cause(9))
    assert set(alert.baseline.occurrences) == {"r1", "r9"}


def test_what_it_was_told_is_bounded() -> None:
    known = tuple(f"fast_decline:r{number}" for number in range(MAX_TOLD))
    said = verdict(Told(), news=[news_of(Told())])
    after = opening.told_after(known, said)
    assert len(after) == MAX_TOLD
    assert opening.told_after((), said) == ("fast_decline:r1:soon",)


def test_in_step_the_evidence_follows_and_the_baseline_stays() -> None:
    alert = make_alert()
    after = opening.in_step(alert, verdict(Told(met=15)), cause(16, seq=9))
    assert (after.based_on, after.grounds.met_by) == (9, "r15")
    assert after.baseline == alert.baseline
    gone = opening.in_step(alert, NEVER_RAISED, cause(16, seq=9))
    assert (gone.grounds, gone.standing) == (alert.grounds, {})
