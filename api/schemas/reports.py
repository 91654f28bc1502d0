"""Shapes of reports, their corrections and voids, and of what the answers show.

What the instrument permits is checked by its definition (`services.reports.intake.check`), not here: here
answers are small numbers under short keys, and everything is bounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from marshmallow import fields, pre_load, validate

from api.rest.bodies import plain_report
from api.schemas.evaluations import AssessmentOut, ScoreOut
from api.schemas.fields import (
    Choice,
    Day,
    Identifier,
    InSchema,
    OutSchema,
    Pattern,
    PhoneTime,
    Ready,
    ReadyList,
    StrictBoolean,
    Text,
    Timestamp,
    WholeNumber,
)
from api.schemas.people import Person
from api.schemas.problems import ProblemSchema
from api.schemas.report_parts import Answers, ClockOut, FlatOut, HistoryPointOut, Note, RestsOnOut, VersionOut
from scoring.instruments import terms
from scoring.instruments.terms import Respondent
from services.reports.histories import ReportState
from services.reports.receipts import EvaluationState

MAX_BATCH = 100
MAX_NOTE = 500
KEY = Pattern(r"^[a-z0-9_]{1,64}$", error="Must be a key: lower-case letters, digits and _.")
VERSION = Pattern(rf"^{terms.VERSION.pattern}$", error="Must be a version.")


class ReportMode(StrEnum):
    """How a report was given."""

    SELF = "self"
    PROXY = "proxy"
    PHONE = "phone"
    CLINIC = "clinic"
    PAPER = "paper"


class Answering(StrEnum):
    """Who answered."""

    PATIENT = "patient"
    CAREGIVER = "caregiver"
    CLINICIAN = "clinician"


_ANSWERS = (
    "codes by item, whose key has at most 64 lower-case letters, digits and _;"
    " leave out what was not answered, or send null"
)
_WORDS = ("mode", "respondent")
_CHANGES = "the items that change, with their new codes; null takes an answer away; the others stay"
MAX_DURATION = 2**31


class ReportIn(InSchema):
    """One answered instrument. The id is made by the phone and makes sending it again safe.

    Needed are `id`, `instrument`, `instrument_version`, `observed_at` and `answers` with an answer or a note;
    of the staff, `respondent` too when `mode` is paper.
    """

    id = Identifier(required=True)
    instrument = fields.String(required=True, validate=KEY)
    instrument_version = fields.String(required=True, validate=VERSION)
    observed_at = PhoneTime(required=True, metadata={"description": "when it was answered, with an offset"})
    answers = Answers(_ANSWERS, required=True)
    zone = fields.String(
        allow_none=True,
        metadata={
            "description": (
                "IANA zone of the phone. A name that is no zone is noted; the local day then follows the"
                " offset of `observed_at`, or the patient's own zone where that is zero"
            )
        },
    )
    mode = Choice(
        ReportMode,
        allow_none=True,
        metadata={
            "description": "of the clinic's staff: clinic (usual), phone, or paper for a paper form; for"
            " others leave it out: it follows from who answers and from the questionnaire"
        },
    )
    respondent = Choice(
        Respondent,
        allow_none=True,
        metadata={
            "description": "who answered; required with paper. Of others than the staff their own, `patient`"
            " or `caregiver`: what is sent under the wrong one's sign-in is then refused"
            " (`respondent_not_yours`), not taken as theirs"
        },
    )
    duration_seconds = WholeNumber(
        -MAX_DURATION,
        MAX_DURATION,
        allow_none=True,
        metadata={"description": "time on the form; below 0 or above a day it is noted as not possible"},
    )
    sent_at = PhoneTime(
        allow_none=True,
        metadata={
            "description": (
                "the phone's clock at sending; with it, a wrong clock is put right, and a time that still"
                " cannot be, or lies more than 31 days before the enrolment, becomes that of receipt; without"
                " it, an early time is kept and one that cannot be is refused"
            )
        },
    )
    note = Note(
        minimum=0,
        maximum=MAX_NOTE,
        allow_none=True,
        metadata={"description": "a word to the team, for people to read; no rule reads it"},
    )

    def load(self, data: Any, **options: Any) -> Any:
        """Read the usual form at once; all else, and every mistake, is for the library to tell."""
        usual = plain_report(data) if type(self) is ReportIn and not options.get("partial") else None
        return super().load(data, **options) if usual is None else usual

    @pre_load
    def _without_nulls(self, data: Any, **_kwargs: Any) -> Any:
        """A null where one of a few words may stand says nothing, as for the other optional members."""
        if not isinstance(data, Mapping):
            return data
        return {name: value for name, value in data.items() if name not in _WORDS or value is not None}


class BatchEntryIn(ReportIn):
    """A report in a batch, with the patient it is about."""

    patient_id = Identifier(required=True)


class _Entry(fields.Nested):
    """An entry as the document shows it; it is read later, by itself, whatever it is."""

    def deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Any:
        """Return it as it was sent."""
        return value


class BatchIn(InSchema):
    """An offline queue. Entries are read one by one, so that a bad one blocks no other."""

    entries = fields.List(
        _Entry(BatchEntryIn()),
        required=True,
        metadata={"description": "whatever one is else, it gets a verdict of its own"},
        validate=validate.Length(min=1, max=MAX_BATCH),
    )


class CorrectionIn(InSchema):
    """What changes in a report, and why: answers, the time, or both; the old version stays on record."""

    id = Identifier(required=True, metadata={"description": "of this correction, made by the client"})
    reason = Text(required=True, maximum=500)
    answers = Answers(_CHANGES)
    observed_at = Timestamp()


class VoidIn(InSchema):
    """Why a report is to count no longer."""

    id = Identifier(required=True, metadata={"description": "of this void, made by the client"})
    reason = Text(required=True, maximum=500)


class ReportFactsOut(FlatOut):
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
    clock = fields.Nested(ClockOut(), required=True)
    respondent = Choice(Respondent, required=True)
    mode = Choice(ReportMode, required=True)
    entered_by = Person(
        required=True,
        allow_none=True,
        metadata={"description": "who of the staff entered it; null when the respondent sent it"},
    )
    version = fields.Integer(required=True, metadata={"description": "1, and one more per correction"})
    complete = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={
            "description": "null while it is not scored, for a note, where the answers are not for you to"
            " read, and to a device that is not confirmed when the report is sent again"
        },
    )
    missing = fields.List(
        fields.String(),
        required=True,
        metadata={
            "description": "what was not answered: keys of items, or the `slot` of items of which one is"
            " answered"
        },
    )


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


class ReceiptOut(ReportFactsOut):
    """The answer to a report. Patients see what their clinic shows to patients.

    A device that is not confirmed sees `complete`, `missing`, `total` and `rests_on` of what it sends, and
    not when it is sent again.
    """

    repeated = StrictBoolean(
        required=True, metadata={"description": "it was taken before; nothing was stored now"}
    )
    evaluation = Choice(
        EvaluationState,
        required=True,
        metadata={"description": "pending: alerts follow within a minute; quarantined: not evaluated"},
    )
    total = fields.Float(required=True, allow_none=True)
    rests_on = fields.Nested(RestsOnOut(), allow_none=True)
    history = ReadyList(
        fields.Nested(HistoryPointOut()),
        metadata={
            "description": "of an ALSFRS-R: the respondent's own totals of the last year as they are now, of"
            " complete reports, the latest of each day, the oldest first, this one's too; empty for other"
            " questionnaires, where the clinic does not show it to patients, and on a device that is not"
            " confirmed; left out for the staff"
        },
    )
    reads_reports = fields.String(required=True, metadata={"description": "when the team reads reports"})
    takes_notes = StrictBoolean(
        required=True, metadata={"description": "whether the clinic keeps a note with a report"}
    )
    next_due_on = Day(
        required=True,
        allow_none=True,
        metadata={
            "description": "of an ALSFRS-R: when the patient's next one is due, by the clinic's interval and"
            " the latest that counts now; null while none does (a note does not, nor what is kept aside), and"
            " for other questionnaires, which have no schedule here"
        },
    )
    crisis_text = fields.String(required=True, allow_none=True, metadata={"description": "show it at once"})
    breathing_text = fields.String(
        required=True, allow_none=True, metadata={"description": "show it at once"}
    )
    score = Ready(ScoreOut(), allow_none=True, metadata={"description": "for the clinic's staff"})
    assessment = fields.Nested(AssessmentOut(), allow_none=True, metadata={"description": "for clinicians"})


class ReportOut(ReportFactsOut):
    """A report with all its versions, the first one first."""

    withheld = StrictBoolean(required=True, metadata={"description": "its answers are not for you to read"})
    void_reason = fields.String(required=True, allow_none=True)
    versions = fields.List(fields.Nested(VersionOut()), required=True)


class UnreadNoteOut(ReportOut):
    """A report with a note that nobody has marked as read."""


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
