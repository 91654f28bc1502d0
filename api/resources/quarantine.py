"""Reports kept aside because their instrument version is not known here: shown, released and rejected."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.examples import reports as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.pages import Page, page_query
from api.schemas.fields import Identifier
from api.schemas.reports import QuarantinedOut, ReceiptOut, VoidIn
from api.views.receipts import quarantined_for, receipt_for, status_of
from services import clock
from services.access.permissions import Operation
from services.reports import amend, read
from services.reports.amend import Rejection

blp = Blueprint("quarantine", __name__, url_prefix="/v1", description="Reports kept aside")

_PAGE = page_query(Identifier(), usual=20, most=100, of="patients")


@blp.route("/quarantine")
class Quarantine(MethodView):
    """What is kept aside."""

    @signed_in(Operation.QUARANTINE_READ)
    @blp.doc(operationId="list_quarantined_reports")
    @blp.page(QuarantinedOut, _PAGE)
    def get(self, _query: dict[str, Any], page: Page) -> Any:
        """List what is kept aside at your sites, by patient.

        Of each patient the latest reports are shown; reports of restricted instruments to clinicians only.
        """
        found, following = read.list_quarantined(g.scope, after=page.after, limit=page.limit)
        return [quarantined_for(entry) for entry in found], following


@blp.route("/patients/<uuid:patient_id>/reports/<uuid:report_id>/release")
class ReportRelease(MethodView):
    """The end of a quarantine."""

    @signed_in(Operation.QUARANTINE_RELEASE)
    @blp.doc(operationId="release_report")
    @blp.stores(ReceiptOut)
    @blp.fails(409, "not_in_quarantine", "still_unknown", "no_consent", "patient_closed")
    def post(self, patient_id: UUID, report_id: UUID) -> tuple[Any, int]:
        """Let a report in, once this server knows its instrument version.

        It counts from when it was answered.

        Sent twice, the second gets 200 and the same receipt. When it fails, the report stays kept
        aside.
        """
        receipt = amend.release(str(patient_id), str(report_id), g.scope, actor=g.actor, now=clock.now())
        return receipt_for(receipt, g.actor, g.scope), status_of(receipt)


@blp.route("/patients/<uuid:patient_id>/reports/<uuid:report_id>/reject")
class ReportReject(MethodView):
    """The other end of a quarantine."""

    @signed_in(Operation.QUARANTINE_REJECT)
    @blp.doc(operationId="reject_report")
    @blp.arguments(VoidIn(), example=examples.VOID)
    @blp.stores(ReceiptOut)
    @blp.fails(409, "id_used", "not_in_quarantine")
    def post(self, content: dict[str, Any], patient_id: UUID, report_id: UUID) -> tuple[Any, int]:
        """Reject a report that is kept aside.

        It stays readable and is never evaluated.

        Sent twice, the second gets 200 and the same receipt. When it fails, the report stays kept aside.
        """
        receipt = amend.reject(
            str(patient_id), str(report_id), Rejection(**content), g.scope, actor=g.actor, now=clock.now()
        )
        return receipt_for(receipt, g.actor, g.scope), status_of(receipt)
