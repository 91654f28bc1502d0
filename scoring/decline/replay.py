"""What another policy would have done to stored histories: which flags open, close, come earlier or later.

Reads histories and changes nothing. Each patient is folded twice; the episodes of each topic are laid side
by side and matched where they overlap in time. Times are those of observation, so late reports count from
the day they were answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from scoring.decline.evaluation import topics_of
from scoring.decline.flags import Topic
from scoring.decline.fold import advance, begin
from scoring.decline.memory.states import TopicState
from scoring.decline.policy import Policy
from scoring.decline.reports import Level, Profile, Report

OPEN_END = datetime.max.replace(tzinfo=UTC)


class Change(StrEnum):
    """What becomes of an episode under the other policy."""

    OPENED = "opened"
    DROPPED = "dropped"
    EARLIER = "earlier"
    LATER = "later"
    LEVEL = "level"
    CLOSED_EARLIER = "closed_earlier"
    CLOSED_LATER = "closed_later"


@dataclass(frozen=True, slots=True)
class History:
    """A patient's reports in any order, and the profile."""

    reports: Sequence[Report]
    profile: Profile = field(default_factory=Profile)


@dataclass(frozen=True, slots=True)
class Episode:
    """One stretch of time in which a topic was on; `level` is the highest it reached."""

    topic: Topic
    level: Level
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "topic": self.topic.value,
            "level": self.level.value,
            "opened_by": self.opened_by,
            "opened_at": self.opened_at.isoformat(),
            "closed_at": self.closed_at and self.closed_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """One change for one patient; `days` tells how much earlier or later, always positive."""

    patient: str
    topic: Topic
    change: Change
    before: Episode | None
    after: Episode | None
    days: int = 0

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "patient": self.patient,
            "topic": self.topic.value,
            "change": self.change.value,
            "before": self.before and self.before.as_dict(),
            "after": self.after and self.after.as_dict(),
            "days": self.days,
        }


@dataclass(frozen=True, slots=True)
class Replay:
    """The comparison of two policies.

    Attributes:
        load_before: episodes opened in each ISO week ("2026-W07") under the first policy.
        load_after: the same under the second.
        topics_before: episodes opened on each topic under the first policy.
    """

    differences: tuple[Difference, ...]
    patients: int
    load_before: Mapping[str, int]
    load_after: Mapping[str, int]
    topics_before: Mapping[str, int] = field(default_factory=dict)

    @property
    def totals(self) -> dict[str, int]:
        """Number of differences of each kind, kinds that do not occur included."""
        counted = Counter(difference.change for difference in self.differences)
        return {change.value: counted[change] for change in Change}

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "patients": self.patients,
            "totals": self.totals,
            "load_before": dict(self.load_before),
            "load_after": dict(self.load_after),
            "differences": [difference.as_dict() for difference in self.differences],
        }


def replay(histories: Mapping[str, History], policy_before: Policy, policy_after: Policy) -> Replay:
    """Compare two policies over stored histories, by patient id."""
    return compared(
        {
            patient: (episodes(history, policy_before), episodes(history, policy_after))
            for patient, history in histories.items()
        }
    )


def compared(found: Mapping[str, tuple[Sequence[Episode], Sequence[Episode]]]) -> Replay:
    """Lay the episodes of each patient, before and after, side by side."""
    differences: list[Difference] = []
    load_before: Counter[str] = Counter()
    load_after: Counter[str] = Counter()
    topics_before: Counter[str] = Counter()
    for patient, (before, after) in found.items():
        load_before.update(_weeks(before))
        topics_before.update(episode.topic.value for episode in before)
        load_after.update(_weeks(after))
        differences.extend(compare(patient, before, after))
    return Replay(
        differences=tuple(differences),
        patients=len(found),
        load_before=dict(sorted(load_before.items())),
        load_after=dict(sorted(load_after.items())),
        topics_before=dict(sorted(topics_before.items())),
    )


def episodes(history: History, policy: Policy) -> list[Episode]:
    """Every episode of every topic, in the order in which they opened."""
    memory = begin()
    running: dict[Topic, Episode] = {}
    past: list[Episode] = []
    for report in sorted(history.reports, key=lambda one: one.key):
        memory = advance(memory, report, history.profile, policy)
        for topic, now in memory.topics.items():
            past.extend(_follow(running, topic, now))
    for topic, now in topics_of(memory, history.profile).items():
        past.extend(_follow(running, topic, now))
    return sorted([*past, *running.values()], key=lambda one: (one.opened_at, one.topic))


def _follow(running: dict[Topic, Episode], topic: Topic, now: TopicState) -> Iterable[Episode]:
    """Bring a topic's running episode up to date; give back the one that has ended."""
    old = running.pop(topic, None)
    if now.on:
        same = old is not None and old.opened_by == now.raised_by
        level = max(now.level, old.level, key=lambda one: one.rank) if same and old else now.level
        running[topic] = Episode(topic, level, now.raised_by, now.raised_at)
        return () if same or old is None else (replace(old, closed_at=now.raised_at),)
    return () if old is None else (replace(old, closed_at=now.cleared_at),)


def compare(patient: str, before: Iterable[Episode], after: Iterable[Episode]) -> list[Difference]:
    """Match episodes of one topic that overlap, and tell how the matched ones differ."""
    left = list(after)
    found: list[Difference] = []
    for old in before:
        new = next(
            (episode for episode in left if episode.topic is old.topic and _overlap(episode, old)), None
        )
        if new is None:
            found.append(Difference(patient, old.topic, Change.DROPPED, old, None))
            continue
        left.remove(new)
        found.extend(
            Difference(patient, old.topic, change, old, new, days) for change, days in _changes(old, new)
        )
    found.extend(Difference(patient, new.topic, Change.OPENED, None, new) for new in left)
    return found


def _overlap(one: Episode, other: Episode) -> bool:
    return one.opened_at <= (other.closed_at or OPEN_END) and other.opened_at <= (one.closed_at or OPEN_END)


def _changes(old: Episode, new: Episode) -> Iterable[tuple[Change, int]]:
    if new.opened_at != old.opened_at:
        earlier = new.opened_at < old.opened_at
        yield (Change.EARLIER if earlier else Change.LATER, _days(new.opened_at, old.opened_at))
    if new.level is not old.level:
        yield (Change.LEVEL, 0)
    if new.closed_at != old.closed_at:
        new_end, old_end = new.closed_at or OPEN_END, old.closed_at or OPEN_END
        known = new.closed_at is not None and old.closed_at is not None
        change = Change.CLOSED_EARLIER if new_end < old_end else Change.CLOSED_LATER
        yield (change, _days(new_end, old_end) if known else 0)


def _days(one: datetime, other: datetime) -> int:
    return abs((one.date() - other.date()).days)


def _weeks(opened: Iterable[Episode]) -> Iterable[str]:
    for episode in opened:
        year, week, _ = episode.opened_at.isocalendar()
        yield f"{year}-W{week:02d}"
