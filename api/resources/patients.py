"""Patients and the grants that let caregivers act for them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.rest.guard import signed_in
from api.rest.parsing import Blueprint
from api.rest.preconditions import ETAG, IF_MATCH, expected_rev, tag
from api.schemas.patients import (
    GrantIn,
    GrantOut,
    GrantsOut,
    PatientIn,
    PatientOut,
    PatientPageOut,
    PatientPatchIn,
    PatientsQuery,
)
from models.patients.patients import NewPatient
from scoring.decline import Profile
from services import clock
from services.access.permissions import Operation
from services.patients import patients

blp = Blueprint("patients", __name__, url_prefix="/v1/patients", description="Patients and grants")

_NEW = {
    "id": "019ab1c2-0000-7000-8000-0000000000b1",
    "site_id": "019ab1c2-0000-7000-8000-00000000000a",
    "name": "Maria Silva",
    "study_code": "S-014",
    "zone": "Europe/Lisbon",
    "profile": {"onset_on": "2025-03-01", "onset_precision": "month", "report_interval_days": 28},
}
_PATIENT = {
    **_NEW,
    "profile": {
        "onset_on": "2025-03-01",
        "onset_precision": "month",
        "gastrostomy_on": None,
        "ventilation_on": None,
        "tracheostomy_on": None,
        "died_on": None,
        "diagnosis_weight_g": None,
        "height_cm": None,
        "report_interval_days": 28,
    },
    "profile_version": 1,
    "overrides": [],
    "consent_at": None,
    "consent_withdrawn_at": None,
    "contact": {},
    "closed_at": None,
    "created_at": "2026-11-24T09:30:00+00:00",
    "rev": 0,
}
_GRANT = {"account_id": "019ab1c2-0000-7000-8000-0000000000c1", "scope": "report"}
_GIVEN = {
    **_GRANT,
    "id": "019ab1c2-0000-7000-8000-0000000000e1",
    "starts_at": "2026-11-24T09:30:00+00:00",
    "ends_at": None,
    "revoked_at": None,
    "given_by": "019ab1c2-0000-7000-8000-0000000000d1",
}


@blp.route("")
class Patients(MethodView):
    """All patients within reach."""

    @signed_in(Operation.PATIENT_READ)
    @blp.arguments(PatientsQuery(), location="query")
    @blp.response(200, PatientPageOut, example={"items": [_PATIENT], "next": None})
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """List the patients within reach, in the order of enrolment."""
        found, following = patients.page(
            g.scope, after=query.get("after"), limit=query["limit"], now=clock.now()
        )
        return {"items": found, "next": following}

    @signed_in(Operation.PATIENT_CREATE)
    @blp.arguments(PatientIn(), example=_NEW)
    @blp.response(201, PatientOut, example=_PATIENT, headers=ETAG)
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(
        200,
        schema=PatientOut,
        success=True,
        description="enrolled before, by the same body",
        example=_PATIENT,
    )
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def post(self, content: dict[str, Any]) -> tuple[Any, int, dict[str, str]]:
        """Enrol a patient at a site.

        The id is made by the client: the same request sent again finds the patient (200) and makes no second
        one. A study code belongs to one patient of a site (409).
        """
        new = NewPatient(**{**content, "profile": Profile(**content.get("profile", {}))})
        patient, repeated = patients.enrol(new, g.scope, actor=g.actor, now=clock.now())
        return patient, HTTPStatus.OK if repeated else HTTPStatus.CREATED, tag(patient.rev)


@blp.route("/<uuid:patient_id>")
class Patient(MethodView):
    """One patient."""

    @signed_in(Operation.PATIENT_READ)
    @blp.response(200, PatientOut, example=_PATIENT, headers=ETAG)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, patient_id: UUID) -> tuple[Any, dict[str, str]]:
        """Return a patient."""
        patient = patients.read(str(patient_id), g.scope, now=clock.now(), whole=True)
        return patient, tag(patient.rev)

    @signed_in(Operation.PATIENT_CHANGE)
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(PatientPatchIn(), example={"profile": {"gastrostomy_on": "2026-10-05"}})
    @blp.response(200, PatientOut, example={**_PATIENT, "rev": 1, "profile_version": 2}, headers=ETAG)
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(412, "PRECONDITION_FAILED")
    @blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    @blp.alt_response(428, "PRECONDITION_REQUIRED")
    def patch(self, content: dict[str, Any], patient_id: UUID) -> tuple[Any, dict[str, str]]:
        """Change a patient that nobody changed since it was read.

        A change of the profile or of the overrides has the whole history evaluated anew. Overrides are for
        clinicians, and safety topics cannot be muted.
        """
        rev = expected_rev()
        reason = content.pop("reason", "")
        patient = patients.change(
            str(patient_id), content, rev, actor=g.actor, now=clock.now(), reason=reason
        )
        return patient, tag(patient.rev)


@blp.route("/<uuid:patient_id>/grants")
class Grants(MethodView):
    """Who may act for the patient."""

    @signed_in(Operation.GRANT_READ)
    @blp.response(200, GrantsOut, example={"items": [_GIVEN]})
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, patient_id: UUID) -> dict[str, Any]:
        """List the patient's grants, the ended ones too."""
        return {"items": patients.grants(str(patient_id), g.scope, now=clock.now())}

    @signed_in(Operation.GRANT_GIVE)
    @blp.arguments(GrantIn(), example=_GRANT)
    @blp.response(201, GrantOut, example=_GIVEN)
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(412, "PRECONDITION_FAILED")
    @blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def post(self, content: dict[str, Any], patient_id: UUID) -> object:
        """Give a caregiver's account a grant; its earlier one ends with it."""
        wanted = patients.NewGrant(**content)
        return patients.give_grant(str(patient_id), wanted, g.scope, actor=g.actor, now=clock.now())


@blp.route("/<uuid:patient_id>/grants/<uuid:grant_id>")
class Grant(MethodView):
    """One grant."""

    @signed_in(Operation.GRANT_REVOKE)
    @blp.response(204)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(412, "PRECONDITION_FAILED")
    def delete(self, patient_id: UUID, grant_id: UUID) -> None:
        """Revoke a grant. It stays on record, and stops working with the next request."""
        patients.revoke_grant(str(patient_id), str(grant_id), g.scope, actor=g.actor, now=clock.now())
