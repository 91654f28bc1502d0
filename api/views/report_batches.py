"""An offline queue: each entry is taken as if it had come alone, so that one cannot block another.

Entries are taken in the order in which they were answered, so that as few as possible come after a later one
and need the whole history. What is left when the time is up is told to come again; its answers to questions
of safety are looked at all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import marshmallow

from api.rest import problems
from api.rest.problems import as_problem
from api.schemas.reports import BatchEntryIn
from api.views import safety
from api.views.receipts import receipt_for, status_of
from api.views.safety import NotStored
from models.store.connection import DRIVER_ERRORS, is_away
from models.store.scope import Scope
from services import errors
from services.access.actor import Actor
from services.errors import AppError, Invalid
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report

_ENTRY = BatchEntryIn()
_log = logging.getLogger(__name__)


COME_AGAIN_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Budget:
    """What a batch may use.

    Attributes:
        seconds: of work.
        ticks: a clock that only goes forward.
        reports_per_day: late ones about a patient.
    """

    seconds: float
    ticks: Callable[[], float]
    reports_per_day: int


def submit_batch(
    entries: Sequence[Any], scope: Scope, budget: Budget, *, actor: Actor, now: datetime
) -> list[dict[str, Any]]:
    """Take the entries and return a verdict for each, in their order."""
    end = budget.ticks() + budget.seconds
    verdicts: dict[int, dict[str, Any]] = {}
    for index in sorted(range(len(entries)), key=lambda index: _answered(entries[index])):
        entry = entries[index]
        if verdicts and budget.ticks() > end:
            taken = _problem(_come_again())
        else:
            taken = _taken(entry, scope, actor, now, budget.reports_per_day)
        told = _with_safety(entry, taken, scope, actor, now)
        verdicts[index] = {"index": index, "id": _id(entry), **told}
    return [verdicts[index] for index in range(len(entries))]


def _answered(entry: Any) -> str:
    """When an entry was answered, in a form that orders; the first of all where that cannot be read."""
    try:
        moment: datetime = _ENTRY.fields["observed_at"].deserialize(entry.get("observed_at"))
    except (marshmallow.ValidationError, AttributeError):
        return ""
    return moment.astimezone(UTC).isoformat()


def _come_again() -> AppError:
    return errors.TooManyRequests(
        "come_again", "This entry was not looked at yet. Send it again.", retry_after=COME_AGAIN_SECONDS
    )


def _with_safety(
    entry: Any, verdict: dict[str, Any], scope: Scope, actor: Actor, now: datetime
) -> dict[str, Any]:
    if "problem" not in verdict or verdict["status"] == HTTPStatus.NOT_FOUND:
        return verdict
    form = safety.form_of(entry)
    try:
        members = safety.members_for([form] if form else (), scope, actor=actor, now=now)
    except NotStored as unsaved:
        verdict, members = _problem(errors.database_away()), dict(unsaved.members)
    return {**verdict, "problem": {**verdict["problem"], **members}}


def _taken(entry: Any, scope: Scope, actor: Actor, now: datetime, most_a_day: int) -> dict[str, Any]:
    try:
        content = _checked(entry)
        patient_id = content.pop("patient_id")
        given = Submission(**content)
        receipt = submit_report(patient_id, given, scope, actor=actor, now=now, most_a_day=most_a_day)
    except AppError as error:
        return _problem(error)
    except DRIVER_ERRORS as error:
        return _unsaved(error) if is_away(error) else _failed()
    except Exception:  # a fault of ours in one entry must not lose the others
        return _failed()
    return {"status": int(status_of(receipt)), "report": receipt_for(receipt, actor, scope)}


def _unsaved(error: Exception) -> dict[str, Any]:
    _log.warning("an entry was not taken: %s", type(error).__name__)
    return _problem(errors.database_away())


def _failed() -> dict[str, Any]:
    _log.exception("an entry could not be taken")
    return _problem(errors.fault())


def _problem(error: AppError) -> dict[str, Any]:
    return {"status": int(problems.status_of(error)), "problem": as_problem(error)}


def _checked(entry: Any) -> dict[str, Any]:
    try:
        content: dict[str, Any] = _ENTRY.load(entry)
    except marshmallow.ValidationError as error:
        found = problems.field_errors({"json": error.messages})
        raise Invalid("invalid", "The entry has errors.", errors=found) from error
    return content


def _id(entry: Any) -> str | None:
    if not isinstance(entry, Mapping):
        return None
    try:
        return str(_ENTRY.fields["id"].deserialize(entry.get("id")))
    except marshmallow.ValidationError:
        return None  # what is no id is not repeated
