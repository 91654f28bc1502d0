"""The fold: one report at a time, in the order they were observed, into the standing that later reports need.

`evaluate` sorts a whole history and folds it; `advance` adds one report to what is remembered and costs the
same whatever the length of the history. Both lead to the same evaluation. A late, corrected or voided
report is the caller's to put in its place: evaluate the history anew. Rules are read here in their order;
what they say is in `rules/`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from scoring.decline.evaluation import Evaluation, conclude
from scoring.decline.flags import Topic, TopicStanding
from scoring.decline.limits import Limits
from scoring.decline.memory import HISTORY_DAYS, MAX_POINTS, Opening, Visit
from scoring.decline.points import ALSFRS_R, Point, insert, point_of, replaceable
from scoring.decline.policy import Policy
from scoring.decline.recall import recall, remember
from scoring.decline.reports import Profile, Report
from scoring.decline.rule import Moment, Occasion, Rule, RuleState, step
from scoring.decline.rules import BY_ID, BY_INSTRUMENT
from scoring.decline.rules.plausibility import AFTER_DEATH
from scoring.decline.series import Series
from scoring.decline.standing import Standing
from scoring.decline.trend import loss_since_onset, measure_trend

EVERY_REPORT_RULES = tuple(rule for rule in BY_INSTRUMENT[ALSFRS_R] if rule.every_report)
DAY_RULES = tuple(rule for rule in BY_INSTRUMENT[ALSFRS_R] if not rule.every_report)
DAY_RULE_IDS = frozenset(rule.id for rule in DAY_RULES)
DAY_TOPICS = frozenset(rule.topic for rule in DAY_RULES)


class OutOfOrder(ValueError):
    """A report observed before the last one folded in: evaluate the history anew."""


def begin() -> Standing:
    """The standing before the first report."""
    return Standing()


def evaluate(reports: Iterable[Report], profile: Profile, policy: Policy) -> Evaluation:
    """Evaluate a whole history, given in any order."""
    standing = begin()
    for report in sorted(reports, key=lambda one: one.key):
        standing = advance(standing, report, profile, policy)
    return conclude(standing, profile, policy)


def advance(standing: Standing, report: Report, profile: Profile, policy: Policy) -> Standing:
    """Fold one more report in.

    Raises:
        OutOfOrder: it was observed before the last one folded in.
    """
    if standing.last_key is not None and report.key < standing.last_key:
        raise OutOfOrder("a report observed earlier than the last one: evaluate the history anew")
    run = _Run(profile, policy, policy.on(report.observed_on))
    if profile.died_on is not None and report.observed_on > profile.died_on:
        standing = run.after_death(standing, report)
    elif report.instrument == ALSFRS_R:
        standing = run.function(standing, report)
    elif report.instrument in BY_INSTRUMENT:
        standing = run.other(standing, report)
    return replace(standing, last_key=report.key)


@dataclass(frozen=True, slots=True)
class _Run:
    """One report's passage through the rules."""

    profile: Profile
    policy: Policy
    limits: Limits

    def function(self, standing: Standing, report: Report) -> Standing:
        """An ALSFRS-R report: it may replace an earlier one of the same respondent and day."""
        visit = Visit(_occasion(report), point_of(report))
        standing = _without_old(standing, visit.point.day)
        opening = standing.opening
        if opening is None or opening.day != visit.point.day:
            opening = _open_day(standing, visit.point.day)
        earlier = [other.point for other in opening.visits if replaceable(other.point, visit.point)]
        if visit.point.total is None and any(point.total is not None for point in earlier):
            return self._visit(standing, visit, EVERY_REPORT_RULES)
        if earlier:
            opening = replace(opening, visits=_others(opening, visit.point))
            standing = _rewind(standing, opening)
            for other in opening.visits:
                standing = self._visit(standing, other, DAY_RULES)
        standing = self._visit(standing, visit, BY_INSTRUMENT[ALSFRS_R])
        return replace(standing, opening=replace(opening, visits=(*opening.visits, visit)))

    def other(self, standing: Standing, report: Report) -> Standing:
        """A report of any other instrument that a rule reads."""
        moment = Moment(
            occasion=_occasion(report),
            profile=self.profile,
            limits=self.limits,
            before=standing,
            answers=report.answers,
            total=report.score.total,
        )
        standing = self._read(standing, moment, BY_INSTRUMENT[report.instrument])
        return replace(standing, measures=remember(standing.measures, moment, report.instrument))

    def after_death(self, standing: Standing, report: Report) -> Standing:
        """A report observed after the recorded day of death is a question about the data and nothing else."""
        moment = Moment(occasion=_occasion(report), profile=self.profile, limits=self.limits, before=standing)
        return self._read(standing, moment, (AFTER_DEATH,))

    def _visit(self, standing: Standing, visit: Visit, rules: tuple[Rule, ...]) -> Standing:
        point = visit.point
        points = _within_a_year(insert(standing.points, point))
        end = self.profile.tracheostomy_on
        if end is not None and point.day >= end.toordinal():
            return replace(standing, points=points)
        onset_loss = loss_since_onset(self.profile, standing.baseline, point)
        series = Series(points)
        trend = measure_trend(series, point, self.limits, onset_loss)
        moment = Moment(
            occasion=visit.occasion,
            profile=self.profile,
            limits=self.limits,
            before=standing,
            point=point,
            series=series,
            trend=trend,
        )
        after = self._read(standing, moment, rules)
        baseline = recall(standing.baseline, moment)
        return replace(after, points=points, baseline=baseline, trend=trend or standing.trend)

    def _read(self, standing: Standing, moment: Moment, rules: Iterable[Rule]) -> Standing:
        states = dict(standing.states)
        touched: set[Topic] = set()
        for rule in rules:
            finding = rule.read(moment)
            state = states.pop(rule.id, None)
            if state is None and (finding is None or finding.level is None or self._muted(rule, moment)):
                continue
            after = step(rule, state, finding, moment)
            if after is not None:
                states[rule.id] = after
            touched.add(rule.topic)
        if not touched:
            return standing
        topics = dict(standing.topics)
        for topic in touched:
            topics[topic] = _topic_after(topics.get(topic), _on(topic, states), moment.occasion)
        return replace(standing, states=states, topics=topics)

    def _muted(self, rule: Rule, moment: Moment) -> bool:
        return bool(self.policy.overrides) and self.policy.mutes(rule.topic, moment.occasion.observed_on)


def _occasion(report: Report) -> Occasion:
    return Occasion(
        id=report.id,
        observed_at=report.observed_at,
        observed_on=report.observed_on,
        respondent=report.respondent,
        mode=report.mode,
        seconds=report.duration_seconds,
    )


def _without_old(standing: Standing, day: int) -> Standing:
    """No rule sees more than a year, not even as what came before: a replaced report has forgotten it too."""
    if not standing.points or standing.points[0].day >= day - HISTORY_DAYS:
        return standing
    kept = tuple(point for point in standing.points if point.day >= day - HISTORY_DAYS)
    return replace(standing, points=kept)


def _within_a_year(points: tuple[Point, ...]) -> tuple[Point, ...]:
    first = points[-1].day - HISTORY_DAYS
    if points[0].day >= first and len(points) <= MAX_POINTS:
        return points
    return tuple(point for point in points if point.day >= first)[-MAX_POINTS:]


def _open_day(standing: Standing, day: int) -> Opening:
    return Opening(
        day=day,
        baseline=standing.baseline,
        states={name: state for name, state in standing.states.items() if name in DAY_RULE_IDS},
        topics={topic: now for topic, now in standing.topics.items() if topic in DAY_TOPICS},
    )


def _others(opening: Opening, point: Point) -> tuple[Visit, ...]:
    return tuple(other for other in opening.visits if not replaceable(other.point, point))


def _rewind(standing: Standing, opening: Opening) -> Standing:
    """The standing before the day's ALSFRS-R reports; rules that read every report keep what they have."""
    others = {name: state for name, state in standing.states.items() if name not in DAY_RULE_IDS}
    other_topics = {topic: now for topic, now in standing.topics.items() if topic not in DAY_TOPICS}
    return replace(
        standing,
        points=tuple(point for point in standing.points if point.day != opening.day),
        baseline=opening.baseline,
        states={**others, **opening.states},
        topics={**other_topics, **opening.topics},
    )


def _on(topic: Topic, states: Mapping[str, RuleState]) -> list[tuple[Rule, RuleState]]:
    return [(BY_ID[name], state) for name, state in states.items() if BY_ID[name].topic is topic]


def _topic_after(
    old: TopicStanding | None, on: list[tuple[Rule, RuleState]], occasion: Occasion
) -> TopicStanding:
    if old is not None and not on:
        return replace(old, on=False, cleared_at=occasion.observed_at) if old.on else old
    level = max((state.level for _, state in on), key=lambda one: one.rank)
    met = any(state.met_by == occasion.id for _, state in on)
    if old is None or not old.on or any(_happened_again(rule, state, occasion) for rule, state in on):
        at = occasion.observed_at
        return TopicStanding(True, level, occasion.id, at, None, occasion.id, at)
    if met:
        return replace(old, level=level, met_by=occasion.id, met_at=occasion.observed_at)
    return replace(old, level=level)


def _happened_again(rule: Rule, state: RuleState, occasion: Occasion) -> bool:
    return rule.lasting and state.raised_by == occasion.id
