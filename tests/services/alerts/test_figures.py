"""Figures of a site's alerts: looked at in time, ended unseen, closed in bulk, came back, returned worse."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.alerts.alert import Alert, End, EndedHow, State
from models.sites.sites import Site
from models.store.scope import Scope
from scoring.decline import Level
from services.alerts import figures
from services.alerts.figures import AlertFigures
from services.errors import Invalid, NotFound
from tests.alert_samples import Told, ended_unseen, make_alert, on_day, store
from tests.people import People

FIRST, LAST = date(2076, 1, 6), date(2076, 2, 5)


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


def of_site(site: Site, first: date = FIRST, last: date = LAST) -> list[AlertFigures]:
    return figures.of_site(site.id, first, last, Scope(site_ids=frozenset({site.id})))


def keep(site: Site, *made: Alert) -> None:
    store(*(replace(one, site_id=site.id, episode=place) for place, one in enumerate(made, 1)))


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
    found = {one.level: one for one in of_site(site)}
    assert found[None] == AlertFigures(
        level=None,
        opened=6,
        looked_at_within_30_days=3,
        ended_unseen=1,
        closed_in_bulk=1,
        came_back=3,
        returned_worse=3,
    )
    assert found[Level.URGENT] == AlertFigures(Level.URGENT, 1, 1, 0, 0, 0, 2)
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
        figures.of_site(people.site().id, FIRST, LAST, Scope(site_ids=frozenset({site.id})))
    for first, last in ((LAST, FIRST), (date(2070, 1, 1), LAST)):
        with pytest.raises(Invalid):
            of_site(site, first, last)
