"""What a flat shape writes by itself is what the library writes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import orjson
import pytest
from marshmallow import Schema, ValidationError, fields

from api.schemas.fields import Identifier, OutSchema, QueryNumber, Timestamp
from api.schemas.report_parts import ClockOut, FlatOut, RestsOnOut
from api.schemas.reports import ReceiptOut, ReportOut
from services.reports.histories import ReportState
from services.reports.intake.times import Certainty, Doubt
from services.reports.receipts import EvaluationState

MOMENT = datetime(2026, 3, 2, 8, 30, 0, 123000, timezone(timedelta(hours=1)))
CLOCK = {
    "answered_at": MOMENT,
    "sent_at": None,
    "shift_seconds": -3,
    "certainty": Certainty.CONFIRMED,
    "doubts": [Doubt.UNKNOWN_ZONE],
}
RECEIPT = {
    "id": "r",
    "patient_id": "p",
    "state": ReportState.CURRENT,
    "instrument": "alsfrs_r",
    "instrument_version": "1",
    "observed_at": MOMENT,
    "observed_on": date(2026, 3, 2),
    "zone": "Europe/Berlin",
    "received_at": MOMENT.astimezone(UTC),
    "clock": CLOCK,
    "respondent": "patient",
    "mode": "self",
    "entered_by": None,
    "version": 1,
    "complete": False,
    "missing": ["speech"],
    "repeated": False,
    "evaluation": EvaluationState.PENDING,
    "total": 40,
    "rests_on": {"answered": 11, "items": 12},
    "history": [{"observed_on": "2026-02-02", "total": 41}],
    "reads_reports": "on working days",
    "takes_notes": True,
    "next_due_on": None,
    "crisis_text": None,
    "breathing_text": "Call.",
    "not a member": 1,
}
STAFF = {
    **{name: value for name, value in RECEIPT.items() if name != "history"},
    "score": {"total": 40.0},
    "assessment": None,
}
VERSION = {
    "received_at": MOMENT,
    "observed_at": MOMENT,
    "account_id": "a",
    "reason": None,
    "answers": {"speech": 4},
    "note": None,
    "total": 40.0,
    "rests_on": None,
    "score": None,
    "clock": CLOCK,
}


@pytest.mark.parametrize(
    ("shape", "content"),
    [
        (ReceiptOut, RECEIPT),
        (ReceiptOut, STAFF),
        (ReportOut, {**RECEIPT, "withheld": False, "void_reason": None, "versions": [VERSION]}),
        (ClockOut, CLOCK),
        (RestsOnOut, RECEIPT["rests_on"]),
    ],
)
def test_a_flat_shape_writes_what_the_library_writes(shape: type[FlatOut], content: dict[str, Any]) -> None:
    schema = shape()
    written = orjson.dumps(by_library(shape)().dump(content))
    assert orjson.dumps(schema.dump(content)) == written
    assert orjson.dumps(schema.dump(dict(reversed(content.items())))) == written
    assert orjson.dumps(schema.dump([content], many=True)) == orjson.dumps([schema.dump(content)])


def by_library(shape: type[Schema]) -> type[OutSchema]:
    """The same shape without a way of its own, down to its parts."""
    members: dict[str, Any] = {}
    for name, field in shape._declared_fields.items():
        flat = isinstance(field, fields.Nested) and isinstance(field.schema, FlatOut)
        members[name] = fields.Nested(by_library(type(field.schema))(), allow_none=True) if flat else field
    return type(f"Library{shape.__name__}", (OutSchema,), members)


@pytest.mark.parametrize("text", ["1_0", "٣", "+5", " 5", "5 ", "1.0", "1e1", "0x5", "", "-1"])
def test_a_number_in_a_query_is_digits_and_nothing_else(text: str) -> None:
    number = QueryNumber(1, 100)
    assert number.deserialize("10") == 10
    with pytest.raises(ValidationError):
        number.deserialize(text)


@pytest.mark.parametrize("place", [0, 2**128 - 1])
def test_an_id_that_programs_send_when_they_have_none_is_refused(place: int) -> None:
    with pytest.raises(ValidationError):
        Identifier().deserialize(str(UUID(int=place)))
    assert Identifier().deserialize(str(UUID(int=1)))


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T08:00:00+01:00:30",
        *("2026-W10-1", "2026-061", "2026-03-02"),
        *("2026-W10-1T08:00:00Z", "2026W101T080000Z", "2026-061T08:00:00Z", "20260302T080000Z"),
    ],
)
def test_a_time_that_is_none_of_rfc_3339_is_refused(text: str) -> None:
    assert Timestamp().deserialize("2026-03-02T08:00:00+01:30")
    with pytest.raises(ValidationError):
        Timestamp().deserialize(text)
