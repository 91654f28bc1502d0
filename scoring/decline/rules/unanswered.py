"""Items left unanswered again and again: that decline cannot be judged is told, and of which answers.

An item that most reports lack is left out of every comparison, and the sentences say so. A report that lacks
another item is left out itself; here is told when that is no slip any more.
"""

from __future__ import annotations

from scoring.decline.alsfrs.points import ALSFRS_R, ITEMS, MISSING
from scoring.decline.alsfrs.series import NO_SLIP
from scoring.decline.flags import Kind, Numbers, Topic, Worse
from scoring.decline.reports import Level
from scoring.decline.rule import CLEARS, HOLDS, Finding, Rule, RuleInput, Text, met


def read_unanswered(given: RuleInput) -> Finding | None:
    """The third report of a respondent within the window that lacks an item and is left out."""
    point, series = given.point, given.series
    if series.uses(point):
        return CLEARS
    since = point.day - given.limits.primary.window_days
    own = [other for other in given.before.points if other.rater == point.rater and other.day >= since]
    left_out = [other for other in (*own, point) if not series.uses(other)]
    if len(left_out) < NO_SLIP:
        return HOLDS
    lacking = [
        key for item, key in enumerate(ITEMS) if any(other.items[item] == MISSING for other in left_out)
    ]
    numbers: Numbers = {
        "unanswered": ",".join(lacking),
        "count": len(left_out),
        "reports": len(own) + 1,
        "days": given.limits.primary.window_days,
        "respondent": point.rater,
    }
    return met(Level.SOON, numbers, *(other.id for other in left_out))


ITEMS_UNANSWERED = Rule(
    id="items_unanswered",
    version="1",
    topic=Topic.DATA_QUERY,
    kind=Kind.STATE,
    instrument=ALSFRS_R,
    read=read_unanswered,
    passes=True,
    worse=(Worse("", words="other items", of="unanswered"),),
    limits=("primary",),
    data_query=True,
    of_function=True,
    text=Text(
        headline="Decline cannot be judged: answers are missing in {count} reports",
        title="Decline cannot be judged: items left unanswered",
        formula=(
            "the third report of one respondent within 183 days that lacks an item, other than those that"
            " most reports lack: soon"
        ),
        template=(
            "Decline cannot be judged from {count} of the {reports} ALSFRS-R reports by {respondent} within"
            " {days} days, because answers are missing: {unanswered}. These reports are left out; ask for the"
            " answers."
        ),
        clears_when="Reports come that can be used, two in a row.",
    ),
    source="Our choice: three such reports are no slip.",
    weaknesses=(
        "Until the third such report nothing is said of them. With more than four items that most reports"
        " lack no report can be used."
    ),
)
