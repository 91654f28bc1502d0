"""The caregiver's own strain: ZBI-12 total and its rise.

These answers are about the caregiver, not the patient, and are restricted to the people the site names for
it.
"""

from __future__ import annotations

from scoring.decline.flags import Kind, Numbers, Topic, Worse
from scoring.decline.memory.measures import ZBI_12
from scoring.decline.reports import Level
from scoring.decline.rule import CLEARS, Finding, Rule, RuleInput, Text, met


def read_total(given: RuleInput) -> Finding | None:
    """Soon above 20 of 48."""
    if given.total is None:
        return None
    if given.total <= given.limits.carer.total:
        return CLEARS
    numbers: Numbers = {"total": int(given.total), "limit": given.limits.carer.total}
    return met(Level.SOON, numbers, given.report.id)


def read_rise(given: RuleInput) -> Finding | None:
    """Inform at 5 points or more above the form before, of another day."""
    earlier = [form for form in given.before.measures.get(ZBI_12, ()) if form.day < given.report.day]
    if given.total is None or not earlier:
        return None
    before, total = earlier[-1], int(given.total)
    if total - before.value < given.limits.carer.rise:
        return None
    return met(Level.INFORM, {"total": total, "earlier": before.value}, before.id, given.report.id)


MORE = Worse("total", 5, "the score", "points of 48")
CARER_RULES = (
    Rule(
        id="carer_burden",
        version="1",
        topic=Topic.CARER_BURDEN,
        kind=Kind.STATE,
        instrument=ZBI_12,
        read=read_total,
        passes=True,
        worse=(MORE,),
        limits=("carer",),
        restricted=True,
        text=Text(
            template="The caregiver's burden score (ZBI-12) is {total} of 48, above {limit}.",
            clears_when="The score is {limit} or lower at two reports in a row.",
            title="Carer burden",
            headline="Caregiver's burden {total} of 48 (ZBI-12, limit {limit})",
            formula="ZBI-12 > 20: soon",
        ),
        source="Common banding of the ZBI-12 (0 to 10, 10 to 20, above 20); the level is our choice.",
        weaknesses=(
            "One score for all caregivers of a patient; two who take turns are compared with each other."
        ),
    ),
    Rule(
        id="carer_burden_rise",
        version="1",
        topic=Topic.CARER_BURDEN,
        kind=Kind.EVENT,
        instrument=ZBI_12,
        read=read_rise,
        passes=False,
        worse=(MORE,),
        limits=("carer",),
        restricted=True,
        text=Text(
            template="The caregiver's burden score (ZBI-12) rose from {earlier} to {total} of 48.",
            clears_when="It stands until the first ZBI-12 at least four weeks later.",
            title="Carer burden rising",
            headline="Caregiver's burden rose from {earlier} to {total} of 48 (ZBI-12)",
            formula="ZBI-12 at least 5 above the form before: inform",
        ),
        source="Our choice.",
        weaknesses="Depends on one earlier form.",
    ),
)
