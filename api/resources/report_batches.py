"""The offline queue of a phone: many reports in one request, each with a verdict of its own."""

from __future__ import annotations

import time
from typing import Any

from flask import g
from flask.views import MethodView

from api.application import settings
from api.examples import reports as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.safety_first import entries_of_batch, safety_first
from api.schemas.reports import BatchIn, BatchOut
from api.views.report_batches import Budget, submit_batch
from services import clock
from services.access.permissions import Operation
from services.reports.intake.turns import BATCHES

blp = Blueprint("report_batches", __name__, url_prefix="/v1/report-batches", description="Offline queues")


@blp.route("")
class ReportBatches(MethodView):
    """Batches."""

    @safety_first(entries_of_batch)
    @signed_in(Operation.REPORT_SUBMIT)
    @blp.doc(operationId="submit_report_batch")
    @blp.arguments(BatchIn(), example=examples.BATCH)
    @blp.response(200, BatchOut)
    @blp.fails(429, "come_again")
    def post(self, content: dict[str, Any]) -> dict[str, Any]:
        """Send what was answered offline.

        Each entry gets the status and the body that it would have got alone, in the order of the entries; a
        bad one blocks no other. Entries with 429 or 503 may be sent again after `retry_after` seconds: when a
        batch takes too long, its rest is told to come again. When many batches come at once, some are told so
        as a whole (429). What to keep of each entry stands at `submit_report`, by its status and code.

        Sent twice, each entry gets its verdict again (200 for what is stored) and nothing is stored twice.
        When the whole request fails by no answer, 408, 429 or 5xx but 501, any of the entries may have been
        taken: send it again. With 501 or another 4xx nothing was taken: after 401 refresh and send it again,
        else send each entry by `submit_report`.
        """
        given = settings()
        budget = Budget(given.batch_seconds, time.monotonic, given.reports_per_day)
        with BATCHES.turn():
            verdicts = submit_batch(content["entries"], g.scope, budget, actor=g.actor, now=clock.now())
        return {"verdicts": verdicts}
