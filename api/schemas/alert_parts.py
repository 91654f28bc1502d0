"""Shapes of what an alert consists of: grounds, baseline, escalation, its end, lines of its history."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Choice, OutSchema, Timestamp
from api.schemas.people import Person
from models.alerts.alert import EndedHow, State
from scoring.decline import Level
from services.alerts.actions import Action
from services.alerts.closures import ClosureEvent
from services.alerts.moves import Event
from services.alerts.outcomes import Outcome

SHOWN_STATES = [state for state in State if state is not State.OPENING]


class StepOut(OutSchema):
    """A line of the history: what happened, by whom, and the state after it."""

    at = Timestamp(required=True)
    event = Choice([*Event, *Action, *ClosureEvent], name="AlertStepEvent", required=True)
    by = Person(required=True)
    state = Choice(SHOWN_STATES, name="AlertState", required=True)
    note = fields.String(required=True)
    details = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "what belongs to the event, such as `until` of a snooze"},
    )


class GroundsOut(OutSchema):
    """Which reports an alert rests on.

    Times are those of observation; of a form that was refused or is kept aside, those of its receipt.
    """

    began_by = fields.String(
        required=True, metadata={"description": "id of a report or form; for silence, a due date"}
    )
    began_at = Timestamp(required=True, metadata={"description": "when that was observed, or received"})
    met_by = fields.String(
        required=True, metadata={"description": "id of the latest that by itself met the condition"}
    )
    met_at = Timestamp(required=True, metadata={"description": "when that was observed, or received"})


class BaselineOut(OutSchema):
    """What later news is compared with."""

    at = Timestamp(required=True)
    by = Person(required=True)
    level = Choice(Level, required=True)
    dealt_with = fields.Boolean(required=True)


class EndOut(OutSchema):
    """How an alert ended."""

    how = Choice(EndedHow, name="AlertEndedHow", required=True)
    at = Timestamp(required=True)
    by = Person(required=True)
    outcome = Choice(
        Outcome,
        name="AlertOutcome",
        required=True,
        allow_none=True,
        metadata={"description": "what came of it; null when it ended by itself"},
    )
    note = fields.String(required=True)
    worth_a_look = fields.Boolean(required=True, allow_none=True)
    in_bulk = fields.Boolean(required=True)
    unseen = fields.Boolean(required=True)


class EscalationOut(OutSchema):
    """How far the chain of people has been told, and when the next of them is."""

    step = fields.Integer(
        required=True,
        metadata={
            "description": "0 the assigned person, 1 the deputy, 2 the care team, 3 the second address; who"
            " is not there is passed over"
        },
    )
    next_at = Timestamp(required=True, allow_none=True)


class AlertContactOut(OutSchema):
    """Who may be rung up about an alert that cannot wait."""

    contact = Person(required=True, attribute="account_id")
    telephone = fields.String(required=True)
