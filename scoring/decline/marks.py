"""Two questions of the alert desk about a rule: can its alert pass, and is it worse than when dealt with.

A *mark* is how bad it is, as named measures. Every flag and further signal carries the mark of its own
rule, and the desk keeps one for each rule, so that dealing with one question swallows no other of its topic.
"""

from __future__ import annotations

from dataclasses import dataclass

from scoring.decline.flags import Mark, Numbers, Worse
from scoring.decline.rules import BY_ID
from scoring.decline.silence import RULE as SILENCE

NOT_EVALUATED, QUARANTINED = "not_evaluated", "quarantined"


@dataclass(frozen=True, slots=True)
class Marking:
    """What holds for the alerts of a rule that is not read in the fold; as in `rule.Rule`."""

    passes: bool
    worse: tuple[Worse, ...] = ()


OUTSIDE = {
    SILENCE: Marking(
        passes=True,
        worse=(
            Worse(
                "days_since_last",
                28,
                "the silence",
                "days, and at least one interval,",
                at_least="interval_days",
            ),
        ),
    ),
    NOT_EVALUATED: Marking(passes=True, worse=(Worse("", words="another report", of="report"),)),
    QUARANTINED: Marking(passes=True, worse=(Worse("", words="another report", of="report"),)),
    **{
        f"{concern}_{fate}": Marking(passes=False, worse=(Worse("", words="another form", of="report"),))
        for concern in ("self_harm", "unreadable", "breathing")
        for fate in ("refused", "quarantined")
    },
}
"""Of a report that could not be evaluated, or is kept aside, `report` among the numbers is its id."""


def passes(rule_id: str) -> bool:
    """Whether an alert of this rule can pass; one of a rule that is not known here never does."""
    marking = _marking(rule_id)
    return marking is not None and marking.passes


def mark_of(rule_id: str, numbers: Numbers) -> dict[str, float]:
    """The mark of a flag with these numbers; empty where nothing can be worse than it is."""
    marking = _marking(rule_id)
    mark: dict[str, float] = {}
    for worse in () if marking is None else marking.worse:
        mark.update(worse.mark(numbers))
    return mark


def is_worse(rule_id: str, then: Mark, now: Mark) -> bool:
    """Whether the later mark of a rule is worse than the earlier one by the rule's own step."""
    marking = _marking(rule_id)
    return marking is not None and any(worse.is_worse(then, now) for worse in marking.worse)


def milder(rule_id: str, one: Mark, other: Mark) -> dict[str, float]:
    """Return the milder of two marks of a rule, measure by measure.

    Whatever mark is worse than one of the two by the rule's own step (`is_worse`) is worse than this.
    """
    marking = _marking(rule_id)
    mark: dict[str, float] = {}
    for worse in () if marking is None else marking.worse:
        mark.update(worse.milder(one, other))
    return mark


def _marking(rule_id: str) -> Marking | None:
    rule = BY_ID.get(rule_id)
    return OUTSIDE.get(rule_id) if rule is None else Marking(rule.passes, rule.worse)
