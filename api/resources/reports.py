"""Reports of one patient: taking, listing, correcting, voiding; and the evaluation of them all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api import clock
from api.parsing import Blueprint
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
from api.security.guard import signed_in
from api.security.permissions import Operation
from api.services import amendments, intake, receipts, reports
from api.services.amendments import Correction, Void
from api.services.submissions import Submission

blp = Blueprint("reports", __name__, url_prefix="/v1/patients", description="Reports and their evaluation")

REPORT_EXAMPLE: dict[str, Any] = {
    "id": "0d3f1a52-6a4f-4f60-9a52-0b2f2f1f7a10",
    "instrument": "alsfrs_r",
    "instrument_version": "1",
    "observed_at": "2026-11-24T18:30:00+01:00",
    "answers": {
        "speech": 4,
        "salivation": 4,
        "swallowing": 3,
        "handwriting": 3,
        "cutting_without_gastrostomy": 2,
        "dressing_hygiene": 2,
        "turning_in_bed": 3,
        "walking": 2,
        "climbing_stairs": 1,
        "dyspnea": 4,
        "orthopnea": 4,
        "respiratory_insufficiency": 4,
    },
    "duration_seconds": 240,
}


@blp.route("/<uuid:patient_id>/reports")
class Reports(MethodView):
    """All reports of a patient."""

    @signed_in(Operation.REPORT_SUBMIT)
    @blp.arguments(ReportIn(), example=REPORT_EXAMPLE)
    @blp.response(201, ReceiptOut)
    @blp.alt_response(200, schema=ReceiptOut, success=True, description="taken before, with the same body")
    @blp.alt_response(
        202, schema=ReceiptOut, success=True, description="kept aside: unknown instrument version"
    )
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
    @blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def post(self, content: dict[str, Any], patient_id: UUID) -> tuple[Any, int]:
        """Send a report.

        Once 200, 201 or 202 is answered, the answers are stored for good. After anything else the same
        request may be sent again with the same id: it is taken once. An incomplete questionnaire is taken
        and marked. A version that this server does not know yet is kept aside (202) and shown to the
        clinic.
        """
        receipt = intake.submit(
            str(patient_id), Submission(**content), g.scope, actor=g.actor, now=clock.now()
        )
        return receipts.shown(receipt, g.actor), receipts.status_of(receipt)

    @signed_in(Operation.REPORT_READ)
    @blp.arguments(ReportsQuery(), location="query")
    @blp.response(200, ReportPageOut)
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def get(self, query: dict[str, Any], patient_id: UUID) -> dict[str, Any]:
        """List the reports, the latest observed first, voided ones too."""
        return reports.page(str(patient_id), query, g.scope, actor=g.actor, now=clock.now())


@blp.route("/<uuid:patient_id>/reports/<uuid:report_id>")
class Report(MethodView):
    """One report."""

    @signed_in(Operation.REPORT_READ)
    @blp.response(200, ReportOut)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, patient_id: UUID, report_id: UUID) -> dict[str, Any]:
        """Return a report with all its versions."""
        return reports.read(str(patient_id), str(report_id), g.scope, actor=g.actor, now=clock.now())


@blp.route("/<uuid:patient_id>/reports/<uuid:report_id>/corrections")
class ReportCorrections(MethodView):
    """Corrections of a report."""

    @signed_in(Operation.REPORT_CORRECT)
    @blp.arguments(
        CorrectionIn(),
        example={
            "id": "5b0f1a52-6a4f-4f60-9a52-0b2f2f1f7a11",
            "reason": "Mixed up walking and stairs.",
            "answers": {**REPORT_EXAMPLE["answers"], "walking": 1, "climbing_stairs": 2},
        },
    )
    @blp.response(201, ReceiptOut)
    @blp.alt_response(200, schema=ReceiptOut, success=True, description="taken before, with the same body")
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def post(self, content: dict[str, Any], patient_id: UUID, report_id: UUID) -> tuple[Any, int]:
        """Correct a report.

        Stores a new version and evaluates the whole history anew; alerts that it would not have raised are
        retracted, openly. For whoever gave the report, and for the clinic's staff.
        """
        receipt = amendments.correct(
            str(patient_id),
            str(report_id),
            Correction(**content),
            g.scope,
            actor=g.actor,
            now=clock.now(),
        )
        return receipts.shown(receipt, g.actor), receipts.status_of(receipt)


@blp.route("/<uuid:patient_id>/reports/<uuid:report_id>/void")
class ReportVoid(MethodView):
    """The end of a report."""

    @signed_in(Operation.REPORT_VOID)
    @blp.arguments(
        VoidIn(),
        example={"id": "7c0f1a52-6a4f-4f60-9a52-0b2f2f1f7a12", "reason": "Another patient's answers."},
    )
    @blp.response(201, ReceiptOut)
    @blp.alt_response(200, schema=ReceiptOut, success=True, description="done before, with the same body")
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def post(self, content: dict[str, Any], patient_id: UUID, report_id: UUID) -> tuple[Any, int]:
        """Void a report: it stays readable and is evaluated no longer."""
        receipt = amendments.void(
            str(patient_id), str(report_id), Void(**content), g.scope, actor=g.actor, now=clock.now()
        )
        return receipts.shown(receipt, g.actor), receipts.status_of(receipt)


@blp.route("/<uuid:patient_id>/evaluation")
class Evaluation(MethodView):
    """What the rules say of the whole history."""

    @signed_in(Operation.EVALUATION_READ)
    @blp.response(200, EvaluationOut)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, patient_id: UUID) -> dict[str, Any]:
        """Return the evaluation: trajectory, stages, flags, topics, and the versions behind it."""
        return reports.evaluation_of(str(patient_id), g.scope, now=clock.now())
