"""How a site's alerts fare: how soon people were told and acted, what ended unseen, came back, is overdue.

Counted are the alerts that were opened in a period. The ending is what is counted: an alert that ended unseen
stays counted when it is reopened, and one that came back is counted each time. Times count from when the
report that opened the alert had come.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.alerts import figures
from models.alerts.alert import CURRENT, Because, EndedHow
from models.alerts.figures import CountedAlert
from models.outbox import told
from models.outbox.told import FirstTold
from models.patients import patient_lists
from models.sites import sites
from models.store.scope import Scope
from scoring.decline import Level
from services.access.actor import Role
from services.alerts.figures.patient_months import Followed, months_of
from services.alerts.moves import ENDED_UNSEEN
from services.errors import not_found, wrong
from services.zones import zone_or_utc

IN_TIME = timedelta(days=30)
LONGEST = timedelta(days=366)
FEWEST_ASKED = 10
"""Our choice: of fewer alerts it is not said that their rule is doubtful."""
CAME_BACK = (Because.ACKNOWLEDGEMENT_EXPIRED, Because.SNOOZE_ENDED)
GOT_WORSE = (Because.WORSE, Because.HIGHER_LEVEL, Because.NEW_RULE)
BY_PEOPLE = (EndedHow.RESOLVED, EndedHow.DISMISSED)


@dataclass(frozen=True, slots=True)
class Durations:
    """How long something took, of those alerts where it has happened.

    Attributes:
        count: in how many it has.
        half_within: seconds within which it happened in half of them (the median).
        most_within: seconds within which it happened in nine of ten.
    """

    count: int
    half_within: float
    most_within: float


@dataclass(frozen=True, slots=True)
class AlertFigures:
    """Figures of the alerts of one level and topic that were opened in a period.

    Attributes:
        level: None for all levels together.
        topic: None for all topics together.
        per_patient_month: how many were opened for each month that a patient was followed; None without any.
        looked_at_within_30_days: a person acted on it within 30 days of its opening.
        came_back: how often an acknowledgement or a snooze ran out.
        returned_worse: how often one that was before people or had been dealt with was raised again, or
            opened anew, because of a higher level, another rule or something worse.
        overdue_now: how many have not ended and are past their due time at this moment.
        first_attempt: from the report until the first attempt to tell somebody.
        delivery: until the first message was delivered.
        first_action: until a person acted on it for the first time, by a comment too.
        acknowledgement: until a person acknowledged, snoozed or ended it for the first time.
        closing: until a person ended it.
    """

    level: Level | None
    topic: str | None
    opened: int
    per_patient_month: float | None
    looked_at_within_30_days: int
    ended_unseen: int
    closed_in_bulk: int
    came_back: int
    returned_worse: int
    overdue_now: int
    first_attempt: Durations | None
    delivery: Durations | None
    first_action: Durations | None
    acknowledgement: Durations | None
    closing: Durations | None


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """What people thought of the alerts that a version of a rule raised.

    Attributes:
        asked: in how many somebody said whether it was worth a look.
        doubtful: in more than half of them it was not, and `FEWEST_ASKED` or more were asked.
    """

    rule: str
    rule_version: str
    opened: int
    asked: int
    worth_a_look: int
    doubtful: bool


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """Figures of the alerts that a site opened from one local day to another, both inclusive.

    Attributes:
        is_over: no more alerts will be opened in it.
        patient_months: for how many months patients were followed, all patients together, as yet.
        figures: all levels together, then each; all topics together.
        waits: each level and topic that there was, for those who read the alerts.
        rules: each version of a rule that there was, for those who read the alerts.
    """

    since: date
    until: date
    is_over: bool
    patient_months: float
    figures: list[AlertFigures]
    waits: list[AlertFigures]
    rules: list[RuleFigures]


@dataclass(frozen=True, slots=True)
class Site:
    """A site whose figures are asked for, and what of it every period needs.

    Attributes:
        reads_alerts: topics and rules are told, to those only who read the alerts.
        followed: from when to when each patient was followed.
    """

    id: str
    zone: ZoneInfo
    reads_alerts: bool
    followed: tuple[Followed, ...]
    now: datetime

    def span(self, first: date, last: date) -> tuple[datetime, datetime]:
        """Return when these local days begin, and when they are over."""
        begin, end = (datetime.combine(day, time(), self.zone) for day in (first, last + timedelta(days=1)))
        return begin, end


@dataclass(frozen=True, slots=True)
class Counted:
    """The alerts of a period, and when people were told of them."""

    alerts: list[CountedAlert]
    told: Mapping[str, FirstTold]
    patient_months: float
    now: datetime


def of_period(site_id: str, first: date, last: date, scope: Scope, *, now: datetime) -> PeriodFigures:
    """Return the figures of the alerts that a site opened from one local day to another, inclusive.

    Raises:
        NotFound: no such site within reach.
        Invalid: the period is not possible.
    """
    site = site_within(site_id, scope, now)
    if last < first:
        raise wrong("?until", "ends_before_start", "Must not be before `since`.")
    if last - first > LONGEST:
        raise wrong("?until", "too_long", f"A period has at most {LONGEST.days} days.")
    alerts = opened(site, first, last)
    return of_alerts(site, first, last, alerts, told.first_of(alert.public_id for alert in alerts))


def site_within(site_id: str, scope: Scope, now: datetime) -> Site:
    """Return a site for its figures.

    Raises:
        NotFound: no such site within reach.
    """
    found = sites.read(site_id) if scope.covers_site(site_id) else None
    if found is None:
        raise not_found("site")
    reads_alerts = scope.role_at(site_id) == Role.CLINICIAN
    followed = tuple(Followed(*span) for span in patient_lists.followed_spans(site_id))
    return Site(site_id, zone_or_utc(found.zone), reads_alerts, followed, now)


def opened(site: Site, first: date, last: date) -> list[CountedAlert]:
    """Return what is counted of the alerts that the site opened in these local days."""
    return list(figures.opened_between(site.id, *site.span(first, last)))


def of_alerts(
    site: Site, first: date, last: date, alerts: list[CountedAlert], told_of: Mapping[str, FirstTold]
) -> PeriodFigures:
    """Return the figures of the alerts that were opened in a period, and of which was told so."""
    patient_months = months_of(site.followed, *site.span(first, last), now=site.now)
    counted = Counted(alerts, told_of, patient_months, site.now)
    return PeriodFigures(
        since=first,
        until=last,
        is_over=site.span(first, last)[1] <= site.now,
        patient_months=round(patient_months, 3),
        figures=[_figures(counted, level) for level in (None, *Level)],
        waits=_by_topic(counted) if site.reads_alerts else [],
        rules=by_rule(alerts) if site.reads_alerts else [],
    )


def by_rule(alerts: Iterable[CountedAlert]) -> list[RuleFigures]:
    """Return what was thought of each version of a rule that raised one of these alerts."""
    found: dict[tuple[str, str], list[CountedAlert]] = {}
    for alert in alerts:
        rule = str(alert.flag.get("rule", "")), str(alert.flag.get("rule_version", ""))
        found.setdefault(rule, []).append(alert)
    return [_of_rule(rule, found[rule]) for rule in sorted(found)]


def is_overdue(alert: CountedAlert, now: datetime) -> bool:
    """Return whether an alert has not ended and is past its due time, as a list shows it."""
    woke = alert.until is not None and alert.until <= now
    return alert.state in CURRENT and (woke or alert.due_at <= now)


def _by_topic(counted: Counted) -> list[AlertFigures]:
    groups = {(alert.level, alert.topic) for alert in counted.alerts}
    ordered = sorted(groups, key=lambda key: (-key[0].rank, key[1]))
    return [_figures(counted, level, topic) for level, topic in ordered]


def _figures(counted: Counted, level: Level | None, topic: str | None = None) -> AlertFigures:
    alerts = [
        alert for alert in counted.alerts if level in {None, alert.level} and topic in {None, alert.topic}
    ]
    months, first = counted.patient_months, counted.told
    return AlertFigures(
        level=level,
        topic=topic,
        opened=len(alerts),
        per_patient_month=round(len(alerts) / months, 3) if months else None,
        looked_at_within_30_days=sum(map(_looked_at_in_time, alerts)),
        ended_unseen=sum(alert.counts.get(ENDED_UNSEEN, 0) > 0 for alert in alerts),
        closed_in_bulk=sum(alert.end is not None and alert.end.in_bulk for alert in alerts),
        came_back=sum(alert.counts.get(word.value, 0) for alert in alerts for word in CAME_BACK),
        returned_worse=sum(alert.counts.get(word.value, 0) for alert in alerts for word in GOT_WORSE),
        overdue_now=sum(is_overdue(alert, counted.now) for alert in alerts),
        first_attempt=_durations((alert, first[alert.public_id].attempt_at) for alert in alerts),
        delivery=_durations((alert, first[alert.public_id].delivered_at) for alert in alerts),
        first_action=_durations((alert, alert.first_seen_at) for alert in alerts),
        acknowledgement=_durations((alert, alert.acknowledged_at) for alert in alerts),
        closing=_durations((alert, _closed_at(alert)) for alert in alerts),
    )


def _closed_at(alert: CountedAlert) -> datetime | None:
    return alert.end.at if alert.end is not None and alert.end.how in BY_PEOPLE else None


def _durations(happened: Iterable[tuple[CountedAlert, datetime | None]]) -> Durations | None:
    spent = sorted(
        max((at - (alert.reported_at or alert.opened_at)).total_seconds(), 0.0)
        for alert, at in happened
        if at is not None
    )
    if not spent:
        return None
    return Durations(len(spent), _within(spent, 0.5), _within(spent, 0.9))


def _within(spent: list[float], share: float) -> float:
    return spent[max(math.ceil(len(spent) * share), 1) - 1]


def _of_rule(rule: tuple[str, str], alerts: list[CountedAlert]) -> RuleFigures:
    said = [alert.end.worth_a_look for alert in alerts if alert.end and alert.end.worth_a_look is not None]
    worth = sum(said)
    doubtful = len(said) >= FEWEST_ASKED and worth * 2 < len(said)
    return RuleFigures(*rule, opened=len(alerts), asked=len(said), worth_a_look=worth, doubtful=doubtful)


def _looked_at_in_time(alert: CountedAlert) -> bool:
    return alert.first_seen_at is not None and alert.first_seen_at - alert.opened_at <= IN_TIME
