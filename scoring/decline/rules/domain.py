"""Decline of one domain: a confirmed drop of a subscore, and the posterior slope of a subscore.

The total can hide a domain that goes quickly. A domain speaks only while the total does not: with a decline
flag standing, the subscores are no news. A domain whose items cannot be compared over the window (5a/5b,
breathing support) is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from scoring.decline.flags import Kind, Numbers, Topic
from scoring.decline.points import ALSFRS_R, DOMAINS, Point, comparable, complete, reference_rater
from scoring.decline.reports import Level
from scoring.decline.rule import CLEARS, HOLDS, Finding, Moment, Rule, Text
from scoring.decline.rules.primary import as_percent, level_of
from scoring.decline.trend import DOMAIN_SHARE, domain_noise, fit_domain
from scoring.trajectory import Posterior

WORDS = {
    "bulbar": "bulbar items (speech, saliva, swallowing)",
    "fine_motor": "fine motor items (handwriting, cutting food, dressing)",
    "gross_motor": "gross motor items (turning in bed, walking, stairs)",
    "respiratory": "breathing items",
}


def read_domain_drop(moment: Moment) -> Finding | None:
    """The domain that fell most below its own level of one to two months ago, in two successive reports."""
    limits = moment.limits.domain
    own = own_points(moment, limits.reference_to_days)
    if len(own) < 3 or total_speaks(moment):
        return None
    latest, previous = own[-1], own[-2]
    reference = [one for one in own[:-2] if latest.day - one.day >= limits.reference_from_days]
    names = comparable_domains((*reference, previous, latest)) if reference else []
    return worst([_drop(name, (*reference, previous, latest), moment) for name in names], by="drop")


def _drop(name: str, compared: Sequence[Point], moment: Moment) -> Finding:
    limits = moment.limits.domain
    *reference, previous, latest = [one.domain(name) or 0 for one in compared]
    usual = float(median(reference))
    drop, before = usual - latest, usual - previous
    met = drop >= limits.drop_points and before >= limits.drop_points - 1
    numbers: Numbers = {
        "domain": WORDS[name],
        "drop": drop,
        "latest": latest,
        "previous": previous,
        "reference": usual,
        "from_weeks": round(limits.reference_from_days / 7),
        "to_weeks": round(limits.reference_to_days / 7),
        "clear_points": limits.clear_points,
    }
    evidence = tuple(one.id for one in compared)
    return Finding(Level.INFORM if met else None, drop < limits.clear_points, numbers, evidence)


def read_domain_slope(moment: Moment) -> Finding | None:
    """The domain most surely losing faster than its share of the limit for fast progression."""
    trend, limits = moment.trend, moment.limits.primary
    if trend is None or not trend.measured or trend.too_early or total_speaks(moment):
        return None
    used = own_points(moment, limits.window_days)
    if len(used) < limits.min_reports or used[-1].day - used[0].day < limits.min_span_days:
        return None
    series = {name: [one.domain(name) or 0 for one in used] for name in comparable_domains(used)}
    least = moment.limits.domain.slope_points
    lost = [name for name, scores in series.items() if max(scores) - scores[-1] >= least]
    if not lost:
        return CLEARS if series else None
    noise = domain_noise(used, moment.limits.model)
    fits = {name: fit_domain(name, series[name], used, noise, moment.limits.model) for name in lost}
    return worst([_slope(name, fit, used, moment) for name, fit in fits.items()], by="probability")


def _slope(name: str, fit: Posterior, used: Sequence[Point], moment: Moment) -> Finding:
    limits, share = moment.limits.domain, DOMAIN_SHARE[name]
    threshold = share * moment.limits.primary.loss_per_month
    probability = fit.probability_below(-threshold)
    numbers: Numbers = {
        "domain": WORDS[name],
        "loss_per_month": -fit.slope,
        "limit_per_month": threshold,
        "probability": probability,
        "chance_percent": as_percent(probability),
        "clear_percent": as_percent(limits.clear_probability),
        "reports": len(used),
        "weeks": max(1, round((used[-1].day - used[0].day) / 7)),
    }
    met = probability >= limits.probability
    evidence = tuple(one.id for one in used)
    return Finding(Level.INFORM if met else None, probability < limits.clear_probability, numbers, evidence)


def worst(findings: Iterable[Finding], by: str) -> Finding | None:
    """The domain that says most; when none is met, whether all of them count towards clearing."""
    findings = list(findings)
    met = [finding for finding in findings if finding.level is not None]
    if met:
        return max(met, key=lambda finding: float(finding.numbers[by]))
    if not findings:
        return None
    return CLEARS if all(finding.clearing for finding in findings) else HOLDS


def own_points(moment: Moment, window_days: int) -> list[Point]:
    """The reference respondent's complete reports of the window; empty when this report is another's."""
    point, since = moment.point, moment.point.day - moment.limits.general.rater_days
    if point.total is None or point.rater != reference_rater(moment.points, since, point.day):
        return []
    used = complete(moment.points, point.day - window_days, point.day)
    return [one for one in used if one.rater == point.rater]


def comparable_domains(used: Sequence[Point]) -> list[str]:
    """Domains none of whose items has to be left out."""
    out = comparable(used)
    return [name for name, (start, end) in DOMAINS.items() if not any(start <= item < end for item in out)]


def total_speaks(moment: Moment) -> bool:
    """Whether the total already raises a flag: one on decline, also with this report, or on acceleration."""
    topics = (moment.before.topics.get(topic) for topic in (Topic.DECLINE, Topic.ACCELERATION))
    return any(topic is not None and topic.on for topic in topics) or level_of(moment) is not None


DOMAIN_DROP = Rule(
    id="domain_drop",
    version="2",
    topic=Topic.DOMAIN,
    kind=Kind.STATE,
    instrument=ALSFRS_R,
    read=read_domain_drop,
    text=Text(
        title="Drop in one domain",
        formula=(
            "for each domain: reference = median of the subscores 28 to 62 days before the latest report;"
            " latest <= reference - 4 and previous <= reference - 3; not while a flag on decline or"
            " acceleration stands"
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
    version="2",
    topic=Topic.DOMAIN,
    kind=Kind.STATE,
    instrument=ALSFRS_R,
    read=read_domain_slope,
    text=Text(
        title="Fast decline of one domain",
        formula=(
            "the primary rule's posterior on each subscore: level ~ N(9, 4²), slope ~ N(-0.9 w, (0.9 w)²), s"
            " = 1.0 times the information cap, w = 0.2 bulbar, 0.3 fine motor, 0.3 gross motor, 0.2"
            " respiratory; P(slope < -1.11 w) >= 0.98 and the latest at least 3 below the highest of the"
            " window: inform; not while a flag on decline or acceleration stands"
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
