"""Enrolling a patient, and who has which phone: codes for a patient's phone and for carers, lost phones.

A code is shown once, by the answer that made it; sent again, the form makes another one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for

from api.application import security, settings
from api.pages.enrolment import forms
from api.pages.enrolment.codes import sheet_for
from api.pages.enrolment.forms import NotRead
from api.pages.guard import signed_in
from api.pages.rendering import page
from models.accounts.invitations import InvitationKind
from models.patients.grants import Grant
from models.patients.patient import Patient
from models.sites import sites
from models.store.base import new_id
from services import clock
from services.access.permissions import PERMISSIONS, Operation, scope_for
from services.accounts import devices, invitations, people
from services.accounts.invitations import PatientInvitation
from services.errors import Conflict, Invalid, NotAllowed, not_found
from services.patients import patients

blp = Blueprint("enrolment", __name__)
_USUAL_INTERVAL = "28"


@blp.get("/enrol")
@signed_in(Operation.PATIENT_CREATE)
def show() -> Response:
    """Show the form of a new patient."""
    given = {"id": new_id(), "zone": _site().zone, "report_interval_days": _USUAL_INTERVAL}
    return _form(given)


@blp.post("/enrol")
@signed_in(Operation.PATIENT_CREATE)
def enrol() -> Any:
    """Enrol a patient, and show the code for the patient's phone."""
    now = clock.now()
    try:
        new = forms.new_patient(request.form, site_id=_site().id, now=now)
        patient = patients.enrol(new, g.scope, actor=g.actor, now=now).patient
    except NotRead as error:
        return _form(request.form, error.sentences, status=422)
    except Invalid as error:
        return _form(request.form, forms.sentences_of(error), status=422)
    except Conflict as error:
        return _form(request.form, [error.detail], status=409)
    if patient.consent_at is None:
        return redirect(url_for("pages.enrolment.phones", patient_id=patient.id, done="enrolled"), 303)
    return _code(patient, PatientInvitation(InvitationKind.PATIENT), now, enrolled=True)


@blp.get("/patients/<uuid:patient_id>/phones")
@signed_in(Operation.DEVICE_READ)
def phones(patient_id: UUID) -> Response:
    """Show which phones the patient has, which codes are open, and who else reports."""
    return _phones(str(patient_id), done=request.args.get("done", ""))


@blp.post("/patients/<uuid:patient_id>/codes")
@signed_in(Operation.PATIENT_INVITE)
def make_code(patient_id: UUID) -> Response:
    """Make a code for the patient's phone or for a carer, and show it this once."""
    now = clock.now()
    try:
        wanted = forms.invitation(request.form)
        patient = patients.read(str(patient_id), g.scope, now=now, whole=True)
        return _code(patient, wanted, now)
    except NotRead as error:
        return _phones(str(patient_id), problems=error.sentences, status=422)
    except Conflict as error:
        return _phones(str(patient_id), problems=[error.detail], status=409)


@blp.post("/patients/<uuid:patient_id>/codes/<uuid:invitation_id>/cancel")
@signed_in(Operation.GRANT_GIVE)
def cancel_code(patient_id: UUID, invitation_id: UUID) -> Any:
    """Cancel a code that was not redeemed yet."""
    invitations.cancel_of_patient(
        str(patient_id), str(invitation_id), g.scope, actor=g.actor, now=clock.now()
    )
    return redirect(url_for("pages.enrolment.phones", patient_id=patient_id, done="cancelled"), 303)


@blp.post("/patients/<uuid:patient_id>/phones/<uuid:session_id>/end")
@signed_in(Operation.DEVICE_END)
def end_phone(patient_id: UUID, session_id: UUID) -> Any:
    """Sign a lost phone out."""
    devices.end_of_patient(
        security(), str(patient_id), str(session_id), g.scope, actor=g.actor, now=clock.now()
    )
    return redirect(url_for("pages.enrolment.phones", patient_id=patient_id, done="ended"), 303)


@blp.post("/patients/<uuid:patient_id>/phones/<uuid:session_id>/confirm")
@signed_in(Operation.DEVICE_CONFIRM)
def confirm_phone(patient_id: UUID, session_id: UUID) -> Any:
    """Record that one has seen the patient with this phone."""
    try:
        devices.confirm_of_patient(str(patient_id), str(session_id), g.scope, actor=g.actor, now=clock.now())
    except (Conflict, NotAllowed) as error:
        return _phones(str(patient_id), problems=[error.detail], status=409)
    return redirect(url_for("pages.enrolment.phones", patient_id=patient_id, done="confirmed"), 303)


@blp.post("/patients/<uuid:patient_id>/carers/<uuid:grant_id>/end")
@signed_in(Operation.GRANT_REVOKE)
def end_carer(patient_id: UUID, grant_id: UUID) -> Any:
    """End what a carer may do for the patient."""
    patients.revoke_grant(str(patient_id), str(grant_id), g.scope, actor=g.actor, now=clock.now())
    return redirect(url_for("pages.enrolment.phones", patient_id=patient_id, done="carer_ended"), 303)


def _site() -> Any:
    site = sites.read(min(g.scope.site_ids))
    if site is None:
        raise not_found("site")
    return site


def _form(given: Any, problems: list[str] | None = None, status: int = 200) -> Response:
    return page("enrol.html", status=status, given=given, problems=problems or [])


def _code(patient: Patient, wanted: PatientInvitation, now: datetime, *, enrolled: bool = False) -> Response:
    invited = invitations.invite_to_patient(security(), patient.id, wanted, actor=g.actor, now=now)
    sheet = sheet_for(invited, settings().public_url)
    site = sites.read(patient.site_id)
    return page(
        "code_sheet.html",
        patient=patient,
        sheet=sheet,
        clinic="" if site is None else site.name,
        enrolled=enrolled,
    )


def _phones(
    patient_id: str, *, done: str = "", problems: list[str] | None = None, status: int = 200
) -> Response:
    now = clock.now()
    patient = patients.read(patient_id, g.scope, now=now, whole=True)
    roles = g.actor.roles_anywhere
    return page(
        "phones.html",
        status=status,
        patient=patient,
        phones=devices.of_patient(patient_id, scope_for(g.actor, Operation.DEVICE_READ), now=now),
        codes=invitations.listed_of_patient(patient_id, scope_for(g.actor, Operation.GRANT_GIVE), now=now),
        carers=[(grant, _carer(grant)) for grant in patient.grants if grant.active(now)],
        may_confirm=bool(roles & PERMISSIONS[Operation.DEVICE_CONFIRM].keys()),
        me=g.actor.account_id,
        done=done,
        problems=problems or [],
    )


def _carer(grant: Grant) -> str:
    return people.name_of(grant.account_id) or ""
