"""Reports of one patient: taking, listing, correcting, voiding; and the evaluation of them all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView
from marshmallow import fields

from api.examples import reports as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.pages import Page, page_query
from api.rest.safety_first import corrected_form, one_form, safety_first
from api.schemas.evaluations import EvaluationOut
from api.schemas.reports import (
    POSITION,
    CorrectionIn,
    ReceiptOut,
    ReportIn,
    ReportOut,
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
from services.reports.submit import submit_report

blp = Blueprint("reports", __name__, url_prefix="/v1/patients", description="Reports and their evaluation")

_PAGE = page_query(fields.String(validate=POSITION), most=200, base=ReportsQuery)
_QUARANTINED = "Kept aside: the instrument version is not known here yet."


@blp.route("/<uuid:patient_id>/reports")
class Reports(MethodView):
    """All reports of a patient."""

    @safety_first(one_form)
    @signed_in(Operation.REPORT_SUBMIT)
    @blp.doc(operationId="submit_report")
    @blp.arguments(ReportIn(), example=examples.REPORT)
    @blp.stores(ReceiptOut)
    @blp.alt_response(202, schema=ReceiptOut, description=_QUARANTINED, success=True)
    @blp.fails(409, "id_used", "no_consent", "patient_closed")
    def post(self, content: dict[str, Any], patient_id: UUID) -> tuple[Any, int]:
        """Send a report.

        Once 200, 201 or 202 is answered, the answers are stored for good. Sent twice with the same id, it is
        taken once, and the second gets 200 with the same receipt. When it fails, the phone keeps it and
        sends it again, with the same id. An incomplete questionnaire is taken and marked. A version that
        this server does not know yet is kept aside (202) and shown to the clinic. Every response,
        also to a report that is refused, carries `crisis_text` or `breathing_text` when an answer asks for
        it: show it at once.
        """
        receipt = submit_report(
            str(patient_id), Submission(**content), g.scope, actor=g.actor, now=clock.now()
        )
        return receipt_for(receipt, g.actor, g.scope), status_of(receipt)

    @signed_in(Operation.REPORT_READ)
    @blp.page(ReportOut, _PAGE)
    def get(self, query: dict[str, Any], page: Page, patient_id: UUID) -> Any:
        """List the reports, the latest observed first, voided ones too.

        Answers that are not for the caller to read are null, and `withheld` says so.
        """
        found = read.list_reports(
            str(patient_id),
            g.scope,
            instrument=query.get("instrument"),
            after=page.after,
            limit=page.limit,
            now=clock.now(),
        )
        return page_for(found, g.actor, g.scope)


@blp.route("/<uuid:patient_id>/reports/<uuid:report_id>")
class Report(MethodView):
    """One report."""

    @signed_in(Operation.REPORT_READ)
    @blp.response(200, ReportOut)
    def get(self, patient_id: UUID, report_id: UUID) -> dict[str, Any]:
        """Return a report with all its versions.

        Answers that are not for the caller to read are null, and `withheld` says so.
        """
        patient, record = read.read_report(str(patient_id), str(report_id), g.scope, now=clock.now())
        return report_for(record, patient, g.actor, g.scope)


@blp.route("/<uuid:patient_id>/reports/<uuid:report_id>/corrections")
class ReportCorrections(MethodView):
    """Corrections of a report."""

    @safety_first(corrected_form)
    @signed_in(Operation.REPORT_CORRECT)
    @blp.doc(operationId="correct_report")
    @blp.arguments(CorrectionIn(), example=examples.CORRECTION)
    @blp.stores(ReceiptOut)
    @blp.fails(409, "id_used", "not_current", "patient_closed")
    def post(self, content: dict[str, Any], patient_id: UUID, report_id: UUID) -> tuple[Any, int]:
        """Correct a report.

        Stores a new version and evaluates the whole history anew; alerts that it would not have raised are
        marked as withdrawn, openly. For whoever gave the report, and for the clinic's staff.

        Sent twice with the same id, the second gets 200 and nothing more is stored. When it fails, the
        report is as it was.
        """
        receipt = amend.correct(
            str(patient_id),
            str(report_id),
            Correction(**content),
            g.scope,
            actor=g.actor,
            now=clock.now(),
        )
        return receipt_for(receipt, g.actor, g.scope), status_of(receipt)


@blp.route("/<uuid:patient_id>/reports/<uuid:report_id>/void")
class ReportVoid(MethodView):
    """The end of a report."""

    @signed_in(Operation.REPORT_VOID)
    @blp.doc(operationId="void_report")
    @blp.arguments(VoidIn(), example=examples.VOID)
    @blp.stores(ReceiptOut)
    @blp.fails(409, "id_used", "voided", "patient_closed")
    def post(self, content: dict[str, Any], patient_id: UUID, report_id: UUID) -> tuple[Any, int]:
        """Void a report: it stays readable and is evaluated no longer.

        Sent twice with the same id, the second gets 200. When it fails, the report still counts.
        """
        receipt = amend.void(
            str(patient_id), str(report_id), Void(**content), g.scope, actor=g.actor, now=clock.now()
        )
        return receipt_for(receipt, g.actor, g.scope), status_of(receipt)


@blp.route("/<uuid:patient_id>/evaluation")
class Evaluation(MethodView):
    """What the rules say of the whole history."""

    @signed_in(Operation.EVALUATION_READ)
    @blp.response(200, EvaluationOut)
    def get(self, patient_id: UUID) -> dict[str, Any]:
        """Return the evaluation: trajectory, stages, flags, topics, and the versions behind it.

        It is a function of the reports, the profile and the policy: `rules_version` and
        `policy_version` say which. `in_step` is false while alerts still follow.
        """
        return read.evaluation_of(str(patient_id), g.scope, now=clock.now())
