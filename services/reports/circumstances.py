"""What the alert desk has to know of a patient beside the flags, as part of each evaluation.

`not_followed` says that the patient died, was closed or withdrew consent; `mutes` which topics are muted from
which day to which. `news` of an entry whose alerts are not known to be in step goes on to the next one, so
that the head of the ledger always says everything that has not been raised yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.alerts.alert import NotFollowed
from models.ledger.entries import Head
from models.patients.patient import Patient
from scoring.decline import Policy

MAX_NEWS = 100
"""Our choice: a bound for what piles up while nobody can be told."""


def of(patient: Patient, policy: Policy) -> dict[str, Any]:
    """Return what there is to say; empty for most patients."""
    why = not_followed(patient)
    mutes = [
        {
            "topic": topic.value,
            "starts_on": override.starts_on.isoformat(),
            "ends_on": override.ends_on.isoformat(),
        }
        for override in policy.overrides
        for topic in override.mute
    ]
    said = {"not_followed": None if why is None else why.value, "mutes": mutes}
    return {name: value for name, value in said.items() if value}


def not_followed(patient: Patient) -> NotFollowed | None:
    """Return why the patient is not followed any more."""
    if patient.profile.died_on is not None:
        return NotFollowed.DIED
    if patient.consent_withdrawn_at is not None:
        return NotFollowed.CONSENT_WITHDRAWN
    return None if patient.closed_at is None else NotFollowed.CLOSED


def differ(evaluation: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Return whether the desk has to look although no topic has changed."""
    names = ("not_followed", "mutes")
    return bool(evaluation.get("news")) or any(evaluation.get(name) != before.get(name) for name in names)


def news_with(head: Head | None, evaluation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the news of an evaluation, after those that the alerts may not have heard of.

    Only the newest evaluation is told to them. News names no flag while that one stands, so what has stopped
    standing since the entry before is given the flag that stood there.
    """
    if head is None:
        return list(evaluation["news"])
    before = head.evaluated.evaluation
    own = [_with_what_was_met(item, before) for item in evaluation["news"]]
    if not head.alerts_pending:
        return own
    then = {flag["topic"]: flag for flag in before["flags"]}
    now = {flag["topic"] for flag in evaluation["flags"]}
    known = {(item["rule"], item["report_id"]) for item in own}
    earlier = [
        {**item, "flag": then[item["topic"]]}
        if item["flag"] is None and item["topic"] in then and item["topic"] not in now
        else item
        for item in before["news"]
        if (item["rule"], item["report_id"]) not in known
    ]
    return [*earlier, *own][-MAX_NEWS:]


def _with_what_was_met(one: Mapping[str, Any], before: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return news with when its topic's condition was met last before it."""
    state = before["topics"].get(one["topic"])
    return one if state is None else {**one, "met_before": state["met_at"]}
