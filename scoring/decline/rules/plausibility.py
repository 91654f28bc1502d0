"""Questions about a report before it is believed: data queries, for the person who looks after the data.

None of these says anything about the patient. A rise is looked at before it is welcomed, identical answers
and answers given in seconds are asked about, and so is a form that does not fit what is recorded.
"""

from __future__ import annotations

from collections.abc import Callable

from scoring.decline.alsfrs.points import (
    ALSFRS_R,
    OMITTED_WORDS,
    SWALLOWING,
    Point,
    comparable,
    value,
)
from scoring.decline.alsfrs.trend import surprise_of
from scoring.decline.flags import Kind, Numbers, Topic, Worse
from scoring.decline.reports import CLINICIAN, WHO, Level
from scoring.decline.rule import CLEARS, Finding, Rule, RuleInput, Text, met

HIGHEST = "4"


def _own_last(given: RuleInput) -> Point | None:
    """The same respondent's last complete report of an earlier day."""
    point = given.point
    own = (
        report
        for report in reversed(given.before.points)
        if report.rater == point.rater and report.day < point.day
    )
    return next((report for report in own if report.total is not None), None)


def read_rise(given: RuleInput) -> Finding | None:
    """A total four points up or more on comparable items."""
    before, point = _own_last(given), given.point
    if before is None or point.total is None:
        return None
    omitted = comparable((before, point))
    rise = value(point, omitted) - value(before, omitted)
    if rise < given.limits.plausibility.rise:
        return None
    numbers: Numbers = {
        "rise": rise,
        "latest": value(point, omitted),
        "earlier": value(before, omitted),
        "compared_on": OMITTED_WORDS[omitted],
        "respondent": WHO[point.rater],
    }
    return met(Level.INFORM, numbers, before.id, point.id)


def read_surprise(given: RuleInput) -> Finding | None:
    """A total four points down or more, and far below what the earlier reports lead to expect."""
    before, point, limits = _own_last(given), given.point, given.limits.plausibility
    if before is None or point.total is None:
        return None
    window = given.series.since(point.day - given.limits.primary.window_days)
    used = [report for report in window if report.rater == point.rater and report.day < point.day]
    if len(used) < given.limits.primary.min_reports:
        return None
    compared = (*used, point)
    omitted = given.series.comparable(compared)
    fall = value(before, omitted) - value(point, omitted)
    if fall < limits.surprise_drop:
        return None
    z = surprise_of(point, used, omitted, given.limits)
    if z > -limits.surprise_z:
        return None
    numbers: Numbers = {
        "fall": fall,
        "latest": value(point, omitted),
        "earlier": value(before, omitted),
        "z": z,
        "compared_on": OMITTED_WORDS[omitted],
        "respondent": WHO[point.rater],
    }
    return met(Level.INFORM, numbers, *(report.id for report in compared))


def read_straight_line(given: RuleInput) -> Finding | None:
    """Twelve identical answers below 4, where the report before was not the same."""
    marks, before = given.point.items, _own_last(given)
    repeated = before is not None and before.items == marks
    if given.point.total is None or len(set(marks)) > 1 or marks[0] == HIGHEST or repeated:
        return None
    numbers: Numbers = {"code": int(marks[0]), "respondent": WHO[given.point.rater]}
    return met(Level.INFORM, numbers, given.point.id)


def read_too_quick(given: RuleInput) -> Finding | None:
    """A form answered faster than it can be read; a clinician's own entry is not timed."""
    seconds, limit = given.report.seconds, given.limits.plausibility.seconds
    if seconds is None or seconds >= limit or given.report.respondent == CLINICIAN:
        return None
    numbers: Numbers = {"seconds": seconds, "limit": limit, "respondent": WHO[given.point.rater]}
    return met(Level.INFORM, numbers, given.point.id)


def read_new_respondent(given: RuleInput) -> Finding | None:
    """Somebody answers who has not answered within the reference time, while somebody else has."""
    point = given.point
    since = point.day - given.limits.general.rater_days
    recent = [report for report in given.before.points if since <= report.day <= point.day]
    if not recent or any(report.rater == point.rater for report in recent):
        return None
    numbers: Numbers = {"respondent": WHO[point.rater], "earlier": WHO[recent[-1].rater]}
    return met(Level.INFORM, numbers, recent[-1].id, point.id)


def read_tube_unrecorded(given: RuleInput) -> Finding | None:
    """Item 5b while the clinic has no gastrostomy on record."""
    recorded = given.profile.gastrostomy_on
    if given.point.form != "b" or (recorded is not None and recorded.toordinal() <= given.point.day):
        return CLEARS
    return met(Level.INFORM, {"respondent": WHO[given.point.rater]}, given.point.id)


def read_tube_form(given: RuleInput) -> Finding | None:
    """Item 5a while swallowing says that food goes through a tube."""
    code = given.point.code(SWALLOWING)
    if code is None or code > 1 or given.point.form != "a":
        return CLEARS
    return met(Level.INFORM, {"code": code, "respondent": WHO[given.point.rater]}, given.point.id)


def read_after_death(given: RuleInput) -> Finding | None:
    """A report observed after the recorded day of death."""
    died_on = given.profile.died_on
    if died_on is None or given.report.observed_on <= died_on:
        return None
    return met(Level.INFORM, {"died_on": died_on.isoformat()}, given.report.id)


_STANDS = "It stands until the first ALSFRS-R report at least four weeks later that raises no such question."


def _query(
    name: str,
    read: Callable[[RuleInput], Finding | None],
    *,
    text: Text,
    worse: tuple[Worse, ...] = (),
) -> Rule:
    return Rule(
        id=name,
        version="1",
        topic=Topic.DATA_QUERY,
        kind=Kind.EVENT if text.clears_when is _STANDS else Kind.STATE,
        instrument=ALSFRS_R,
        read=read,
        passes=text.clears_when is not _STANDS,
        worse=worse,
        limits=("plausibility",),
        data_query=True,
        of_function=True,
        text=text,
        source="Our choice; a rise of 4 points that lasts a year is seen in fewer than 1 % of patients.",
        weaknesses="Asks about honest answers too.",
    )


AFTER_DEATH = _query(
    "report_after_death",
    read_after_death,
    text=Text(
        title="Report after the recorded death",
        formula="observed after the recorded day of death: a question; no other rule reads the report",
        template=(
            "A report was observed after the recorded day of death ({died_on}): check the patient and the"
            " date."
        ),
        clears_when="It stands until the date of death or the report is corrected.",
    ),
)
PLAUSIBILITY_RULES = (
    _query(
        "total_rise",
        read_rise,
        text=Text(
            title="The total rose",
            formula="total at least 4 above the same respondent's report before, on comparable items",
            template=(
                "The ALSFRS-R reported by {respondent} rose by {rise} points, from {earlier} to {latest},"
                " measured on {compared_on}: check who answered and how."
            ),
            clears_when=_STANDS,
        ),
    ),
    _query(
        "surprise",
        read_surprise,
        worse=(Worse("latest", 4, "the total", "points", lower=True),),
        text=Text(
            title="Far below what was expected",
            formula=(
                "total at least 4 below the same respondent's report before, on comparable items, and"
                " predictive z <= -3 against the line through that respondent's earlier reports of the window"
            ),
            template=(
                "The ALSFRS-R reported by {respondent} fell by {fall} points at once, from {earlier} to"
                " {latest}, far more than the earlier reports led to expect, measured on {compared_on}: check"
                " the report, and what happened."
            ),
            clears_when=_STANDS,
        ),
    ),
    _query(
        "straight_line",
        read_straight_line,
        worse=(Worse("code", 1, "the answer", "of 4", lower=True),),
        text=Text(
            title="Twelve identical answers",
            formula="all twelve codes equal and below 4, unless the report before was the same",
            template=(
                "All twelve ALSFRS-R items were answered {code} by {respondent}: check that the form was"
                " read."
            ),
            clears_when=_STANDS,
        ),
    ),
    _query(
        "too_quick",
        read_too_quick,
        text=Text(
            title="Answered in seconds",
            formula="time on the form below 20 seconds, patient or caregiver",
            template=(
                "The ALSFRS-R was answered in {seconds} seconds by {respondent}, less than {limit}: check"
                " that it was read."
            ),
            clears_when=_STANDS,
        ),
    ),
    _query(
        "new_respondent",
        read_new_respondent,
        worse=(Worse("", words="another respondent", of="respondent"),),
        text=Text(
            title="Another respondent",
            formula="no report by this respondent in the 112 days before, while somebody else reported",
            template=(
                "This ALSFRS-R was answered by {respondent}; the one before by {earlier}. Their scores are"
                " not compared with each other: check who answers from now on."
            ),
            clears_when=_STANDS,
        ),
    ),
    _query(
        "tube_unrecorded",
        read_tube_unrecorded,
        text=Text(
            title="Feeding tube not on record",
            formula="item 5b answered, and no gastrostomy in the profile on that day",
            template=(
                "Item 5b (feeding tube) was answered by {respondent}, but no gastrostomy is on record: check"
                " the record."
            ),
            clears_when="A gastrostomy is recorded, or item 5a is answered, at two reports in a row.",
        ),
    ),
    _query(
        "tube_form",
        read_tube_form,
        text=Text(
            title="Form of item 5",
            formula="swallowing <= 1 with item 5a answered",
            template=(
                "Swallowing is {code} of 4 (tube feeding has begun), but item 5a was answered by"
                " {respondent}: check which form of item 5 fits."
            ),
            clears_when="Swallowing is above 1, or item 5b is answered, at two reports in a row.",
        ),
    ),
)
