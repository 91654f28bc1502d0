"""What an evaluation says of each topic, and whether it is news to those who deal with its alert.

News is measured against the alert's baseline, which was set when it was opened, at each news, and when a
person dealt with it: a higher level, a rule that was not among its marks, a mark worse by the rule's own step
(`scoring.decline.is_worse`), a new occurrence of a safety answer, what came on again. Being still met is not,
nor is what goes off and on again within `FLICKER` of being dealt with, below urgent, unless the clock has
ended a `soon`. Pure functions.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from models.alerts.alert import Alert, Because, EndedHow, Grounds, Mark, NotFollowed, State
from models.store.base import milliseconds
from scoring import decline
from scoring.decline import Level, Topic
from scoring.decline.policy import NEVER_MUTED
from services.alerts.terms import SAFETY

FLICKER = timedelta(days=84)
"""Our choice: so long what was dealt with may go off and come on again without being news."""

POLICY = "policy"
"""What ends an alert by a mute."""


@dataclass(frozen=True, slots=True)
class News:
    """What became known by one report, in the form of an evaluation's `news`.

    Attributes:
        flag: as it stood then; None when it stands now.
        occurrence: a new occurrence of a safety answer.
        met_before: when the condition was met last, as of the entry before.
    """

    rule: str
    level: Level
    report_id: str
    observed_at: datetime
    mark: Mark
    flag: Mapping[str, Any] | None = None
    occurrence: bool = False
    met_before: datetime | None = None

    @property
    def key(self) -> str:
        """What an alert remembers of it."""
        return self._key_at(self.level)

    def is_told(self, told: Container[str]) -> bool:
        """Return whether an alert that remembers this has been told of it, at its level or a higher one."""
        return any(self._key_at(level) in told for level in Level if level.rank >= self.level.rank)

    def _key_at(self, level: Level) -> str:
        return f"{self.rule}:{self.report_id}:{level.value}"


@dataclass(frozen=True, slots=True)
class Signal:
    """One rule that is on, or was for a while."""

    rule: str
    level: Level
    mark: Mark


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an evaluation says of one topic.

    Attributes:
        flag: standing now; None when the topic is off.
        grounds: of the latest episode in the history as now known; None when there never was one.
        cleared_at: when that one ended.
        news: what became known since the entry before.
        not_followed: why the patient is not followed any more.
        muted_until: the last day of a mute of the topic.
        events: rules whose alerts never pass, of all that the history as now known ever brought on; None: not
            said.
    """

    flag: Mapping[str, Any] | None = None
    grounds: Grounds | None = None
    cleared_at: datetime | None = None
    news: tuple[News, ...] = ()
    not_followed: NotFollowed | None = None
    muted_until: date | None = None
    events: frozenset[str] | None = None

    def happened(self, rule_id: str) -> bool:
        """Return whether the history as now known has an event of this rule."""
        return not decline.passes(rule_id) and (self.events is None or rule_id in self.events)

    @property
    def standing(self) -> dict[str, Signal]:
        """The rules that are on, by id."""
        if self.flag is None:
            return {}
        signals = (self.flag, *self.flag["further"])
        return {
            signal["rule"]: Signal(signal["rule"], Level(signal["level"]), signal["mark"])
            for signal in signals
        }


NEVER_RAISED = Verdict()


def verdicts_of(evaluation: Mapping[str, Any], today: date) -> dict[str, Verdict]:
    """Return what an evaluation says of each topic it names, as of a day.

    Args:
        evaluation: in the form of `Evaluation.as_dict`, with `news`, `mutes` and `not_followed` where there
            is something to say.
        today: decides which mutes run.
    """
    flags = {flag["topic"]: flag for flag in evaluation["flags"]}
    news: dict[str, list[News]] = {}
    for item in evaluation.get("news", ()):
        news.setdefault(item["topic"], []).append(_news(item))
    mutes, events = _mutes(evaluation, today), evaluation.get("events")
    return {
        topic: Verdict(
            flag=flags.get(topic),
            grounds=_grounds(topic, flags.get(topic), evaluation["topics"].get(topic)),
            cleared_at=_cleared_at(evaluation["topics"].get(topic)),
            news=tuple(news.get(topic, ())),
            muted_until=mutes.get(topic),
            events=None if events is None else frozenset(events.get(topic, ())),
        )
        for topic in {**evaluation["topics"], **news, **mutes}
    }


def decisive(evaluation: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of an evaluation decides about alerts, by topic; news and circumstances apart.

    Two evaluations that are equal in it, the later with no mark that may be news (`marks.may_be_worse`),
    leave every alert as it is but for its evidence: which report met the condition last, how bad it is, and
    the numbers of a sentence. Those are read from the head of the ledger where an alert is shown or dealt
    with (`services.alerts.current`).
    """
    flags = {flag["topic"]: flag for flag in evaluation["flags"]}
    return {
        topic: (
            [state[name] for name in ("on", "level", "raised_by", "raised_at", "cleared_at")],
            None if topic not in flags else _decisive_flag(topic, flags[topic]),
            evaluation.get("events", {}).get(topic, []),
        )
        for topic, state in evaluation["topics"].items()
    }


def _decisive_flag(topic: str, flag: Mapping[str, Any]) -> tuple[Any, ...]:
    signals = [(signal["rule"], signal["level"]) for signal in (flag, *flag["further"])]
    occurrences = _occurrences(flag) if topic in SAFETY else ()
    return signals, flag["restricted"], flag["data_query"], occurrences


def not_followed(evaluation: Mapping[str, Any]) -> NotFollowed | None:
    """Return why the patient of an evaluation is not followed any more."""
    why = evaluation.get("not_followed")
    return None if why is None else NotFollowed(why)


def reason_to_raise(alert: Alert, verdict: Verdict, now: datetime) -> Because | None:
    """Return why an alert, or a new episode after it, is to be put before people; None when it is not."""
    was_muted = alert.end is not None and alert.end.by == POLICY
    if was_muted and verdict.flag is not None and verdict.muted_until is None:
        return Because.MUTE_ENDED
    base, signals = alert.baseline, list(signals_of(alert, verdict))
    if any(signal.level.rank > base.level.rank for signal in signals):
        return Because.HIGHER_LEVEL
    if alert.topic in SAFETY and not occurrences_of(alert, verdict) <= set(base.occurrences):
        return Because.NEW_OCCURRENCE
    if any(signal.rule not in base.marks for signal in signals):
        return Because.NEW_RULE
    if any(decline.is_worse(signal.rule, base.marks[signal.rule], signal.mark) for signal in signals):
        return Because.WORSE
    return Because.CAME_ON_AGAIN if _came_on_again(alert, verdict, now) else None


def signals_of(alert: Alert | None, verdict: Verdict) -> Iterator[Signal]:
    """Yield what is on, and what became known that the alert has not been told of."""
    yield from verdict.standing.values()
    for item in untold(alert, verdict):
        yield Signal(item.rule, item.level, item.mark)


def untold(alert: Alert | None, verdict: Verdict) -> list[News]:
    """Return the news that the alert has not been told of."""
    return [item for item in verdict.news if alert is None or not item.is_told(alert.told)]


def evidence_of(alert: Alert | None, verdict: Verdict) -> tuple[Mapping[str, Any], Grounds] | None:
    """Return the flag that stands, or else the most severe that came and went, with what it rests on."""
    if verdict.flag is not None and verdict.grounds is not None:
        return verdict.flag, verdict.grounds
    told = [item for item in untold(alert, verdict) if item.flag is not None]
    one = max(told, key=lambda item: (item.level.rank, item.observed_at), default=None)
    if one is None or one.flag is None:
        return None
    occurrences = (one.report_id,) if one.occurrence else ()
    return one.flag, Grounds(one.report_id, one.observed_at, one.report_id, one.observed_at, occurrences)


def flag_of(alert: Alert | None, verdict: Verdict) -> Mapping[str, Any] | None:
    """Return the flag of `evidence_of`."""
    evidence = evidence_of(alert, verdict)
    return None if evidence is None else evidence[0]


def occurrences_of(alert: Alert | None, verdict: Verdict) -> set[str]:
    """Return the reports that told of a safety answer, as far as this evaluation names them."""
    named = set() if verdict.grounds is None else set(verdict.grounds.occurrences)
    return named | {item.report_id for item in untold(alert, verdict) if item.occurrence}


def _came_on_again(alert: Alert, verdict: Verdict, now: datetime) -> bool:
    """Whether what had gone off is on again, and is urgent or was not dealt with lately."""
    again = [signal.level for rule, signal in verdict.standing.items() if rule not in alert.standing]
    again += [
        item.level
        for item in untold(alert, verdict)
        if item.flag is not None or item.rule not in alert.standing or item.observed_at > _met_at(alert, item)
    ]
    if not again:
        return False
    if not alert.baseline.dealt_with:
        return alert.state is State.ENDED  # else it is before people as it is
    if alert.end is not None and alert.end.how is EndedHow.AGED and Level.SOON in again:
        return True  # no person has ended it
    return Level.URGENT in again or now - alert.baseline.at > FLICKER


def _met_at(alert: Alert, one: News) -> datetime:
    """When the condition was met last: the alert's own grounds stand still while nothing else changes."""
    met_at = alert.grounds.met_at
    return met_at if one.met_before is None else max(met_at, one.met_before)


def _news(told: Mapping[str, Any]) -> News:
    return News(
        rule=told["rule"],
        level=Level(told["level"]),
        report_id=told["report_id"],
        observed_at=_moment(told["observed_at"]),
        mark=told["mark"],
        flag=told.get("flag"),
        occurrence=bool(told.get("occurrence")),
        met_before=_moment(told["met_before"]) if told.get("met_before") else None,
    )


def _grounds(topic: str, flag: Mapping[str, Any] | None, state: Mapping[str, Any] | None) -> Grounds | None:
    if state is None:
        return None
    return Grounds(
        began_by=state["raised_by"],
        began_at=_moment(state["raised_at"]),
        met_by=state["met_by"],
        met_at=_moment(state["met_at"]),
        occurrences=_occurrences(flag) if flag is not None and topic in SAFETY else (),
    )


def _cleared_at(state: Mapping[str, Any] | None) -> datetime | None:
    return None if state is None or state["cleared_at"] is None else _moment(state["cleared_at"])


def _occurrences(flag: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(report for signal in (flag, *flag["further"]) for report in signal["evidence"])


def _mutes(evaluation: Mapping[str, Any], today: date) -> dict[str, date]:
    running: dict[str, date] = {}
    for mute in evaluation.get("mutes", ()):
        begin, end = date.fromisoformat(mute["starts_on"]), date.fromisoformat(mute["ends_on"])
        if begin <= today <= end and mute["topic"] not in NEVER_MUTED:
            running[mute["topic"]] = max(end, running.get(mute["topic"], end))
    return running


def _moment(text: str) -> datetime:
    return milliseconds(datetime.fromisoformat(text))


OUTLIVES = frozenset({Topic.DATA_QUERY.value})
"""A question about the answers outlives the patient."""
