"""How a site's alerts fare: how many were looked at in time, ended unseen, were closed in bulk, came back.

Counted for the alerts that were opened in a period, by level. The ending is what is counted: an alert that
ended unseen stays counted when it is reopened, and one that came back is counted each time.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from models.alerts import figures
from models.alerts.alert import Because, EndedHow
from models.alerts.figures import CountedAlert
from models.outbox import messages
from models.outbox.message import MessageState
from models.sites import sites
from models.store.scope import Scope
from scoring.decline import Level
from services.access.actor import Role
from services.alerts.moves import ENDED_UNSEEN
from services.errors import not_found, wrong
from services.zones import zone_or_utc

IN_TIME = timedelta(days=30)
LONGEST = timedelta(days=366)
FEWEST_ASKED = 10
"""Our choice: of fewer alerts it is not said that their rule is doubtful."""
CAME_BACK = (Because.ACKNOWLEDGEMENT_EXPIRED, Because.SNOOZE_ENDED)
GOT_WORSE = (Because.WORSE, Because.HIGHER_LEVEL, Because.NEW_RULE)


@dataclass(frozen=True, slots=True)
class AlertFigures:
    """Figures of the alerts of one level that were opened in a period.

    Attributes:
        level: None for all levels together.
        looked_at_within_30_days: a person acted on it within 30 days of its opening.
        came_back: how often an acknowledgement or a snooze ran out.
        returned_worse: how often one that was before people or had been dealt with was raised again, or
            opened anew, because of a higher level, another rule or something worse.
    """

    level: Level | None
    opened: int
    looked_at_within_30_days: int
    ended_unseen: int
    closed_in_bulk: int
    came_back: int
    returned_worse: int


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
class Waits:
    """How long the alerts of one level and topic waited, each counted from its opening.

    Attributes:
        first_attempt: until the first attempt to tell somebody.
        delivery: until the first message was delivered.
        first_action: until a person acted on it for the first time, by acknowledging it or otherwise.
        closing: until a person ended it.
    """

    level: Level
    topic: str
    opened: int
    first_attempt: Durations | None
    delivery: Durations | None
    first_action: Durations | None
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


def opened(site_id: str, first: date, last: date, scope: Scope) -> list[CountedAlert]:
    """Return what is counted of the alerts that a site opened from one local day to another, inclusive.

    Raises:
        NotFound: no such site within reach.
        Invalid: the period is not possible.
    """
    site = sites.read(site_id) if scope.covers_site(site_id) else None
    if site is None:
        raise not_found("site")
    if last < first:
        raise wrong("?until", "ends_before_start", "Must not be before `since`.")
    if last - first > LONGEST:
        raise wrong("?until", "too_long", f"A period has at most {LONGEST.days} days.")
    zone = zone_or_utc(site.zone)
    begin, end = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    return list(figures.opened_between(site_id, begin, end))


def by_level(counted: list[CountedAlert]) -> list[AlertFigures]:
    """Return the figures of these alerts: all levels together, then each."""
    return [_figures(None, counted)] + [
        _figures(level, [one for one in counted if one.level is level]) for level in Level
    ]


def in_depth(
    counted: list[CountedAlert], site_id: str, scope: Scope
) -> tuple[list[Waits], list[RuleFigures]]:
    """Return how long the alerts of a site waited, by level and topic, and what was thought of each rule's.

    Topics and rules are for those who read the alerts: for anybody else both are empty.
    """
    if scope.role_at(site_id) != Role.CLINICIAN:
        return [], []
    told = _told(counted)
    groups = sorted({(one.level, one.topic) for one in counted}, key=lambda key: (-key[0].rank, key[1]))
    waits = [_waits(key, [one for one in counted if (one.level, one.topic) == key], told) for key in groups]
    versions = sorted({_rule_of(one) for one in counted})
    return waits, [_of_rule(rule, [one for one in counted if _rule_of(one) == rule]) for rule in versions]


def _told(counted: Iterable[CountedAlert]) -> dict[str, tuple[datetime | None, datetime | None]]:
    """By alert, when the first attempt to tell of it was made, and when the first message was delivered."""
    attempts: dict[str, list[datetime]] = defaultdict(list)
    delivered: dict[str, list[datetime]] = defaultdict(list)
    ids = [one.public_id for one in counted]
    for message in messages.of_alerts(ids):
        for alert_id in message.alert_ids:
            attempts[alert_id] += filter(None, (message.first_attempt_at,))
            if message.state is MessageState.DELIVERED:
                delivered[alert_id] += filter(None, (message.finished_at,))
    return {one: (min(attempts[one], default=None), min(delivered[one], default=None)) for one in ids}


def _waits(
    key: tuple[Level, str],
    alerts: list[CountedAlert],
    told: Mapping[str, tuple[datetime | None, datetime | None]],
) -> Waits:
    by_people = (EndedHow.RESOLVED, EndedHow.DISMISSED)
    ends = ((one, one.end.at if one.end and one.end.how in by_people else None) for one in alerts)
    return Waits(
        *key,
        opened=len(alerts),
        first_attempt=_durations((one, told[one.public_id][0]) for one in alerts),
        delivery=_durations((one, told[one.public_id][1]) for one in alerts),
        first_action=_durations((one, one.first_seen_at) for one in alerts),
        closing=_durations(ends),
    )


def _durations(happened: Iterable[tuple[CountedAlert, datetime | None]]) -> Durations | None:
    spent = sorted((at - one.opened_at).total_seconds() for one, at in happened if at is not None)
    if not spent:
        return None
    return Durations(len(spent), _within(spent, 0.5), _within(spent, 0.9))


def _within(spent: list[float], share: float) -> float:
    return spent[max(math.ceil(len(spent) * share), 1) - 1]


def _rule_of(alert: CountedAlert) -> tuple[str, str]:
    return str(alert.flag.get("rule", "")), str(alert.flag.get("rule_version", ""))


def _of_rule(rule: tuple[str, str], alerts: list[CountedAlert]) -> RuleFigures:
    said = [one.end.worth_a_look for one in alerts if one.end and one.end.worth_a_look is not None]
    worth = sum(said)
    doubtful = len(said) >= FEWEST_ASKED and worth * 2 < len(said)
    return RuleFigures(*rule, opened=len(alerts), asked=len(said), worth_a_look=worth, doubtful=doubtful)


def _figures(level: Level | None, alerts: Iterable[CountedAlert]) -> AlertFigures:
    alerts = list(alerts)
    return AlertFigures(
        level=level,
        opened=len(alerts),
        looked_at_within_30_days=sum(map(_looked_at_in_time, alerts)),
        ended_unseen=sum(one.counts.get(ENDED_UNSEEN, 0) > 0 for one in alerts),
        closed_in_bulk=sum(one.end is not None and one.end.in_bulk for one in alerts),
        came_back=sum(one.counts.get(word.value, 0) for one in alerts for word in CAME_BACK),
        returned_worse=sum(one.counts.get(word.value, 0) for one in alerts for word in GOT_WORSE),
    )


def _looked_at_in_time(alert: CountedAlert) -> bool:
    return alert.first_seen_at is not None and alert.first_seen_at - alert.opened_at <= IN_TIME
