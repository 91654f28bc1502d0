"""The HTTP status that goes with a receipt."""

from __future__ import annotations

from http import HTTPStatus

from services.reports.histories import ReportState
from services.reports.submit import Receipt


def status_of(receipt: Receipt) -> HTTPStatus:
    """Return 201 for stored now, 200 for stored before, 202 for kept aside."""
    if receipt.replayed:
        return HTTPStatus.OK
    quarantined = receipt.record.state is ReportState.QUARANTINED
    return HTTPStatus.ACCEPTED if quarantined else HTTPStatus.CREATED
