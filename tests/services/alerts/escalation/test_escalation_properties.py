"""No urgent alert waits in silence: any policy that can be saved, any calendar, absence and clock.

The functions of the worker are walked through in time: an alert is raised at a random moment, people come and
go, the worker comes by late, and nobody acts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.accounts.absences import Absence
from models.alerts.alert import Alert, State
from models.alerts.changes import Change
from models.alerts.notices import NoticeKind
from models.sites.escalation_policy import (
    USUAL_LEVELS,
    USUAL_MINUTES,
    USUAL_TOPICS,
    EscalationPolicy,
    ResponseTime,
    Span,
)
from scoring.decline import Level, Topic
from services.alerts.actions import Action, AlertAction, _after
from services.alerts.by_clock import next_change
from services.alerts.escalation.chain import Team, told
from services.alerts.escalation.climb import next_step
from services.alerts.escalation.policy import MINUTES, MOST, MOST_OF_SAFETY
from services.alerts.lifecycle import next_move
from services.alerts.moves import CLOCK, Cause
from services.alerts.terms import Terms, at_once
from services.sites.working_calendar import WorkingCalendar
from tests.alert_samples import Told, make_alert, verdict
from tests.services.sites.calendars import CALENDARS, MOMENTS

PEOPLE = ("ann", "bob", "cleo", "dan")
LATE = timedelta(minutes=15)
"""The longest pause of a worker that is there."""
WATCHED = timedelta(days=12)


def _spans(most: dict) -> st.SearchStrategy[Span]:
    return st.sampled_from(sorted(most)).flatmap(
        lambda unit: st.builds(Span, st.integers(1, most[unit]), st.just(unit))
    )


def _times(most: dict) -> st.SearchStrategy[ResponseTime]:
    return st.builds(ResponseTime, _spans(most), _spans(most))


POLICIES = st.builds(
    EscalationPolicy,
    levels=st.fixed_dictionaries({level.value: _times(dict(MOST[level])) for level in Level}),
    topics=st.fixed_dictionaries({Topic.SELF_HARM.value: _times(dict(MOST_OF_SAFETY))}),
    minutes_between_steps=st.fixed_dictionaries(
        {level.value: st.integers(*MINUTES[level]) for level in Level}
    ),
    second_address=st.just("desk@example.org"),
)
"""What `services.alerts.escalation.policy` lets a site save."""


@st.composite
def absences(draw: st.DrawFn, around: datetime) -> dict[str, Absence]:
    found = {}
    for person in draw(st.sets(st.sampled_from(PEOPLE))):
        begin = around + timedelta(hours=draw(st.integers(-100, 100)))
        end = begin + timedelta(hours=draw(st.integers(1, 200)))
        deputy = draw(st.none() | st.sampled_from([name for name in PEOPLE if name != person]))
        found[person] = Absence(person, begin, end, deputy, rev=1)
    return found


@st.composite
def teams(draw: st.DrawFn, calendar: WorkingCalendar, around: datetime) -> Team:
    """People of whom the contact may read, as it was when the policy was saved; others may have left."""
    readers = ("ann", *sorted(draw(st.sets(st.sampled_from(PEOPLE[1:])))))
    return Team(
        calendar=calendar,
        readers=readers,
        absences=draw(absences(around)),
        out_of_hours="ann",
        second_address=True,
    )


def raised(level: Level, topic: Topic, at: datetime, terms: Terms) -> Alert:
    """An alert as the desk shows it at this moment."""
    what = Told(topic, level)
    alert = make_alert(State.OPENING, told=what, opened_at=at)
    change = next_move(topic.value, alert, verdict(what), Cause(7, at, terms))
    assert isinstance(change, Change)
    return change.after


def people_told(alert: Alert, team: Team, now: datetime) -> set[str]:
    return {recipient.account_id for recipient in told(alert, team, now) if recipient.account_id is not None}


PRESSING = st.sampled_from(
    [(Level.URGENT, Topic.RESPIRATORY), (Level.URGENT, Topic.SELF_HARM), (Level.SOON, Topic.SELF_HARM)]
)


@given(st.data(), PRESSING, MOMENTS, CALENDARS, POLICIES, st.integers(0, 15))
def test_what_cannot_wait_is_told_before_it_is_due_to_somebody_who_may_read_it(
    data: st.DataObject,
    what: tuple[Level, Topic],
    at: datetime,
    calendar: WorkingCalendar,
    policy: EscalationPolicy,
    late: int,
) -> None:
    terms = Terms(calendar, policy)
    alert = raised(*what, at, terms)
    team = data.draw(teams(calendar, at))
    (notice,) = alert.notices.pending
    assert (notice.kind, notice.at) == (NoticeKind.RAISED, at)
    assert at < alert.due_at
    now = at + timedelta(seconds=late)
    told_of_it = people_told(alert, team, now)
    assert told_of_it
    assert told_of_it <= set(team.readers)
    away = {reader for reader in team.readers if team.is_away(reader, now)}
    everybody = set(team.readers) - away
    assert everybody <= told_of_it
    if calendar.is_out_of_hours(now) and "ann" not in away:
        assert "ann" in told_of_it


@given(st.data(), st.sampled_from(list(Level)), MOMENTS, CALENDARS, POLICIES)
def test_what_is_open_is_told_again_and_again_however_late_the_worker_comes_by(
    data: st.DataObject, level: Level, at: datetime, calendar: WorkingCalendar, policy: EscalationPolicy
) -> None:
    terms, topic = Terms(calendar, policy), Topic.RESPIRATORY
    alert, team = raised(level, topic, at, terms), data.draw(teams(calendar, at))
    now, last, addressed = at, at, False
    while now < at + WATCHED:
        due = alert.escalates_at
        assert due is not None
        assert due > last
        now = max(now, due) + timedelta(minutes=data.draw(st.integers(0, 15)))
        change = next_step(alert, team, Cause(0, now, terms, by=CLOCK))
        assert change is not None
        assert not change.read_again
        assert change.after.notices.last == alert.notices.last + 1
        assert change.after.escalation.step >= alert.escalation.step
        alert, last = change.after, now
        recipients = told(alert, team, now)
        assert len({recipient.account_id for recipient in recipients}) == len(recipients)
        assert people_told(alert, team, now)
        addressed = addressed or any(recipient.site_address for recipient in recipients)
        assert next_step(alert, team, Cause(0, now, terms, by=CLOCK)) is None
    if at_once(level, topic):
        assert addressed


@given(st.data(), MOMENTS, CALENDARS, POLICIES)
def test_the_site_s_second_address_is_told_of_what_is_urgent_within_a_few_hours(
    data: st.DataObject, at: datetime, calendar: WorkingCalendar, policy: EscalationPolicy
) -> None:
    terms = Terms(calendar, policy)
    alert, team = raised(Level.URGENT, Topic.RESPIRATORY, at, terms), data.draw(teams(calendar, at))
    due = alert.escalates_at
    assert due is not None
    assert due - at <= timedelta(minutes=MINUTES[Level.URGENT][1])
    change = next_step(alert, team, Cause(0, due, terms, by=CLOCK))
    assert change is not None
    assert any(recipient.site_address for recipient in told(change.after, team, due))


ACTS = st.sampled_from([Action.ACKNOWLEDGE, Action.SNOOZE, Action.REOPEN])


@given(st.data(), PRESSING, MOMENTS, CALENDARS, POLICIES, ACTS)
def test_no_snooze_or_acknowledgement_ends_in_silence(
    data: st.DataObject,
    what: tuple[Level, Topic],
    at: datetime,
    calendar: WorkingCalendar,
    policy: EscalationPolicy,
    act: Action,
) -> None:
    terms = Terms(calendar, policy)
    alert, team = raised(*what, at, terms), data.draw(teams(calendar, at))
    now = at + timedelta(minutes=data.draw(st.integers(0, 600)))
    until = None
    if act is Action.SNOOZE:
        latest = terms.latest_snooze(alert.level, alert.due_at, now)
        until = terms.snoozed_until(now + timedelta(minutes=5), latest)
    waiting = _after(alert, AlertAction(act, until=until), "ann", now, terms)
    assert waiting.notices.pending == () or act is Action.REOPEN
    if act is Action.REOPEN:
        assert waiting.escalates_at is not None
        assert waiting.escalates_at >= waiting.due_at
        return
    assert waiting.escalates_at is None
    assert waiting.until is not None
    assert calendar.is_working(waiting.until) or act is Action.SNOOZE
    back = next_change(waiting, Cause(0, max(now, waiting.until), terms, by=CLOCK))
    assert back is not None
    assert [notice.kind for notice in back.after.notices.pending] == [NoticeKind.RAISED]
    assert back.after.escalates_at is not None
    assert people_told(back.after, team, waiting.until)


@given(MOMENTS, CALENDARS, st.integers(1, 40))
def test_news_again_and_again_puts_no_step_off(at: datetime, calendar: WorkingCalendar, pause: int) -> None:
    terms = Terms(calendar)
    alert = raised(Level.URGENT, Topic.DECLINE, at, terms)
    first = alert.escalates_at
    assert first is not None
    now, loss = at, 2.0
    while now + timedelta(minutes=pause) < first:
        now, loss = now + timedelta(minutes=pause), loss + 1
        worse = verdict(Told(Topic.DECLINE, Level.URGENT, mark={"loss_now": loss}))
        change = next_move("decline", alert, worse, Cause(8, now, terms))
        assert isinstance(change, Change)
        alert = change.after
        assert (alert.raised_at, alert.escalates_at) == (now, first)


def test_the_strategies_are_what_a_site_may_save() -> None:
    usual = EscalationPolicy()
    assert usual.levels == USUAL_LEVELS
    assert usual.topics == USUAL_TOPICS
    for level in Level:
        low, high = MINUTES[level]
        assert low <= USUAL_MINUTES[level.value] <= high
        for span in (USUAL_LEVELS[level.value].due, USUAL_LEVELS[level.value].acknowledged):
            assert span.count <= MOST[level][span.unit]
    assert replace(usual, second_address="x").second_address == "x"
