"""What an evaluation makes of an alert: the table of transitions, cell by cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.alerts.alert import CURRENT, Alert, Because, Condition, EndedHow, Escalation, NotFollowed, State
from models.alerts.changes import Change
from models.alerts.notices import NoticeKind
from scoring.decline import Level, Topic
from services.alerts import actions, by_clock, lifecycle
from services.alerts.actions import Action, AlertAction
from services.alerts.moves import GLANCE, MAX_STEPS, Move, NewEpisode
from services.alerts.news import NEVER_RAISED, Verdict
from services.alerts.outcomes import Outcome
from services.alerts.terms import SAFETY
from services.sites.working_calendar import WorkingCalendar
from tests.alert_samples import (
    EVENT,
    TERMS,
    Told,
    cause,
    ended_unseen,
    goes_on,
    make_alert,
    news_of,
    on_day,
    verdict,
)

S = State
INFORM, SOON, URGENT = Level.INFORM, Level.SOON, Level.URGENT
SELF_HARM = Told(Topic.SELF_HARM, URGENT, rule="self_harm", reports=(1,))
SELF_HARM_OLD = replace(SELF_HARM, level=INFORM)
WAITING = [S.ACKNOWLEDGED, S.SNOOZED]


def move(latest: Alert | None, said: Verdict, day: float = 20, topic: str = "decline") -> Move | None:
    return lifecycle.next_move(topic if latest is None else latest.topic, latest, said, cause(day))


def changed(latest: Alert, said: Verdict, day: float = 20) -> Alert:
    found = move(latest, said, day)
    assert isinstance(found, Change)
    assert found.before == latest
    return found.after


def of_level(level: Level) -> Told:
    return Told(level=level)


def gone(told: Told) -> Verdict:
    """The condition has passed."""
    return verdict(replace(told, cleared=9))


# Opening


def test_a_first_flag_opens_the_first_episode() -> None:
    assert move(None, verdict(Told())) == NewEpisode("decline", 1)


@pytest.mark.parametrize("said", [NEVER_RAISED, gone(Told())])
def test_what_passed_and_is_no_news_opens_nothing(said: Verdict) -> None:
    assert move(None, said) is None


def test_news_of_what_has_passed_opens_an_alert() -> None:
    """A month offline: the worst in the middle, good reports after it, evaluated once."""
    told = Told(level=URGENT, cleared=9)
    assert move(None, verdict(told, news=[news_of(told)])) == NewEpisode("decline", 1)


@pytest.mark.parametrize("level", [SOON, URGENT])
@pytest.mark.parametrize(("said", "condition"), [("passed", "passed"), ("withdrawn", "withdrawn")])
def test_an_opening_is_shown_whatever_the_reports_say_by_then(
    level: Level, said: str, condition: str
) -> None:
    opening = make_alert(S.OPENING, of_level(level))
    after = changed(opening, gone(of_level(level)) if said == "passed" else NEVER_RAISED)
    assert (after.state, after.condition) == (S.OPEN, Condition(condition))
    assert [notice.kind for notice in after.notices.pending] == [NoticeKind.RAISED]


def test_an_opening_inform_that_has_passed_stands_in_the_glance_list() -> None:
    opening = make_alert(S.OPENING, of_level(INFORM))
    after = changed(opening, gone(of_level(INFORM)))
    assert (after.state, after.glance_until) == (S.ENDED, on_day(20) + GLANCE)
    assert after.end is not None
    assert after.end.unseen


def test_an_alert_that_is_shown_is_due_and_somebody_is_told() -> None:
    after = changed(make_alert(S.OPENING), verdict(Told()), day=1)
    assert (after.state, after.due_at, after.raised_at) == (S.OPEN, on_day(8), on_day(1))
    assert (after.escalation, after.notices.last) == (Escalation(0, after.due_at), 1)
    assert after.seen_at is None


# Nothing new


@pytest.mark.parametrize("state", CURRENT)
def test_being_still_met_is_evidence_only(state: State) -> None:
    found = move(make_alert(state), verdict(Told(met=15)))
    assert isinstance(found, Change)
    assert found.step is None
    assert not found.read_again
    assert found.after.grounds.met_by == "r15"
    assert found.after.state is state


def test_being_still_met_is_nothing_to_what_has_ended() -> None:
    assert move(make_alert(S.ENDED), verdict(Told(met=15)), day=500) is None


@pytest.mark.parametrize("state", CURRENT)
def test_a_level_never_falls_while_the_alert_is_current(state: State) -> None:
    after = changed(make_alert(state, of_level(URGENT)), verdict(Told(level=INFORM, met=3)))
    assert (after.level, after.state) == (URGENT, state)


# News


def test_news_puts_an_open_alert_before_people_again() -> None:
    seen = actions.seen(make_alert(), "clinician", on_day(2))
    after = changed(seen, verdict(of_level(URGENT)), day=2)
    assert (after.state, after.level, after.seen_at) == (S.OPEN, URGENT, None)
    assert (after.raised_at, after.raised_because) == (on_day(2), Because.HIGHER_LEVEL)
    assert after.due_at < seen.due_at
    assert [(notice.number, notice.kind) for notice in after.notices.pending] == [(2, NoticeKind.RAISED)]
    assert after.since == seen.since


def test_news_never_makes_an_alert_due_later() -> None:
    latest = make_alert(told=Told(mark={"loss_now": 1.5}))
    after = changed(latest, verdict(Told(mark={"loss_now": 2.1})), day=5)
    assert (after.raised_because, after.due_at) == (Because.WORSE, latest.due_at)


@pytest.mark.parametrize("state", WAITING)
def test_news_ends_a_snooze_and_an_acknowledgement(state: State) -> None:
    after = changed(make_alert(state), verdict(of_level(URGENT)))
    assert (after.state, after.until, after.seen_at) == (S.OPEN, None, None)
    assert after.escalation.next_at == on_day(20) + timedelta(hours=1)  # urgent: at any hour
    assert not after.baseline.dealt_with


def test_news_begins_a_new_episode_after_an_end() -> None:
    ended = make_alert(S.ENDED)
    expected = NewEpisode("decline", 2, ended, Because.HIGHER_LEVEL)
    assert move(ended, verdict(of_level(URGENT))) == expected


def test_a_new_episode_says_that_the_one_before_ended_unseen() -> None:
    before = ended_unseen()
    told = Told(level=INFORM, raised=10)
    found = move(before, verdict(told), day=10)
    assert isinstance(found, NewEpisode)
    assert found.because is Because.CAME_ON_AGAIN
    alert = lifecycle_opened(found, verdict(told))
    assert alert.before_ended_unseen_at == on_day(3)
    assert alert.counts == {"came_on_again": 1}


def lifecycle_opened(episode: NewEpisode, said: Verdict) -> Alert:
    from services.alerts.opening import opened

    return opened(episode, ("patient", "site"), "public", said, cause())


# The condition


@pytest.mark.parametrize("state", CURRENT)
@pytest.mark.parametrize("level", [SOON, URGENT])
@pytest.mark.parametrize("withdrawn", [False, True])
def test_soon_and_urgent_end_by_a_person_only(state: State, level: Level, withdrawn: bool) -> None:
    latest = make_alert(state, of_level(level))
    after = changed(latest, NEVER_RAISED if withdrawn else gone(of_level(level)))
    assert (after.state, after.until, after.due_at) == (state, latest.until, latest.due_at)
    assert after.condition is (Condition.WITHDRAWN if withdrawn else Condition.PASSED)
    assert after.condition_at == on_day(20)


@pytest.mark.parametrize(("level", "goes_on"), [(SOON, False), (URGENT, True)])
def test_escalation_of_what_has_passed_stops_below_urgent(level: Level, goes_on: bool) -> None:
    after = changed(make_alert(told=of_level(level)), gone(of_level(level)))
    assert (after.escalation.next_at is not None) is goes_on


def test_who_was_told_is_told_that_it_was_withdrawn() -> None:
    after = changed(make_alert(S.ACKNOWLEDGED), NEVER_RAISED)
    assert (2, NoticeKind.WITHDRAWN) in [(notice.number, notice.kind) for notice in after.notices.pending]


@pytest.mark.parametrize("state", CURRENT)
@pytest.mark.parametrize(("withdrawn", "how"), [(False, EndedHow.PASSED), (True, EndedHow.WITHDRAWN)])
def test_an_inform_ends_with_its_condition(state: State, withdrawn: bool, how: EndedHow) -> None:
    latest = make_alert(state, of_level(INFORM))
    after = changed(latest, NEVER_RAISED if withdrawn else gone(of_level(INFORM)))
    assert after.end is not None
    assert (after.state, after.end.how, after.end.by) == (S.ENDED, how, "evaluation")
    unseen = state is S.OPEN
    assert (after.end.unseen, after.glance_until is not None) == (unseen, unseen)
    assert after.counts.get("ended_unseen", 0) == unseen


@pytest.mark.parametrize("told", [SELF_HARM, SELF_HARM_OLD])
@pytest.mark.parametrize("state", CURRENT)
@pytest.mark.parametrize("withdrawn", [False, True])
def test_safety_goes_before_level(told: Told, state: State, withdrawn: bool) -> None:
    """Also one of level inform, from an old form that staff entered."""
    after = move(make_alert(state, told), NEVER_RAISED if withdrawn else gone(told))
    assert after is None or (isinstance(after, Change) and after.after.state is state)


@pytest.mark.parametrize("level", Level)
def test_a_silence_ends_by_the_report_that_was_missing_at_any_level(level: Level) -> None:
    told = Told(Topic.SILENCE, level, rule="silence")
    after = changed(make_alert(told=told), gone(told))
    assert (after.state, after.condition, after.glance_until is not None) == (S.ENDED, Condition.PASSED, True)


@pytest.mark.parametrize("level", Level)
def test_an_event_that_nobody_has_seen_goes_on_holding(level: Level) -> None:
    told = Told(level=level, rule=EVENT)
    latest = make_alert(told=told)
    found = move(latest, gone(told))
    assert isinstance(found, Change)
    assert (found.after.state, found.after.condition) == (S.OPEN, Condition.HOLDS)


def test_an_unseen_event_of_a_history_as_it_was_before_holds_no_longer() -> None:
    latest = make_alert(told=Told(rule=EVENT))
    corrected = replace(gone(Told(rule=EVENT)), events=frozenset())
    assert changed(latest, corrected).condition is Condition.PASSED
    of_an_earlier_release = replace(gone(Told(rule=EVENT)), events=None)
    assert move(latest, of_an_earlier_release).after.condition is Condition.HOLDS


def test_an_unseen_state_holds_no_longer_whatever_events_there_were() -> None:
    of_an_earlier_release = replace(gone(Told()), events=None)
    assert changed(make_alert(), of_an_earlier_release).condition is Condition.PASSED
    named = replace(gone(Told()), events=frozenset({"fast_decline"}))
    assert changed(make_alert(), named).condition is Condition.PASSED


def test_an_event_that_was_seen_is_marked_as_passed() -> None:
    told = Told(rule=EVENT)
    assert changed(make_alert(S.ACKNOWLEDGED, told), gone(told)).condition is Condition.PASSED


def test_an_event_that_history_would_not_have_raised_is_withdrawn() -> None:
    assert changed(make_alert(told=Told(rule=EVENT)), NEVER_RAISED).condition is Condition.WITHDRAWN


@pytest.mark.parametrize("state", CURRENT)
def test_what_is_on_again_holds_again_and_is_no_news_to_those_who_have_it(state: State) -> None:
    off = changed(make_alert(state), gone(Told()))
    on = changed(off, verdict(Told(raised=12)), day=21)
    assert (on.state, on.condition, on.raised_at) == (state, Condition.HOLDS, off.raised_at)
    assert (on.escalation.next_at is not None) is (state is S.OPEN)


def test_the_end_of_what_has_ended_stays_and_its_condition_is_marked() -> None:
    latest = make_alert(S.ENDED)
    off = changed(latest, gone(Told()))
    assert (off.state, off.end, off.condition) == (S.ENDED, latest.end, Condition.PASSED)
    on = changed(off, verdict(Told(raised=12)), day=21)
    assert (on.state, on.condition) == (S.ENDED, Condition.HOLDS)


@pytest.mark.parametrize(
    ("told", "condition"),
    [
        # The alert was raised on day 10. An older episode is the latest one that history still knows:
        (Told(raised=1, cleared=5), Condition.WITHDRAWN),
        (Told(raised=1, met=4, cleared=10), Condition.WITHDRAWN),
        # It, or a later one, was there and ended:
        (Told(raised=10, cleared=10), Condition.PASSED),
        (Told(raised=10, met=12, cleared=15), Condition.PASSED),
        (Told(raised=8, met=12, cleared=15), Condition.PASSED),
        (Told(raised=1, met=4, cleared=15), Condition.PASSED),
        (Told(raised=11, cleared=15), Condition.PASSED),
    ],
)
def test_withdrawn_and_passed_are_told_apart(told: Told, condition: Condition) -> None:
    assert changed(make_alert(told=Told(raised=10)), verdict(told)).condition is condition


# Reopened


def reopened(told: Told, said: Verdict) -> Alert:
    ended = changed(make_alert(told=told), said)
    return actions._after(ended, AlertAction(Action.REOPEN), "clinician", on_day(21), TERMS)


@pytest.mark.parametrize("said", [NEVER_RAISED, gone(of_level(INFORM))])
def test_an_alert_that_was_reopened_stays_open_until_its_condition_changes(said: Verdict) -> None:
    alert = reopened(of_level(INFORM), said)
    assert (alert.state, alert.held_open, alert.glance_until) == (S.OPEN, True, None)
    found = move(alert, said, day=22)
    assert found is None or (isinstance(found, Change) and found.after.state is S.OPEN)
    on = changed(alert, verdict(Told(level=INFORM, raised=15)), day=23)
    assert on.state is S.OPEN
    assert changed(on, said, day=24).state is S.ENDED


# The patient is not followed any more


@pytest.mark.parametrize("why", NotFollowed)
@pytest.mark.parametrize("state", [S.OPENING, *CURRENT])
@pytest.mark.parametrize("level", Level)
def test_alerts_of_who_is_not_followed_wait_for_a_person_and_nobody_is_told(
    why: NotFollowed, state: State, level: Level
) -> None:
    latest = make_alert(state, of_level(level))
    after = changed(latest, Verdict(not_followed=why))
    assert after.state is (S.OPEN if state is S.OPENING else state)
    assert (after.condition, after.not_followed) == (Condition.WITHDRAWN, why)
    assert (after.escalation.next_at, after.notices.pending) == (None, ())
    assert move(after, Verdict(not_followed=why)) is None


def test_what_has_ended_stays_as_it_is_when_the_patient_is_not_followed_any_more() -> None:
    assert move(make_alert(S.ENDED), Verdict(not_followed=NotFollowed.CLOSED)) is None


@pytest.mark.parametrize("said", [NEVER_RAISED, gone(Told()), verdict(Told())])
def test_what_ended_apart_and_is_reopened_is_as_any_other_once_the_patient_is_followed_again(
    said: Verdict,
) -> None:
    apart = make_alert(S.ENDED, condition=Condition.WITHDRAWN, not_followed=NotFollowed.CLOSED)
    after = changed(apart, said)
    assert (after.state, after.not_followed) == (S.ENDED, None)
    assert move(after, said) is None


def test_nothing_opens_for_who_is_not_followed_but_a_question_about_the_data() -> None:
    told = Told(Topic.DATA_QUERY)
    on = replace(verdict(told), not_followed=NotFollowed.DIED)
    assert move(None, on, topic="decline") is None
    assert move(None, on, topic="data_query") == NewEpisode("data_query", 1)


def test_who_is_followed_again_has_the_alerts_as_the_reports_say() -> None:
    apart = changed(make_alert(), Verdict(not_followed=NotFollowed.CLOSED))
    back = changed(apart, verdict(Told()), day=22)
    assert (back.not_followed, back.condition) == (None, Condition.HOLDS)
    assert back.escalation.next_at == on_day(22)


@pytest.mark.parametrize("level", [SOON, URGENT])
@pytest.mark.parametrize("condition", Condition)
@pytest.mark.parametrize("acted", [None, "before", "since"])
def test_who_is_closed_by_mistake_is_forgotten_by_nobody(
    level: Level, condition: Condition, acted: str | None
) -> None:
    """What is open is told again unless somebody has acted on it, and what presses goes on until then."""
    told = of_level(level)
    said = {
        Condition.HOLDS: verdict(told),
        Condition.PASSED: gone(told),
        Condition.WITHDRAWN: NEVER_RAISED,
    }[condition]
    seen_at = {None: None, "before": on_day(0.5), "since": on_day(2)}[acted]
    latest = make_alert(told=told, seen_at=seen_at, condition=condition)
    apart = changed(latest, Verdict(not_followed=NotFollowed.CLOSED))
    assert (apart.escalation.next_at, apart.notices.pending) == (None, ())
    back = changed(apart, said, day=22)
    assert (back.state, back.condition, back.not_followed) == (S.OPEN, condition, None)
    assert (back.escalation.next_at is not None) is goes_on(back)
    kinds = {notice.kind for notice in back.notices.pending}
    of_no_use = condition is Condition.WITHDRAWN and level is SOON
    assert (NoticeKind.RAISED in kinds) is (acted != "since" and not of_no_use)
    assert (NoticeKind.WITHDRAWN in kinds) is (condition is Condition.WITHDRAWN)


@pytest.mark.parametrize("state", WAITING)
def test_what_came_back_while_nobody_followed_the_patient_is_told_of_afterwards(state: State) -> None:
    apart = changed(make_alert(state), Verdict(not_followed=NotFollowed.CLOSED), day=5)
    woke = by_clock.woken(apart, cause(10))
    assert woke is not None
    assert woke.after.notices.pending == ()
    back = changed(woke.after, verdict(Told()), day=22)
    assert [notice.kind for notice in back.notices.pending] == [NoticeKind.RAISED]
    assert back.escalation.next_at == on_day(22)


@pytest.mark.parametrize("state", WAITING)
def test_what_waits_for_its_time_tells_nobody_when_the_patient_is_followed_again(state: State) -> None:
    apart = changed(make_alert(state), Verdict(not_followed=NotFollowed.CLOSED), day=5)
    back = changed(apart, verdict(Told()), day=6)
    assert (back.state, back.escalation.next_at, back.notices.pending) == (state, None, ())


# Mutes


def muted(told: Told) -> Verdict:
    mute = {"topic": told.topic.value, "starts_on": "2076-01-01", "ends_on": "2076-02-29"}
    return verdict(told, mutes=[mute])


@pytest.mark.parametrize("state", CURRENT)
def test_a_mute_ends_what_is_below_urgent(state: State) -> None:
    after = changed(make_alert(state), muted(Told()))
    assert after.end is not None
    assert (after.end.how, after.end.outcome, after.end.by) == (EndedHow.DISMISSED, Outcome.KNOWN, "policy")
    assert after.muted_until is not None
    assert after.muted_until.date().isoformat() == "2076-03-01"
    assert move(after, muted(Told(met=16)), day=21) is None


def test_a_mute_ends_with_its_last_day_on_the_sites_clock() -> None:
    terms = replace(TERMS, calendar=WorkingCalendar(ZoneInfo("Asia/Tokyo")))
    found = lifecycle.next_move("decline", make_alert(), muted(Told()), cause(20, terms=terms))
    assert isinstance(found, Change)
    assert found.after.muted_until == datetime(2076, 2, 29, 15, tzinfo=UTC)
    assert found.after.end is not None
    assert found.after.end.at == on_day(20)


def test_what_was_urgent_and_told_of_before_does_not_pass_a_mute_again() -> None:
    urgent = news_of(Told(level=URGENT, raised=5, cleared=8))
    said = replace(muted(Told()), news=verdict(Told(), news=[urgent]).news)
    assert changed(make_alert(), said).level is URGENT
    known = replace(make_alert(), told=("fast_decline:r5:urgent",))
    assert changed(known, said).end is not None


def test_what_was_urgent_and_told_of_before_opens_nothing_under_a_mute() -> None:
    urgent = news_of(Told(level=URGENT, raised=5, cleared=8))
    two = Told(also={"confirmed_drop": {}})
    said = replace(muted(two), news=verdict(Told(), news=[urgent]).news)
    assert isinstance(move(make_alert(S.ENDED), said), NewEpisode)
    known = replace(make_alert(S.ENDED), told=("fast_decline:r5:urgent",))
    assert not isinstance(move(known, said), NewEpisode)


@pytest.mark.parametrize("ends_on", ["2076-02-10", "2076-03-15"])
def test_a_mute_that_is_made_shorter_or_longer_ends_with_its_new_last_day(ends_on: str) -> None:
    ended = changed(make_alert(), muted(Told()))
    mute = {"topic": "decline", "starts_on": "2076-01-01", "ends_on": ends_on}
    after = changed(ended, verdict(Told(), mutes=[mute]))
    assert after.muted_until is not None
    assert after.muted_until - datetime.fromisoformat(f"{ends_on}T00:00:00Z") == timedelta(days=1)
    assert move(after, verdict(Told(), mutes=[mute])) is None


def test_what_comes_on_again_under_a_mute_is_news_when_that_is_over() -> None:
    off = replace(make_alert(S.ENDED), standing={}, condition=Condition.PASSED)
    told = Told(raised=100, met=100)
    while_muted = changed(off, muted(told), day=110)
    assert (while_muted.state, while_muted.condition) == (S.ENDED, Condition.HOLDS)
    assert while_muted.muted_until is not None, "so that the worker looks on the day after"
    assert move(while_muted, muted(told), day=111) is None
    found = move(while_muted, verdict(told), day=160)
    assert found == NewEpisode("decline", 2, while_muted, Because.CAME_ON_AGAIN)


def test_urgent_passes_a_mute() -> None:
    urgent = of_level(URGENT)
    assert changed(make_alert(), muted(urgent)).level is URGENT
    assert changed(make_alert(told=urgent), muted(Told())).state is S.OPEN
    assert move(None, muted(urgent)) == NewEpisode("decline", 1)
    assert move(None, muted(Told())) is None


@pytest.mark.parametrize("topic", [Topic.SELF_HARM, Topic.RESPIRATORY])
def test_safety_and_breathing_cannot_be_muted(topic: Topic) -> None:
    assert muted(Told(topic)).muted_until is None


def test_what_holds_when_a_mute_ends_is_news() -> None:
    ended = changed(make_alert(), muted(Told()))
    found = move(ended, verdict(Told()), day=80)
    assert found == NewEpisode("decline", 2, ended, Because.MUTE_ENDED)
    assert move(ended, gone(Told()), day=80) is not None
    assert isinstance(move(ended, gone(Told()), day=80), Change)


# In step


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("said", [NEVER_RAISED, gone(Told()), verdict(of_level(URGENT))])
def test_an_older_evaluation_changes_nothing(state: State, said: Verdict) -> None:
    assert move(make_alert(state, based_on=8), said) is None


@pytest.mark.parametrize("state", CURRENT)
@pytest.mark.parametrize("told", [Told(), Told(met=15), of_level(URGENT), Told(cleared=9), None])
@pytest.mark.parametrize("level", [INFORM, SOON])
def test_the_same_evaluation_again_changes_nothing(state: State, told: Told | None, level: Level) -> None:
    said = verdict(told)
    after = changed(make_alert(state, of_level(level)), said)
    assert move(after, said) is None


def test_a_change_is_noted_until_the_history_is_long() -> None:
    urgent = verdict(of_level(URGENT))
    short, long = (move(make_alert(steps=steps), urgent) for steps in (MAX_STEPS - 1, MAX_STEPS))
    assert isinstance(short, Change)
    assert isinstance(long, Change)
    assert short.step is not None
    assert short.step.details == {"because": "higher_level", "level": "urgent", "by": "r1", "entry": "7"}
    assert long.step is None
    assert long.after.level is URGENT


def test_an_end_is_noted_however_long_the_history_is() -> None:
    found = move(make_alert(told=of_level(INFORM), steps=MAX_STEPS), NEVER_RAISED)
    assert isinstance(found, Change)
    assert found.step is not None


def test_self_harm_is_a_safety_topic() -> None:
    assert {Topic.SELF_HARM.value} == SAFETY


def test_an_inform_event_ends_by_the_clock_after_28_days() -> None:
    event = Told(Topic.SPEECH, INFORM, rule=EVENT)
    assert make_alert(told=event).ends_at == on_day(1) + timedelta(days=28)
    assert make_alert(told=replace(event, level=SOON)).ends_at is None
    assert make_alert(told=of_level(INFORM)).ends_at is None
    for topic in (Topic.DECLINE, Topic.ACCELERATION, Topic.SELF_HARM):
        assert make_alert(told=replace(event, topic=topic)).ends_at is None
