"""Shapes of a patient's series: what a figure of the course draws, ready to be drawn by anybody."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from marshmallow import fields

from api.schemas.alert_parts import SHOWN_STATES
from api.schemas.evaluations import JSONNumber, StagesOut, TrajectoryOut
from api.schemas.fields import Choice, InSchema, OutSchema, Ready, Timestamp
from api.schemas.reports import ReportMode
from models.alerts.alert import Condition
from scoring.decline import Level, Topic
from scoring.instruments.terms import Respondent
from services.patients.shapes import EventKind, Span
from services.reports.intake.times import Doubt


class SeriesDomain(StrEnum):
    """The domains of the ALSFRS-R."""

    BULBAR = "bulbar"
    FINE_MOTOR = "fine_motor"
    GROSS_MOTOR = "gross_motor"
    RESPIRATORY = "respiratory"


_SLOT = {"description": "item of the ALSFRS-R; `cutting` stands for both forms of item 5"}
_BASIS = "on the line's basis: the items it was measured on, scaled up to twelve"


def _span(usual: Span) -> Choice:
    """How far back a course goes."""
    told = {"description": "counted back from today"}
    return Choice(Span, name="SeriesSpan", load_default=usual, metadata=told)


class SeriesQuery(InSchema):
    """How far back."""

    span = _span(Span.MONTHS_18)


class SeriesTableQuery(InSchema):
    """How far back; a table does not say its span, so it is whole unless asked otherwise."""

    span = _span(Span.ALL)


def _day(**kwargs: Any) -> fields.String:
    metadata = {"format": "date"} | kwargs.pop("metadata", {})
    return fields.String(required=True, metadata=metadata, **kwargs)


def _respondent(**kwargs: Any) -> Choice:
    return Choice(Respondent, required=True, **kwargs)


_USED = {"description": "whether the line rests on it; false also for readers who are shown no line"}


class SeriesTotalOut(OutSchema):
    """One ALSFRS-R report."""

    report_id = fields.String(required=True)
    day = _day()
    respondent = _respondent()
    mode = Choice(ReportMode, required=True)
    total = fields.Integer(
        required=True, allow_none=True, metadata={"description": "of 48; null where an item is missing"}
    )
    comparable = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": f"the total {_BASIS}; null without a line, or where an item is missing"},
    )
    used = fields.Boolean(required=True, metadata=_USED)
    doubts = fields.List(
        Choice(Doubt), required=True, metadata={"description": "what is doubtful about its time"}
    )


class SeriesValueOut(OutSchema):
    """A number on a day."""

    report_id = fields.String(required=True)
    day = _day()
    value = JSONNumber(required=True)


class SeriesDomainOut(OutSchema):
    """The subscores of a domain by one respondent."""

    domain = Choice(SeriesDomain, required=True)
    respondent = _respondent()
    points = fields.List(fields.Nested(SeriesValueOut()), required=True, metadata={"description": "0 to 12"})


class SeriesRunOut(OutSchema):
    """Equal answers in a row."""

    key = fields.String(required=True, metadata={"description": "the item as it was asked"})
    code = fields.Integer(required=True)
    starts_on = _day(metadata={"description": "day of the first of them"})
    ends_on = _day(
        metadata={
            "description": "day of the next report; before a gap, when nothing was reported for more than"
            " 2.2 intervals, one interval after the last of them"
        }
    )
    reports = fields.Integer(required=True)


class SeriesItemOut(OutSchema):
    """The answers to one item by one respondent, as bars of constant answer."""

    item = fields.String(required=True, metadata=_SLOT)
    domain = Choice(SeriesDomain, required=True)
    respondent = _respondent()
    runs = fields.List(fields.Nested(SeriesRunOut()), required=True)


class SeriesMeasureOut(OutSchema):
    """The totals of another instrument by one respondent: well-being, quality of life, weight in grams."""

    instrument = fields.String(required=True)
    respondent = _respondent()
    points = fields.List(fields.Nested(SeriesValueOut()), required=True)


class SeriesEventOut(OutSchema):
    """Something that happened to the patient, or with who reports."""

    kind = Choice(EventKind, name="SeriesEventKind", required=True)
    day = _day()
    ends_on = _day(allow_none=True, metadata={"description": "of a stay in hospital that has ended"})
    respondent = _respondent(allow_none=True, metadata={"description": "who reports from then on"})


class SeriesDifferenceOut(OutSchema):
    """An item that two respondents answered differently."""

    item = fields.String(required=True, metadata=_SLOT)
    code = fields.Integer(required=True)
    nearest_code = fields.Integer(required=True)


class SeriesApartOut(OutSchema):
    """The latest report of another respondent, beside the nearest by whom the figure follows."""

    respondent = _respondent()
    latest = fields.Nested(SeriesTotalOut(), required=True)
    nearest = fields.Nested(SeriesTotalOut(), required=True)
    differences = fields.List(
        fields.Nested(SeriesDifferenceOut()),
        required=True,
        metadata={"description": "the items that both answered, and not alike"},
    )


class SeriesBandOut(OutSchema):
    """The line on a day and the ends of its central 95 %; they may lie outside 0 to 48."""

    day = _day()
    mean = fields.Float(required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)


class SeriesBendOut(OutSchema):
    """Where the pace has changed, and the line with this bend that runs through the reports."""

    day = _day(metadata={"description": "most likely day of the change"})
    low_on = _day(metadata={"description": "first day of its 80 % range"})
    high_on = _day(metadata={"description": "last day of its 80 % range"})
    level = fields.Float(required=True, metadata={"description": f"total on the day of the bend, {_BASIS}"})
    before = fields.Float(required=True, metadata={"description": "slope before, points a month"})
    after = fields.Float(required=True, metadata={"description": "slope since then"})
    first_on = _day(metadata={"description": "of the reports it rests on"})
    last_on = _day(metadata={"description": "of the reports it rests on"})
    probability = fields.Float(
        required=True,
        metadata={
            "description": "that the pace has changed within the last half year",
            "minimum": 0,
            "maximum": 1,
        },
    )


class SeriesAlertOut(OutSchema):
    """An alert on the day it was opened."""

    id = fields.String(required=True, metadata={"format": "uuid"})
    topic = Choice(Topic, required=True)
    level = Choice(Level, required=True)
    state = Choice(SHOWN_STATES, name="AlertState", required=True)
    condition = Choice(Condition, name="AlertCondition", required=True)
    headline = fields.String(required=True)
    opened_at = Timestamp(required=True)


class SeriesAssessedOut(OutSchema):
    """What only clinicians of the site get."""

    trajectory = Ready(TrajectoryOut(), required=True, allow_none=True)
    stages = Ready(StagesOut(), required=True, allow_none=True)
    band = fields.List(
        fields.Nested(SeriesBandOut()),
        required=True,
        metadata={"description": "over the reports used, in steps of a week that end with the latest"},
    )
    ahead = fields.List(
        fields.Nested(SeriesBandOut()),
        required=True,
        metadata={"description": "the band's continuation for eight weeks; no prognosis, not for patients"},
    )
    bend = fields.Nested(
        SeriesBendOut(),
        required=True,
        allow_none=True,
        metadata={"description": "while a flag on acceleration stands"},
    )
    alerts = fields.List(
        fields.Nested(SeriesAlertOut()),
        required=True,
        metadata={"description": "the latest 100, current ones first"},
    )
    limit_per_month = fields.Float(
        required=True, metadata={"description": "loss a month that counts as fast, by the policy in force"}
    )
    in_step = fields.Boolean(required=True, metadata={"description": "whether the alerts follow already"})


class SeriesOut(OutSchema):
    """A patient's course, as the shapes that a figure draws."""

    patient_id = fields.String(required=True)
    seq = fields.Integer(
        required=True, metadata={"description": "entry of the ledger it stands on; 0 before any"}
    )
    span = Choice(Span, name="SeriesSpan", required=True)
    starts_on = _day(metadata={"description": "first day of the span"})
    ends_on = _day(metadata={"description": "today at the patient's"})
    respondent = _respondent(
        allow_none=True, metadata={"description": "whose reports a figure follows; null before any"}
    )
    totals = fields.List(
        fields.Nested(SeriesTotalOut()),
        required=True,
        metadata={"description": "of one respondent and day the last; the earliest first"},
    )
    domains = fields.List(fields.Nested(SeriesDomainOut()), required=True)
    items = fields.List(fields.Nested(SeriesItemOut()), required=True)
    measures = fields.List(fields.Nested(SeriesMeasureOut()), required=True)
    events = fields.List(fields.Nested(SeriesEventOut()), required=True)
    apart = fields.List(fields.Nested(SeriesApartOut()), required=True)
    assessed = fields.Nested(
        SeriesAssessedOut(),
        required=True,
        allow_none=True,
        metadata={"description": "null for everybody but clinicians of the site"},
    )
