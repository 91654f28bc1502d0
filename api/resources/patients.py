"""Patients and the grants that let caregivers act for them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.examples import patients as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.pages import Page, page_query
from api.rest.preconditions import ETAG, IF_MATCH, expected_rev, tag
from api.schemas.fields import Identifier
from api.schemas.patients.patients import (
    GrantEndIn,
    GrantIn,
    GrantOut,
    PatientIn,
    PatientOut,
    PatientPatchIn,
)
from api.schemas.patients.series import SeriesOut, SeriesQuery, SeriesTableQuery
from api.views.grants import grants_for
from api.views.series import series_for, totals_table
from models.patients.patient import NewPatient
from scoring.decline import Profile
from services import clock
from services.access.permissions import Operation
from services.patients import patients, series, shapes

blp = Blueprint("patients", __name__, url_prefix="/v1/patients", description="Patients and grants")


@blp.route("")
class Patients(MethodView):
    """All patients within reach."""

    @signed_in(Operation.PATIENT_READ)
    @blp.page(PatientOut, page_query(Identifier))
    def get(self, _query: dict[str, Any], page: Page) -> Any:
        """List the patients within reach, in the order of their ids.

        Those who reach single patients get these; the clinic gets all of its site.
        """
        return patients.page(g.scope, after=page.after, limit=page.limit, now=clock.now())

    @signed_in(Operation.PATIENT_CREATE)
    @blp.arguments(PatientIn(), example=examples.NEW)
    @blp.stores(PatientOut, headers=ETAG)
    @blp.fails(404, "site_not_found")
    @blp.fails(409, "id_used", "study_code_used")
    def post(self, content: dict[str, Any]) -> tuple[Any, int, dict[str, str]]:
        """Enrol a patient at a site.

        The id is made by the client. Sent twice, it enrols one patient, and the second gets 200 with the
        patient as it is now. When it fails, it may be sent again. A study code belongs to one patient of a
        site. Without `consent_at` the patient's reports are refused (`no_consent`) until it is recorded
        (`change_patient`).
        """
        new = NewPatient(**{**content, "profile": Profile(**content.get("profile", {}))})
        patient, repeated = patients.enrol(new, g.scope, actor=g.actor, now=clock.now())
        return patient, HTTPStatus.OK if repeated else HTTPStatus.CREATED, tag(patient.rev)


@blp.route("/<uuid:patient_id>")
class Patient(MethodView):
    """One patient."""

    @signed_in(Operation.PATIENT_READ)
    @blp.response(200, PatientOut, headers=ETAG)
    def get(self, patient_id: UUID) -> tuple[Any, dict[str, str]]:
        """Return a patient.

        Overrides are shown to the clinic only, what is needed to reach the person also to the person. The tag
        in `ETag` is what `change_patient` wants.
        """
        patient = patients.read(str(patient_id), g.scope, now=clock.now(), whole=True)
        return patient, tag(patient.rev)

    @signed_in(Operation.PATIENT_CHANGE)
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(PatientPatchIn(), example=examples.CHANGE)
    @blp.response(200, PatientOut, headers=ETAG)
    @blp.fails(409, "study_code_used")
    def patch(self, content: dict[str, Any], patient_id: UUID) -> tuple[Any, dict[str, str]]:
        """Change a patient that nobody changed since it was read.

        A change of the profile or of the overrides has the whole history evaluated anew. Overrides are for
        clinicians, and `self_harm` and `respiratory` cannot be muted.

        Sent twice, the second is refused with 412. When it fails, nothing was changed.
        """
        rev = expected_rev(lambda: patients.read(str(patient_id), g.scope, now=clock.now()).rev)
        reason = content.pop("reason", "")
        patient = patients.change(
            str(patient_id), content, rev, actor=g.actor, now=clock.now(), reason=reason
        )
        return patient, tag(patient.rev)


@blp.route("/<uuid:patient_id>/series")
class Series(MethodView):
    """The course of one patient as a figure draws it."""

    @signed_in(Operation.REPORT_READ)
    @blp.doc(operationId="get_series")
    @blp.arguments(SeriesQuery(), location="query")
    @blp.response(200, SeriesOut)
    def get(self, query: dict[str, Any], patient_id: UUID) -> dict[str, Any]:
        """Return the patient's course as shapes to draw: totals, domains, items as bars, events, the line.

        Each respondent's answers stand apart. Only clinicians of the site get `assessed`: the line with its
        95 % band, the band's continuation for eight weeks, the bend and the alerts. Patients and caregivers
        get nothing where the site does not show them the history.
        """
        return series_for(_course(patient_id, query))


@blp.route("/<uuid:patient_id>/series.csv")
class SeriesTable(MethodView):
    """The totals of one patient, for a spreadsheet and for `slope`."""

    @signed_in(Operation.REPORT_READ)
    @blp.arguments(SeriesTableQuery(), location="query")
    @blp.table("series.csv")
    @blp.doc(operationId="download_series")
    def get(self, query: dict[str, Any], patient_id: UUID) -> str:
        """Return a table with a line for each ALSFRS-R report: the totals that `get_series` returns.

        Of one respondent and day it is the last; the total is empty where an item is missing. `slope trend`
        reads the table as it is. Without `span` it goes back to the first report. Patients and caregivers
        get no line but the first where the site does not show them the history.
        """
        return totals_table(_course(patient_id, query))


def _course(patient_id: UUID, query: dict[str, Any]) -> shapes.Series:
    return series.read(str(patient_id), g.scope, span=query["span"], actor=g.actor, now=clock.now())


@blp.route("/<uuid:patient_id>/grants")
class Grants(MethodView):
    """Who may act for the patient."""

    @signed_in(Operation.GRANT_READ)
    @blp.page(GrantOut)
    def get(self, patient_id: UUID) -> Any:
        """List the patient's grants, the ended ones too.

        The clinic and the patient see who reads and reports for the patient, since when, and who gave
        the grant.
        """
        patient = patients.read(str(patient_id), g.scope, now=clock.now())
        return grants_for(patient.grants, patient, g.scope)

    @signed_in(Operation.GRANT_GIVE)
    @blp.doc(operationId="give_grant")
    @blp.arguments(GrantIn(), example=examples.GRANT)
    @blp.response(201, GrantOut)
    @blp.fails(409, "too_many_grants")
    def post(self, content: dict[str, Any], patient_id: UUID) -> object:
        """Give a caregiver's account a grant; its earlier one ends with it.

        Sent twice, the second grant ends the first and means the same. When it fails, the earlier grant
        still runs.
        """
        wanted = patients.NewGrant(**content)
        given = patients.give_grant(str(patient_id), wanted, g.scope, actor=g.actor, now=clock.now())
        return grants_for([given], patients.read(str(patient_id), g.scope, now=clock.now()), g.scope)[0]


@blp.route("/<uuid:patient_id>/grants/<uuid:grant_id>")
class Grant(MethodView):
    """One grant."""

    @signed_in(Operation.GRANT_REVOKE)
    @blp.doc(operationId="revoke_grant")
    @blp.arguments(GrantEndIn(), required=False, example=examples.GRANT_END)
    @blp.response(204)
    def delete(self, content: dict[str, Any], patient_id: UUID, grant_id: UUID) -> None:
        """Revoke a grant. It stays on record, and stops working with the next request.

        Who ended it and why stay with it. Sent twice, the second changes nothing. When it fails, the grant
        still runs.
        """
        patients.revoke_grant(
            str(patient_id),
            str(grant_id),
            g.scope,
            actor=g.actor,
            now=clock.now(),
            reason=content.get("reason", ""),
        )
