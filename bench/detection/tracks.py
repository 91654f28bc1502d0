"""One simulated patient through the real rules: what was raised when, and what was stated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from bench.detection.patients import Answered, Patient
from scoring import instruments
from scoring.decline import Level, Memory, Policy, Profile, Report, Topic, advance, begin
from scoring.decline.alsfrs.pace import measure_pace
from scoring.decline.alsfrs.points import ALSFRS_R, CUTTING, CUTTING_A, CUTTING_B, ITEMS
from scoring.decline.alsfrs.series import Series
from scoring.decline.memory.measures import WEIGHT, WEIGHT_ITEM
from scoring.decline.rules.acceleration import is_known_fast, shift_of

START = date(2024, 1, 1)
TRAJECTORY_RULES = ("fast_decline", "confirmed_drop", "acceleration", "domain_drop", "domain_slope")
QUICK_LOSS = "weight_quick_loss"
TOPICS = (Topic.DECLINE, Topic.ACCELERATION, Topic.DOMAIN)
FAST = 1.11


@dataclass(frozen=True, slots=True)
class Alert:
    """A topic's flag was raised, or its level rose; `excused` if the patient truly loses more than 1.11."""

    day: int
    topic: Topic
    excused: bool
    level: Level = Level.INFORM


@dataclass(frozen=True, slots=True)
class Stated:
    """What was stated on a day: the chances of a change and of fast loss; if a change could be raised.

    `shift` is how far the limit is moved by the pace, in log odds; `own` whether the report is of the
    respondent whose reports carry the series, for only those clear.
    """

    day: int
    arrived: int
    changed: float
    open_to: bool
    fast: float | None
    shift: float = 0.0
    own: bool = True


class StatedLoss(NamedTuple):
    """The loss that a flag stated, points a month: its range, and the truth; `at_end` of the scale."""

    rule: str
    low: float
    now: float
    high: float
    true: float
    at_end: bool


@dataclass(frozen=True, slots=True)
class Track:
    """A patient's year as the rules saw it."""

    patient: Patient
    raised: dict[str, tuple[int, ...]]
    alerts: tuple[Alert, ...]
    stated: tuple[Stated, ...]
    losses: tuple[StatedLoss, ...] = ()


def follow(patient: Patient, policy: Policy) -> Track:
    """Run the real rules report by report; alerts count from the day a report arrived."""
    memory, profile = begin(), Profile(report_interval_days=28)
    raised: dict[str, list[int]] = {name: [] for name in TRAJECTORY_RULES}
    alerts: list[Alert] = []
    stated: list[Stated] = []
    losses: list[StatedLoss] = []
    highest: dict[Topic, int] = {}
    for place, answered in enumerate(patient.reports):
        report = report_of(place, answered)
        before, memory = memory, advance(memory, report, profile, policy)
        fast = patient.loss_on(answered.day) > FAST and not patient.changed_on(answered.day)
        for name in TRAJECTORY_RULES:
            state = memory.states.get(name)
            excused = name == "fast_decline" and fast
            if state is not None and state.raised_by == report.id and not excused:
                raised[name].append(answered.arrived)
        alerts.extend(_alerts(memory, highest, answered, fast))
        stated.append(_stated(before, memory, answered, policy))
        losses.extend(_losses(memory, patient.loss_on(answered.day)))
    days = {name: tuple(own) for name, own in raised.items()}
    return Track(patient, days, tuple(alerts), tuple(stated), tuple(losses))


@dataclass(frozen=True, slots=True)
class Weighed:
    """Days on which weight was raised, or its level rose; `quick` those on which quick loss was raised."""

    alerts: tuple[int, ...]
    quick: tuple[int, ...]


def follow_weights(weights: Iterable[tuple[int, int]], policy: Policy) -> Weighed:
    """Run the real weight rules over days and grams; they read nothing of the ALSFRS-R, nor it of them.

    Neither a weight at diagnosis nor the height is known: the first weight is the reference.
    """
    memory, highest = begin(), dict[Topic, int]()
    alerts, quick = [], []
    for place, (day, grams) in enumerate(weights):
        report = weight_report(place, day, grams)
        memory = advance(memory, report, Profile(), policy)
        if risen(memory, highest, (Topic.WEIGHT,)):
            alerts.append(day)
        state = memory.states.get(QUICK_LOSS)
        if state is not None and state.raised_by == report.id:
            quick.append(day)
    return Weighed(tuple(alerts), tuple(quick))


def _alerts(memory: Memory, highest: dict[Topic, int], answered: Answered, fast: bool) -> Sequence[Alert]:
    found = []
    for topic in risen(memory, highest, TOPICS):
        excused = fast and topic is Topic.DECLINE and "fast_decline" in memory.states
        found.append(Alert(answered.arrived, topic, excused, memory.topics[topic].level))
    return found


def risen(memory: Memory, highest: dict[Topic, int], topics: Iterable[Topic]) -> list[Topic]:
    """Topics newly on or at a higher level than before in their episode; `highest` is brought up to date."""
    found = []
    for topic in topics:
        now = memory.topics.get(topic)
        level = now.level.rank + 1 if now is not None and now.on else 0
        if level > highest.get(topic, 0):
            found.append(topic)
        highest[topic] = max(level, highest.get(topic, 0)) if level else 0
    return found


def _losses(memory: Memory, true: float) -> Iterable[StatedLoss]:
    at_end = memory.trend is not None and memory.trend.total_at_floor
    for rule in ("acceleration", "fast_decline"):
        state = memory.states.get(rule)
        if state is not None:
            low, now, high = (float(state.numbers[name]) for name in ("loss_low", "loss_now", "loss_high"))
            yield StatedLoss(rule, low, now, high, true, at_end)


def _stated(before: Memory, memory: Memory, answered: Answered, policy: Policy) -> Stated:
    limits, trend = policy.limits, memory.trend
    last = memory.points[-1]
    pace = measure_pace(Series(memory.points), last, trend, limits) if trend is not None else None
    measured = pace is not None and pace.measured and trend is not None and not trend.too_early
    return Stated(
        day=answered.day,
        arrived=answered.arrived,
        changed=pace.chance if pace is not None else 0.0,
        open_to=measured and trend is not None and not is_known_fast(before, trend, limits.primary),
        fast=trend.probability if trend is not None and trend.measured else None,
        shift=shift_of(pace, limits.acceleration) if measured and pace is not None else 0.0,
        own=trend is not None and answered.rater == trend.rater,
    )


def report_of(place: int, answered: Answered) -> Report:
    """The report as the service would pass it on."""
    cutting = CUTTING_B if answered.form == "b" else CUTTING_A
    keys = (cutting if item == CUTTING else key for item, key in enumerate(ITEMS))
    answers = dict(zip(keys, answered.codes, strict=True))
    return _report(f"{place:03d}", answered.day, ALSFRS_R, answers, answered.rater)


def weight_report(place: int, day: int, grams: int) -> Report:
    """A weight as the service would pass it on."""
    return _report(f"w{place:03d}", day, WEIGHT, {WEIGHT_ITEM: grams}, "patient")


def _report(id: str, day: int, instrument: str, answers: Mapping[str, int], rater: str) -> Report:
    on = START + timedelta(days=day)
    return Report(
        id=id,
        observed_at=datetime.combine(on, time(9), tzinfo=UTC),
        observed_on=on,
        instrument=instrument,
        respondent=rater,
        answers=answers,
        score=instruments.score(instruments.get(instrument), answers),
    )
