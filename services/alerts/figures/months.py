"""A site's figures month by month, what is overdue at this moment, and which rules people doubt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.alerts import figures
from models.outbox import told
from models.store.scope import Scope
from scoring.decline import Level
from services.alerts.figures import period
from services.alerts.figures.period import PeriodFigures, RuleFigures
from services.errors import wrong

USUAL_MONTHS = 6
MOST_MONTHS = 24


@dataclass(frozen=True, slots=True)
class PresentAlerts:
    """How many alerts of one level have not ended, and how many of them are overdue.

    Attributes:
        level: None for all levels together.
    """

    level: Level | None
    current: int
    overdue: int


@dataclass(frozen=True, slots=True)
class MonthlyFigures:
    """Figures month by month.

    Attributes:
        as_of: when they were counted.
        present: what has not ended now, whenever it was opened: all levels together, then each.
        months: the earliest first; the last may not be over.
        rules: of all these months together, for those who read the alerts.
    """

    as_of: datetime
    present: list[PresentAlerts]
    months: list[PeriodFigures]
    rules: list[RuleFigures]

    @property
    def doubtful(self) -> list[RuleFigures]:
        """The rules that people doubt: more than half of their alerts were not worth a look."""
        return [rule for rule in self.rules if rule.doubtful]


def of_months(
    site_id: str, since: date | None, until: date | None, scope: Scope, *, now: datetime
) -> MonthlyFigures:
    """Return a site's figures from one month to another, both inclusive, by the site's clock.

    Args:
        site_id: the site.
        since: a day of the first month; None: so that there are `USUAL_MONTHS`.
        until: a day of the last month; None: the present one.
        scope: the reader's reach.
        now: the present moment.

    Raises:
        NotFound: no such site within reach.
        Invalid: the period is not possible.
    """
    site = period.site_within(site_id, scope, now)
    last = (until or now.astimezone(site.zone).date()).replace(day=1)
    first = _months_later(last, 1 - USUAL_MONTHS) if since is None else since.replace(day=1)
    if last < first:
        raise wrong("?until", "ends_before_start", "Must not be before `since`.")
    if last >= _months_later(first, MOST_MONTHS):
        raise wrong("?until", "too_long", f"At most {MOST_MONTHS} months.")
    days = list(_days(first, last))
    alerts = period.opened(site, days[0][0], days[-1][1])
    told_of = told.first_of(alert.public_id for alert in alerts)
    by_day = [(alert, alert.opened_at.astimezone(site.zone).date()) for alert in alerts]
    return MonthlyFigures(
        as_of=now,
        present=_present(site_id, now),
        months=[
            period.of_alerts(site, begin, end, [alert for alert, on in by_day if begin <= on <= end], told_of)
            for begin, end in days
        ],
        rules=period.by_rule(alerts) if site.reads_alerts else [],
    )


def _present(site_id: str, now: datetime) -> list[PresentAlerts]:
    current = list(figures.current_of(site_id))
    by_level = {
        level: [alert for alert in current if level in {None, alert.level}] for level in (None, *Level)
    }
    return [
        PresentAlerts(level, len(alerts), sum(period.is_overdue(alert, now) for alert in alerts))
        for level, alerts in by_level.items()
    ]


def _days(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The first and the last day of each month."""
    while first <= last:
        following = _months_later(first, 1)
        yield first, following - timedelta(days=1)
        first = following


def _months_later(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)
