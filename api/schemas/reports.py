"""Shapes of reports, their corrections and voids, and of what the answers show.

What the instrument permits is checked by its definition (`services.reports.check`), not here: here
answers are small numbers under short keys, and everything is bounded.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validate
from marshmallow.exceptions import SCHEMA

from api.schemas.evaluations import AssessmentOut, ScoreOut
from api.schemas.fields import (
    Choice,
    Day,
    Identifier,
    InSchema,
    OutSchema,
    Pattern,
    Ready,
    ReadyList,
    StrictBoolean,
    Text,
    Timestamp,
    WholeNumber,
)
from api.schemas.patients import Zone
from api.schemas.problems import ProblemSchema
from scoring.instruments.terms import Respondent
from services.reports.histories import ReportState
from services.reports.receipts import EvaluationState

MAX_ITEMS = 100
MAX_ANSWER = 1_000_000
MAX_BATCH = 100
_ITEM = re.compile(r"[a-z0-9_]{1,64}")
KEY = Pattern(r"^[a-z0-9_]{1,64}$", error="Must be a key: lower-case letters, digits and _.")
VERSION = Pattern(r"^[A-Za-z0-9._-]{1,32}$", error="Must be a version.")
POSITION = Pattern(r"^[0-9]{8}T[0-9]{12}-[0-9a-f-]{36}$", error="Must be a `next` of before.")


class ReportMode(StrEnum):
    """How a report was given."""

    SELF = "self"
    PROXY = "proxy"
    PHONE = "phone"
    CLINIC = "clinic"


class Answers(fields.Dict):
    """Item keys with codes or numbers; text, booleans and nested values never are answers.

    Nothing else is there to look at what a version is answered with that this server does not know: here
    is where it is made sure that all of it can be stored.
    """

    def __init__(self, **kwargs: Any) -> None:
        metadata = {
            "type": "object",
            "additionalProperties": {"type": "number", "minimum": -MAX_ANSWER, "maximum": MAX_ANSWER},
            "maxProperties": MAX_ITEMS,
            "description": (
                "codes by item, whose key has at most 64 lower-case letters, digits and _;"
                " leave out what was not answered"
            ),
        }
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        answers = super()._deserialize(value, attr, data, **kwargs)
        if len(answers) > MAX_ITEMS:
            raise ValidationError("Too many answers.")
        keys = {key for key in answers if isinstance(key, str) and _ITEM.fullmatch(key)}
        wrong = {
            key: ["Not a number."] for key, code in answers.items() if key in keys and not _is_number(code)
        }
        if len(keys) < len(answers):  # such a key is not repeated: it may be anything
            wrong[SCHEMA] = ["Items have keys of at most 64 lower-case letters, digits and _."]
        if wrong:
            raise ValidationError(wrong)
        return answers


class AnswersOut(fields.Dict):
    """Answers as they were given."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {
            "additionalProperties": {"type": "number"},
            "description": "codes by item; null when they are not for you to read",
        }
        super().__init__(metadata=metadata, **kwargs)


def _is_number(code: Any) -> bool:
    number = isinstance(code, int | float) and not isinstance(code, bool)
    return number and -MAX_ANSWER <= code <= MAX_ANSWER


class ReportIn(InSchema):
    """One answered instrument. The id is made by the phone and makes sending it again safe."""

    id = Identifier(required=True)
    instrument = fields.String(required=True, validate=KEY)
    instrument_version = fields.String(required=True, validate=VERSION)
    observed_at = Timestamp(required=True, metadata={"description": "when it was answered, with an offset"})
    answers = Answers(required=True)
    zone = Zone(maximum=64, metadata={"description": "IANA zone; the patient's own when left out"})
    mode = Choice(ReportMode, metadata={"description": "of the clinic's staff: clinic (usual) or phone"})
    duration_seconds = WholeNumber(0, 86_400)
    sent_at = Timestamp(metadata={"description": "the phone's clock at sending; puts its times right"})


class BatchEntryIn(ReportIn):
    """A report in a batch, with the patient it is about."""

    patient_id = Identifier(required=True)


class LaterRead(fields.Nested):
    """An object that is described here and read later, on its own."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Any:
        if not isinstance(value, dict):
            raise ValidationError("Not an object.")
        return value


class BatchIn(InSchema):
    """An offline queue. Entries are read one by one, so that a bad one blocks no other."""

    entries = fields.List(
        LaterRead(BatchEntryIn()), required=True, validate=validate.Length(min=1, max=MAX_BATCH)
    )


class CorrectionIn(InSchema):
    """New answers or another time for a report, with a reason; the old version stays on record."""

    id = Identifier(required=True, metadata={"description": "of this correction, made by the client"})
    reason = Text(required=True, maximum=500)
    answers = Answers()
    observed_at = Timestamp()


class VoidIn(InSchema):
    """Why a report is to count no longer."""

    id = Identifier(required=True, metadata={"description": "of this void, made by the client"})
    reason = Text(required=True, maximum=500)


class ReportFactsOut(OutSchema):
    """What everybody who may see a report sees of it."""

    id = fields.String(required=True)
    patient_id = fields.String(required=True)
    state = Choice(ReportState, required=True)
    instrument = fields.String(required=True)
    instrument_version = fields.String(required=True)
    observed_at = Timestamp(required=True)
    observed_on = Day(required=True, metadata={"description": "local date"})
    zone = fields.String(required=True)
    received_at = Timestamp(required=True)
    respondent = Choice(Respondent, required=True)
    mode = Choice(ReportMode, required=True)
    version = fields.Integer(required=True, metadata={"description": "1, and one more per correction"})
    complete = fields.Boolean(
        required=True, allow_none=True, metadata={"description": "null while it is not scored"}
    )
    missing = fields.List(fields.String(), required=True)


class QuarantinedOut(OutSchema):
    """What is kept aside of one patient."""

    patient_id = fields.String(required=True)
    count = fields.Integer(required=True, metadata={"description": "all of it"})
    reports = fields.List(
        fields.Nested(ReportFactsOut()), required=True, metadata={"description": "the latest received"}
    )
    withheld = fields.Integer(
        required=True, metadata={"description": "of the latest, those that are for clinicians only"}
    )


class HistoryPointOut(OutSchema):
    """An earlier total."""

    observed_on = Day(required=True)
    total = fields.Integer(required=True)


class ReceiptOut(ReportFactsOut):
    """The answer to a report. Patients see what their clinic shows to patients."""

    repeated = StrictBoolean(
        required=True, metadata={"description": "it was taken before; nothing was stored now"}
    )
    evaluation = Choice(
        EvaluationState,
        required=True,
        metadata={"description": "pending: alerts follow within a minute; quarantined: not evaluated"},
    )
    total = fields.Float(required=True, allow_none=True)
    history = ReadyList(fields.Nested(HistoryPointOut()))
    reads_reports = fields.String(required=True, metadata={"description": "when the team reads reports"})
    next_due_on = Day(required=True, allow_none=True)
    crisis_text = fields.String(required=True, allow_none=True, metadata={"description": "show it at once"})
    breathing_text = fields.String(
        required=True, allow_none=True, metadata={"description": "show it at once"}
    )
    score = Ready(ScoreOut(), allow_none=True, metadata={"description": "for the clinic's staff"})
    assessment = fields.Nested(AssessmentOut(), allow_none=True, metadata={"description": "for clinicians"})


class VersionOut(OutSchema):
    """One version of a report."""

    received_at = Timestamp(required=True)
    observed_at = Timestamp(required=True)
    account_id = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    answers = AnswersOut(required=True, allow_none=True)
    total = fields.Float(required=True, allow_none=True)
    score = Ready(ScoreOut(), required=True, allow_none=True, metadata={"description": "for staff"})


class ReportOut(ReportFactsOut):
    """A report with all its versions, the first one first."""

    withheld = StrictBoolean(required=True, metadata={"description": "its answers are not for you to read"})
    void_reason = fields.String(required=True, allow_none=True)
    versions = fields.List(fields.Nested(VersionOut()), required=True)


class ReportsQuery(InSchema):
    """Which reports."""

    instrument = fields.String(validate=KEY)


class VerdictOut(OutSchema):
    """What became of one entry of a batch: the answer it would have got alone."""

    index = fields.Integer(required=True)
    id = fields.String(required=True, allow_none=True)
    status = fields.Integer(required=True, metadata={"description": "HTTP status of this entry"})
    report = fields.Nested(ReceiptOut(), allow_none=True)
    problem = Ready(ProblemSchema(), allow_none=True, metadata={"description": "why it was not taken"})


class BatchOut(OutSchema):
    """Verdicts, in the order of the entries."""

    verdicts = fields.List(fields.Nested(VerdictOut()), required=True)
