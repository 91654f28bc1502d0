"""Counting: false alerts a patient-year, changes found in time, delays, load, with intervals.

A false alert is one raised before the change (or at any time, where there is none), at most one in 84 days; a
change is found when something is raised within so many weeks after it. Only patients who lose less than 1.2
points a month before the change are scored; the faster ones are the primary rule's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from bench.detection.patients import DAYS, Patient
from bench.detection.tracks import Track
from scoring.decline import Policy, Topic
from scoring.decline.rules.acceleration import moved

APART = 84
WEEKS = (8, 12, 16)
ALL, WITHOUT_DOMAINS = "all trajectory rules", "all but the domain rules"
Raised = Callable[[Track], Sequence[int]]
Alerted = tuple[Sequence[Track], Raised]


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the operating table; intervals are 95 %.

    Attributes:
        rate: false alerts a patient-year, at most one in 84 days; `raw_rate` without that limit.
        found: share of the changes found within 8, 12 and 16 weeks.
        hits: for each changing patient whether found within 12 weeks, for paired comparisons.
        per_week: alerts of any kind in a week, per 200 patients of any pace.
    """

    patients: int
    changes: int
    rate: float
    rate_low: float
    rate_high: float
    raw_rate: float
    found: tuple[float, float, float]
    found_low: float
    found_high: float
    delay_weeks: float | None
    per_week: float
    hits: tuple[bool, ...]


def measure(tracks: Sequence[Track], raised: Raised) -> Measured:
    """Count what `raised` gives for every patient."""
    scored = [track for track in tracks if track.patient.scored]
    years = math.fsum(track.patient.years_before for track in scored)
    counts = [false_alerts(track.patient, raised(track)) for track in scored]
    raw = sum(sum(before(track.patient, day) for day in raised(track)) for track in scored)
    delays = [delay(track.patient, raised(track)) for track in scored if track.patient.changes_on is not None]
    rate = sum(counts) / years
    margin = 1.96 * math.sqrt(_variance(counts) * len(counts)) / years
    within = tuple(sum(delay <= 7 * weeks for delay in delays) / len(delays) for weeks in WEEKS)
    low, high = wilson(within[1], len(delays))
    seen = [delay / 7 for delay in delays if delay <= 7 * 16]
    return Measured(
        patients=len(scored),
        changes=len(delays),
        rate=rate,
        rate_low=max(0.0, rate - margin),
        rate_high=rate + margin,
        raw_rate=raw / years,
        found=(within[0], within[1], within[2]),
        found_low=low,
        found_high=high,
        delay_weeks=median(seen) if seen else None,
        per_week=200 * sum(len(raised(track)) for track in tracks) / len(tracks) / (DAYS / 7),
        hits=tuple(delay <= 7 * 12 for delay in delays),
    )


def plain(row: Measured) -> dict[str, Any]:
    """What JSON holds of a line."""
    bare = replace(row, hits=())
    return {name: getattr(bare, name) for name in Measured.__dataclass_fields__ if name != "hits"}


def wilson(share: float, count: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    square = 1.96**2 / count
    middle = (share + square / 2) / (1 + square)
    margin = math.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square)
    return middle - margin, middle + margin


def before(patient: Patient, day: int) -> bool:
    """Whether a flag on this day is false."""
    return patient.changes_on is None or day < patient.changes_on


def false_alerts(patient: Patient, days: Iterable[int]) -> int:
    """Flags before the change, at most one in 84 days."""
    count, last = 0, -APART
    for day in sorted(days):
        if before(patient, day) and day - last >= APART:
            count, last = count + 1, day
    return count


def delay(patient: Patient, days: Iterable[int]) -> float:
    """Days from the change to the first flag raised after it; infinite without one."""
    start = patient.changes_on or 0.0
    return min((day - start for day in days if day >= start), default=math.inf)


def paired_difference(one: Sequence[bool], other: Sequence[bool]) -> tuple[float, float, float]:
    """Difference of the shares found on the same patients, with its 95 % interval."""
    pairs = [int(a) - int(b) for a, b in zip(one, other, strict=True)]
    mean = sum(pairs) / len(pairs)
    margin = 1.96 * math.sqrt(_variance(pairs) / len(pairs))
    return mean, mean - margin, mean + margin


def paired_rates(one: Alerted, other: Alerted) -> tuple[float, float, float]:
    """How many more false alerts a patient-year the other gives, same patients, with its 95 % interval."""
    counts, others = (
        [false_alerts(track.patient, raised(track)) for track in tracks if track.patient.scored]
        for tracks, raised in (one, other)
    )
    years = math.fsum(track.patient.years_before for track in one[0] if track.patient.scored)
    pairs = [b - a for a, b in zip(counts, others, strict=True)]
    mean, margin = sum(pairs) / years, 1.96 * math.sqrt(_variance(pairs) * len(pairs)) / years
    return mean, mean - margin, mean + margin


def false_rate(tracks: Sequence[Track], raised: Raised) -> float:
    """False alerts a patient-year, at most one in 84 days."""
    scored = [track for track in tracks if track.patient.scored]
    years = math.fsum(track.patient.years_before for track in scored)
    return sum(false_alerts(track.patient, raised(track)) for track in scored) / years


def _variance(numbers: Sequence[float]) -> float:
    mean = sum(numbers) / len(numbers)
    return sum((number - mean) ** 2 for number in numbers) / max(1, len(numbers) - 1)


def crossings(points: Sequence[tuple[int, float]], limit: float) -> list[int]:
    """Days on which a statistic comes to its limit from below."""
    days, was_on = [], False
    for day, value in points:
        if value >= limit and not was_on:
            days.append(day)
        was_on = value >= limit
    return days


def replayed(track: Track, limit: float, clear_share: float, clear_reports: int = 2) -> list[int]:
    """Days on which the acceleration rule would have been raised with another base limit."""
    days: list[int] = []
    is_on, low = False, set[int]()
    for stated in track.stated:
        own = moved(limit, stated.shift)
        if stated.open_to and stated.changed >= own:
            if not is_on:
                days.append(stated.arrived)
            is_on, low = True, set()
        elif is_on and stated.own:
            low = low | {stated.day} if stated.changed < own * clear_share else set()
            is_on = len(low) < clear_reports
    return days


def all_alerts(track: Track) -> Sequence[int]:
    """All trajectory rules together."""
    return [alert.day for alert in track.alerts if not alert.excused]


def with_limit(track: Track, limit: float) -> Sequence[int]:
    """All alerts as they would be with another limit of the acceleration rule."""
    clear_share = Policy().limits.acceleration.clear_share
    others = [
        alert.day for alert in track.alerts if not alert.excused and alert.topic is not Topic.ACCELERATION
    ]
    return [*others, *replayed(track, limit, clear_share)]
