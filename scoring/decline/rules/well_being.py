"""The short rating of well-being from 1 (worst) to 10: low twice within a week, or well below its own month.

Each respondent's ratings are compared with that respondent's own; the last rating of a day counts.
"""

from __future__ import annotations

from statistics import median

from scoring.decline.flags import Kind, Numbers, Topic, Worse
from scoring.decline.memory.measures import WELL_BEING, Measure, apart
from scoring.decline.reports import Level
from scoring.decline.rule import CLEARS, HOLDS, Finding, Rule, RuleInput, Text, met


def read_low(given: RuleInput) -> Finding | None:
    """Soon when two ratings of different days within a week are low."""
    if given.total is None:
        return None
    limits, rating = given.limits.well_being, int(given.total)
    earlier = _earlier(given, limits.within_days)
    low = [past for past in earlier if past.value <= limits.low and apart(past, given.report)]
    if rating > limits.low or not low:
        return CLEARS if rating > limits.low else HOLDS
    numbers: Numbers = {
        "rating": rating,
        "earlier": low[-1].value,
        "days": limits.within_days,
        "limit": limits.low,
        **_who(given),
    }
    return met(Level.SOON, numbers, low[-1].id, given.report.id)


def read_fall(given: RuleInput) -> Finding | None:
    """Soon when a rating is 3 or more below the median of the respondent's 28 days before."""
    if given.total is None:
        return None
    limits, rating = given.limits.well_being, int(given.total)
    before = _earlier(given, limits.median_days)
    if len(before) < limits.median_reports:
        return None
    usual = float(median(earlier.value for earlier in before))
    if usual - rating < limits.fall:
        return CLEARS
    numbers: Numbers = {
        "rating": rating,
        "usual": usual,
        "days": limits.median_days,
        "points": limits.fall,
        **_who(given),
    }
    return met(Level.SOON, numbers, *(earlier.id for earlier in before), given.report.id)


def _earlier(given: RuleInput, days: int) -> list[Measure]:
    now = given.report
    ratings = given.before.measures.get(WELL_BEING, ())
    return [
        earlier
        for earlier in ratings
        if earlier.rater == now.respondent and 0 < now.day - earlier.day <= days
    ]


def _who(given: RuleInput) -> dict[str, str]:
    return {"respondent": given.report.respondent}


LOWER = Worse("rating", 2, "the rating", "of 10", lower=True)
WELL_BEING_RULES = (
    Rule(
        id="well_being_low",
        version="1",
        topic=Topic.WELL_BEING,
        kind=Kind.STATE,
        instrument=WELL_BEING,
        read=read_low,
        passes=True,
        worse=(LOWER,),
        limits=("well_being",),
        text=Text(
            template=(
                "Well-being was rated {rating} of 10 by {respondent}, after {earlier} of 10 within the"
                " {days} days before."
            ),
            clears_when="The rating is above {limit} at two reports in a row.",
            title="Low well-being",
            headline="Well-being rated {rating} of 10, {earlier} of 10 shortly before",
            formula="rating <= 4 on two days within 7 days: soon",
        ),
        source=(
            "Our choice; the Dutch home-monitoring programme asks the same question but did not publish its"
            " limits."
        ),
        weaknesses="A rating is a mood of the day; it says that somebody should ask, not what is wrong.",
    ),
    Rule(
        id="well_being_fall",
        version="1",
        topic=Topic.WELL_BEING,
        kind=Kind.STATE,
        instrument=WELL_BEING,
        read=read_fall,
        passes=False,
        worse=(LOWER,),
        limits=("well_being",),
        text=Text(
            template=(
                "Well-being was rated {rating} of 10 by {respondent}, against a usual {usual:g} over the"
                " {days} days before."
            ),
            clears_when=(
                "The rating is less than {points:g} below the usual of {days} days at two reports in a row."
            ),
            title="Fall in well-being",
            headline="Well-being rated {rating} of 10, usually {usual:g}",
            formula=(
                "rating at least 3 below the median of the same respondent's 28 days before (3 ratings or"
                " more): soon"
            ),
        ),
        source="Our choice.",
        weaknesses="The usual level follows a slow fall downwards.",
    ),
)
