"""Whether a mark may be news: asked of each report, without reading an alert.

A mark, how bad it is, moves with nearly every report of somebody who gets worse. It is news only where it is
worse than the baseline of the alert by the rule's own step, and whoever stores a report does not know that.
So the ledger carries the *mildest* mark that the baseline may hold (`models.ledger.entries.Entry`): that of
the alerts when they were last brought in step, or a milder one that came after it, because a person who deals
with an alert sets its baseline to what the reports say then. What is not worse than the mildest is no news.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from models.alerts.alert import Alert, Mark
from models.ledger.entries import Marks
from scoring import decline
from services.alerts.news import Verdict


def may_be_worse(evaluation: Mapping[str, Any], mildest: Marks, before: Mapping[str, Any]) -> bool:
    """Return whether the mark of a rule may be news to those who deal with its alert.

    Args:
        evaluation: the present one.
        mildest: as of the entry before. A mark that is not worse than this is worse than no baseline.
        before: the evaluation of the entry before; a rule of which the mildest mark is not known must stand
            as it stood there.
    """
    stood: dict[tuple[str, str], Mark] | None = None
    for topic, rule, mark in _marks_in(evaluation):
        known = mildest.get(topic, {}).get(rule)
        if known is not None:
            if decline.is_worse(rule, known, mark):
                return True
            continue
        if stood is None:
            stood = {(of, name): found for of, name, found in _marks_in(before)}
        if stood.get((topic, rule)) != mark:
            return True
    return False


def mildest_after(mildest: Marks, evaluation: Mapping[str, Any]) -> Marks:
    """Return the mildest marks as of an evaluation that changes no alert, given those of the entry before."""
    after: dict[str, dict[str, Mark]] = {}
    for topic, rule, mark in _marks_in(evaluation):
        known = mildest.get(topic, {}).get(rule)
        if known is not None:
            after.setdefault(topic, {})[rule] = decline.milder(rule, known, mark)
    return after


def mildest_of(latest: Mapping[str, Alert], verdicts: Mapping[str, Verdict]) -> Marks:
    """Return the mildest marks of alerts that are in step with what is said of their topics."""
    after: dict[str, dict[str, Mark]] = {}
    for topic, verdict in verdicts.items():
        known = {} if topic not in latest else latest[topic].baseline.marks
        for rule, signal in verdict.standing.items():
            if rule in known:
                after.setdefault(topic, {})[rule] = decline.milder(rule, known[rule], signal.mark)
    return after


def _marks_in(evaluation: Mapping[str, Any]) -> Iterator[tuple[str, str, Mark]]:
    """Yield topic, rule and mark of all that is on."""
    for flag in evaluation["flags"]:
        for signal in (flag, *flag["further"]):
            yield flag["topic"], signal["rule"], signal["mark"]
