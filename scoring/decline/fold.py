"""The fold: one report at a time, in the order they were observed, into the memory that later reports need.

`read` adds one report to what is remembered, says what it brought on, and costs the same whatever the length
of the history; `history.evaluate` folds a whole history. Both lead to the same evaluation. A late, corrected
or voided report is the caller's to put in its place: evaluate the history anew. Rules are read here in their
order; what they say is in `rules/`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import NamedTuple

from scoring.decline.alsfrs.pace import measure_pace
from scoring.decline.alsfrs.points import ALSFRS_R, Point, insert, lacks_more, point_of, replaceable
from scoring.decline.alsfrs.series import Series, unanswered_items
from scoring.decline.alsfrs.staging import own_before
from scoring.decline.alsfrs.trend import loss_since_onset, measure_trend
from scoring.decline.flags import Topic
from scoring.decline.limits import Limits
from scoring.decline.memory.day import DayStart, Visit
from scoring.decline.memory.measures import WEIGHT, WEIGHT_ITEM
from scoring.decline.memory.memory import HISTORY_DAYS, MAX_CLOCKS, MAX_POINTS, Memory, asked_before
from scoring.decline.memory.recall import recall, remember, with_doubt
from scoring.decline.memory.states import ReportRef, RuleState, TopicState
from scoring.decline.news import CameOn, is_news
from scoring.decline.policy import Policy
from scoring.decline.reports import Profile, Report
from scoring.decline.rule import Rule, RuleInput
from scoring.decline.rules import BY_ID, BY_INSTRUMENT
from scoring.decline.rules.doubt import SURPRISE
from scoring.decline.rules.plausibility import AFTER_DEATH
from scoring.decline.rules.times import CLOCK_SHIFTED, TIME_RULES
from scoring.decline.step import step

EVERY_REPORT_RULES = tuple(rule for rule in BY_INSTRUMENT[ALSFRS_R] if rule.every_report)
DAY_RULES = tuple(rule for rule in BY_INSTRUMENT[ALSFRS_R] if not rule.every_report)
DAY_RULE_IDS = frozenset(rule.id for rule in DAY_RULES)
DAY_TOPICS = frozenset(rule.topic for rule in DAY_RULES)


class OutOfOrder(ValueError):
    """A report observed before the last one folded in: evaluate the history anew."""


def begin() -> Memory:
    """The memory before the first report."""
    return Memory()


class Read(NamedTuple):
    """What is remembered after a report, and what that report brought on."""

    memory: Memory
    came_on: tuple[CameOn, ...]


def advance(memory: Memory, report: Report, profile: Profile, policy: Policy) -> Memory:
    """Fold one more report in.

    Raises:
        OutOfOrder: it was observed before the last one folded in.
    """
    return read(memory, report, profile, policy).memory


def read(memory: Memory, report: Report, profile: Profile, policy: Policy) -> Read:
    """Fold one more report in, and tell what it brought on.

    Raises:
        OutOfOrder: it was observed before the last one folded in.
    """
    if memory.last_key is not None and report.key < memory.last_key:
        raise OutOfOrder("a report observed earlier than the last one: evaluate the history anew")
    run = _Run(profile, policy, policy.on(report.observed_on))
    if profile.died_on is not None and report.observed_on > profile.died_on:
        memory = run.after_death(memory, report)
    elif report.instrument == ALSFRS_R:
        memory = run.function(memory, report)
    elif report.instrument in BY_INSTRUMENT:
        memory = run.other(memory, report)
    memory = run.time(memory, report)
    came_on = tuple(rise for rise in run.came_on if rise.report.id == report.id)
    events = frozenset(rise.rule.id for rise in came_on if not rise.rule.passes)
    if not events <= memory.events:
        memory = memory._replace(events=memory.events | events)
    return Read(memory._replace(last_key=report.key), came_on)


@dataclass(frozen=True, slots=True)
class _Run:
    """One report's passage through the rules."""

    profile: Profile
    policy: Policy
    limits: Limits
    came_on: list[CameOn] = field(default_factory=list)

    def function(self, memory: Memory, report: Report) -> Memory:
        """An ALSFRS-R report: it may replace an earlier one of the same respondent and day."""
        visit = Visit(_ref(report), point_of(report))
        memory = _without_old(memory, visit.point.day)
        day_start = memory.day_start
        if day_start is None or day_start.day != visit.point.day:
            day_start = _start_day(memory, visit.point.day)
        earlier = [other.point for other in day_start.visits if replaceable(other.point, visit.point)]
        if any(lacks_more(visit.point, point) for point in earlier):
            return self._visit(memory, visit, EVERY_REPORT_RULES)
        if earlier:
            day_start = day_start._replace(visits=_others(day_start, visit.point))
            memory = _rewind(memory, day_start)
            for other in day_start.visits:
                memory = self._visit(memory, other, DAY_RULES)
        memory = self._visit(memory, visit, BY_INSTRUMENT[ALSFRS_R])
        return memory._replace(day_start=day_start._replace(visits=(*day_start.visits, visit)))

    def other(self, memory: Memory, report: Report) -> Memory:
        """A report of any other instrument that a rule reads."""
        given = RuleInput(
            report=_ref(report),
            profile=self.profile,
            limits=self.limits,
            before=memory,
            answers=report.answers,
            total=report.score.total,
        )
        memory = self._read(memory, given, BY_INSTRUMENT[report.instrument])
        value = report.answers.get(WEIGHT_ITEM) if report.instrument == WEIGHT else report.score.total
        measures = remember(memory.measures, given.report, report.instrument, value, self.limits)
        return memory._replace(measures=measures)

    def time(self, memory: Memory, report: Report) -> Memory:
        """The questions about a report's time; read also where one stands, so that it ends in its time."""
        if not report.doubts and not any(rule.id in memory.states for rule in TIME_RULES):
            return memory
        ref = _ref(report)._replace(
            doubts=report.doubts, phone=report.phone, shift_seconds=report.shift_seconds
        )
        given = RuleInput(report=ref, profile=self.profile, limits=self.limits, before=memory)
        after = self._read(memory, given, TIME_RULES)
        if CLOCK_SHIFTED in ref.doubts and not asked_before(memory, ref.phone, ref.shift_seconds):
            after = after._replace(clocks=(*after.clocks, (ref.phone, ref.shift_seconds))[-MAX_CLOCKS:])
        return after

    def after_death(self, memory: Memory, report: Report) -> Memory:
        """A report observed after the recorded day of death is a question about the data and nothing else."""
        given = RuleInput(report=_ref(report), profile=self.profile, limits=self.limits, before=memory)
        return self._read(memory, given, (AFTER_DEATH,))

    def _visit(self, memory: Memory, visit: Visit, rules: tuple[Rule, ...]) -> Memory:
        point = visit.point
        points = _within_a_year(insert(memory.points, point))
        end = self.profile.tracheostomy_on
        if end is not None and point.day >= end.toordinal():
            return memory._replace(points=points)
        first = memory.baseline if memory.baseline.day is not None else point
        onset_loss = loss_since_onset(self.profile, first.day or point.day, first.total)
        window, recent = self.limits.primary.window_days, self.limits.general.rater_days
        series = Series(points, unanswered_items(points, point.day - window, point.day - recent))
        trend = measure_trend(series, point, self.limits, onset_loss)
        pace = None if trend is None else measure_pace(series, point, trend, self.limits)
        given = RuleInput(
            report=visit.report,
            profile=self.profile,
            limits=self.limits,
            before=memory,
            point=point,
            earlier=own_before(point, memory.points),
            series=series,
            trend=trend,
            pace=pace,
        )
        after = self._read(memory, given, rules)
        firsts, alone = memory.baseline, not memory.points
        baseline = recall(firsts, point, given.earlier, self.profile, self.limits, first=alone)
        doubt = after.states.get(SURPRISE)
        doubted = doubt is not None and doubt.met_by == point.id
        baseline = with_doubt(baseline, point, memory.points, series, doubted=doubted)
        return after._replace(points=points, baseline=baseline, trend=trend or memory.trend)

    def _read(self, memory: Memory, given: RuleInput, rules: Iterable[Rule]) -> Memory:
        states = dict(memory.states)
        touched: list[Rule] = []
        told: list[Rule] = []
        for rule in rules:
            finding = rule.read(given)
            state = states.pop(rule.id, None)
            if state is None and (finding is None or finding.level is None or self._muted(rule, given)):
                continue
            after = step(rule, state, finding, given)
            if after is not None:
                states[rule.id] = after
            touched.append(rule)
            if not rule.remark and is_news(rule, state, after, given.report):
                told.append(rule)
        self.came_on.extend(CameOn(rule, given.report, states[rule.id], states) for rule in told)
        if not touched:
            return memory
        topics = dict(memory.topics)
        for topic in dict.fromkeys(rule.topic for rule in touched if not rule.remark):
            topics[topic] = _topic_after(topics.get(topic), _on(topic, states), given.report)
        return memory._replace(states=states, topics=topics)

    def _muted(self, rule: Rule, given: RuleInput) -> bool:
        return bool(self.policy.overrides) and self.policy.mutes(rule.topic, given.report.observed_on)


def _ref(report: Report) -> ReportRef:
    return ReportRef(
        id=report.id,
        observed_at=report.observed_at,
        observed_on=report.observed_on,
        respondent=report.respondent,
        mode=report.mode,
        seconds=report.duration_seconds,
        late=report.late,
    )


def _without_old(memory: Memory, day: int) -> Memory:
    """No rule sees more than a year, not even as what came before: a replaced report has forgotten it too."""
    if not memory.points or memory.points[0].day >= day - HISTORY_DAYS:
        return memory
    return memory._replace(points=_from_day(memory.points, day - HISTORY_DAYS))


def _within_a_year(points: tuple[Point, ...]) -> tuple[Point, ...]:
    first = points[-1].day - HISTORY_DAYS
    if points[0].day >= first and len(points) <= MAX_POINTS:
        return points
    return _from_day(points, first)[-MAX_POINTS:]


def _from_day(points: tuple[Point, ...], day: int) -> tuple[Point, ...]:
    """The points, which are in the order of their days, of this day and later ones."""
    return points[bisect_left(points, day, key=attrgetter("day")) :]


def _start_day(memory: Memory, day: int) -> DayStart:
    return DayStart(
        day=day,
        visits=(),
        baseline=memory.baseline,
        states={name: state for name, state in memory.states.items() if name in DAY_RULE_IDS},
        topics={topic: now for topic, now in memory.topics.items() if topic in DAY_TOPICS},
    )


def _others(day_start: DayStart, point: Point) -> tuple[Visit, ...]:
    return tuple(other for other in day_start.visits if not replaceable(other.point, point))


def _rewind(memory: Memory, day_start: DayStart) -> Memory:
    """The memory before the day's ALSFRS-R reports; rules that read every report keep what they have."""
    others = {name: state for name, state in memory.states.items() if name not in DAY_RULE_IDS}
    other_topics = {topic: now for topic, now in memory.topics.items() if topic not in DAY_TOPICS}
    return memory._replace(
        points=tuple(point for point in memory.points if point.day != day_start.day),
        baseline=day_start.baseline,
        states={**others, **day_start.states},
        topics={**other_topics, **day_start.topics},
    )


def _on(topic: Topic, states: Mapping[str, RuleState]) -> list[tuple[Rule, RuleState]]:
    rules = ((BY_ID[name], state) for name, state in states.items())
    return [(rule, state) for rule, state in rules if rule.topic is topic and not rule.remark]


def _topic_after(old: TopicState | None, on: list[tuple[Rule, RuleState]], ref: ReportRef) -> TopicState:
    if old is not None and not on:
        return replace(old, on=False, cleared_at=ref.observed_at) if old.on else old
    level = max((state.level for _, state in on), key=lambda one: one.rank)
    met = any(state.met_by == ref.id for _, state in on)
    if old is None or not old.on or any(_happened_again(rule, state, ref) for rule, state in on):
        at = ref.observed_at
        return TopicState(True, level, ref.id, at, None, ref.id, at)
    if met:
        return replace(old, level=level, met_by=ref.id, met_at=ref.observed_at)
    return replace(old, level=level)


def _happened_again(rule: Rule, state: RuleState, ref: ReportRef) -> bool:
    return rule.lasting and state.raised_by == ref.id
