"""Reports of one patient: taking, listing, correcting, voiding; and the evaluation of them all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.examples import reports as examples
from api.rest.guard import signed_in
from api.rest.parsing import Blueprint
from api.rest.preconditions import ETAG, IF_MATCH, expected_rev, tag
from api.schemas.reports import (
    CorrectionIn,
    EvaluationOut,
    ReceiptOut,
    ReportIn,
    ReportOut,
    ReportPageOut,
    ReportsQuery,
    VoidIn,
)
from api.views.receipts import receipt_for, status_of
from api.views.reports import page_for, report_for
from services import clock
from services.access.permissions import Operation
from services.reports import amend, read
from services.reports.amend import Correction, Void
from services.reports.check import Submission
from services.reports.receipts import Receipt
from services.reports.submit import submit_report

Answer = tuple[dict[str, Any], int, dict[str, str]]

blp = Blueprint("reports", __name__, url_prefix="/v1/patients", description="Reports and their evaluation")


def _answer(receipt: Receipt) -> Answer:
    return receipt_for(receipt, g.actor), status_of(receipt), tag(len(receipt.record.versions))


@blp.route("/<uuid:patient_id>/reports")
class Reports(MethodView):
    """All reports of a patient."""

    @signed_in(Operation.REPORT_SUBMIT)
    @blp.arguments(ReportIn(), example=examples.REPORT)
    @blp.response(201, ReceiptOut, example=examples.RECEIPT, headers=ETAG)
    @blp.alt_response(
        200,
        schema=ReceiptOut,
        success=True,
        description="taken before, with the same body",
        example=examples.REPEATED,
    )
    @blp.alt_response(
        202,
        schema=ReceiptOut,
        success=True,
        description="kept aside: unknown instrument version",
        example=examples.QUARANTINED,
    )
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
    @blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def post(self, content: dict[str, Any], patient_id: UUID) -> Answer:
        """Send a report.

        Once 200, 201 or 202 is answered, the answers are stored for good. After anything else the same
        request may be sent again with the same id: it is taken once. An incomplete questionnaire is taken
        and marked. A version that this server does not know yet is kept aside (202) and shown to the
        clinic.

        Sent with `sent_at`, no time is refused: one that cannot be is taken at its receipt, and the clinic is
        asked about it. The same id with the same meaning gets the first answer again: the same instant in
        another offset, defaults spelled out, 3.0 for 3, null for an absent answer, another `sent_at`.
        """
        receipt = submit_report(
            str(patient_id), Submission(**content), g.scope, actor=g.actor, now=clock.now()
        )
        return _answer(receipt)

    @signed_in(Operation.REPORT_READ)
    @blp.arguments(ReportsQuery(), location="query")
    @blp.response(200, ReportPageOut, example={"items": [examples.READ], "next": None})
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def get(self, query: dict[str, Any], patient_id: UUID) -> dict[str, Any]:
        """List the reports, the latest observed first, voided ones too."""
        page = read.list_reports(
            str(patient_id),
            g.scope,
            instrument=query.get("instrument"),
            after=query.get("after"),
            limit=query["limit"],
            now=clock.now(),
        )
        return page_for(page, g.actor)


@blp.route("/<uuid:patient_id>/reports/<uuid:report_id>")
class Report(MethodView):
    """One report."""

    @signed_in(Operation.REPORT_READ)
    @blp.response(200, ReportOut, example=examples.READ, headers=ETAG)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, patient_id: UUID, report_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
        """Return a report with all its versions; the ETag is for a correction or a void."""
        patient, record = read.read_report(str(patient_id), str(report_id), g.scope, now=clock.now())
        return report_for(record, patient, g.actor), tag(len(record.versions))


@blp.route("/<uuid:patient_id>/reports/<uuid:report_id>/corrections")
class ReportCorrections(MethodView):
    """Corrections of a report."""

    @signed_in(Operation.REPORT_CORRECT)
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(CorrectionIn(), example=examples.CORRECTION)
    @blp.response(201, ReceiptOut, example=examples.CORRECTED, headers=ETAG)
    @blp.alt_response(
        200,
        schema=ReceiptOut,
        success=True,
        description="taken before, with the same body",
        example={**examples.CORRECTED, "repeated": True},
    )
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(412, "PRECONDITION_FAILED")
    @blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    @blp.alt_response(428, "PRECONDITION_REQUIRED")
    def post(self, content: dict[str, Any], patient_id: UUID, report_id: UUID) -> Answer:
        """Correct a report that nobody changed since it was read.

        `answers` names the items that change, and null takes an answer away; a correction that changes
        nothing is refused. Stores a new version and evaluates the whole history anew; alerts that it would
        not have raised are retracted, openly. For whoever gave the report, and for the clinic's staff.
        """
        receipt = amend.correct(
            str(patient_id),
            str(report_id),
            Correction(**content, version=expected_rev()),
            g.scope,
            actor=g.actor,
            now=clock.now(),
        )
        return _answer(receipt)


@blp.route("/<uuid:patient_id>/reports/<uuid:report_id>/void")
class ReportVoid(MethodView):
    """The end of a report."""

    @signed_in(Operation.REPORT_VOID)
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(VoidIn(), example=examples.VOID)
    @blp.response(201, ReceiptOut, example=examples.VOIDED, headers=ETAG)
    @blp.alt_response(
        200,
        schema=ReceiptOut,
        success=True,
        description="done before, with the same body",
        example={**examples.VOIDED, "repeated": True},
    )
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(412, "PRECONDITION_FAILED")
    @blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    @blp.alt_response(428, "PRECONDITION_REQUIRED")
    def post(self, content: dict[str, Any], patient_id: UUID, report_id: UUID) -> Answer:
        """Void a report that nobody changed since it was read.

        It stays readable and is evaluated no longer.
        """
        given = Void(**content, version=expected_rev())
        receipt = amend.void(str(patient_id), str(report_id), given, g.scope, actor=g.actor, now=clock.now())
        return _answer(receipt)


@blp.route("/<uuid:patient_id>/evaluation")
class Evaluation(MethodView):
    """What the rules say of the whole history."""

    @signed_in(Operation.EVALUATION_READ)
    @blp.response(200, EvaluationOut, example=examples.EVALUATION)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, patient_id: UUID) -> dict[str, Any]:
        """Return the evaluation: trajectory, stages, flags, topics, and the versions behind it."""
        return read.evaluation_of(str(patient_id), g.scope, now=clock.now())
