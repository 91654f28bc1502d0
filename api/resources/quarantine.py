"""Reports kept aside because their instrument version is not known here: shown, and let in by an operator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.examples import reports as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.schemas.reports import ReceiptOut, ReportFactsOut
from api.views.receipts import facts, receipt_for, status_of
from services import clock
from services.access.permissions import Operation
from services.reports import amend, read

blp = Blueprint("quarantine", __name__, url_prefix="/v1", description="Reports kept aside")


@blp.route("/quarantine")
class Quarantine(MethodView):
    """What is kept aside."""

    @signed_in(Operation.QUARANTINE_READ)
    @blp.doc(operationId="list_quarantined_reports")
    @blp.page(ReportFactsOut, example={"items": [{**examples.FACTS, "state": "quarantined"}], "next": None})
    def get(self) -> Any:
        """List the reports kept aside at your sites, the oldest first, at most 200."""
        return [facts(record) for record in read.list_quarantined(g.scope)]


@blp.route("/patients/<uuid:patient_id>/reports/<uuid:report_id>/release")
class ReportRelease(MethodView):
    """The end of a quarantine."""

    @signed_in(Operation.QUARANTINE_RELEASE)
    @blp.doc(operationId="release_report")
    @blp.stores(ReceiptOut, example=examples.RECEIPT, again=examples.REPEATED)
    @blp.fails(409, "not_in_quarantine", "still_unknown", "no_consent", "patient_closed")
    def post(self, patient_id: UUID, report_id: UUID) -> tuple[Any, int]:
        """Let a report in, once this server knows its instrument version.

        It counts from when it was answered.
        """
        receipt = amend.release(str(patient_id), str(report_id), g.scope, now=clock.now())
        return receipt_for(receipt, g.actor), status_of(receipt)
