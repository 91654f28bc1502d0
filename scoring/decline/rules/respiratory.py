"""The respiratory ladder: what the answers to the breathing items ask for, rung by rung.

Items 10 and 11 are symptoms; item 12 is support used and belongs to `function`. The rungs read every report
of every respondent, also one that is replaced later the same day; only a fall in points is compared within
one respondent. Self-reported breathing is a coarse screen: that no rung is lit says nothing good about
breathing.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile

from scoring.decline.alsfrs.points import (
    ALSFRS_R,
    DYSPNEA,
    ORTHOPNEA,
    SPEECH,
    SUPPORT,
    SWALLOWING,
    fell,
    low_after,
    low_before,
    previous,
    replaceable,
)
from scoring.decline.flags import Kind, Numbers, Topic, Worse
from scoring.decline.memory.baseline import BREATHING
from scoring.decline.reports import Level
from scoring.decline.rule import CLEARS, HOLDS, Finding, Rule, RuleInput, Text, met

BULBAR_ITEMS = range(SPEECH, SWALLOWING + 1)
Reading = Callable[[RuleInput], Finding | None]


def _finding(given: RuleInput, level: Level, **more: int | str) -> Finding:
    numbers: Numbers = {"respondent": given.report.respondent, **more}
    return met(level, numbers, given.point.id)


def at_worst(item: int) -> Reading:
    """Urgent while a breathing item is 0."""

    def read(given: RuleInput) -> Finding | None:
        code = given.point.code(item)
        if code is None:
            return None
        return _finding(given, Level.URGENT, code=code) if code == 0 else CLEARS

    return read


def read_orthopnea_fall(given: RuleInput) -> Finding | None:
    """Urgent when breathing lying down falls to a very low level that the report before did not have."""
    code, limit = given.point.code(ORTHOPNEA), given.limits.function.orthopnea_urgent
    if code is None:
        return None
    before = previous(given.before.points, given.point, ORTHOPNEA)
    earlier = None if before is None else before.code(ORTHOPNEA)
    if earlier is None or code > limit or earlier <= limit:
        return HOLDS if code <= limit else CLEARS
    return _finding(given, Level.URGENT, code=code, earlier=earlier)


def read_dyspnea_fall(given: RuleInput) -> Finding | None:
    """Urgent when breathlessness worsens by two levels within five weeks in one respondent's reports."""
    point, limits = given.point, given.limits.function
    code = point.code(DYSPNEA)
    if code is None:
        return None
    since = point.day - limits.dyspnea_fall_days
    window = takewhile(lambda other: other.day >= since, reversed(given.before.points))
    recent = (
        other.code(DYSPNEA)
        for other in window
        if other.rater == point.rater and not replaceable(other, point)
    )
    earlier = max((known for known in recent if known is not None), default=code)
    if earlier - code < limits.dyspnea_fall:
        return CLEARS
    return _finding(given, Level.URGENT, code=code, earlier=earlier, days=limits.dyspnea_fall_days)


def read_dyspnea_low(given: RuleInput) -> Finding | None:
    """Soon while item 10 is at or below its limit."""
    code, limit = given.point.code(DYSPNEA), given.limits.function.dyspnea_soon
    if code is None:
        return None
    if code > limit:
        return _risen_again(given, DYSPNEA, limit)
    return _finding(given, Level.SOON, code=code, limit=limit)


def _risen_again(given: RuleInput, item: int, limit: int) -> Finding:
    """Counts towards clearing once four weeks have gone by without a low answer: items go back and forth."""
    since = given.point.day - given.limits.function.flicker_days
    return HOLDS if low_after(given.before.points, given.point, item, limit, since) else CLEARS


def read_orthopnea_low(given: RuleInput) -> Finding | None:
    """Inform while item 11 is low; soon when a second report says so, or when it is not alone."""
    code, limits = given.point.code(ORTHOPNEA), given.limits.function
    if code is None:
        return None
    limit = limits.orthopnea_soon
    if code > limit:
        return _risen_again(given, ORTHOPNEA, limit)
    before = previous(given.before.points, given.point, ORTHOPNEA)
    earlier = None if before is None or before.rater != given.point.rater else before.code(ORTHOPNEA)
    again = low_before(given.before.points, given.point, ORTHOPNEA, limit) or (
        earlier is not None and earlier - code >= limits.orthopnea_drop
    )
    soon = again or code <= limits.orthopnea_urgent or _bulbar_items_lost(given) or _breathless_unaided(given)
    return _finding(given, Level.SOON if soon else Level.INFORM, code=code, limit=limit)


def _breathless_unaided(given: RuleInput) -> bool:
    """Breathless on light activity or worse, where no ventilation has begun."""
    dyspnea, support = given.point.code(DYSPNEA), given.point.code(SUPPORT)
    begun = given.profile.ventilation_on
    aided = (support is not None and support < 4) or (begun is not None and begun <= given.report.observed_on)
    return dyspnea is not None and dyspnea <= given.limits.function.orthopnea_dyspnea and not aided


def _bulbar_items_lost(given: RuleInput) -> list[int]:
    return [item for item in BULBAR_ITEMS if fell(given.before.points, given.point, item)]


def read_first_sign(given: RuleInput) -> Finding | None:
    """Inform the first time that item 10 or 11 is below 4; at the first form it is a starting point."""
    known = bool(given.before.points) and _first_sign(given)
    return _finding(given, Level.INFORM, **_codes(given)) if known else None


def read_first_sign_with_bulbar(given: RuleInput) -> Finding | None:
    """Soon when the first breathing sign comes with a new loss in speech, saliva or swallowing."""
    if not _first_sign(given):
        return None
    lost = _bulbar_items_lost(given)
    return _finding(given, Level.SOON, **_codes(given), bulbar_items=len(lost)) if lost else None


def _first_sign(given: RuleInput) -> bool:
    codes = (given.point.code(DYSPNEA), given.point.code(ORTHOPNEA))
    return BREATHING not in given.before.baseline.seen and any(
        code is not None and code < 4 for code in codes
    )


def _codes(given: RuleInput) -> dict[str, int | str]:
    pairs = {"dyspnea": given.point.code(DYSPNEA), "orthopnea": given.point.code(ORTHOPNEA)}
    return {name: "missing" if code is None else code for name, code in pairs.items()}


def _rung(
    name: str,
    read: Reading,
    *,
    text: Text,
    passes: bool,
    worse: tuple[Worse, ...] = (),
    kind: Kind = Kind.STATE,
) -> Rule:
    return Rule(
        id=name,
        version=_VERSIONS.get(name, "1"),
        topic=Topic.RESPIRATORY,
        kind=kind,
        instrument=ALSFRS_R,
        read=read,
        passes=passes,
        worse=worse,
        limits=("function",),
        every_report=True,
        of_function=True,
        text=text,
        source="Our choice of levels; symptoms from the NICE list for motor neurone disease (NG42).",
        weaknesses=(
            "Self-reported symptoms find about three quarters of the patients with a low vital capacity"
            " (MND-DS study); one slip of the finger is enough to light it."
        ),
    )


LOWER_10 = Worse("code", 1, "item 10", "of 4", lower=True)
LOWER_11 = Worse("code", 1, "item 11", "of 4", lower=True)
_VERSIONS = {"orthopnea_low": "2", "dyspnea_low": "2", "breathing_first": "2"}
"""Of the rungs whose result has changed."""

_TWICE = " at two reports in a row."
_FOR_WEEKS = " at two reports in a row, and no report of the 28 days before was not."
RESPIRATORY_RULES = (
    _rung(
        "dyspnea_at_worst",
        at_worst(DYSPNEA),
        passes=True,
        text=Text(
            title="Severe breathlessness",
            headline="Breathlessness at its worst level (item 10: {code} of 4)",
            formula="item 10 = 0: urgent",
            template="Breathlessness is reported by {respondent} at its worst level (item 10: {code} of 4).",
            clears_when="Item 10 is 1 or higher" + _TWICE,
        ),
    ),
    _rung(
        "orthopnea_at_worst",
        at_worst(ORTHOPNEA),
        passes=True,
        text=Text(
            title="Cannot sleep for breathlessness",
            headline="Cannot sleep for breathlessness (item 11: {code} of 4)",
            formula="item 11 = 0: urgent",
            template=(
                "Breathing when lying down is reported by {respondent} at its worst level (item 11: {code}"
                " of 4)."
            ),
            clears_when="Item 11 is 1 or higher" + _TWICE,
        ),
    ),
    _rung(
        "orthopnea_fall",
        read_orthopnea_fall,
        passes=False,
        worse=(LOWER_11,),
        text=Text(
            title="Breathing lying down has become very hard",
            headline="Breathing lying down fell from {earlier} to {code} of 4 (item 11)",
            formula="item 11 falls to 1 or below, from above 1 in the report before: urgent",
            template=(
                "Breathing when lying down fell to {code} of 4 (item 11), from {earlier} before, as reported"
                " by {respondent}."
            ),
            clears_when="Item 11 is above 1" + _TWICE,
        ),
    ),
    _rung(
        "dyspnea_fall",
        read_dyspnea_fall,
        passes=False,
        worse=(LOWER_10,),
        text=Text(
            title="Breathlessness worsened quickly",
            headline="Breathlessness worsened from {earlier} to {code} of 4 (item 10)",
            formula="item 10 at least 2 below the best of the same respondent's last 35 days: urgent",
            template=(
                "Breathlessness worsened from {earlier} to {code} of 4 (item 10) within {days} days, as"
                " reported by {respondent}."
            ),
            clears_when="Item 10 is no longer 2 or more below the best of the last {days} days" + _TWICE,
        ),
    ),
    _rung(
        "dyspnea_low",
        read_dyspnea_low,
        passes=True,
        worse=(LOWER_10,),
        text=Text(
            title="Breathless at rest",
            headline="Breathless at rest or worse (item 10: {code} of 4)",
            formula="item 10 <= 1: soon",
            template="Breathlessness at rest or worse is reported by {respondent} (item 10: {code} of 4).",
            clears_when="Item 10 is above {limit}" + _FOR_WEEKS,
        ),
    ),
    _rung(
        "orthopnea_low",
        read_orthopnea_low,
        passes=True,
        worse=(LOWER_11,),
        text=Text(
            title="Breathing lying down is hard",
            headline="Trouble breathing lying down (item 11: {code} of 4)",
            formula=(
                "item 11 <= 2: inform; soon when the same respondent's report before says so too, after a"
                " fall of 2 or more, with a new loss in item 1, 2 or 3, at 1 or below, or at item 10 <= 2"
                " without ventilation"
            ),
            template="Trouble breathing when lying down is reported by {respondent} (item 11: {code} of 4).",
            clears_when="Item 11 is above {limit}" + _FOR_WEEKS,
        ),
    ),
    _rung(
        "breathing_first_with_bulbar",
        read_first_sign_with_bulbar,
        passes=False,
        kind=Kind.EVENT,
        text=Text(
            title="First breathing sign together with a bulbar loss",
            headline="First breathing sign, with a new bulbar loss",
            formula=(
                "item 10 or 11 below 4 for the first time, and item 1, 2 or 3 lower than in the report"
                " before: soon"
            ),
            template=(
                "Breathing symptoms are reported for the first time by {respondent} (item 10: {dyspnea},"
                " item 11: {orthopnea}), together with a new loss in speech, saliva or swallowing."
            ),
            clears_when="It stands until the first ALSFRS-R report at least four weeks later.",
        ),
    ),
    _rung(
        "breathing_first",
        read_first_sign,
        passes=False,
        kind=Kind.EVENT,
        text=Text(
            title="First breathing sign",
            headline="First breathing sign (item 10: {dyspnea}, item 11: {orthopnea})",
            formula="item 10 or 11 below 4 for the first time since the first report: inform",
            template=(
                "Breathing symptoms are reported for the first time by {respondent} (item 10: {dyspnea},"
                " item 11: {orthopnea})."
            ),
            clears_when="It stands until the first ALSFRS-R report at least four weeks later.",
        ),
    ),
)
