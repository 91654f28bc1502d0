"""Shapes of alerts, the worklist, and the figures of a site's alerts."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from api.schemas.alert_parts import (
    SHOWN_STATES,
    AlertContactOut,
    BaselineOut,
    EndOut,
    EscalationOut,
    GroundsOut,
    StepOut,
)
from api.schemas.evaluations import FlagOut
from api.schemas.fields import (
    UUID_FORM,
    Choice,
    Identifier,
    InSchema,
    Line,
    OutSchema,
    Pattern,
    QueryBoolean,
    Ready,
    StrictBoolean,
    Timestamp,
    WholeNumber,
)
from api.schemas.people import Person
from models.alerts.alert import Because, Condition, EndedHow, NotFollowed
from scoring.decline import Level, Topic
from services.alerts.actions import Action
from services.alerts.worklist import AssignedWord, StateWord

SORT_KEY = Pattern(r"^[0-2]\.[0-9T.a-f-]{10,120}$")


class Assigned(fields.String):
    """To whom: an account, or one of the words; the program gets the id, or the word."""

    def __init__(self, **kwargs: Any) -> None:
        pattern = Pattern(rf"^({'|'.join(AssignedWord)}|{UUID_FORM})$")
        super().__init__(validate=pattern, **kwargs)


class _AlertsFilter(InSchema):
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
    patient_id = Identifier()
    assigned_to = Assigned(
        metadata={"description": "an account; or `me`, `somebody` (whoever it is), `nobody`"}
    )
    ended_how = Choice(EndedHow, name="AlertEndedHow")


_SEEN = {"description": "whether a person acted on it since it was last raised"}
_OVERDUE = {"description": "whether its due time has passed; only what has not ended can be overdue"}


class AlertsQuery(_AlertsFilter):
    """Which alerts; by topic and name one searches with a body, because neither belongs into an address."""

    seen = QueryBoolean(metadata=_SEEN)
    overdue = QueryBoolean(metadata=_OVERDUE)


class AlertSearchIn(_AlertsFilter):
    """Which alerts by topic, or by whom they are about; and which page.

    At least one of `topic`, `words` and `patient_id` has to be named.
    """

    seen = StrictBoolean(metadata=_SEEN)
    overdue = StrictBoolean(metadata=_OVERDUE)
    topic = Choice(Topic)
    words = Line(
        maximum=100,
        metadata={
            "description": "beginnings of words of the patient's name or study code, in any order, without"
            " regard to letter case and accents; all of them have to fit"
        },
    )
    after = fields.String(validate=SORT_KEY, metadata={"description": "`next` of the page before"})
    limit = WholeNumber(1, 200, load_default=50, metadata={"description": "at most so many items"})

    @validates_schema(skip_on_field_errors=True)
    def _looks_for_something(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if not {"topic", "words", "patient_id"} & data.keys():
            raise ValidationError({"words": ["Name words, a topic or a patient; without, list the alerts."]})


class AlertPatientOut(OutSchema):
    """Whom an alert is about."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    study_code = fields.String(required=True, allow_none=True)


class _AlertOut(OutSchema):
    """What a line of the worklist and an alert have in common."""

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
    due_at = Timestamp(
        required=True,
        metadata={
            "description": "by when somebody should have dealt with it, counted in the site's working hours;"
            " `escalation` says who is told before"
        },
    )
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
    assigned_to = Person(
        required=True,
        allow_none=True,
        metadata={"description": "null until somebody assigns it (`assign`); acknowledging does not assign"},
    )
    until = Timestamp(
        required=True,
        allow_none=True,
        metadata={"description": "when the snooze or the acknowledgement runs out"},
    )
    ended_how = Choice(EndedHow, name="AlertEndedHow", required=True, allow_none=True)
    ended_at = Timestamp(required=True, allow_none=True)
    glance_until = Timestamp(
        required=True, allow_none=True, metadata={"description": "it ended unseen, and is listed until then"}
    )
    not_followed = Choice(
        NotFollowed,
        name="AlertNotFollowed",
        required=True,
        allow_none=True,
        metadata={"description": "why the patient is not followed any more, or null; listed last"},
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
    changed_at = Timestamp(
        required=True, metadata={"description": "when something changed in it that people see"}
    )
    rev = fields.Integer(
        required=True,
        metadata={"description": "the number in the ETag; changes with what has to be read again"},
    )


class ListedAlertOut(_AlertOut):
    """A line of the worklist."""

    new = fields.Boolean(
        required=True,
        metadata={
            "description": "something in it was changed by somebody else since you last looked"
            " (`note_worklist_look`)"
        },
    )


class DeliveryHealthOut(OutSchema):
    """Whether people are being told of alerts."""

    ok = fields.Boolean(
        required=True,
        metadata={"description": "false: nobody may be told at present; the list is all that there is"},
    )
    waiting_since = Timestamp(
        required=True,
        allow_none=True,
        metadata={"description": "nothing has gone out for ten minutes although something waits since then"},
    )


class WorklistOut(OutSchema):
    """A worklist."""

    delivery = fields.Nested(DeliveryHealthOut(), required=True)

    read_at = Timestamp(
        required=True,
        metadata={"description": "as of when; an alert is overdue when its `due_at` is before the present"},
    )


class WorklistLookIn(InSchema):
    """A look at the worklist."""

    read_at = Timestamp(required=True, metadata={"description": "`read_at` of what was looked at"})


class AlertOut(_AlertOut):
    """An alert with its evidence and its history."""

    grounds = fields.Nested(GroundsOut(), required=True)
    baseline = fields.Nested(BaselineOut(), required=True)
    based_on = fields.Integer(
        required=True,
        metadata={"description": "ledger entry whose evaluation it follows, or 0"},
    )
    seen_by = Person(
        required=True,
        allow_none=True,
        metadata={"description": "who acted on it last since it was raised; null: nobody did"},
    )
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
    out_of_hours = fields.Nested(
        AlertContactOut(),
        required=True,
        allow_none=True,
        metadata={
            "description": "of what is urgent or about `self_harm`: whom the site names for out of hours"
        },
    )
    can_be_muted = fields.Boolean(
        required=True,
        metadata={
            "description": "its topic can be muted by an exception for the patient (`change_patient`,"
            " `overrides`), which ends it until the exception does"
        },
    )
