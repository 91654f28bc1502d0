"""Worklists show what is asked for, of the sites within reach, in an order that pages can follow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.alerts import alerts, worklists
from models.alerts.alert import CURRENT, Alert, Because, Condition, End, EndedHow, Grounds, State
from models.alerts.worklists import AlertFilter, AlertList, WorklistLine
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.alerts import actions
from tests.alert_samples import PATIENT, SITE, Told, ended_unseen, make_alert, on_day, only, store, stored

OTHER_PATIENT = "019ab1c2-0000-7000-8000-0000000000b2"
NOW = on_day(8)  # alerts made as snoozed are so until day 9

pytestmark = pytest.mark.usefixtures("database")


def page(
    wanted: AlertFilter | None = None, scope: Scope | None = None, now: datetime = NOW, **which: Any
) -> tuple[list[WorklistLine], str | None]:
    reach = Scope(site_ids=frozenset({SITE})) if scope is None else scope
    found = worklists.page(wanted or AlertFilter(), reach, **{"after": None, "limit": 50, "now": now} | which)
    return found.lines, found.following


def found(wanted: AlertFilter | None = None, scope: Scope | None = None, now: datetime = NOW) -> list[str]:
    return sorted(listed.state.value for listed in page(wanted, scope, now)[0])


def store_one_of_each() -> None:
    store(*(make_alert(state, episode=place) for place, state in enumerate(State, 1)))
    store(ended_unseen(episode=9))


def test_a_line_says_what_a_clinician_needs() -> None:
    told = Told(Topic.SELF_HARM, Level.URGENT, rule="self_harm")
    store(make_alert(told=told, assigned_to="someone", public_id="public"))
    ((line,), following) = page()
    assert following is None
    assert line == WorklistLine(
        id="public",
        patient_id=PATIENT,
        site_id=SITE,
        topic="self_harm",
        level=Level.URGENT,
        state=State.OPEN,
        condition=Condition.HOLDS,
        condition_at=on_day(1),
        due_at=on_day(1) + timedelta(hours=4),
        headline="Something fell",
        sentence="Something fell, as r1 says.",
        grounds=Grounds("r1", on_day(1), "r1", on_day(1), ("r1",)),
        opened_at=on_day(1),
        since=on_day(1),
        raised_at=on_day(1),
        raised_because=Because.OPENED,
        seen_at=None,
        assigned_to="someone",
        until=None,
        ended_how=None,
        ended_at=None,
        glance_until=None,
        not_followed=None,
        before_ended_unseen_at=None,
        restricted=True,
        data_query=False,
        changed_at=on_day(1),
        changed_by="evaluation",
        changed_event="opened",
        acted_at=None,
        acted_by="",
        acted_event="",
        sort_key="0.00.20760106T120000000.public",
        rev=0,
    )


def test_what_still_needs_somebody_is_listed_and_nothing_else() -> None:
    store_one_of_each()
    assert found() == ["acknowledged", "open", "snoozed"]


@pytest.mark.parametrize("state", CURRENT)
def test_each_state_can_be_asked_for(state: State) -> None:
    store_one_of_each()
    assert found(AlertFilter(states=(state,))) == [state.value]


def test_ends_and_everything_can_be_asked_for() -> None:
    store_one_of_each()
    assert found(AlertFilter(lists=(AlertList.ENDED,))) == ["ended", "ended"]
    assert found(AlertFilter(lists=(AlertList.GLANCE,))) == ["ended"]
    assert len(found(AlertFilter(lists=tuple(AlertList)))) == 5


def test_what_ended_says_how_and_when() -> None:
    store(ended_unseen(day=3))
    ((line,), _) = page(AlertFilter(lists=(AlertList.GLANCE,)))
    assert (line.ended_how, line.ended_at, line.glance_until) == (EndedHow.PASSED, on_day(3), on_day(33))


@pytest.mark.parametrize(
    ("day", "states", "expected"),
    [
        (8.99, CURRENT, ["snoozed"]),
        (9, CURRENT, ["open"]),
        (8.99, (State.OPEN,), []),
        (9, (State.OPEN,), ["open"]),
        (8.99, (State.SNOOZED,), ["snoozed"]),
        (9, (State.SNOOZED,), []),
    ],
)
def test_a_snooze_ends_by_itself(day: float, states: tuple[State, ...], expected: list[str]) -> None:
    store(make_alert(State.SNOOZED))
    assert found(AlertFilter(states=states), now=on_day(day)) == expected


@pytest.mark.parametrize("states", [(State.OPEN,), (State.SNOOZED,)])
def test_a_page_is_filled_past_those_that_have_woken_or_still_sleep(states: tuple[State, ...]) -> None:
    sleepy = (on_day(7 if number % 3 else 9) for number in range(30))
    store(*(make_alert(State.SNOOZED, episode=n, until=until) for n, until in enumerate(sleepy, 1)))
    seen: list[WorklistLine] = []
    after: str | None = None
    while True:
        part, after = page(AlertFilter(states=states), after=after, limit=3)
        seen += part
        assert len(part) == 3 or after is None
        if after is None:
            break
    assert {listed.state for listed in seen} == set(states)
    assert len({listed.id for listed in seen}) == len(seen) == (20 if states == (State.OPEN,) else 10)


def test_what_has_woken_says_since_when() -> None:
    store(make_alert(State.SNOOZED))
    ((listed,), _) = page(now=on_day(12))
    assert (listed.since, listed.due_at, listed.until) == (on_day(9), on_day(9), None)
    assert listed.raised_because is Because.SNOOZE_ENDED


@pytest.mark.parametrize(
    "wanted",
    [
        AlertFilter(level=Level.URGENT),
        AlertFilter(topic="speech"),
        AlertFilter(patient_id=OTHER_PATIENT),
        AlertFilter(patient_ids=(OTHER_PATIENT, "nobody")),
        AlertFilter(patient_ids=(OTHER_PATIENT, PATIENT), patient_id=OTHER_PATIENT),
        AlertFilter(assigned_to="someone"),
        AlertFilter(assigned=True),
        AlertFilter(seen=True),
        AlertFilter(overdue=True),
        AlertFilter(level=Level.URGENT, topic="speech", patient_id=OTHER_PATIENT, assigned_to="someone"),
    ],
)
def test_filters_leave_what_they_name(wanted: AlertFilter) -> None:
    urgent = Told(Topic.SPEECH, Level.URGENT)
    other = make_alert(
        told=urgent, patient_id=OTHER_PATIENT, assigned_to="someone", seen_at=on_day(2), due_at=NOW
    )
    store(make_alert(due_at=on_day(20)), other)
    ((listed,), _) = page(wanted)
    assert (listed.patient_id, listed.topic) == (OTHER_PATIENT, "speech")


@pytest.mark.parametrize(
    "wanted", [AlertFilter(assigned=False), AlertFilter(seen=False), AlertFilter(overdue=False)]
)
def test_filters_leave_what_is_not_so(wanted: AlertFilter) -> None:
    other = make_alert(patient_id=OTHER_PATIENT, assigned_to="someone", seen_at=on_day(2), due_at=NOW)
    store(make_alert(due_at=on_day(20)), other)
    assert [line.patient_id for line in page(wanted)[0]] == [PATIENT]


def test_about_nobody_is_nothing() -> None:
    store(make_alert())
    assert page(AlertFilter(patient_ids=())) == ([], None)
    assert page(AlertFilter(patient_ids=(PATIENT,), patient_id=OTHER_PATIENT)) == ([], None)


def test_what_has_woken_or_ended_is_overdue_as_it_stands() -> None:
    """A snooze hides a due time that has passed; an end has none."""
    store(make_alert(State.SNOOZED, due_at=on_day(2)), make_alert(State.ENDED, episode=2, due_at=on_day(2)))
    overdue = AlertFilter(lists=tuple(AlertList), overdue=True)
    assert found(overdue) == ["snoozed"]
    assert found(overdue, now=on_day(9)) == ["open"]


def test_overdue_alerts_are_found_page_by_page_in_a_long_list() -> None:
    store(*(make_alert(episode=n, due_at=on_day(7 + n % 2 * 3)) for n in range(1, 12)))
    seen, after = [], None
    while True:
        part, after = page(AlertFilter(overdue=True), after=after, limit=2)
        seen += part
        if after is None:
            break
    assert len({line.id for line in seen}) == len(seen) == 5


@pytest.mark.parametrize(
    ("wanted", "changes_at"),
    [
        (AlertFilter(), on_day(9)),
        (AlertFilter(states=(State.OPEN,)), on_day(9)),
        (AlertFilter(states=(State.SNOOZED,)), on_day(9)),
        (AlertFilter(overdue=True), on_day(8.5)),
        (AlertFilter(overdue=False), on_day(8.5)),
        (AlertFilter(lists=(AlertList.ENDED,)), None),
        (AlertFilter(topic="speech"), None),
    ],
)
def test_a_page_says_when_time_alone_changes_it_next(
    wanted: AlertFilter, changes_at: datetime | None
) -> None:
    store(
        make_alert(State.SNOOZED),
        make_alert(State.SNOOZED, episode=2, until=on_day(20)),
        make_alert(episode=3, due_at=on_day(8.5)),
        make_alert(episode=4, due_at=on_day(4)),
    )
    reach = Scope(site_ids=frozenset({SITE}))
    assert worklists.page(wanted, reach, after=None, limit=50, now=NOW).changes_at == changes_at


def test_a_filter_on_two_counts_needs_both() -> None:
    store(make_alert(), make_alert(told=Told(Topic.SPEECH, Level.URGENT)))
    assert page(AlertFilter(level=Level.URGENT, topic="decline")) == ([], None)


@pytest.mark.parametrize(
    "scope", [Scope(), Scope(patient_id=PATIENT), Scope(site_ids=frozenset({"elsewhere"}))]
)
def test_outside_the_scope_nothing_is_line(scope: Scope) -> None:
    store_one_of_each()
    assert page(AlertFilter(lists=tuple(AlertList)), scope) == ([], None)


def test_two_sites_make_one_list() -> None:
    store(
        make_alert(),
        make_alert(site_id="south", patient_id=OTHER_PATIENT),
        make_alert(site_id="x", episode=9),
    )
    both = Scope(site_ids=frozenset({SITE, "south"}))
    assert [listed.site_id for listed in page(scope=both)[0]] == [SITE, "south"]


def test_coordinators_see_silence_and_questions_about_the_data() -> None:
    topics = (Topic.DECLINE, Topic.SILENCE, Topic.DATA_QUERY, Topic.SELF_HARM)
    store(*(make_alert(told=Told(topic)) for topic in topics))
    lines, _ = page(scope=Scope(query_site_ids=frozenset({SITE})))
    assert {line.topic for line in lines} == {"silence", "data_query"}


def test_pages_follow_each_other_in_order_without_a_gap() -> None:
    levels = list(Level)
    made = [
        make_alert(told=Told(level=levels[n % 3]), due_at=on_day(n * 7 % 5), episode=n) for n in range(1, 24)
    ]
    store(*made)
    seen: list[WorklistLine] = []
    after: str | None = None
    while True:
        part, after = page(after=after, limit=5)
        assert len(part) <= 5
        seen += part
        if after is None:
            break
    expected = sorted(made, key=lambda alert: (-alert.level.rank, alert.due_at, alert.public_id))
    assert [line.id for line in seen] == [alert.public_id for alert in expected]


def stamps(*lists: AlertList) -> list[int]:
    wanted = AlertFilter(lists=lists or (AlertList.CURRENT,))
    return sorted(worklists.stamps(wanted, Scope(site_ids=frozenset({SITE}))))


def test_every_write_changes_the_stamps_of_its_list_and_of_no_other() -> None:
    store(make_alert(), ended_unseen(episode=2), make_alert(State.ENDED, episode=3))
    before = {alert_list: stamps(alert_list) for alert_list in AlertList}
    alert = next(alert for alert in stored().values() if alert.state is State.OPEN)
    assert alerts.change(alert, replace(alert, standing={"fast_decline": {"points": 7}}))
    assert stamps() != before[AlertList.CURRENT]
    assert {alert_list: stamps(alert_list) for alert_list in (AlertList.ENDED, AlertList.GLANCE)} == {
        alert_list: before[alert_list] for alert_list in (AlertList.ENDED, AlertList.GLANCE)
    }


def test_an_alert_that_leaves_a_list_and_another_that_enters_it_are_noticed() -> None:
    store(make_alert())
    before, alert = stamps(), only()
    assert alerts.change(alert, actions.closed(alert, End(EndedHow.RESOLVED, NOW, "clinician", "called")))
    store(make_alert(episode=2))
    assert len(stamps()) == len(before) == 1
    assert stamps() != before


def test_a_patient_who_is_called_otherwise_changes_the_lists() -> None:
    store(make_alert(), make_alert(patient_id=OTHER_PATIENT))
    before = set(stamps())
    worklists.renew_stamps(PATIENT)
    assert len(set(stamps()) & before) == 1


def test_racing_writers_each_leave_other_stamps() -> None:
    """Whoever reads the stamps after a write never finds those of before it."""
    store(*(make_alert(episode=place) for place in range(1, 9)))
    before = stamps()

    def write(alert: Alert) -> bool:
        assert alerts.change(alert, alert) is not None
        return stamps() != before

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write, stored().values()))
    assert not set(stamps()) & set(before)
