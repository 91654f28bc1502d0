"""What the moves on an alert are made of: how one ends by itself, when, and what is written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.alerts.alert import Condition, End, EndedHow, NotFollowed, State
from scoring.decline import Level, Topic
from services.alerts import moves
from services.alerts.moves import EVENT_AGE, GLANCE, MAX_STEPS, Event
from tests.alert_samples import EVENT, TERMS, Told, cause, make_alert, on_day

END = End(EndedHow.PASSED, on_day(20), "evaluation")


def test_what_ends_unseen_stands_in_the_glance_list_and_is_counted() -> None:
    after = moves.ended(make_alert(), END, cause())
    assert (after.state, after.glance_until) == (State.ENDED, on_day(20) + GLANCE)
    assert after.end is not None
    assert after.end.unseen
    assert after.counts[moves.ENDED_UNSEEN] == 1


def test_what_somebody_saw_does_not() -> None:
    after = moves.ended(make_alert(State.ACKNOWLEDGED), END, cause())
    assert (after.glance_until, after.counts.get(moves.ENDED_UNSEEN)) == (None, None)


def test_nobody_is_told_of_what_has_ended() -> None:
    after = moves.ended(make_alert(), END, cause())
    assert (after.notices.pending, after.escalation.next_at, after.until) == ((), None, None)


INFORM_EVENT = Told(Topic.SPEECH, Level.INFORM, rule=EVENT, mark={"speech": 2.0})


@pytest.mark.parametrize(
    ("told", "fields", "days"),
    [
        (INFORM_EVENT, {"standing": {}}, EVENT_AGE.days),
        (Told(Topic.SPEECH, Level.INFORM), {}, None),
        (Told(Topic.SPEECH, Level.INFORM, rule=EVENT, also={"fast_decline": {}}), {}, None),
        (Told(Topic.DECLINE, Level.INFORM), {"standing": {}}, None),
        (Told(Topic.SELF_HARM, Level.INFORM, rule="self_harm"), {"standing": {}}, None),
        (INFORM_EVENT, {"standing": {}, "held_open": True}, None),
        (INFORM_EVENT, {"standing": {}, "not_followed": NotFollowed.DIED}, None),
        (Told(level=Level.URGENT), {"standing": {}}, None),
        (Told(level=Level.SOON), {"condition": Condition.PASSED}, None),
    ],
    ids=str,
)
def test_when_the_clock_ends_it(told: Told, fields: dict[str, object], days: int | None) -> None:
    alert = replace(make_alert(told=told), **fields)
    after = moves.with_end_by_clock(alert, TERMS)
    assert after.ends_at == (None if days is None else alert.raised_at + timedelta(days=days))


def test_a_soon_that_has_passed_ends_by_itself_only_where_the_site_says_so() -> None:
    terms = replace(TERMS, soon_ends_after=timedelta(days=14))
    passed = replace(make_alert(), condition=Condition.PASSED, condition_at=on_day(30))
    assert moves.with_end_by_clock(passed, terms).ends_at == on_day(44)
    assert moves.with_end_by_clock(make_alert(), terms).ends_at is None
    urgent = replace(passed, level=Level.URGENT)
    assert moves.with_end_by_clock(urgent, terms).ends_at is None


def test_a_long_history_takes_a_line_only_where_the_state_changes() -> None:
    long = replace(make_alert(), steps=MAX_STEPS)
    assert moves.change(long, long, Event.PASSED, cause()).step is None
    gone = moves.ended(long, END, cause())
    assert moves.change(long, gone, Event.AGED, cause()).step is not None


def test_a_line_names_the_entry_that_speaks_and_the_calendar_none() -> None:
    assert cause(seq=7).step(Event.OPENED, State.OPEN).details == {"entry": "7"}
    assert cause(seq=0).step(Event.AGED, State.ENDED, level="soon").details == {"level": "soon"}


def test_counts_grow_one_by_one() -> None:
    alert = make_alert(counts={"worse": 1})
    assert moves.counted(alert, "worse") == {"worse": 2}
    assert moves.counted(alert, "aged") == {"worse": 1, "aged": 1}
    assert alert.counts == {"worse": 1}
