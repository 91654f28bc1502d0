"""What lies on the desk: items and visits, when everything is dealt with after three days.

An item is an alert that is put before a person: opened, risen in level while it lay there, or returned after
it was dealt with. Returns follow the marks of the rules: a higher level, a rule that was not on, a mark worse
by the rule's own step, or the same again more than 84 days after it was dealt with, at once if urgent. What
has passed before anybody looked is gone. A visit is a day with at least one item of a patient. Silence is
another matter and is not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bench.detection.patients import DAYS, Patient
from bench.detection.tracks import report_of
from scoring.decline import (
    Flag,
    Level,
    Mark,
    Policy,
    Profile,
    Signal,
    Topic,
    advance,
    begin,
    conclude,
    is_worse,
    passes,
)

DEALT_AFTER, QUIET_DAYS = 3, 84
LEVELS = tuple(Level)


class Item(NamedTuple):
    """An alert put before a person: the day, the topic, the level, the most severe rule, and why."""

    day: int
    topic: Topic
    level: Level
    rule: str
    because: str
    headline: str


@dataclass(slots=True)
class _Lying:
    """A topic's latest alert: open until it is dealt with; marks by rule; the rules that were on last."""

    since: int
    level: Level
    marks: dict[str, Mark]
    on: set[str]
    dealt_at: int | None = None


@dataclass(slots=True)
class Desk:
    """One patient's alerts over time."""

    items: list[Item] = field(default_factory=list)
    _lying: dict[Topic, _Lying] = field(default_factory=dict)

    def look(self, day: int, flags: Iterable[Flag]) -> None:
        """Bring the desk in step with the flags that stand after a report that arrived on this day."""
        by_topic = {flag.topic: flag for flag in flags}
        for topic in {*by_topic, *self._lying}:
            self._deal(topic, day)
            self._follow(topic, day, by_topic.get(topic))

    def _deal(self, topic: Topic, day: int) -> None:
        lying = self._lying.get(topic)
        if lying is not None and lying.dealt_at is None and day >= lying.since + DEALT_AFTER:
            lying.dealt_at = lying.since + DEALT_AFTER

    def _follow(self, topic: Topic, day: int, flag: Flag | None) -> None:
        lying = self._lying.get(topic)
        signals = () if flag is None else (flag, *flag.further)
        if lying is None:
            if flag is not None:
                self._put(day, flag, "opened", {})
            return
        if lying.dealt_at is None:
            self._while_open(day, lying, flag, signals)
            return
        because = _news(lying, signals, day)
        if because and flag is not None:
            self._put(day, flag, because, lying.marks)
        else:
            lying.on = {signal.rule for signal in signals}

    def _while_open(self, day: int, lying: _Lying, flag: Flag | None, signals: Sequence[Signal]) -> None:
        if flag is None:
            if lying.level is Level.INFORM and all(passes(rule) for rule in lying.on):
                self._lying = {topic: other for topic, other in self._lying.items() if other is not lying}
            return
        if flag.level.rank > lying.level.rank:
            lying.level = flag.level
            self.items.append(_item(day, flag, "risen"))
        lying.marks |= {signal.rule: signal.mark for signal in signals}
        lying.on = {signal.rule for signal in signals}

    def _put(self, day: int, flag: Flag, because: str, marks: dict[str, Mark]) -> None:
        self.items.append(_item(day, flag, because))
        signals = (flag, *flag.further)
        marks = {**marks, **{signal.rule: signal.mark for signal in signals}}
        self._lying[flag.topic] = _Lying(day, flag.level, marks, {signal.rule for signal in signals})


def _item(day: int, flag: Flag, because: str) -> Item:
    return Item(day, flag.topic, flag.level, flag.rule, because, flag.headline)


def _news(lying: _Lying, signals: Sequence[Signal], day: int) -> str:
    """Why an alert that was dealt with is put before somebody again; empty when it is not."""
    for signal in signals:
        if signal.level.rank > lying.level.rank:
            return "higher level"
        if signal.rule not in lying.marks:
            return "new rule"
        if is_worse(signal.rule, lying.marks[signal.rule], signal.mark):
            return "worse"
        late = signal.level is Level.URGENT or day - (lying.dealt_at or day) > QUIET_DAYS
        if signal.rule not in lying.on and late:
            return "came on again"
    return ""


def desk_year(patient: Patient, policy: Policy, profile: Profile | None = None) -> list[Item]:
    """Everything that is put before a person in the year of one patient."""
    memory, desk, profile = begin(), Desk(), profile or Profile()
    for place, answered in enumerate(patient.reports):
        memory = advance(memory, report_of(place, answered), profile, policy)
        desk.look(answered.arrived, conclude(memory, profile, policy).flags)
    return desk.items


class Load(NamedTuple):
    """Items and visits a patient-year; items by topic, by level, by rule and by reason."""

    patients: int
    items: float
    visits: float
    by_topic: dict[str, float]
    by_level: dict[str, float]
    by_rule: dict[str, float]
    by_reason: dict[str, float]


def load_of(years: Sequence[Sequence[Item]]) -> Load:
    """The load of these patients' years."""
    share = 365.25 / DAYS / len(years)
    items = [item for year in years for item in year]
    visits = sum(len({item.day for item in year}) for year in years)

    def counted(keys: Iterable[str]) -> dict[str, float]:
        return {key: count * share for key, count in Counter(keys).most_common()}

    return Load(
        patients=len(years),
        items=len(items) * share,
        visits=visits * share,
        by_topic=counted(item.topic.value for item in items),
        by_level=counted(item.level.value for item in items),
        by_rule=counted(f"{item.rule}, {item.level}" for item in items),
        by_reason=counted(item.because for item in items),
    )
