"""Decline of one domain: a confirmed drop of a subscore, and the posterior slope of a subscore.

The total can hide a domain that goes quickly. A domain is raised only while the total says nothing: with a
decline flag standing, the subscores are no news. A flag that stands is read on, whatever the total says, so
that its numbers are those of the latest report and it ends when they do. A domain whose items cannot be
compared over the window (5a/5b, breathing support) is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from scoring.decline.alsfrs.points import (
    ALSFRS_R,
    DOMAINS,
    Point,
    before_last,
    is_omitted,
    subscores,
    up_to_day,
)
from scoring.decline.alsfrs.trend import DOMAIN_SHARE, domain_noise, fit_domain
from scoring.decline.flags import Kind, Numbers, Topic, Worse
from scoring.decline.limits import Domain, Limits
from scoring.decline.reports import Level
from scoring.decline.rule import CLEARS, HOLDS, Evidence, Finding, Rule, RuleInput, Text
from scoring.decline.rules.primary import as_percent, level_of
from scoring.trajectory import Course


class Reading(NamedTuple):
    """What one domain says.

    Attributes:
        much: how much; of two domains that are met the greater is told.
    """

    domain: str
    much: float
    finding: Finding


def read_domain_drop(given: RuleInput) -> Finding | None:
    """The domain that fell most below its own level of one to two months ago, in two successive reports."""
    limits = given.limits.domain
    own = own_points(given, limits.reference_to_days)
    flagged, speaks = flagged_domain(given, DOMAIN_DROP), total_speaks(given)
    if len(own) < 3 or (speaks and flagged is None):
        return None
    latest, earlier = own[-1], before_last(own)
    if len(earlier) < 2:
        return None
    previous = earlier[-1]
    reference = up_to_day(earlier[:-1], latest.day - limits.reference_from_days)
    if not reference:
        return None
    compared = (*reference, previous, latest)
    readings = [_drop(name, scores, compared, limits) for name, scores in domain_scores(given, compared)]
    return told(readings, flagged, alone=speaks)


def _drop(name: str, scores: Sequence[int], compared: Sequence[Point], limits: Domain) -> Reading:
    *reference, previous, latest = scores
    usual = float(median(reference))
    drop, before = usual - latest, usual - previous
    fallen = drop >= limits.drop_points and before >= limits.drop_points - 1

    def evidence() -> Evidence:
        numbers: Numbers = {
            "domain": name,
            "drop": drop,
            "latest": latest,
            "previous": previous,
            "reference": usual,
            "from_weeks": round(limits.reference_from_days / 7),
            "to_weeks": round(limits.reference_to_days / 7),
            "clear_points": limits.clear_points,
        }
        return Evidence(numbers, tuple(report.id for report in compared))

    finding = Finding(Level.INFORM if fallen else None, drop < limits.clear_points, evidence)
    return Reading(name, drop, finding)


def read_domain_slope(given: RuleInput) -> Finding | None:
    """The domain most surely losing faster than its share of the limit for fast progression."""
    trend, limits = given.trend, given.limits.primary
    if trend is None or not trend.measured or trend.too_early:
        return None
    flagged, speaks = flagged_domain(given, DOMAIN_SLOPE), total_speaks(given)
    if speaks and flagged is None:
        return None
    used = own_points(given, limits.window_days)
    if len(used) < limits.min_reports or used[-1].day - used[0].day < limits.min_span_days:
        return None
    least = given.limits.domain.slope_points
    scored = [
        (name, scores, max(scores) - scores[-1] >= least) for name, scores in domain_scores(given, used)
    ]
    read = [row for row in scored if row[2] or row[0] == flagged]
    if not read:
        return CLEARS
    days = [report.day for report in used]
    course = Course(days, (), [report.id for report in used], [report.rater for report in used])
    noise = domain_noise(days, given.limits.model)
    readings = [
        _slope(name, course._replace(values=scores), noise, given.limits, has_lost=has_lost)
        for name, scores, has_lost in read
    ]
    return told(readings, flagged, alone=speaks)


def _slope(name: str, course: Course, noise: float, all_limits: Limits, *, has_lost: bool) -> Reading:
    limits, threshold = all_limits.domain, DOMAIN_SHARE[name] * all_limits.primary.loss_per_month
    fit = fit_domain(name, course, noise, all_limits.model)
    probability = fit.probability_below(-threshold)

    def evidence() -> Evidence:
        numbers: Numbers = {
            "domain": name,
            "latest": int(course.values[-1]),
            "loss_per_month": -fit.slope,
            "limit_per_month": threshold,
            "probability": probability,
            "chance_percent": as_percent(probability),
            "clear_percent": as_percent(limits.clear_probability),
            "reports": len(course.days),
            "weeks": max(1, round((course.days[-1] - course.days[0]) / 7)),
        }
        return Evidence(numbers, fit.used)

    level = Level.INFORM if has_lost and probability >= limits.probability else None
    clearing = not has_lost or probability < limits.clear_probability
    return Reading(name, probability, Finding(level, clearing, evidence))


def flagged_domain(given: RuleInput, rule: Rule) -> str | None:
    """The domain that the rule's flag tells of; None while it has none."""
    state = given.before.states.get(rule.id)
    return None if state is None else str(state.numbers["domain"])


def told(readings: Sequence[Reading], flagged: str | None, *, alone: bool) -> Finding:
    """The domain that says most; when none is met, whether all count towards clearing, with the flagged one.

    `alone`: no other domain takes the place of the flagged one.
    """
    raised = [
        reading
        for reading in readings
        if reading.finding.level is not None and (not alone or reading.domain == flagged)
    ]
    if raised:
        return max(raised, key=attrgetter("much")).finding
    ending = CLEARS if all(reading.finding.clearing for reading in readings) else HOLDS
    shown = [reading.finding for reading in readings if reading.domain == flagged]
    return ending._replace(evidence=shown[0].evidence) if shown else ending


def own_points(given: RuleInput, window_days: int) -> list[Point]:
    """The reference respondent's comparable reports of the window; empty when this report is another's."""
    point, since = given.point, given.point.day - given.limits.general.rater_days
    if not given.series.uses(point) or point.rater != given.series.reference_rater(since):
        return []
    return given.series.since_of(point.day - window_days, point.rater)


def domain_scores(given: RuleInput, used: Sequence[Point]) -> list[tuple[str, tuple[int, ...]]]:
    """Subscores of the reports by domain, without the domains of which an item has to be left out."""
    out = given.series.comparable(used)
    scores = map(subscores, map(attrgetter("items"), used))
    by_domain = zip(DOMAINS, zip(*scores, strict=True), strict=True)
    if not out:
        return list(by_domain)
    return [
        (name, scores)
        for name, scores in by_domain
        if not any(is_omitted(item, out) for item in range(*DOMAINS[name]))
    ]


def total_speaks(given: RuleInput) -> bool:
    """Whether the total already raises a flag: one on decline, also with this report, or on acceleration."""
    topics = (given.before.topics.get(topic) for topic in (Topic.DECLINE, Topic.ACCELERATION))
    return any(topic is not None and topic.on for topic in topics) or level_of(given) is not None


FURTHER = Worse("latest", 2, "the subscore of the same domain", "points of 12", lower=True, of="domain")

DOMAIN_DROP = Rule(
    id="domain_drop",
    version="3",
    topic=Topic.DOMAIN,
    kind=Kind.STATE,
    instrument=ALSFRS_R,
    read=read_domain_drop,
    passes=False,
    worse=(FURTHER,),
    text=Text(
        title="Drop in one domain",
        headline="{domain}: {drop:g} points of 12 below {from_weeks} to {to_weeks} weeks earlier",
        formula=(
            "for each domain: reference = median of the subscores 28 to 62 days before the latest report;"
            " latest <= reference - 4 and previous <= reference - 3; not raised while a flag on decline"
            " or acceleration stands"
        ),
        template=(
            "The {domain} fell by {drop:g} points of 12 against the level of {from_weeks} to {to_weeks}"
            " weeks earlier ({latest} now, {previous} in the report before, {reference:g} then)."
        ),
        clears_when=(
            "Every domain is less than {clear_points:g} points below its level of {from_weeks} to {to_weeks}"
            " weeks earlier, at two reports in a row."
        ),
    ),
    source="Our choice; no published rule.",
    weaknesses="Four domains, so four chances of a false flag; needs two reports after a month.",
    limits=("domain",),
    of_function=True,
)
DOMAIN_SLOPE = Rule(
    id="domain_slope",
    version="4",
    topic=Topic.DOMAIN,
    kind=Kind.STATE,
    instrument=ALSFRS_R,
    read=read_domain_slope,
    passes=True,
    worse=(FURTHER,),
    text=Text(
        title="Fast decline of one domain",
        headline="{domain}: about {loss_per_month:.1f} points of 12 lost a month",
        formula=(
            "the primary rule's posterior on each subscore: level ~ N(9, 4²), slope ~ N(-0.9 w, (0.9 w)²), s"
            " = 1.0, raised where errors last, w = 0.2 bulbar, 0.3 fine motor, 0.3 gross motor, 0.2"
            " respiratory; P(slope < -1.11 w) >= 0.99 and the latest at least 3 below the highest of the"
            " window: inform; not raised while a flag on decline or acceleration stands"
        ),
        template=(
            "Over the last {weeks} weeks ({reports} reports) the {domain} have been falling by about"
            " {loss_per_month:.1f} points of 12 a month; the chance that the loss is faster than"
            " {limit_per_month:.2f} a month is {chance_percent} %."
        ),
        clears_when="The chance falls below {clear_percent} % in every domain, at two reports in a row.",
    ),
    source="Our choice; the shares are those of an average course.",
    weaknesses="A domain of three items moves in whole points and ends at 0; the domain of onset leads.",
    limits=("domain",),
    of_function=True,
)
DOMAIN_RULES = (DOMAIN_DROP, DOMAIN_SLOPE)
