"""The short rating of well-being from 1 (worst) to 10: low twice within a week, or well below its own month.

Each respondent's ratings are compared with that respondent's own; the last rating of a day counts.
"""

from __future__ import annotations

from statistics import median

from scoring.decline.flags import Kind, Numbers, Topic
from scoring.decline.memory import Measure
from scoring.decline.reports import WHO, Level
from scoring.decline.rule import CLEARS, HOLDS, Finding, Moment, Rule, Text, met

WELL_BEING = "well_being"


def read_low(moment: Moment) -> Finding | None:
    """Soon when two ratings of different days within a week are low."""
    if moment.total is None:
        return None
    limits, rating = moment.limits.well_being, int(moment.total)
    low = [one for one in _earlier(moment, limits.within_days) if one.value <= limits.low]
    if rating > limits.low or not low:
        return CLEARS if rating > limits.low else HOLDS
    numbers: Numbers = {
        "rating": rating,
        "earlier": low[-1].value,
        "days": limits.within_days,
        "limit": limits.low,
        **_who(moment),
    }
    return met(Level.SOON, numbers, low[-1].id, moment.occasion.id)


def read_fall(moment: Moment) -> Finding | None:
    """Soon when a rating is 3 or more below the median of the respondent's 28 days before."""
    if moment.total is None:
        return None
    limits, rating = moment.limits.well_being, int(moment.total)
    before = _earlier(moment, limits.median_days)
    if len(before) < limits.median_reports:
        return None
    usual = float(median(one.value for one in before))
    if usual - rating < limits.fall:
        return CLEARS
    numbers: Numbers = {
        "rating": rating,
        "usual": usual,
        "days": limits.median_days,
        "points": limits.fall,
        **_who(moment),
    }
    return met(Level.SOON, numbers, *(one.id for one in before), moment.occasion.id)


def _earlier(moment: Moment, days: int) -> list[Measure]:
    now = moment.occasion
    ratings = moment.before.measures.get(WELL_BEING, ())
    return [one for one in ratings if one.rater == now.respondent and 0 < now.day - one.day <= days]


def _who(moment: Moment) -> dict[str, str]:
    return {"respondent": WHO[moment.occasion.respondent]}


WELL_BEING_RULES = (
    Rule(
        id="well_being_low",
        version="1",
        topic=Topic.WELL_BEING,
        kind=Kind.STATE,
        instrument=WELL_BEING,
        read=read_low,
        limits=("well_being",),
        text=Text(
            template=(
                "Well-being was rated {rating} of 10 by {respondent}, after {earlier} of 10 within the"
                " {days} days before."
            ),
            clears_when="The rating is above {limit} at two reports in a row.",
            title="Low well-being",
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
            formula=(
                "rating at least 3 below the median of the same respondent's 28 days before (3 ratings or"
                " more): soon"
            ),
        ),
        source="Our choice.",
        weaknesses="The usual level follows a slow fall downwards.",
    ),
)
