"""Shapes of alerts, the worklist, and what a clinician does with an alert."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from api.schemas.evaluations import FlagOut
from api.schemas.fields import Choice, Identifier, InSchema, OutSchema, Pattern, Ready, Text, Timestamp
from api.schemas.people import Person
from models.alerts.alert import Condition, State
from scoring.decline import Level, Topic
from services.alerts.actions import Action, DismissReason
from services.alerts.worklist import StateWord

_SHOWN = [state for state in State if state is not State.OPENING]
PLACE = Pattern(r"^[0-2]\.[0-9]{8}T[0-9]{9}\.[0-9a-z:_-]{1,150}$")
_NEEDED = {
    Action.SNOOZE: {"until"},
    Action.DISMISS: {"reason"},
    Action.ASSIGN: {"assigned_to"},
    Action.COMMENT: {"note"},
}
_OPTIONAL = {"note"}


class AlertsQuery(InSchema):
    """Which alerts."""

    state = Choice(
        StateWord,
        name="AlertStateFilter",
        load_default=StateWord.CURRENT,
        metadata={"description": "one state; or current (open, acknowledged, snoozed), ended, any"},
    )
    level = Choice(Level)
    topic = Choice(Topic)
    patient_id = Identifier()
    assigned_to = Identifier(metadata={"description": "account"})


class AlertPatientOut(OutSchema):
    """Whom an alert is about."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    study_code = fields.String(required=True, allow_none=True)


class ListedAlertOut(OutSchema):
    """A line of the worklist."""

    id = fields.String(required=True)
    patient = fields.Nested(AlertPatientOut(), required=True)
    site_id = fields.String(required=True)
    topic = Choice(Topic, required=True)
    level = Choice(Level, required=True)
    state = Choice(_SHOWN, name="AlertState", required=True)
    condition = Choice(
        Condition,
        name="AlertCondition",
        required=True,
        metadata={
            "description": "what the history as now known says: it holds, has passed, or was withdrawn"
        },
    )
    sentence = fields.String(required=True)
    opened_at = Timestamp(required=True)
    since = Timestamp(required=True, metadata={"description": "since when it is in its state"})
    assigned_to = Person(required=True, allow_none=True)
    snoozed_until = Timestamp(required=True, allow_none=True)
    restricted = fields.Boolean(
        required=True, metadata={"description": "suicide-related, or about the carer's burden"}
    )
    data_query = fields.Boolean(
        required=True, metadata={"description": "a question about the data, not about the patient"}
    )
    rev = fields.Integer(required=True, metadata={"description": "the number in the ETag"})


class StepOut(OutSchema):
    """A line of the history: what happened, by whom, and the state after it."""

    at = Timestamp(required=True)
    event = fields.String(required=True)
    by = Person(required=True)
    state = Choice(_SHOWN, name="AlertState", required=True)
    note = fields.String(required=True)
    details = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "what belongs to the event, such as `until` of a snooze"},
    )


class AlertOut(ListedAlertOut):
    """An alert with its evidence and its history."""

    episode = fields.Integer(required=True)
    raised_by = fields.String(required=True, metadata={"description": "report; for silence, a due date"})
    raised_at = Timestamp(required=True, metadata={"description": "when that was observed"})
    met_by = fields.String(
        required=True, metadata={"description": "the latest that by itself met the condition"}
    )
    met_at = Timestamp(required=True)
    based_on = fields.Integer(
        required=True,
        metadata={"description": "ledger entry whose evaluation it follows, or 0"},
    )
    handled_at = Timestamp(required=True, allow_none=True)
    handled_by = Person(required=True, allow_none=True)
    why_ended = fields.String(
        required=True, allow_none=True, metadata={"description": "for one that was cleared or retracted"}
    )
    superseded = fields.Boolean(
        required=True, metadata={"description": "a later episode has begun; it cannot be reopened"}
    )
    flag = Ready(FlagOut(), required=True)
    history = fields.List(fields.Nested(StepOut()), required=True, metadata={"description": "oldest first"})
    actions = fields.List(
        Choice(Action, name="AlertAction"), required=True, metadata={"description": "what its state allows"}
    )


class AlertActionIn(InSchema):
    """What to do with an alert; each action takes what belongs to it, and any of them a note."""

    action = Choice(Action, name="AlertAction", required=True)
    note = Text(maximum=1000, metadata={"description": "a comment must have one"})
    until = Timestamp(metadata={"description": "snooze: at most 4 hours for an urgent alert, else 28 days"})
    reason = Choice(DismissReason, metadata={"description": "dismiss"})
    assigned_to = Identifier(
        allow_none=True, metadata={"description": "assign: account of a clinician of the site, or null"}
    )

    @validates_schema(skip_on_field_errors=True)
    def _what_belongs(self, data: dict[str, Any], **_kwargs: Any) -> None:
        needed = _NEEDED.get(data["action"], set())
        wrong = {name: ["Missing data for this action."] for name in needed - data.keys()}
        beside = data.keys() - needed - _OPTIONAL - {"action"}
        wrong |= {name: ["Does not belong to this action."] for name in beside}
        if wrong:
            raise ValidationError(wrong)
