"""Questions about a report before it is believed: data queries, for the person who looks after the data.

What no answer could settle is no question: it is remarked beside the report and raises nothing.

None of these says anything about the patient. A rise is looked at before it is welcomed, identical answers
and answers given in seconds are asked about, and so is a form that does not fit what is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile

from scoring.decline.alsfrs.points import (
    ALSFRS_R,
    SWALLOWING,
)
from scoring.decline.flags import Kind, Numbers, Topic, Worse
from scoring.decline.reports import CLINICIAN, Level
from scoring.decline.rule import CLEARS, Finding, Rule, RuleInput, Text, met
from scoring.decline.rules.doubt import SURPRISE, read_rise, read_straight_line, read_surprise


def read_too_quick(given: RuleInput) -> Finding | None:
    """A form answered faster than it can be read; a clinician's own entry is not timed."""
    seconds, limit = given.report.seconds, given.limits.plausibility.seconds
    if seconds is None or seconds >= limit or given.report.respondent == CLINICIAN:
        return None
    numbers: Numbers = {"seconds": seconds, "limit": limit, "respondent": given.point.rater}
    return met(Level.INFORM, numbers, given.point.id)


def read_new_respondent(given: RuleInput) -> Finding | None:
    """Somebody answers who has not answered within the reference time, while somebody else has."""
    point = given.point
    since = point.day - given.limits.general.rater_days
    recent = takewhile(lambda report: report.day >= since, reversed(given.before.points))
    last = None
    for report in recent:
        if report.day <= point.day:
            if report.rater == point.rater:
                return None
            last = last or report
    if last is None:
        return None
    numbers: Numbers = {"respondent": point.rater, "earlier_respondent": last.rater}
    return met(Level.INFORM, numbers, last.id, point.id)


def read_tube_unrecorded(given: RuleInput) -> Finding | None:
    """Item 5b while the clinic has no gastrostomy on record."""
    recorded = given.profile.gastrostomy_on
    if given.point.form != "b" or (recorded is not None and recorded.toordinal() <= given.point.day):
        return CLEARS
    return met(Level.INFORM, {"respondent": given.point.rater}, given.point.id)


def read_tube_form(given: RuleInput) -> Finding | None:
    """Item 5a while swallowing says that nothing goes by mouth.

    At swallowing 1 part of the food goes through a tube, and 5a is right as long as it is not the main way.
    """
    code = given.point.code(SWALLOWING)
    if code is None or code > 0 or given.point.form != "a":
        return CLEARS
    return met(Level.INFORM, {"code": code, "respondent": given.point.rater}, given.point.id)


def read_after_death(given: RuleInput) -> Finding | None:
    """A report observed after the recorded day of death."""
    died_on = given.profile.died_on
    if died_on is None or given.report.observed_on <= died_on:
        return None
    return met(Level.INFORM, {"died_on": died_on.isoformat()}, given.report.id)


_STANDS = "It stands until the first ALSFRS-R report at least four weeks later that raises no such question."

_REMARK = "It is said of one report, and asks nobody to do anything."


def _query(
    name: str,
    read: Callable[[RuleInput], Finding | None],
    *,
    text: Text,
    version: str = "1",
    remark: bool = False,
    worse: tuple[Worse, ...] = (),
) -> Rule:
    return Rule(
        id=name,
        version=version,
        topic=Topic.DATA_QUERY,
        kind=Kind.EVENT if text.clears_when in (_STANDS, _REMARK) else Kind.STATE,
        instrument=ALSFRS_R,
        read=read,
        passes=text.clears_when not in (_STANDS, _REMARK),
        worse=worse,
        limits=("plausibility",),
        data_query=True,
        remark=remark,
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
        headline="A report came from after the recorded death ({died_on})",
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
        version="2",
        text=Text(
            title="The total rose",
            headline="The total rose by {rise} points, from {earlier} to {latest}: who answered, and how?",
            formula=(
                "total at least 4 above the same respondent's report before, on comparable items, and"
                " predictive z >= 3 against the line through that respondent's earlier reports of the window"
            ),
            template=(
                "The ALSFRS-R reported by {respondent} rose by {rise} points, from {earlier} to {latest},"
                " measured on {compared_on}: check who answered and how."
            ),
            clears_when=_STANDS,
        ),
    ),
    _query(
        SURPRISE,
        read_surprise,
        version="3",
        worse=(Worse("latest", 4, "the total", "points", lower=True),),
        text=Text(
            title="Far below what was expected",
            headline="The total fell by {fall} points at once, from {earlier} to {latest}: what happened?",
            formula=(
                "total at least 4 below the same respondent's report before, on comparable items, and"
                " predictive z <= -3 against the line through that respondent's earlier reports of the window"
                " that are not in doubt: inform; as low as one in doubt that is really apart, or lower: both"
                " are believed; less low: soon"
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
        version="2",
        worse=(Worse("code", 1, "the answer", "of 4", lower=True),),
        text=Text(
            title="Twelve identical answers",
            headline="All {answered} were answered {code}: was the form read?",
            formula=(
                "all codes equal and below 4, unless the report before was the same, or an earlier such form,"
                " really apart, was no lower: inform; soon when it is another fall"
            ),
            template="All {answered} were answered {code} by {respondent}: check that the form was read.",
            clears_when=_STANDS,
        ),
    ),
    _query(
        "too_quick",
        read_too_quick,
        version="2",
        remark=True,
        text=Text(
            title="Answered in seconds",
            headline="Answered in {seconds} seconds",
            formula="time on the form below 20 seconds, patient or caregiver",
            template="The ALSFRS-R was answered in {seconds} seconds by {respondent}, less than {limit}.",
            clears_when=_REMARK,
        ),
    ),
    _query(
        "new_respondent",
        read_new_respondent,
        version="2",
        remark=True,
        text=Text(
            title="Another respondent",
            headline="Answered by {respondent}, before by {earlier_respondent}",
            formula="no report by this respondent in the 112 days before, while somebody else reported",
            template=(
                "This ALSFRS-R was answered by {respondent}; the one before by {earlier_respondent}. Their"
                " scores are not compared with each other."
            ),
            clears_when=_REMARK,
        ),
    ),
    _query(
        "tube_unrecorded",
        read_tube_unrecorded,
        text=Text(
            title="Feeding tube not on record",
            headline="Feeding tube reported (item 5b), none on record",
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
        version="2",
        text=Text(
            title="Form of item 5",
            headline="Nothing by mouth, item 5a answered: which form of item 5 fits?",
            formula="swallowing = 0 with item 5a answered",
            template=(
                "Swallowing is {code} of 4 (nothing by mouth), but item 5a was answered by {respondent}:"
                " check which form of item 5 fits."
            ),
            clears_when="Swallowing is above 0, or item 5b is answered, at two reports in a row.",
        ),
    ),
)
