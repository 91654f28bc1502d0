"""Events of single items: speech, swallowing, walking reaching a level, feeding tube, breathing support.

Each is an inform: something has changed that may call for an aid, a talk or a plan. What a patient already
reported at the first report is the starting point and no event. Levels are read from every respondent; a
change of support is read against the same respondent's last report where there is one.
"""

from __future__ import annotations

from collections.abc import Callable

from scoring.decline.alsfrs.points import ALSFRS_R, SUPPORT, previous, replaceable
from scoring.decline.alsfrs.staging import BREATHING, NUTRITION
from scoring.decline.flags import Kind, Numbers, Topic, Worse
from scoring.decline.memory.baseline import FIVE_B, MARKED
from scoring.decline.reports import Level
from scoring.decline.rule import Finding, Rule, RuleInput, Text, met
from scoring.decline.rules.stage import new_failure

STANDS = "It stands until the first ALSFRS-R report at least four weeks later."


def reached(name: str) -> Callable[[RuleInput], Finding | None]:
    """Inform the first time that an item is at or below its limit."""

    def read(given: RuleInput) -> Finding | None:
        code = given.point.code(MARKED[name])
        known = name in given.before.baseline.seen or not given.before.points
        if known or code is None or code > getattr(given.limits.function, name):
            return None
        numbers: Numbers = {"code": code, "respondent": given.report.respondent}
        return met(Level.INFORM, numbers, given.point.id)

    return read


def read_tube(given: RuleInput) -> Finding | None:
    """Inform when item 5b is answered for the first time, unless it is told as a new stage 4a."""
    if given.point.form != "b" or FIVE_B in given.before.baseline.seen or not given.before.points:
        return None
    if new_failure(given) == NUTRITION:
        return None
    return met(Level.INFORM, {"respondent": given.report.respondent}, given.point.id)


def read_support(given: RuleInput) -> Finding | None:
    """Inform when the support for breathing differs from the report before, and from all of late.

    Where it is told as a new stage 4b it is not told twice.
    """
    before = previous(given.before.points, given.point, SUPPORT)
    now, then = given.point.code(SUPPORT), before and before.code(SUPPORT)
    if before is None or now is None or then is None or now == then or _lately(given, now):
        return None
    if new_failure(given) == BREATHING:
        return None
    numbers: Numbers = {"now": now, "then": then}
    return met(Level.INFORM, numbers, before.id, given.point.id)


def _lately(given: RuleInput, code: int) -> bool:
    """Whether the same respondent has reported this support of late: back and forth is no news."""
    point = given.point
    since = point.day - given.limits.function.support_days
    own = (other for other in given.before.points if other.rater == point.rater and other.day >= since)
    return any(other.code(SUPPORT) == code for other in own if not replaceable(other, point))


def _event(
    name: str,
    topic: Topic,
    read: Callable[[RuleInput], Finding | None],
    *,
    text: Text,
    worse: tuple[Worse, ...] = (),
) -> Rule:
    return Rule(
        id=name,
        version="1",
        topic=topic,
        kind=Kind.EVENT,
        instrument=ALSFRS_R,
        read=read,
        passes=False,
        worse=worse,
        limits=("function",),
        of_function=True,
        text=text,
        source="Our choice; a single point can be a large loss (Boddy 2025).",
        weaknesses=(
            "One report is enough, so a slip of the finger raises it; it does not come back by itself."
        ),
    )


FUNCTION_RULES = (
    _event(
        "speech_level",
        Topic.SPEECH,
        reached("speech"),
        text=Text(
            title="Speech",
            headline="Speech has reached {code} of 4 (item 1)",
            formula="item 1 <= 2 for the first time since the first report: inform",
            template=(
                "Speech has reached {code} of 4 (item 1), as reported by {respondent}: has to repeat to be"
                " understood, or worse."
            ),
            clears_when=STANDS,
        ),
    ),
    _event(
        "swallowing_level",
        Topic.SWALLOWING,
        reached("swallowing"),
        text=Text(
            title="Swallowing",
            headline="Swallowing has reached {code} of 4 (item 3)",
            formula="item 3 <= 2 for the first time since the first report: inform",
            template=(
                "Swallowing has reached {code} of 4 (item 3), as reported by {respondent}: food or drink is"
                " changed, or worse."
            ),
            clears_when=STANDS,
        ),
    ),
    _event(
        "walking_level",
        Topic.WALKING,
        reached("walking"),
        text=Text(
            title="Walking",
            headline="Can no longer walk (item 8: {code} of 4)",
            formula="item 8 <= 1 for the first time since the first report: inform",
            template=(
                "Walking has reached {code} of 4 (item 8), as reported by {respondent}: can no longer walk."
            ),
            clears_when=STANDS,
        ),
    ),
    _event(
        "feeding_tube",
        Topic.FEEDING_TUBE,
        read_tube,
        text=Text(
            title="Feeding through a tube",
            headline="Feeding tube is now the main way of feeding (item 5b)",
            formula="item 5b answered for the first time since the first report, unless told as 4a: inform",
            template=(
                "Item 5b was answered for the first time, by {respondent}: a feeding tube is now the main"
                " way of feeding."
            ),
            clears_when=STANDS,
        ),
    ),
    _event(
        "breathing_support",
        Topic.VENTILATION,
        read_support,
        worse=(Worse("now", 1, "item 12", "of 4", lower=True),),
        text=Text(
            title="Breathing support changed",
            headline="Breathing support: {now}, was {then} (item 12)",
            formula=(
                "item 12 differs from the same respondent's report before, and from all of the 84 days"
                " before, unless told as 4b: inform"
            ),
            template=("The support for breathing changed from {then} to {now} (item 12)."),
            clears_when=STANDS,
        ),
    ),
)
