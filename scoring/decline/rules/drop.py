"""Confirmed drop: successive reports well below the patient's own level of two to four months ago.

Explainable in one sentence and independent of any model, hence a companion of the primary rule. Only
reports of the reference respondent are compared; items that cannot be compared are left out.
"""

from __future__ import annotations

from statistics import median

from scoring.decline.alsfrs.points import ALSFRS_R, before_last, compared_on, up_to_day, value
from scoring.decline.alsfrs.series import scaled
from scoring.decline.alsfrs.trend import FLOOR_TOTAL
from scoring.decline.flags import Kind, Numbers, Topic
from scoring.decline.reports import Level
from scoring.decline.rule import Evidence, Finding, Rule, RuleInput, Text
from scoring.decline.rules.primary import FALLEN


def read_drop(given: RuleInput) -> Finding | None:
    """Compare the latest reports with the median of those 56 to 112 days before the latest."""
    limits, point, day = given.limits.confirmed_drop, given.point, given.report.day
    if not given.series.uses(point):
        return None
    rater = given.series.reference_rater(day - given.limits.general.rater_days)
    own = given.series.since_of(day - limits.reference_to_days, rater)
    if point.rater != rater or len(own) < 3:
        return None
    latest, earlier = own[-1], before_last(own)
    if len(earlier) < 2:
        return None
    previous = earlier[-1]
    confirming = [
        report for report in own[:-1] if report is previous or day - report.day <= limits.confirm_days
    ]
    reference = up_to_day(earlier[:-1], day - limits.reference_from_days)
    if not reference:
        return None
    compared = (*reference, *confirming, latest)
    omitted = given.series.comparable(compared)
    usual = float(median(value(report, omitted) for report in reference))
    drop = usual - value(latest, omitted)
    confirmed = all(usual - value(report, omitted) >= limits.points - 1 for report in confirming)
    fallen = drop >= limits.points and confirmed

    def evidence() -> Evidence:
        numbers: Numbers = {
            "reference": usual,
            "reference_reports": len(reference),
            "latest": value(latest, omitted),
            "previous": value(previous, omitted),
            "drop": drop,
            "level_now": scaled(latest, omitted),
            "from_weeks": round(limits.reference_from_days / 7),
            "to_weeks": round(limits.reference_to_days / 7),
            "points": limits.points,
            "clear_points": limits.clear_points,
            "compared_on": compared_on(omitted),
            "respondent": rater,
        }
        return Evidence(numbers, tuple(report.id for report in compared))

    clearing = drop < limits.clear_points and given.series.total(point) > FLOOR_TOTAL
    return Finding(Level.INFORM if fallen else None, clearing, evidence)


CONFIRMED_DROP = Rule(
    id="confirmed_drop",
    version="3",
    topic=Topic.DECLINE,
    kind=Kind.STATE,
    instrument=ALSFRS_R,
    read=read_drop,
    passes=False,
    worse=(FALLEN,),
    limits=("confirmed_drop",),
    of_function=True,
    text=Text(
        headline="{drop:g} points below the level of {from_weeks} to {to_weeks} weeks earlier",
        template=(
            "The latest ALSFRS-R report is {drop:g} points below the usual level of {from_weeks} to"
            " {to_weeks} weeks earlier ({latest} now, {previous} in the report before, {reference:g} then),"
            " measured on {compared_on}."
        ),
        clears_when=(
            "The latest report is less than {clear_points:g} points below the level of {from_weeks} to"
            " {to_weeks} weeks earlier, at two reports in a row."
        ),
        title="Confirmed drop",
        formula=(
            "reference = median of the reports 56 to 112 days before the latest; latest <= reference - 6;"
            " the previous report and all others of the 28 days before the latest <= reference - 5. The"
            " previous report is never part of its own reference; no reference, no flag."
        ),
    ),
    source="Our choice; no published rule.",
    weaknesses=(
        "Blind until reports reach back eight weeks; flags some slow patients by chance when reports are"
        " noisy."
    ),
)
