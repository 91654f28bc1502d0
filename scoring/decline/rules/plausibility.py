"""Questions about a report before it is believed: data queries, for the person who looks after the data.

None of these says anything about the patient. A rise is looked at before it is welcomed, identical answers
and answers given in seconds are asked about, and so is a form that does not fit what is recorded.
"""

from __future__ import annotations

from collections.abc import Callable

from scoring.decline.flags import Kind, Numbers, Topic
from scoring.decline.points import (
    ALSFRS_R,
    BASIS_WORDS,
    SWALLOWING,
    Point,
    comparable,
    value,
)
from scoring.decline.reports import CLINICIAN, WHO, Level
from scoring.decline.rule import CLEARS, Finding, Moment, Rule, Text, met
from scoring.decline.trend import surprise_of

HIGHEST = "4"


def _own_last(moment: Moment) -> Point | None:
    """The same respondent's last complete report of an earlier day."""
    point = moment.point
    own = (one for one in reversed(moment.before.points) if one.rater == point.rater and one.day < point.day)
    return next((one for one in own if one.total is not None), None)


def read_rise(moment: Moment) -> Finding | None:
    """A total four points up or more on comparable items."""
    before, point = _own_last(moment), moment.point
    if before is None or point.total is None:
        return None
    basis = comparable((before, point))
    rise = value(point, basis) - value(before, basis)
    if rise < moment.limits.plausibility.rise:
        return None
    numbers: Numbers = {
        "rise": rise,
        "latest": value(point, basis),
        "earlier": value(before, basis),
        "compared_on": BASIS_WORDS[basis],
        "respondent": WHO[point.rater],
    }
    return met(Level.INFORM, numbers, before.id, point.id)


def read_surprise(moment: Moment) -> Finding | None:
    """A total four points down or more, and far below what the earlier reports lead to expect."""
    before, point, limits = _own_last(moment), moment.point, moment.limits.plausibility
    if before is None or point.total is None:
        return None
    window = moment.series.since(point.day - moment.limits.primary.window_days)
    used = [one for one in window if one.rater == point.rater and one.day < point.day]
    if len(used) < moment.limits.primary.min_reports:
        return None
    compared = (*used, point)
    basis = moment.series.comparable(compared)
    fall = value(before, basis) - value(point, basis)
    if fall < limits.surprise_drop:
        return None
    z = surprise_of(point, used, basis, moment.limits)
    if z > -limits.surprise_z:
        return None
    numbers: Numbers = {
        "fall": fall,
        "latest": value(point, basis),
        "earlier": value(before, basis),
        "z": z,
        "compared_on": BASIS_WORDS[basis],
        "respondent": WHO[point.rater],
    }
    return met(Level.INFORM, numbers, *(one.id for one in compared))


def read_straight_line(moment: Moment) -> Finding | None:
    """Twelve identical answers below 4, where the report before was not the same."""
    marks, before = moment.point.items, _own_last(moment)
    repeated = before is not None and before.items == marks
    if moment.point.total is None or len(set(marks)) > 1 or marks[0] == HIGHEST or repeated:
        return None
    numbers: Numbers = {"code": int(marks[0]), "respondent": WHO[moment.point.rater]}
    return met(Level.INFORM, numbers, moment.point.id)


def read_too_quick(moment: Moment) -> Finding | None:
    """A form answered faster than it can be read; a clinician's own entry is not timed."""
    seconds, limit = moment.occasion.seconds, moment.limits.plausibility.seconds
    if seconds is None or seconds >= limit or moment.occasion.respondent == CLINICIAN:
        return None
    numbers: Numbers = {"seconds": seconds, "limit": limit, "respondent": WHO[moment.point.rater]}
    return met(Level.INFORM, numbers, moment.point.id)


def read_new_respondent(moment: Moment) -> Finding | None:
    """Somebody answers who has not answered within the reference time, while somebody else has."""
    point = moment.point
    since = point.day - moment.limits.general.rater_days
    recent = [one for one in moment.before.points if since <= one.day <= point.day]
    if not recent or any(one.rater == point.rater for one in recent):
        return None
    numbers: Numbers = {"respondent": WHO[point.rater], "earlier": WHO[recent[-1].rater]}
    return met(Level.INFORM, numbers, recent[-1].id, point.id)


def read_tube_unrecorded(moment: Moment) -> Finding | None:
    """Item 5b while the clinic has no gastrostomy on record."""
    recorded = moment.profile.gastrostomy_on
    if moment.point.form != "b" or (recorded is not None and recorded.toordinal() <= moment.point.day):
        return CLEARS
    return met(Level.INFORM, {"respondent": WHO[moment.point.rater]}, moment.point.id)


def read_tube_form(moment: Moment) -> Finding | None:
    """Item 5a while swallowing says that food goes through a tube."""
    code = moment.point.code(SWALLOWING)
    if code is None or code > 1 or moment.point.form != "a":
        return CLEARS
    return met(Level.INFORM, {"code": code, "respondent": WHO[moment.point.rater]}, moment.point.id)


def read_after_death(moment: Moment) -> Finding | None:
    """A report observed after the recorded day of death."""
    died_on = moment.profile.died_on
    if died_on is None or moment.occasion.observed_on <= died_on:
        return None
    return met(Level.INFORM, {"died_on": died_on.isoformat()}, moment.occasion.id)


_STANDS = "It stands until the first ALSFRS-R report at least four weeks later that raises no such question."


def _query(
    name: str,
    read: Callable[[Moment], Finding | None],
    *,
    text: Text,
) -> Rule:
    return Rule(
        id=name,
        version="1",
        topic=Topic.DATA_QUERY,
        kind=Kind.EVENT if text.clears_when is _STANDS else Kind.STATE,
        instrument=ALSFRS_R,
        read=read,
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
