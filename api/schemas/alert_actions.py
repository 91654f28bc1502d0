"""Shapes of what a person does with an alert, and with several at once."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api.schemas.fields import Choice, Identifier, InSchema, OutSchema, StrictBoolean, Text, Timestamp
from services.alerts.actions import Action
from services.alerts.closures import MAX_AT_ONCE, Verdict
from services.alerts.outcomes import Outcome

_NEEDED = {
    Action.SNOOZE: {"until"},
    Action.RESOLVE: {"outcome"},
    Action.DISMISS: {"outcome"},
    Action.ASSIGN: {"assigned_to"},
    Action.COMMENT: {"note"},
}
_OPTIONAL = {
    Action.RESOLVE: {"note", "worth_a_look"},
    Action.DISMISS: {"note", "worth_a_look"},
}


class AlertActionIn(InSchema):
    """What to do with an alert; each action takes what belongs to it, and any of them a note.

    snooze needs `until`, resolve and dismiss need `outcome` (and take `worth_a_look`), assign needs
    `assigned_to`, comment needs `note`; an alert about `self_harm` ends with a note, and is not snoozed. What
    belongs to another action is refused.
    """

    action = Choice(Action, name="AlertAction", required=True)
    note = Text(
        maximum=1000,
        metadata={"description": "a comment must have one, and the end of an alert about `self_harm`"},
    )
    until = Timestamp(
        metadata={
            "description": "snooze: an urgent alert for at most 4 working hours and not past its due time,"
            " else 28 days; never one about `self_harm`. A time outside working hours becomes the next"
            " opening, of an urgent alert its due time if that is earlier: `until` of the answer counts"
        }
    )
    outcome = Choice(
        Outcome,
        name="AlertOutcome",
        metadata={
            "description": "required with resolve and dismiss; resolve: called, visit_brought_forward,"
            " referral, equipment, medication_reviewed"
            " or emergency; dismiss: one of the others"
        },
    )
    worth_a_look = StrictBoolean(metadata={"description": "resolve, dismiss: whether the alert was worth it"})
    assigned_to = Identifier(
        allow_none=True,
        metadata={"description": "assign: account of a clinician of the site (`list_members`), or null"},
    )

    @validates_schema(skip_on_field_errors=True)
    def _what_belongs(self, data: dict[str, Any], **_kwargs: Any) -> None:
        needed = _NEEDED.get(data["action"], set())
        optional = _OPTIONAL.get(data["action"], {"note"})
        wrong = {name: ["Missing data for this action."] for name in needed - data.keys()}
        beside = data.keys() - needed - optional - {"action"}
        wrong |= {name: ["Does not belong to this action."] for name in beside}
        if wrong:
            raise ValidationError(wrong)


class NamedAlertIn(InSchema):
    """An alert as it was read."""

    id = Identifier(required=True)
    rev = fields.Integer(required=True, strict=True, validate=validate.Range(0, 999_999_999))


class AlertClosuresIn(InSchema):
    """Alerts to close together."""

    alerts = fields.List(
        fields.Nested(NamedAlertIn()), required=True, validate=validate.Length(min=1, max=MAX_AT_ONCE)
    )
    outcome = Choice(
        Outcome,
        name="AlertOutcome",
        load_default=Outcome.NO_ACTION_NEEDED,
        metadata={
            "description": "one that says that nothing was done; of patients who are not followed any more it"
            " is always patient_not_followed"
        },
    )
    note = Text(maximum=1000)


class AlertClosureOut(OutSchema):
    """What became of one of them."""

    id = fields.String(required=True, metadata={"format": "uuid"})
    verdict = Choice(
        Verdict,
        name="AlertClosureVerdict",
        required=True,
        metadata={
            "description": "closed; seen (it had ended unseen); changed_meanwhile; alert_not_found;"
            " needs_its_own (it holds, is urgent or about `self_harm`); note_needed"
        },
    )


class AlertClosuresOut(OutSchema):
    """A verdict for each alert, in the order in which they were named."""

    verdicts = fields.List(fields.Nested(AlertClosureOut()), required=True)
