"""Figures month by month: each alert in its month by the site's clock, what is overdue now, doubted rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from models.alerts.alert import Alert, End, EndedHow, State
from models.sites.sites import Site
from models.store.scope import Scope
from scoring.decline import Level
from services.access.actor import Role
from services.alerts.figures import months, period
from services.alerts.figures.months import MonthlyFigures
from services.errors import Invalid, NotFound
from tests.alert_samples import Told, ended_unseen, make_alert, on_day, store
from tests.people import People

NOW = datetime(2076, 3, 20, 12, tzinfo=UTC)


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


def keep(site: Site, *made: Alert) -> None:
    store(*(replace(one, site_id=site.id, episode=place) for place, one in enumerate(made, 1)))


def monthly(
    site: Site, since: date | None = None, until: date | None = None, role: Role = Role.CLINICIAN
) -> MonthlyFigures:
    scope = Scope(site_ids=frozenset({site.id}), roles=((site.id, role.value),))
    return months.of_months(site.id, since, until, scope, now=NOW)


def opened_at(month: int, day: int, hour: int = 12) -> Alert:
    return make_alert(opened_at=datetime(2076, month, day, hour, tzinfo=UTC))


def test_each_alert_is_counted_in_its_month_by_the_sites_clock(site: Site) -> None:
    """At 23:30 UTC on the last of January it is February in Berlin."""
    keep(site, opened_at(1, 31, 22), opened_at(1, 31, 23), opened_at(3, 1))
    found = monthly(site)
    assert [(month.since, month.figures[0].opened) for month in found.months] == [
        *((date(2075, 10, 1), 0), (date(2075, 11, 1), 0), (date(2075, 12, 1), 0)),
        *((date(2076, 1, 1), 1), (date(2076, 2, 1), 1), (date(2076, 3, 1), 1)),
    ]
    assert [month.is_over for month in found.months] == [True] * 5 + [False]
    assert found.as_of == NOW


def test_a_month_says_the_same_as_the_period_of_its_days(site: Site, people: People) -> None:
    people.patient(site)
    keep(site, opened_at(2, 3), make_alert(State.ENDED, opened_at=datetime(2076, 2, 5, tzinfo=UTC)))
    (february,) = monthly(site, date(2076, 2, 1), date(2076, 2, 29)).months
    scope = Scope(site_ids=frozenset({site.id}), roles=((site.id, "clinician"),))
    days = date(2076, 2, 1), date(2076, 2, 29)
    assert february == period.of_period(site.id, *days, scope, now=NOW)
    assert february.waits[0].topic == "decline"


def test_what_is_overdue_now_is_counted_whenever_it_was_opened(site: Site) -> None:
    keep(
        site,
        make_alert(opened_at=datetime(2070, 1, 1, tzinfo=UTC)),
        make_alert(told=Told(level=Level.URGENT), opened_at=datetime(2076, 3, 20, 11, tzinfo=UTC)),
        make_alert(State.ENDED),
        ended_unseen(),
    )
    present = {figures.level: (figures.current, figures.overdue) for figures in monthly(site).present}
    assert present == {None: (2, 1), Level.INFORM: (0, 0), Level.SOON: (1, 1), Level.URGENT: (1, 0)}


def test_a_rule_is_named_by_what_was_said_in_all_months_together(site: Site) -> None:
    said = [make_alert(State.ENDED, opened_at=datetime(2076, 1 + n % 2, 5, tzinfo=UTC)) for n in range(10)]
    not_worth = End(EndedHow.DISMISSED, on_day(60), "clinician", "known", worth_a_look=False)
    keep(site, *(replace(alert, end=not_worth) for alert in said))
    found = monthly(site)
    assert not any(rule.doubtful for month in found.months for rule in month.rules), "five a month are few"
    assert [rule.rule for rule in found.doubtful] == ["fast_decline"]


def test_topics_and_rules_are_for_who_reads_the_alerts(site: Site) -> None:
    keep(site, opened_at(3, 1))
    found = monthly(site, role=Role.ADMIN)
    assert found.rules == []
    assert all(not month.waits and not month.rules for month in found.months)
    assert found.months[-1].figures[0].opened == 1


def test_months_that_cannot_be_are_refused(site: Site, people: People) -> None:
    for since, until in ((date(2076, 2, 1), date(2076, 1, 31)), (date(2074, 1, 1), date(2076, 1, 1))):
        with pytest.raises(Invalid):
            monthly(site, since, until)
    assert len(monthly(site, date(2074, 2, 1), date(2076, 1, 1)).months) == months.MOST_MONTHS
    with pytest.raises(NotFound):
        months.of_months(people.site().id, None, None, Scope(site_ids=frozenset({site.id})), now=NOW)
