"""Reports of one patient: taking, listing, correcting, voiding; and the evaluation of them all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.application import settings, the_notes
from api.examples import reports as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.pages import Page, PlacedPosition, page_query
from api.rest.preconditions import ETAG, IF_MATCH, expected_rev, tag
from api.rest.safety_first import corrected_form, one_form, safety_first
from api.schemas.evaluations import EvaluationOut
from api.schemas.reports import (
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
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from services.reports.receipts import Receipt

Answer = tuple[dict[str, Any], int, dict[str, str]]

blp = Blueprint("reports", __name__, url_prefix="/v1/patients", description="Reports and their evaluation")

_PAGE = page_query(PlacedPosition, most=200, base=ReportsQuery)
_QUARANTINED = "Kept aside: the instrument version is not known here yet."


def _answer(receipt: Receipt) -> Answer:
    notes = the_notes()
    body = receipt_for(receipt, notes.actor, notes.scope)
    return body, status_of(receipt), tag(len(receipt.record.versions))


_NOT_YOURS = (
    "not_allowed",
    "grant_to_read",
    "mode_not_allowed",
    "respondent_not_allowed",
    "respondent_not_yours",
)


@blp.route("/<uuid:patient_id>/reports")
class Reports(MethodView):
    """All reports of a patient."""

    @safety_first(one_form)
    @signed_in(Operation.REPORT_SUBMIT)
    @blp.doc(operationId="submit_report")
    @blp.arguments(ReportIn(), example=examples.REPORT)
    @blp.stores(ReceiptOut, headers=ETAG)
    @blp.alt_response(202, schema=ReceiptOut, description=_QUARANTINED, success=True, headers=ETAG)
    @blp.fails(403, *_NOT_YOURS)
    @blp.fails(409, "id_used", "no_consent", "consent_withdrawn", "patient_closed")
    @blp.fails(422, "invalid_answers", "invalid")
    @blp.fails(429, "too_many_reports")
    def post(self, content: dict[str, Any], patient_id: UUID) -> Answer:
        """Send a report.

        Once 200, 201 or 202 is answered, the answers are stored for good. Sent twice with the same id, it is
        taken once, and the second gets 200 with the receipt as it is now: of what was corrected, and with
        the present `history` and `next_due_on`. When it fails, the phone keeps it and sends it again, with
        the same id. An incomplete questionnaire is taken and marked; one without any answer only with a
        `note` (`state` is `note`). A version that this server does not know yet is kept aside (202) and shown
        to the clinic.

        A response, also to a report that is refused, carries `crisis_text` or `breathing_text` when an answer
        asks for it: show it at once, with 200 too, unless it was shown for this report. Whatever the status:
        where an answer asks for a text and there is no response, or none in it, show the text that the phone
        keeps (`list_my_sites`). A refused report with such an answer raises an alert all the same, but its
        answers are not stored: the clinic has not got them. Further ones of the same respondent within an
        hour are counted with the first, also when that was dealt with: so tell nobody that the clinic was
        alerted. No alert is raised, and nobody at the clinic is told, with 401, 404, 413, 403 `not_allowed`
        and `grant_to_read`, 409 `consent_withdrawn` and `patient_closed`, for an unknown instrument, and for
        a body that cannot be read (400, 414, 415, 417, 431, 501). What is kept aside (202) raises it too.

        Sent with `sent_at`, no time is refused: one that cannot be, or that lies more than 31 days before the
        enrolment, is taken at its receipt, and the clinic is asked about it. So compare `observed_at` of the
        receipt with what was sent. Older history is sent without `sent_at`, or entered by the staff.

        The same id has to mean the same; the same instant in another offset, defaults spelled out, 3.0 for 3,
        null for an absent answer, and another `zone`, `duration_seconds` or `sent_at` do. What these say the
        second time is not kept.

        What a phone keeps belongs to the account that made it: send it only while that account is signed in,
        and with `respondent`. Otherwise a form counts for the wrong person, and twice.

        What a phone does with the report that it keeps:

        - 200, 201, 202: it is stored; delete it.
        - No answer within 30 seconds, 408, 429, 5xx but 501: this ends by itself. Send the same again, with a
          new `sent_at`, after `Retry-After`, or where there is none after a minute, then ever later; that of
          `too_many_reports` may be hours.
        - 401: `refresh`, then send the same; where that does not help, the person signs in anew.
        - 409 `no_consent`: this ends when the clinic has recorded it. Send the same again once a day, and
          when the app is opened.
        - 409 `id_used`: the id belongs to other content. Send it under a new id, unless the person changed a
          report that was sent: then correct that one (`correct_report`).
        - 400, 405, 413, 414, 415, 417, 422, 431, 501, and 403 `mode_not_allowed`, `respondent_not_allowed`
          and `respondent_not_yours`: the request is wrong, and the same is refused again. Keep the answers,
          say that the clinic has not got them yet, mend it (mostly by an update of the app), and send it
          under the same id.
        - 404, 409 `consent_withdrawn` and `patient_closed`, 403 `grant_to_read` and `not_allowed`: refused
          until the clinic changes something. Keep the answers, say that the clinic has not got them, and send
          the same again when the person asks for it; once a day without being asked, but never so after
          `consent_withdrawn`.
        - Any other code of 403 and 409: as `not_allowed`. Any other code: go by its status. Any other status:
          as 400.
        """
        notes = the_notes()
        receipt = submit_report(
            str(patient_id),
            Submission(**content),
            notes.scope,
            actor=notes.actor,
            now=clock.now(),
            most_a_day=settings().reports_per_day,
        )
        return _answer(receipt)

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
    @blp.response(200, ReportOut, headers=ETAG)
    def get(self, patient_id: UUID, report_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
        """Return a report with all its versions; the ETag is for a correction or a void.

        Answers that are not for the caller to read are null, and `withheld` says so.
        """
        patient, record = read.read_report(str(patient_id), str(report_id), g.scope, now=clock.now())
        return report_for(record, patient, g.actor, g.scope), tag(len(record.versions))


@blp.route("/<uuid:patient_id>/reports/<uuid:report_id>/corrections")
class ReportCorrections(MethodView):
    """Corrections of a report."""

    @safety_first(corrected_form)
    @signed_in(Operation.REPORT_CORRECT)
    @blp.doc(operationId="correct_report", parameters=[IF_MATCH])
    @blp.arguments(CorrectionIn(), example=examples.CORRECTION)
    @blp.stores(ReceiptOut, headers=ETAG)
    @blp.fails(403, "confirm_first", "not_yours", "answers_withheld", "not_allowed", "grant_to_read")
    @blp.fails(409, "id_used", "not_current", "no_consent", "consent_withdrawn", "patient_closed")
    @blp.fails(422, "changes_nothing", "invalid_answers", "invalid")
    def post(self, content: dict[str, Any], patient_id: UUID, report_id: UUID) -> Answer:
        """Correct a report that nobody changed since it was read.

        `answers` names the items that change, and null takes an answer away; a correction that changes
        nothing, or leaves nothing answered, is refused. Stores a new version and evaluates the whole history
        anew; alerts that it would not have raised are marked as withdrawn, openly. For whoever gave the
        report, and for the clinic's staff. As at `submit_report`, also a refused correction with a safety
        answer carries its text and raises an alert.

        Sent twice with the same id, the second gets 200 with the receipt as it is now, and nothing more is
        stored. When it fails with 4xx, the report is as it was.

        What to do with a correction that is not taken: as with a report, but for

        - 404 `report_not_found`: the report was not taken yet. Send that first, then the correction.
        - 412: somebody changed the report. Read it, show it, and let the person decide anew, under a new id.
        - 409 `not_current`: it was voided, is kept aside, or is a note without answers (`state`), and cannot
          be corrected. Send what is right as a new report.
        - 422 `changes_nothing`: the report says this already. Drop the correction.
        - 422 `invalid` with `in_the_future` or `too_old`: the person states another time; no `sent_at` can
          put it right.
        - 422 `invalid` with `empty`: nothing would be left answered. The clinic can void the report.
        - 403 `confirm_first`: this device is to be confirmed first; `not_yours` and `answers_withheld`: for
          others to correct.
        """
        receipt = amend.correct(
            str(patient_id),
            str(report_id),
            Correction(**content, version=_expected_version(patient_id, report_id)),
            g.scope,
            actor=g.actor,
            now=clock.now(),
        )
        return _answer(receipt)


@blp.route("/<uuid:patient_id>/reports/<uuid:report_id>/void")
class ReportVoid(MethodView):
    """The end of a report."""

    @signed_in(Operation.REPORT_VOID)
    @blp.doc(operationId="void_report", parameters=[IF_MATCH])
    @blp.arguments(VoidIn(), example=examples.VOID)
    @blp.stores(ReceiptOut, headers=ETAG)
    @blp.fails(409, "id_used", "voided", "no_consent", "consent_withdrawn", "patient_closed")
    def post(self, content: dict[str, Any], patient_id: UUID, report_id: UUID) -> Answer:
        """Void a report that nobody changed since it was read.

        It stays readable, with the same `version` and ETag, and is evaluated no longer. Sent twice with the
        same id, the second gets 200. When it fails with 4xx, the report still counts.
        """
        given = Void(**content, version=_expected_version(patient_id, report_id))
        receipt = amend.void(str(patient_id), str(report_id), given, g.scope, actor=g.actor, now=clock.now())
        return _answer(receipt)


def _expected_version(patient_id: UUID, report_id: UUID) -> int:
    def present() -> int:
        _, record = read.read_report(str(patient_id), str(report_id), g.scope, now=clock.now())
        return len(record.versions)

    return expected_rev(present)


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
