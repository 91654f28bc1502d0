"""What an alert rests on and the figure of the course does not show.

A form that was refused or is kept aside, or a report that a later one of the same day has replaced: the rules
read it or it was told beside them, the figure follows the reports that count. Beside a row that looks full
this has to be said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scoring.decline import Topic
from services.patients.shapes import Series
from services.reports.safety.answers import Concern

DOMAIN_OF: Mapping[str, str] = {
    Topic.RESPIRATORY: "respiratory",
    Topic.VENTILATION: "respiratory",
    Topic.SPEECH: "bulbar",
    Topic.SWALLOWING: "bulbar",
    Topic.WALKING: "gross_motor",
}
"""The row of the figure that a topic is about."""
REFUSED = frozenset(f"{what}_refused" for what in Concern)
QUARANTINED = frozenset(f"{what}_quarantined" for what in Concern)


@dataclass(frozen=True, slots=True)
class Outside:
    """Something told of by a form that is not in the figure.

    Attributes:
        signal: what was told, in the form of `scoring.decline.Signal.as_dict`.
        domain: the row of the figure that it is about; None where it is about none.
    """

    signal: Mapping[str, Any]
    domain: str | None

    @property
    def at(self) -> datetime:
        """When the form was answered; of one that was refused or is kept aside, when it was received."""
        return datetime.fromisoformat(self.signal["raised_at"])


def outside_of(series: Series, flags: Iterable[Mapping[str, Any]]) -> tuple[Outside, ...]:
    """Return what stands and rests on no report of the figure; of each form what is gravest."""
    drawn = {point.report_id for point in series.totals}
    known = {record.id: record.latest.content.observed_on for record in series.reports}
    found: dict[str, Outside] = {}
    for flag in flags:
        domain = DOMAIN_OF.get(flag["topic"])
        for signal in (flag, *flag.get("further", ())):
            form = str(signal["raised_by"])
            day = known.get(form)
            beside = signal["rule"] in REFUSED | QUARANTINED
            replaced = (
                domain is not None and form not in drawn and day is not None and day >= series.starts_on
            )
            if beside or replaced:
                found.setdefault(form, Outside(signal, domain))
    return tuple(found.values())
