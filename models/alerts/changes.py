"""A change of an alert, and what is written of it. Plain functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from models.alerts.alert import Alert, Step
from models.alerts.keys import found_by
from models.alerts.reading import ALERTS
from models.store.mapping import plain

NEVER_CHANGED = ("patient_id", "site_id", "topic", "episode", "public_id")
_EVALUATION = "evaluation"


@dataclass(frozen=True, slots=True)
class Change:
    """An alert is to become another; the flag is left as it is when none is given.

    Attributes:
        read_again: a person who is about to act would have to read it again.
    """

    before: Alert
    after: Alert
    step: Step | None = None
    flag: Mapping[str, Any] | None = None
    read_again: bool = False


def guarded_update(change: Change) -> tuple[Alert, dict[str, Any], dict[str, Any]]:
    """Return the alert after a change, by what it is found if it is as it was read, and what is written."""
    before, step = change.before, change.step
    steps = before.steps + (step is not None)
    after = replace(change.after, version=before.version + 1, rev=before.rev + change.read_again, steps=steps)
    after = _with_change(after, step, read_again=change.read_again)
    values = {**ALERTS.write(after, without=NEVER_CHANGED), **found_by(after)}
    update: dict[str, Any] = {"$set": values}
    if change.flag is not None:
        values["flag"] = dict(change.flag)
    if step is not None:
        update["$push"] = {"history": plain(step)}
    return after, {"_id": before.key, "site_id": before.site_id, "version": before.version}, update


def _with_change(after: Alert, step: Step | None, *, read_again: bool) -> Alert:
    if step is not None:
        return with_step(after, step)
    if not read_again:
        return after
    moved = max(after.since, after.raised_at, after.condition_at)
    return replace(after, changed_at=moved, changed_by=_EVALUATION, changed_event="")


def with_step(alert: Alert, step: Step) -> Alert:
    """Return the alert with what its last step says of it."""
    changed = replace(alert, changed_at=step.at, changed_by=step.by.name, changed_event=step.event)
    if not step.by.account_id:
        return changed
    return replace(changed, acted_at=step.at, acted_by=step.by.account_id, acted_event=step.event)
