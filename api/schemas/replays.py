"""Shapes of replays: what to compare, how far it has come, and what would have been different."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Choice, InSchema, OutSchema, Timestamp
from api.schemas.limits import Limits
from api.schemas.people import Person
from models.replays.replays import ReplayState
from scoring.decline import Level, Topic
from scoring.decline.replay import Change


class ReplayIn(InSchema):
    """Limits to compare with those in force."""

    limits = Limits(required=True)


class ProgressOut(OutSchema):
    """How far a replay has come."""

    patients_done = fields.Integer(required=True)
    patients_in_all = fields.Integer(required=True, metadata={"description": "when it was asked for"})
    remaining_seconds = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "at its pace so far; null before it runs and after it has ended"},
    )


class WeekOut(OutSchema):
    """The load of one week."""

    week = fields.String(required=True, metadata={"description": "ISO week, such as 2026-W07"})
    before = fields.Integer(required=True, metadata={"description": "alerts opened, by the policy in force"})
    after = fields.Integer(required=True, metadata={"description": "the same, by the limits that are tried"})


class ReplayResultOut(OutSchema):
    """What would have been different, in sum. Silence follows the calendar and is not part of it."""

    patients = fields.Integer(required=True, metadata={"description": "compared"})
    patients_changed = fields.Integer(required=True)
    failed = fields.Integer(required=True, metadata={"description": "patients who could not be compared"})
    unread = fields.Integer(required=True, metadata={"description": "reports that were left out"})
    opened_before = fields.Integer(required=True)
    opened_after = fields.Integer(required=True)
    totals = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "differences by kind, as in `ReplayChange`"},
    )
    by_topic = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.Integer()),
        required=True,
        metadata={"description": "by topic, then by kind"},
    )
    weeks = fields.List(fields.Nested(WeekOut()), required=True)


class ReplayListedOut(OutSchema):
    """A replay, without its result."""

    id = fields.String(required=True)
    site_id = fields.String(required=True)
    state = Choice(ReplayState, required=True)
    limits = Limits(required=True, metadata={"description": "the ones that are tried"})
    version_before = fields.String(required=True, metadata={"description": "of the policy compared with"})
    asked_by = Person(required=True)
    asked_at = Timestamp(required=True)
    ended_at = Timestamp(required=True, allow_none=True)
    progress = fields.Nested(ProgressOut(), required=True)


class ReplayOut(ReplayListedOut):
    """A replay."""

    result = fields.Nested(
        ReplayResultOut(), required=True, allow_none=True, metadata={"description": "once it is done"}
    )


class EpisodeOut(OutSchema):
    """A stretch of time in which an alert would have stood."""

    topic = Choice(Topic, required=True)
    level = Choice(Level, required=True, metadata={"description": "the highest it reached"})
    opened_by = fields.String(required=True, metadata={"description": "id of a report"})
    opened_at = fields.String(required=True, metadata={"format": "date-time"})
    closed_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})


class DifferenceOut(OutSchema):
    """One thing that would have been different for one patient."""

    patient = fields.String(required=True)
    topic = Choice(Topic, required=True)
    change = Choice(Change, name="ReplayChange", required=True)
    before = fields.Nested(EpisodeOut(), required=True, allow_none=True)
    after = fields.Nested(EpisodeOut(), required=True, allow_none=True)
    days = fields.Integer(required=True, metadata={"description": "how much earlier or later"})
