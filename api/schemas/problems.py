"""The shape of every error: RFC 9457 problem details, a stable code, and what some codes add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from api.schemas.alert_parts import SHOWN_STATES
from api.schemas.fields import Choice, OutSchema
from api.schemas.meanings.codes import PLACES, PLACES_OF_DEFINITIONS, PROBLEMS, described
from services.alerts.actions import Action


def _open(name: str, codes: Mapping[str, str], what_to_do: str) -> dict[str, Any]:
    """A set of codes with a name; open, because a client has to be able to read each error."""
    part = {"type": "string", "enum": sorted(codes), "description": described(codes, what_to_do)}
    named_set = {"x-component": {"name": name, "schema": part}}
    return {"anyOf": [named_set, {"type": "string"}], "description": "stable word for programs"}


_CODE = _open("ProblemCode", PROBLEMS, "New codes may come: go by the status then.")
_PLACE = _open(
    "FieldErrorCode", {**PLACES, **PLACES_OF_DEFINITIONS}, "New codes may come: show `detail` then."
)


class FieldErrorSchema(OutSchema):
    """One thing wrong with one place of the request."""

    pointer = fields.String(
        required=True, metadata={"description": "JSON Pointer into the body, or ?name of a query parameter"}
    )
    code = fields.Raw(required=True, metadata=_PLACE)
    detail = fields.String(required=True, metadata={"description": "sentence for people"})


class ProblemSchema(OutSchema):
    """RFC 9457 problem details. Members after `errors` come with single codes, or with texts of safety."""

    type = fields.String(required=True, metadata={"description": "urn:slope:problem: and the code"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.Raw(required=True, metadata=_CODE)
    detail = fields.String(required=True, metadata={"description": "sentence for people"})
    instance = fields.String(
        metadata={"description": "internal_error: names this one, for whoever reads the log"}
    )
    retry_after = fields.Integer(
        metadata={
            "description": "429 and 503: seconds to wait before the same is sent again, as `Retry-After` says"
        }
    )
    errors = fields.List(fields.Nested(FieldErrorSchema()), metadata={"description": "at most 100"})
    errors_left_out = fields.Integer(metadata={"description": "how many errors there are besides"})
    checks = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "not_ready: the verdict of each check, by its name"},
    )
    age_seconds = fields.Float(
        metadata={"description": "not_ready: how long ago the look began that found this"}
    )
    state = Choice(
        SHOWN_STATES, name="AlertState", metadata={"description": "action_not_allowed: the alert's state"}
    )
    allowed = fields.List(
        Choice(Action, name="AlertAction"), metadata={"description": "action_not_allowed: what it allows"}
    )
    patients = fields.List(fields.String(), metadata={"description": "exceptions_contradict: some ids"})
    patients_in_all = fields.Integer(metadata={"description": "exceptions_contradict: how many"})
    stored_digest = fields.String(metadata={"description": "version_taken: of the definition that is there"})
    sent_digest = fields.String(metadata={"description": "version_taken: of the definition that was sent"})
    crisis_text = fields.String(metadata={"description": "a report that was refused: show it at once"})
    breathing_text = fields.String(metadata={"description": "a report that was refused: show it at once"})
    evaluation = fields.String(
        metadata={
            "description": "a report that was refused: `pending` when its alert follows within a minute;"
            " absent when it stands, and where none is raised (`submit_report`)"
        }
    )
