"""Shapes of messages: who was told, by which channel, when, and what became of each attempt."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from api.schemas.accounts.auth import Email, Language
from api.schemas.fields import Choice, InSchema, OutSchema, Timestamp, WholeNumber
from models.accounts.notifications import Pace
from models.outbox.message import AttemptOutcome, MessageKind, MessageState
from scoring.decline import Level

_HOUR = {"description": "hour of the day on the site's clock, 0 to 23"}


class DeliveryOut(OutSchema):
    """One attempt to carry a message."""

    at = Timestamp(required=True)
    outcome = Choice(AttemptOutcome, name="DeliveryOutcome", required=True)
    reason = fields.String(required=True, metadata={"description": "why it failed, a word"})


class RecipientOut(OutSchema):
    """Whom a message is for."""

    id = fields.String(
        required=True, metadata={"description": "an account, a webhook, or `site`: the site's second address"}
    )
    name = fields.String(
        required=True, allow_none=True, metadata={"description": "of a person or a webhook; null for others"}
    )


class MessageOut(OutSchema):
    """Something told to one recipient by one channel."""

    id = fields.String(required=True, attribute="public_id")
    channel = fields.String(required=True, metadata={"description": "email or webhook"})
    recipient = fields.Nested(RecipientOut(), required=True)
    kind = Choice(MessageKind, required=True)
    because = fields.String(required=True, metadata={"description": "why this recipient, a word"})
    level = Choice(Level, required=True, allow_none=True)
    alert_id = fields.String(
        required=True, allow_none=True, metadata={"description": "null for a digest and for a test"}
    )
    notice = fields.Integer(required=True, metadata={"description": "number of the alert's notice"})
    state = Choice(
        MessageState,
        required=True,
        metadata={"description": "dropped: it was not true any more; dead: it was given up"},
    )
    reason = fields.String(
        required=True,
        metadata={"description": "why it was dropped or given up, or why the last attempt failed; a word"},
    )
    created_at = Timestamp(required=True)
    due_at = Timestamp(required=True, metadata={"description": "not before then"})
    first_attempt_at = Timestamp(required=True, allow_none=True)
    finished_at = Timestamp(required=True, allow_none=True)
    deliveries = fields.List(fields.Nested(DeliveryOut()), required=True, attribute="attempts")


class SiteMessagesQuery(InSchema):
    """Which messages of a site."""

    state = Choice(MessageState, load_default=MessageState.DEAD)


class QuietHoursIn(InSchema):
    """Hours in which only what is urgent is told; they may pass midnight."""

    begin = WholeNumber(0, 23, required=True, metadata=_HOUR)
    end = WholeNumber(0, 23, required=True, metadata=_HOUR)


class QuietHoursOut(OutSchema):
    """Hours in which only what is urgent is told."""

    begin = fields.Integer(required=True, metadata=_HOUR)
    end = fields.Integer(required=True, metadata=_HOUR)


class NotificationsIn(InSchema):
    """What is changed of how one is told; null takes a choice back."""

    email = Email(
        allow_none=True, metadata={"description": "null: the address that one signs in with; on again"}
    )
    pace = Choice(Pace, metadata={"description": "digest: once a day; what is urgent is told at once"})
    digest_hour = WholeNumber(0, 23, metadata=_HOUR)
    quiet_hours = fields.Nested(QuietHoursIn(), allow_none=True, attribute="quiet")
    locale = Choice(
        Language, allow_none=True, metadata={"description": "language of the messages; null: English"}
    )

    @validates_schema
    def _check(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if not data:
            raise ValidationError("Name at least one thing to change.")


class SwitchedOffOut(OutSchema):
    """Nothing is sent to this address any more, because its mail server refused it."""

    address = fields.String(required=True)
    at = Timestamp(required=True)
    reason = fields.String(required=True)


class NotificationsOut(OutSchema):
    """How one is told."""

    address = fields.String(
        required=True, allow_none=True, metadata={"description": "where messages go now; null: nowhere"}
    )
    email = fields.String(required=True, allow_none=True, attribute="chosen.email")
    pace = Choice(Pace, required=True, attribute="chosen.pace")
    digest_hour = fields.Integer(required=True, attribute="chosen.digest_hour", metadata=_HOUR)
    quiet_hours = fields.Nested(QuietHoursOut(), required=True, allow_none=True, attribute="chosen.quiet")
    locale = fields.String(required=True, allow_none=True)
    switched_off = fields.Nested(
        SwitchedOffOut(), required=True, allow_none=True, attribute="chosen.switched_off"
    )
