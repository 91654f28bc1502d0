"""An offline queue: each entry is taken as if it had come alone, so that one cannot block another."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import marshmallow

from api import errors
from api.errors import AppError, Unavailable, Unprocessable
from api.schemas.reports import BatchEntryIn
from api.security.actor import Actor
from api.services import intake, receipts
from api.services.submissions import Submission
from models.connection import DRIVER_ERRORS, is_away
from models.scope import Scope

_ENTRY = BatchEntryIn()
_log = logging.getLogger(__name__)


def submit(
    entries: Sequence[Mapping[str, Any]], scope: Scope, *, actor: Actor, now: datetime
) -> list[dict[str, Any]]:
    """Take the entries in their order and return a verdict for each."""
    return [
        {"index": index, "id": _id(entry), **_verdict(entry, scope, actor, now)}
        for index, entry in enumerate(entries)
    ]


def _verdict(entry: Mapping[str, Any], scope: Scope, actor: Actor, now: datetime) -> dict[str, Any]:
    try:
        content = _checked(entry)
        patient_id = content.pop("patient_id")
        receipt = intake.submit(patient_id, Submission(**content), scope, actor=actor, now=now)
    except AppError as error:
        return {"status": int(error.status), "problem": errors.as_problem(error)}
    except DRIVER_ERRORS as error:
        return _unsaved(error) if is_away(error) else _failed()
    except Exception:  # a fault of ours in one entry must not lose the others
        return _failed()
    return {"status": receipts.status_of(receipt), "report": receipts.shown(receipt, actor)}


def _unsaved(error: Exception) -> dict[str, Any]:
    _log.warning("an entry was not taken: %s", type(error).__name__)
    away = Unavailable("database_away", "The database cannot be reached. Send this entry again.")
    return {"status": int(away.status), "problem": errors.as_problem(away)}


def _failed() -> dict[str, Any]:
    _log.exception("an entry could not be taken")
    fault = AppError("internal_error", "Something went wrong on our side. It has been noted.")
    return {"status": int(fault.status), "problem": errors.as_problem(fault)}


def _checked(entry: Mapping[str, Any]) -> dict[str, Any]:
    try:
        content: dict[str, Any] = _ENTRY.load(entry)
    except marshmallow.ValidationError as error:
        found = errors.field_errors({"json": error.messages})
        raise Unprocessable("invalid", "The entry has errors.", errors=found) from error
    return content


def _id(entry: Mapping[str, Any]) -> str | None:
    try:
        return str(_ENTRY.fields["id"].deserialize(entry.get("id")))
    except marshmallow.ValidationError:
        return None  # what is no id is not repeated
