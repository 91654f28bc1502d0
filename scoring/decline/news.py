"""What became known: what a report brought on, told also when it has passed by now.

A flag tells what stands. Where several reports are evaluated at once, or one comes late, something may have
come on and passed in between; the alert desk has to hear of that too. Each event is told, and each state that
asks for a look on the same day; other states are told as flags while they stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from scoring.decline.flags import Flag, Kind, Mark, Topic
from scoring.decline.memory.states import ReportRef, RuleState
from scoring.decline.reports import Level
from scoring.decline.rule import Rule


class CameOn(NamedTuple):
    """A rule that a report brought on, or to a higher level.

    Attributes:
        state: of the rule after that report; `states` those of all rules.
    """

    rule: Rule
    report: ReportRef
    state: RuleState
    states: Mapping[str, RuleState]

    @property
    def key(self) -> tuple[str, str]:
        """The same in another evaluation of the same reports."""
        return (self.rule.id, self.report.id)


@dataclass(frozen=True, slots=True)
class News:
    """What became known by a report that no evaluation before had read.

    Attributes:
        flag: as it stood after that report; None where it stands among the flags now.
        occurrence: another occurrence of what never clears by itself, a safety answer.
    """

    topic: Topic
    rule: str
    level: Level
    report: ReportRef
    mark: Mark
    flag: Flag | None
    occurrence: bool

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "topic": self.topic.value,
            "rule": self.rule,
            "level": self.level.value,
            "report_id": self.report.id,
            "observed_at": self.report.observed_at.isoformat(),
            "mark": dict(self.mark),
            "flag": self.flag and self.flag.as_dict(),
            "occurrence": self.occurrence,
        }


def is_news(rule: Rule, before: RuleState | None, after: RuleState | None, report: ReportRef) -> bool:
    """Whether a report brought on what has to be told even when it passes: an event, or an urgent state."""
    if rule.remark or after is None or after.met_by != report.id:
        return False
    if rule.passes and after.level is not Level.URGENT:
        return False
    # What the fold keeps for a stated time happens anew with each report that meets it.
    return before is None or after.level.rank > before.level.rank or rule.kind is Kind.EVENT
