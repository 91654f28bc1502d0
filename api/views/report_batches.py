"""An offline queue: each entry gets the answer that it would have got alone, and none can block another.

The entries about one patient are evaluated together, in the order in which they were answered. What is left
when the time is up is told to come again; its answers to questions of safety are looked at all the same.
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
from services.reports.intake.batches import Verdict, submit_reports
from services.reports.intake.check import Submission
from services.reports.intake.outcomes import Sent

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
    time_left = _time_left(budget)
    given: dict[str, dict[int, Sent]] = {}
    taken: dict[int, dict[str, Any]] = {}
    for index in sorted(range(len(entries)), key=lambda index: _answered(entries[index])):
        try:
            content = _checked(entries[index])
        except AppError as error:
            taken[index] = _problem(error)
            continue
        patient_id = content.pop("patient_id")
        sent = Sent(patient_id, Submission(**content), scope, actor, now, budget.reports_per_day)
        given.setdefault(patient_id, {})[index] = sent
    for of_patient in given.values():
        verdicts = submit_reports(list(of_patient.values()), time_left)
        for index, verdict in zip(of_patient, verdicts, strict=True):
            taken[index] = _told(verdict, actor, scope)
    return [
        {"index": index, "id": _id(entry), **_with_safety(entry, taken[index], scope, actor, now)}
        for index, entry in enumerate(entries)
    ]


def _time_left(budget: Budget) -> Callable[[], bool]:
    """Return what tells whether there is time for one more entry; the first is always taken."""
    end, first = budget.ticks() + budget.seconds, iter((True,))
    return lambda: next(first, False) or budget.ticks() <= end


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


def _told(verdict: Verdict, actor: Actor, scope: Scope) -> dict[str, Any]:
    match verdict:
        case None:
            return _problem(_come_again())
        case AppError():
            return _problem(verdict)
        case Exception() if isinstance(verdict, DRIVER_ERRORS) and is_away(verdict):
            _log.warning("an entry was not taken: %s", type(verdict).__name__)
            return _problem(errors.database_away())
        case Exception():
            return _failed(verdict)
    try:
        return {"status": int(status_of(verdict)), "report": receipt_for(verdict, actor, scope)}
    except Exception as error:  # a fault of ours in one entry must not lose the others
        return _failed(error)


def _failed(error: Exception) -> dict[str, Any]:
    _log.error("an entry could not be taken", exc_info=error)
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
