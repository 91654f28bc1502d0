"""Figures of a site's alerts: looked at in time, ended unseen, closed in bulk, came back, returned worse."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from models.alerts.alert import Alert, End, EndedHow, State
from models.outbox import messages
from models.outbox.message import Message, MessageKind, MessageState
from models.patients import patients
from models.patients.patient import NewPatient
from models.sites.sites import Site
from models.store.base import new_id
from models.store.provenance import by_itself
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.access.actor import Role
from services.alerts import actions
from services.alerts.figures import period
from services.alerts.figures.period import AlertFigures, Durations, PeriodFigures, RuleFigures
from services.errors import Invalid, NotFound
from tests.alert_samples import Told, ended_unseen, make_alert, on_day, store
from tests.people import People

FIRST, LAST = date(2076, 1, 6), date(2076, 2, 5)


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


def whole(
    site: Site, first: date = FIRST, last: date = LAST, *, role: Role = Role.CLINICIAN, day: float = 40
) -> PeriodFigures:
    scope = Scope(site_ids=frozenset({site.id}), roles=((site.id, role.value),))
    return period.of_period(site.id, first, last, scope, now=on_day(day))


def of_site(site: Site, first: date = FIRST, last: date = LAST) -> list[AlertFigures]:
    return whole(site, first, last).figures


def depth(site: Site, role: Role = Role.CLINICIAN) -> tuple[list[AlertFigures], list[RuleFigures]]:
    found = whole(site, role=role)
    return found.waits, found.rules


def keep(site: Site, *made: Alert) -> None:
    store(*(replace(one, site_id=site.id, episode=place) for place, one in enumerate(made, 1)))


def counts(one: AlertFigures) -> tuple[int, ...]:
    looked, unseen, bulk = one.looked_at_within_30_days, one.ended_unseen, one.closed_in_bulk
    return one.opened, looked, unseen, bulk, one.came_back, one.returned_worse


def test_each_figure_is_counted_where_it_belongs(site: Site) -> None:
    bulk = End(EndedHow.DISMISSED, on_day(9), "clinician", "known", in_bulk=True)
    keep(
        site,
        make_alert(),
        make_alert(State.OPENING),
        make_alert(State.ACKNOWLEDGED, counts={"acknowledgement_expired": 2, "snooze_ended": 1}),
        make_alert(State.ENDED, Told(level=Level.URGENT), counts={"worse": 1, "higher_level": 1}),
        make_alert(State.ENDED, end=bulk, counts={"came_on_again": 1, "new_rule": 1}),
        make_alert(State.ENDED, first_seen_at=on_day(1) + timedelta(days=31)),
        ended_unseen(),
    )
    found = {figures.level: figures for figures in of_site(site)}
    assert counts(found[None]) == (6, 3, 1, 1, 3, 3)
    assert counts(found[Level.URGENT]) == (1, 1, 0, 0, 0, 2)
    assert found[Level.INFORM].ended_unseen == 1


def test_an_alert_that_ended_unseen_stays_counted_when_it_is_reopened(site: Site) -> None:
    keep(site, replace(ended_unseen(), state=State.OPEN, end=None, glance_until=None))
    assert of_site(site)[0].ended_unseen == 1


def test_a_period_is_of_days_on_the_sites_clock(site: Site) -> None:
    """Berlin is an hour ahead of the days that the samples count in."""
    keep(site, make_alert(opened_at=on_day(0.6)), make_alert(opened_at=on_day(0.63)))
    assert of_site(site)[0].opened == 1
    assert of_site(site, date(2076, 1, 5), date(2076, 1, 5))[0].opened == 1


def test_what_is_out_of_reach_or_no_period_is_refused(site: Site, people: People) -> None:
    with pytest.raises(NotFound):
        period.of_period(people.site().id, FIRST, LAST, Scope(site_ids=frozenset({site.id})), now=on_day(1))
    for first, last in ((LAST, FIRST), (date(2070, 1, 1), LAST)):
        with pytest.raises(Invalid):
            of_site(site, first, last)


def message(alert: Alert, minutes: int, state: MessageState) -> None:
    at = alert.opened_at + timedelta(minutes=minutes)
    made = Message(
        key=new_id(),
        public_id=new_id(),
        site_id=alert.site_id,
        channel="email",
        recipient="somebody",
        kind=MessageKind.RAISED,
        created_at=alert.opened_at,
        due_at=alert.opened_at,
        alert_ids=(alert.public_id,),
        state=state,
        first_attempt_at=at,
        finished_at=at,
    )
    assert messages.insert(made)


def test_how_long_alerts_waited_by_level_and_topic(site: Site) -> None:
    closed, waiting = make_alert(State.ENDED), make_alert()
    keep(site, closed, waiting, ended_unseen(), make_alert(told=Told(Topic.SPEECH, Level.URGENT)))
    message(closed, 3, MessageState.DEAD)
    message(closed, 5, MessageState.DELIVERED)
    message(closed, 9, MessageState.DELIVERED)
    waits, _ = depth(site)
    assert [(wait.level, wait.topic, wait.opened) for wait in waits] == [
        (Level.URGENT, "speech", 1),
        (Level.SOON, "decline", 2),
        (Level.INFORM, "decline", 1),
    ]
    hours = 4 * 3600.0
    assert waits[1].first_attempt == Durations(1, 180, 180)
    assert waits[1].delivery == Durations(1, 300, 300)
    assert waits[1].first_action == waits[1].closing == Durations(1, hours, hours)
    assert waits[1].acknowledgement == waits[1].closing, "who ends it has taken it on"
    assert waits[2].closing is None, "it ended by itself"
    assert waits[0].first_attempt is None


@pytest.mark.parametrize(
    ("worth", "not_worth", "doubtful"), [(4, 6, True), (5, 5, False), (0, 9, False), (0, 10, True)]
)
def test_a_rule_that_people_doubt_is_named(site: Site, worth: int, not_worth: int, doubtful: bool) -> None:
    said = [True] * worth + [False] * not_worth + [None]
    ends = (End(EndedHow.RESOLVED, on_day(2), "clinician", "called", worth_a_look=answer) for answer in said)
    keep(site, *(make_alert(State.ENDED, end=end) for end in ends))
    _, (rule,) = depth(site)
    asked = worth + not_worth
    assert rule == RuleFigures("fast_decline", "1", asked + 1, asked, worth, doubtful)


def test_topics_and_rules_are_for_who_reads_the_alerts(site: Site) -> None:
    keep(site, make_alert())
    assert depth(site, Role.ADMIN) == ([], [])
    assert whole(site, role=Role.ADMIN).figures[0].opened == 1


def test_nine_of_ten_are_within_the_longer_time() -> None:
    made = [(make_alert(), on_day(1) + timedelta(seconds=n)) for n in range(1, 11)]
    assert period._durations(made) == Durations(10, 5, 9)


def test_times_count_from_when_the_report_had_come(site: Site) -> None:
    late = make_alert(State.ENDED)
    keep(site, replace(late, reported_at=late.opened_at - timedelta(hours=2)))
    hours = 6 * 3600.0
    assert depth(site)[0][0].closing == Durations(1, hours, hours)


def test_a_comment_is_an_act_and_no_acknowledgement(site: Site) -> None:
    commented = actions.seen(make_alert(), "clinician", on_day(1) + timedelta(hours=1))
    taken_on = actions.dealt_with(commented, "clinician", on_day(1) + timedelta(hours=3))
    again = actions.dealt_with(taken_on, "clinician", on_day(9))
    keep(site, commented, replace(again, state=State.ACKNOWLEDGED))
    all_levels = of_site(site)[0]
    assert all_levels.first_action == Durations(2, 3600, 3600)
    assert all_levels.acknowledgement == Durations(1, 3 * 3600, 3 * 3600), "the first time counts"


def test_what_is_overdue_now_has_not_ended_and_its_time_has_passed(site: Site) -> None:
    due, asleep = make_alert(), make_alert(State.SNOOZED, until=on_day(7.5))
    keep(site, due, asleep, replace(make_alert(State.ENDED), due_at=on_day(2)))
    assert due.due_at > on_day(7) + timedelta(hours=1)
    assert whole(site, day=7).figures[0].overdue_now == 0
    assert whole(site, day=7.6).figures[0].overdue_now == 1, "the snooze is over: it is due"
    assert whole(site, day=40).figures[0].overdue_now == 2


def enrol(site: Site, at: datetime) -> None:
    patients.create(NewPatient(site.id, "Synthetic", site.zone), by=by_itself("system"), now=at)


def test_alerts_are_counted_for_each_month_that_a_patient_was_followed(site: Site) -> None:
    keep(site, make_alert(), make_alert())
    assert of_site(site)[0].per_patient_month is None, "nobody was followed"
    assert whole(site).patient_months == 0
    enrol(site, on_day(-10))
    january = whole(site, date(2076, 1, 1), date(2076, 1, 31), day=100)
    assert january.patient_months == 1
    assert january.figures[0].per_patient_month == 2
    assert january.is_over
    assert not whole(site, date(2076, 1, 1), date(2076, 1, 31), day=3).is_over
