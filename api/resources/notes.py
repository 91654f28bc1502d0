"""Words of respondents to the team that nobody has marked as read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.pages import Listed, Page, PlacedPosition, page_query
from api.schemas.reports import UnreadNoteOut
from api.views.reports import report_for
from models.store.positions import text_of
from services import clock
from services.access.permissions import Operation
from services.reports import read

blp = Blueprint("notes", __name__, url_prefix="/v1", description="Notes with reports")


@blp.route("/notes")
class Notes(MethodView):
    """Notes that are to be read."""

    @signed_in(Operation.NOTE_READ)
    @blp.doc(operationId="list_unread_notes")
    @blp.page(UnreadNoteOut, page_query(PlacedPosition, usual=200, most=200))
    def get(self, _query: dict[str, Any], page: Page) -> Listed:
        """List the reports with unread notes at your sites, the first received first.

        Notes with answers that you may not read are not for you either: a page may have fewer than `limit`,
        even none, and a `next`.
        """
        found = read.list_unread_notes(
            g.scope, actor=g.actor, after=page.after, limit=page.limit, now=clock.now()
        )
        shown = [report_for(record, patient, g.actor, g.scope) for patient, record in found.items]
        return Listed(shown, found.next and text_of(found.next))


@blp.route("/patients/<uuid:patient_id>/reports/<uuid:report_id>/note/read")
class NoteRead(MethodView):
    """The reading of a note."""

    @signed_in(Operation.NOTE_READ)
    @blp.doc(operationId="mark_note_read")
    @blp.response(204)
    def post(self, patient_id: UUID, report_id: UUID) -> None:
        """Mark a note as read; it leaves the list.

        Sent twice, the second changes nothing: who did it first, and when, is kept. When it fails, the note
        is still on the list.
        """
        read.mark_note_read(str(patient_id), str(report_id), g.scope, actor=g.actor, now=clock.now())
