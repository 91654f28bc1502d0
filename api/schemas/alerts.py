"""Shapes of alerts, the worklist, and the figures of a site's alerts."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from marshmallow import fields

from api.schemas.evaluations import FlagOut
from api.schemas.fields import (
    Choice,
    Day,
    Identifier,
    InSchema,
    OutSchema,
    Pattern,
    Ready,
    Timestamp,
)
from api.schemas.people import Person
from models.alerts.alert import Because, Condition, EndedHow, NotFollowed, State
from scoring.decline import Level, Topic
from services.alerts.actions import Action
from services.alerts.outcomes import Outcome
from services.alerts.worklist import StateWord

SHOWN_STATES = [state for state in State if state is not State.OPENING]
SORT_KEY = Pattern(r"^[0-2]\.[0-9T.a-f-]{10,120}$")


def _word_or_null(words: Iterable[StrEnum], what: str) -> fields.String:
    """A member that is one of these words or null; an enumeration cannot hold null in the document."""
    listed = f"{what}: {', '.join(word.value for word in words)}"
    return fields.String(required=True, allow_none=True, metadata={"description": listed})


class AlertsQuery(InSchema):
    """Which alerts."""

    state = Choice(
        StateWord,
        name="AlertStateFilter",
        load_default=StateWord.CURRENT,
        metadata={
            "description": "one state; or current (open, acknowledged, snoozed), ended_unseen (ended, and"
            " nobody acted on it; for 30 days), any"
        },
    )
    level = Choice(Level)
    condition = Choice(Condition, name="AlertCondition")
    topic = Choice(Topic)
    patient_id = Identifier()
    assigned_to = Identifier(metadata={"description": "account"})
    ended_how = Choice(EndedHow, name="AlertEndedHow")


class AlertPatientOut(OutSchema):
    """Whom an alert is about."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    study_code = fields.String(required=True, allow_none=True)


class ListedAlertOut(OutSchema):
    """A line of the worklist."""

    id = fields.String(required=True, metadata={"format": "uuid"})
    patient = fields.Nested(AlertPatientOut(), required=True)
    site_id = fields.String(required=True)
    topic = Choice(Topic, required=True)
    level = Choice(Level, required=True, metadata={"description": "never falls while the alert is current"})
    state = Choice(
        SHOWN_STATES, name="AlertState", required=True, metadata={"description": "what people did"}
    )
    condition = Choice(
        Condition,
        name="AlertCondition",
        required=True,
        metadata={
            "description": "what the history as now known says: it holds, has passed, or was withdrawn"
        },
    )
    condition_at = Timestamp(required=True, metadata={"description": "since when"})
    due_at = Timestamp(required=True, metadata={"description": "by when somebody should have dealt with it"})
    headline = fields.String(required=True)
    sentence = fields.String(required=True)
    opened_at = Timestamp(required=True)
    since = Timestamp(required=True, metadata={"description": "since when it is in its state"})
    raised_at = Timestamp(required=True, metadata={"description": "when it was last put before people"})
    raised_because = Choice(Because, name="AlertRaisedBecause", required=True)
    seen_at = Timestamp(
        required=True,
        allow_none=True,
        metadata={
            "description": "when a person acted on it since it was raised; loading a page is not seeing"
        },
    )
    assigned_to = Person(required=True, allow_none=True)
    until = Timestamp(
        required=True, allow_none=True, metadata={"description": "end of a snooze or an acknowledgement"}
    )
    ended_how = _word_or_null(EndedHow, "how it ended")
    ended_at = Timestamp(required=True, allow_none=True)
    glance_until = Timestamp(
        required=True, allow_none=True, metadata={"description": "it ended unseen, and is listed until then"}
    )
    not_followed = _word_or_null(
        NotFollowed, "why the patient is not followed any more; such alerts are listed last"
    )
    before_ended_unseen_at = Timestamp(
        required=True, allow_none=True, metadata={"description": "the episode before ended unseen then"}
    )
    restricted = fields.Boolean(
        required=True, metadata={"description": "suicide-related, or about the carer's burden"}
    )
    data_query = fields.Boolean(
        required=True, metadata={"description": "a question about the data, not about the patient"}
    )
    rev = fields.Integer(
        required=True,
        metadata={"description": "the number in the ETag; changes with what has to be read again"},
    )


class StepOut(OutSchema):
    """A line of the history: what happened, by whom, and the state after it."""

    at = Timestamp(required=True)
    event = fields.String(required=True)
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
    """Which reports an alert rests on."""

    began_by = fields.String(required=True, metadata={"description": "report; for silence, a due date"})
    began_at = Timestamp(required=True, metadata={"description": "when that was observed"})
    met_by = fields.String(
        required=True, metadata={"description": "the latest that by itself met the condition"}
    )
    met_at = Timestamp(required=True)


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
    outcome = _word_or_null(Outcome, "what came of it; null when it ended by itself")
    note = fields.String(required=True)
    worth_a_look = fields.Boolean(required=True, allow_none=True)
    in_bulk = fields.Boolean(required=True)
    unseen = fields.Boolean(required=True)


class EscalationOut(OutSchema):
    """How far the chain of people has been told, and when the next of them is."""

    step = fields.Integer(required=True)
    next_at = Timestamp(required=True, allow_none=True)


class AlertOut(ListedAlertOut):
    """An alert with its evidence and its history."""

    grounds = fields.Nested(GroundsOut(), required=True)
    baseline = fields.Nested(BaselineOut(), required=True)
    based_on = fields.Integer(
        required=True,
        metadata={"description": "ledger entry whose evaluation it follows, or 0"},
    )
    seen_by = Person(required=True, allow_none=True)
    escalation = fields.Nested(EscalationOut(), required=True)
    notices = fields.Integer(required=True, metadata={"description": "number of the last notice"})
    end = fields.Nested(EndOut(), required=True, allow_none=True)
    why_ended = fields.String(
        required=True, allow_none=True, metadata={"description": "for one that ended by itself"}
    )
    superseded = fields.Boolean(
        required=True, metadata={"description": "a later episode has begun; it cannot be reopened"}
    )
    flag = Ready(FlagOut(), required=True)
    history = fields.List(fields.Nested(StepOut()), required=True, metadata={"description": "oldest first"})
    actions = fields.List(
        Choice(Action, name="AlertAction"), required=True, metadata={"description": "what its state allows"}
    )


class AlertFiguresQuery(InSchema):
    """The period in which the alerts were opened, in days of the site's zone, both inclusive."""

    since = Day()
    until = Day()


class AlertFiguresOut(OutSchema):
    """Figures of the alerts of one level."""

    level = _word_or_null(Level, "null: all levels together")
    opened = fields.Integer(required=True)
    looked_at_within_30_days = fields.Integer(
        required=True, metadata={"description": "a person acted on it within 30 days of its opening"}
    )
    ended_unseen = fields.Integer(required=True)
    closed_in_bulk = fields.Integer(required=True)
    came_back = fields.Integer(
        required=True, metadata={"description": "how often an acknowledgement or a snooze ran out"}
    )
    returned_worse = fields.Integer(
        required=True,
        metadata={
            "description": "how often one was raised again because of a higher level, a rule or a value"
        },
    )


class SiteAlertFiguresOut(OutSchema):
    """Figures of a site's alerts, all levels together and by level."""

    since = fields.Date(required=True)
    until = fields.Date(required=True)
    figures = fields.List(fields.Nested(AlertFiguresOut()), required=True)
