"""Mood: PHQ-9, GAD-7 and WHO-5 totals, and item 9 of the PHQ-9, which is read at once and on its own.

A total counts only as the patient's own answers (or an interview with the patient); a proxy's answers to a
mood questionnaire are no measure of mood. Item 9 needs no complete form, and from a proxy it is a carer's
concern, urgent all the same. The wording stays neutral and says what was reported, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from math import floor

from scoring.decline.flags import Kind, Numbers, Topic, Worse
from scoring.decline.reports import CAREGIVER, Level
from scoring.decline.rule import Finding, Rule, RuleInput, Text, met, rests_on

ITEM_9 = "phq_9"
PROXY = "proxy"


def by_proxy(given: RuleInput) -> bool:
    """Whether somebody else than the patient gave the answers."""
    return given.report.respondent == CAREGIVER or given.report.mode == PROXY


def high_total(instrument: str) -> Callable[[RuleInput], Finding | None]:
    """Inform and soon at or above two totals; prorated totals are rounded half up first."""

    def read(given: RuleInput) -> Finding | None:
        if given.total is None or by_proxy(given):
            return None
        limits, total = given.limits.mood, floor(given.total + 0.5)
        inform, soon = getattr(limits, f"{instrument}_inform"), getattr(limits, f"{instrument}_soon")
        level = Level.SOON if total >= soon else Level.INFORM if total >= inform else None
        return Finding(level, total < inform, rests_on({"total": total, "limit": inform}, given.report.id))

    return read


def read_who_5(given: RuleInput) -> Finding | None:
    """Inform below 50, soon at or below 28; low is worse."""
    if given.total is None or by_proxy(given):
        return None
    limits, total = given.limits.mood, floor(given.total + 0.5)
    level = (
        Level.SOON if total <= limits.who_5_soon else Level.INFORM if total < limits.who_5_inform else None
    )
    numbers: Numbers = {"total": total, "limit": limits.who_5_inform}
    return Finding(level, total >= limits.who_5_inform, rests_on(numbers, given.report.id))


def item_9(*, proxy: bool) -> Callable[[RuleInput], Finding | None]:
    """Urgent whenever item 9 is 1 or more, whatever else was answered; inform when entered long after."""

    def read(given: RuleInput) -> Finding | None:
        code = given.answers.get(ITEM_9)
        if code is None or code < 1 or by_proxy(given) is not proxy:
            return None
        answered_on = given.report.observed_on.isoformat()
        numbers: Numbers = {
            "code": int(code),
            "respondent": given.report.respondent,
            "answered_on": answered_on,
        }
        return met(Level.INFORM if given.report.late else Level.URGENT, numbers, given.report.id)

    return read


def _total(name: str, instrument: str, *, text: Text, source: str, worse: Worse) -> Rule:
    return Rule(
        id=name,
        version="1",
        topic=Topic.MOOD,
        kind=Kind.STATE,
        instrument=instrument,
        read=read_who_5 if instrument == "who_5" else high_total(instrument),
        passes=True,
        worse=(worse,),
        limits=("mood",),
        text=text,
        source=source,
        weaknesses=(
            "General questionnaires count fatigue, appetite, sleep and slowing, which ALS brings by itself."
        ),
    )


def _item_9(name: str, *, proxy: bool, title: str, template: str) -> Rule:
    return Rule(
        id=name,
        version="1",
        topic=Topic.SELF_HARM,
        kind=Kind.EVENT,
        instrument="phq_9",
        read=item_9(proxy=proxy),
        passes=False,
        worse=(Worse("code", 1, "item 9", "of 3"),),
        every_report=True,
        lasting=True,
        restricted=True,
        text=Text(
            title=title,
            headline=title + " (PHQ-9 item 9: {code} of 3)",
            formula=(
                "item 9 >= 1, whatever the total, also from an incomplete form: urgent; inform when staff"
                " enter a form that was answered more than 30 days before; a missing item 9 is not 0"
            ),
            template=template,
            clears_when="It does not clear by itself: a clinician closes it with what was done.",
        ),
        source="Our choice: the strictest reading (any answer above 0).",
        weaknesses=(
            "Wishes for an end of suffering are common topics in ALS care; the item does not tell them apart."
        ),
    )


BACK = "The score is back on the other side of {limit} at two reports in a row."
MOOD_RULES = (
    _item_9(
        "self_harm",
        proxy=False,
        title="Thoughts of death or self-harm",
        template=(
            "Thoughts of being better off dead or of self-harm reported (PHQ-9 item 9: {code} of 3, by"
            " {respondent}, on {answered_on})."
        ),
    ),
    _item_9(
        "self_harm_concern",
        proxy=True,
        title="Carer's concern about thoughts of death or self-harm",
        template=(
            "Carer's concern: thoughts of being better off dead or of self-harm reported on the patient's"
            " behalf (PHQ-9 item 9: {code} of 3, by {respondent}, on {answered_on})."
        ),
    ),
    _total(
        "phq_9_total",
        "phq_9",
        worse=Worse("total", 5, "the total", "points of 27"),
        text=Text(
            title="Depressive symptoms",
            headline="PHQ-9 total {total} of 27 (limit {limit})",
            formula="PHQ-9 total >= 15: soon; >= 10: inform (prorated totals rounded half up)",
            template="The PHQ-9 total is {total} of 27 (limit {limit}).",
            clears_when=BACK,
        ),
        source="Kroenke 2001 (severity bands); the levels are our choice.",
    ),
    _total(
        "gad_7_total",
        "gad_7",
        worse=Worse("total", 4, "the total", "points of 21"),
        text=Text(
            title="Anxiety symptoms",
            headline="GAD-7 total {total} of 21 (limit {limit})",
            formula="GAD-7 total >= 15: soon; >= 10: inform (prorated totals rounded half up)",
            template="The GAD-7 total is {total} of 21 (limit {limit}).",
            clears_when=BACK,
        ),
        source="Spitzer 2006 (severity bands); the levels are our choice.",
    ),
    _total(
        "who_5_index",
        "who_5",
        worse=Worse("total", 10, "the index", "points of 100", lower=True),
        text=Text(
            title="Low well-being index",
            headline="WHO-5 index {total} of 100, higher is better (limit {limit})",
            formula="WHO-5 percentage <= 28: soon; < 50: inform",
            template="The WHO-5 well-being index is {total} of 100, where higher is better (limit {limit}).",
            clears_when=BACK,
        ),
        source="Topp 2015; the levels are our choice.",
    ),
)
