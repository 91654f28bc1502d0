"""What an evaluation makes of an alert: the table of states, and what counts as news."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.alerts.alert import CURRENT, ENDED, Alert, Condition, State
from scoring.decline import Level, Topic
from services.alerts.lifecycle import (
    MAX_STEPS,
    NEVER_RAISED,
    QUIET,
    SAFETY,
    Cause,
    Change,
    Move,
    NewEpisode,
    Reason,
    Verdict,
    next_move,
    raised_again,
    verdicts_of,
    woken,
)
from tests.alert_samples import Told, evaluation, grounds, make_alert, on_day

S = State
LATER = Cause(seq=7, now=on_day(20))
SELF_HARM = Told(Topic.SELF_HARM, Level.URGENT)


def said(told: Told) -> Verdict:
    return verdicts_of(evaluation(told))[told.topic.value]


def move(latest: Alert | None, verdict: Verdict, cause: Cause = LATER) -> Move | None:
    return next_move(Topic.DECLINE.value if latest is None else latest.topic, latest, verdict, cause)


def changed(latest: Alert, verdict: Verdict, cause: Cause = LATER) -> Alert:
    found = move(latest, verdict, cause)
    assert isinstance(found, Change)
    assert found.before == latest
    return found.after


def test_a_first_flag_opens_the_first_episode() -> None:
    assert move(None, said(Told())) == NewEpisode("decline", 1)


@pytest.mark.parametrize("verdict", [NEVER_RAISED, said(Told(cleared=9))])
def test_what_passed_before_anybody_looked_opens_nothing(verdict: Verdict) -> None:
    assert move(None, verdict) is None


@pytest.mark.parametrize(
    ("state", "told", "after"),
    [
        (S.OPENING, Told(), S.OPEN),
        (S.OPEN, Told(met=15), S.OPEN),
        (S.ACKNOWLEDGED, Told(met=15), S.ACKNOWLEDGED),
        (S.SNOOZED, Told(met=15), S.SNOOZED),
        (S.ACKNOWLEDGED, Told(raised=15), S.ACKNOWLEDGED),
        (S.ACKNOWLEDGED, Told(level=Level.INFORM, met=15), S.ACKNOWLEDGED),
        (S.ACKNOWLEDGED, Told(level=Level.URGENT), S.OPEN),
        (S.SNOOZED, Told(level=Level.URGENT), S.OPEN),
        (S.OPENING, Told(cleared=9), S.CLEARED),
        (S.OPEN, Told(cleared=9), S.CLEARED),
        (S.ACKNOWLEDGED, Told(cleared=9), S.CLEARED),
        (S.SNOOZED, Told(cleared=9), S.CLEARED),
        (S.RETRACTED, Told(cleared=9), S.CLEARED),
        (S.RESOLVED, Told(cleared=9), S.RESOLVED),
        (S.DISMISSED, Told(cleared=9), S.DISMISSED),
        (S.OPENING, None, S.RETRACTED),
        (S.OPEN, None, S.RETRACTED),
        (S.ACKNOWLEDGED, None, S.RETRACTED),
        (S.SNOOZED, None, S.RETRACTED),
        (S.CLEARED, None, S.RETRACTED),
        (S.RESOLVED, None, S.RESOLVED),
        (S.DISMISSED, None, S.DISMISSED),
    ],
)
def test_the_table_of_states(state: State, told: Told | None, after: State) -> None:
    result = changed(make_alert(state), NEVER_RAISED if told is None else said(told))
    assert result.state is after
    assert result.based_on == LATER.seq
    assert result.snoozed_until is None or after is S.SNOOZED
    expected = Condition.WITHDRAWN if told is None else Condition.PASSED if told.cleared else Condition.HOLDS
    assert result.condition is expected


@pytest.mark.parametrize("state", [S.CLEARED, S.RETRACTED])
def test_what_ended_by_itself_begins_anew_as_a_new_episode(state: State) -> None:
    ended = make_alert(state)
    assert move(ended, said(Told())) == NewEpisode("decline", 2, seals=ended)
    assert move(replace(ended, sealed=True), said(Told())) == NewEpisode("decline", 2)


@pytest.mark.parametrize("state", [S.RESOLVED, S.DISMISSED])
@pytest.mark.parametrize(
    ("told", "day", "opens"),
    [
        (Told(), 500, False),  # the same evidence, however long ago
        (Told(met=15), 20, False),  # still met, soon after
        (Told(met=15), 31, True),  # still met, 28 days after it was dealt with on day 3
        (Told(met=15), 30.9, False),
        (Told(raised=15), 20, True),  # passed, and raised again
        (Told(level=Level.URGENT), 4, True),
        (Told(level=Level.INFORM, met=15), 20, False),
    ],
)
def test_what_a_clinician_ended_is_opened_by_news_only(
    state: State, told: Told, day: float, opens: bool
) -> None:
    ended = make_alert(state)
    found = move(ended, said(told), replace(LATER, now=on_day(day)))
    assert found == (NewEpisode("decline", 2, seals=ended) if opens else None)


def test_evidence_that_is_corrected_and_restored_is_noted_on_what_a_clinician_ended() -> None:
    ended = make_alert(S.RESOLVED)
    withdrawn = changed(ended, NEVER_RAISED)
    restored = changed(withdrawn, said(Told()))
    assert (withdrawn.condition, restored.condition) == (Condition.WITHDRAWN, Condition.HOLDS)
    assert restored.state is S.RESOLVED


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
        (Told(raised=11, cleared=15), Condition.PASSED),
    ],
)
def test_retracted_and_cleared_are_told_apart(told: Told, condition: Condition) -> None:
    assert changed(make_alert(told=Told(raised=10)), said(told)).condition is condition


@pytest.mark.parametrize("state", [S.OPENING, *CURRENT, *ENDED])
@pytest.mark.parametrize("verdict", [NEVER_RAISED, said(Told(cleared=9)), said(Told(level=Level.URGENT))])
def test_an_older_evaluation_changes_nothing(state: State, verdict: Verdict) -> None:
    assert move(make_alert(state, based_on=8), verdict) is None


@pytest.mark.parametrize("state", CURRENT)
@pytest.mark.parametrize("told", [Told(), Told(met=15), Told(level=Level.URGENT), Told(cleared=9), None])
def test_the_same_evaluation_again_changes_nothing(state: State, told: Told | None) -> None:
    verdict = NEVER_RAISED if told is None else said(told)
    assert move(changed(make_alert(state), verdict), verdict) is None


@pytest.mark.parametrize("verdict", [NEVER_RAISED, said(Told(cleared=9))])
def test_an_alert_that_was_reopened_stays_open_until_its_flag_comes_and_goes(verdict: Verdict) -> None:
    reopened = replace(changed(make_alert(), verdict), state=S.OPEN)
    assert move(reopened, verdict) is None
    on = changed(reopened, said(Told(raised=15)), replace(LATER, seq=8))
    assert changed(on, verdict, replace(LATER, seq=9)).state in {S.CLEARED, S.RETRACTED}


def test_a_reopened_alert_stays_open_when_its_evidence_is_corrected_away_as_well() -> None:
    reopened = replace(changed(make_alert(), said(Told(cleared=9))), state=S.OPEN)
    result = changed(reopened, NEVER_RAISED)
    assert (result.state, result.condition) == (S.OPEN, Condition.WITHDRAWN)


@pytest.mark.parametrize("state", CURRENT)
@pytest.mark.parametrize("verdict", [NEVER_RAISED, said(replace(SELF_HARM, cleared=9))])
def test_a_safety_alert_is_ended_by_a_clinician_only(state: State, verdict: Verdict) -> None:
    result = changed(make_alert(state, SELF_HARM), verdict)
    assert result.state is state
    assert result.condition is not Condition.HOLDS


@pytest.mark.parametrize("state", [S.ACKNOWLEDGED, S.SNOOZED])
def test_each_new_report_raises_a_safety_alert_again_at_once(state: State) -> None:
    latest = make_alert(state, SELF_HARM)
    assert changed(latest, said(replace(SELF_HARM, raised=2))).state is S.OPEN
    assert changed(latest, said(SELF_HARM)).state is state


def test_a_further_report_is_noted_on_a_safety_alert_nobody_has_looked_at() -> None:
    latest = make_alert(told=SELF_HARM)
    found = move(latest, said(replace(SELF_HARM, raised=2)))
    assert isinstance(found, Change)
    assert found.after.since == latest.since
    assert found.step is not None
    assert found.step.details == {"because": "new_episode", "raised_by": "r2", "entry": "7"}


def test_self_harm_is_a_safety_topic() -> None:
    assert {Topic.SELF_HARM.value} == SAFETY


@pytest.mark.parametrize(
    ("told", "after", "reason"),
    [
        (Told(), QUIET, None),
        (Told(met=2), QUIET, Reason.STILL_MET_LATER),
        (Told(met=2), QUIET - timedelta(seconds=1), None),
        (Told(raised=0, met=1), QUIET, None),  # an older report arrived late and began it earlier
        (Told(level=Level.URGENT), timedelta(0), Reason.HIGHER_LEVEL),
        (Told(level=Level.INFORM, met=2), QUIET, Reason.STILL_MET_LATER),
    ],
)
def test_acknowledged_is_raised_again_by_a_higher_level_or_by_new_evidence_after_28_days(
    told: Told, after: timedelta, reason: Reason | None
) -> None:
    alert = make_alert(S.ACKNOWLEDGED)
    assert alert.handled is not None
    assert raised_again(alert, grounds(told), alert.handled.at + after) == reason


def test_a_higher_level_counts_from_what_the_clinician_saw() -> None:
    alert = make_alert(S.ACKNOWLEDGED, Told(level=Level.URGENT))
    lower = changed(alert, said(Told(level=Level.INFORM)))
    back = changed(lower, said(Told(level=Level.URGENT)), replace(LATER, seq=8))
    assert (lower.state, back.state) == (S.ACKNOWLEDGED, S.ACKNOWLEDGED)


def test_a_change_of_level_is_noted_until_the_history_is_long() -> None:
    urgent = said(Told(level=Level.URGENT))
    short, long = (move(make_alert(steps=steps), urgent) for steps in (MAX_STEPS - 1, MAX_STEPS))
    assert isinstance(short, Change)
    assert isinstance(long, Change)
    assert short.step is not None
    assert short.step.details == {"level": "urgent", "level_before": "soon", "entry": "7"}
    assert long.step is None
    assert long.after.level is Level.URGENT


def test_an_end_is_noted_however_long_the_history_is() -> None:
    found = move(make_alert(steps=MAX_STEPS), NEVER_RAISED)
    assert isinstance(found, Change)
    assert found.step is not None


def test_a_snooze_ends_at_its_time() -> None:
    alert = make_alert(S.SNOOZED)
    assert alert.at(on_day(8.99)).state is S.SNOOZED
    assert alert.at(on_day(9)).state is S.OPEN
    found = woken(alert, on_day(10))
    assert (found.after.state, found.after.since) == (S.OPEN, on_day(9))
    assert (found.after.snoozed_until, found.after.handled) == (None, None)
