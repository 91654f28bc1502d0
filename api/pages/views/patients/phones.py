"""Who has which phone: codes for a patient's phones and for carers, phones that were lost, carers who left.

A code is shown to whoever made it, for a while (`api.pages.enrolment.codes`); sent again, the form makes
another one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, make_response, redirect, request, url_for

from api.application import security, settings
from api.pages import cookies, formats
from api.pages.enrolment import forms
from api.pages.enrolment.codes import opened, sealed
from api.pages.enrolment.forms import NotRead
from api.pages.guard import signed_in
from api.pages.rendering import page
from models.patients.grants import Grant
from models.sites import sites
from services import clock
from services.access.permissions import PERMISSIONS, Operation, scope_for
from services.accounts import devices, invitations, people
from services.accounts.invitations import PatientInvitation
from services.errors import Conflict, NotAllowed
from services.patients import patients

blp = Blueprint("phones", __name__)


@blp.get("/patients/<uuid:patient_id>/phones")
@signed_in(Operation.DEVICE_READ)
def show(patient_id: UUID) -> Response:
    """Show which phones the patient has, which codes are open, and who else reports."""
    return _phones(str(patient_id), done=request.args.get("done", ""))


@blp.post("/patients/<uuid:patient_id>/codes")
@signed_in(Operation.PATIENT_INVITE)
def make_code(patient_id: UUID) -> Any:
    """Make a code for the patient's phone or for a carer, and lead to it."""
    now = clock.now()
    try:
        wanted = forms.invitation(request.form)
        patients.read(str(patient_id), g.scope, now=now)
        return lead_to_code(str(patient_id), wanted, now)
    except NotRead as error:
        return _phones(str(patient_id), problems=error.sentences, status=422)
    except Conflict as error:
        return _phones(str(patient_id), problems=[error.detail], status=409)


@blp.get("/patients/<uuid:patient_id>/code")
@signed_in(Operation.PATIENT_INVITE)
def show_code(patient_id: UUID) -> Any:
    """Show the code that was made a moment ago, with the sheet to take home."""
    now, text = clock.now(), cookies.read(cookies.CODE)
    patient = patients.read(str(patient_id), g.scope, now=now, whole=True)
    sheet = opened(security().seals, text, patient.id, settings().public_url, actor=g.actor, now=now)
    if sheet is None:
        return redirect(url_for("pages.phones.show", patient_id=patient_id, done="not_shown_again"), 303)
    formats.on_clock_of(patient.site_id)
    site = sites.read(patient.site_id)
    return page(
        "code_sheet.html",
        patient=patient,
        sheet=sheet,
        clinic="" if site is None else site.name,
        enrolled=request.args.get("done") == "enrolled",
    )


@blp.post("/patients/<uuid:patient_id>/consent")
@signed_in(Operation.PATIENT_CHANGE)
def record_consent(patient_id: UUID) -> Any:
    """Record that the patient has consented today."""
    now = clock.now()
    patient = patients.read(str(patient_id), g.scope, now=now)
    if patient.consent_at is None:
        patients.change(patient.id, {"consent_at": now}, patient.rev, actor=g.actor, now=now)
    return redirect(url_for("pages.phones.show", patient_id=patient_id, done="consent_recorded"), 303)


@blp.post("/patients/<uuid:patient_id>/codes/<uuid:invitation_id>/cancel")
@signed_in(Operation.GRANT_GIVE)
def cancel_code(patient_id: UUID, invitation_id: UUID) -> Any:
    """Cancel a code that was not redeemed yet."""
    invitations.cancel_of_patient(
        str(patient_id), str(invitation_id), g.scope, actor=g.actor, now=clock.now()
    )
    return redirect(url_for("pages.phones.show", patient_id=patient_id, done="cancelled"), 303)


@blp.post("/patients/<uuid:patient_id>/phones/<uuid:session_id>/end")
@signed_in(Operation.DEVICE_END)
def end_phone(patient_id: UUID, session_id: UUID) -> Any:
    """Sign a lost phone out."""
    devices.end_of_patient(
        security(), str(patient_id), str(session_id), g.scope, actor=g.actor, now=clock.now()
    )
    return redirect(url_for("pages.phones.show", patient_id=patient_id, done="ended"), 303)


@blp.post("/patients/<uuid:patient_id>/phones/<uuid:session_id>/confirm")
@signed_in(Operation.DEVICE_CONFIRM)
def confirm_phone(patient_id: UUID, session_id: UUID) -> Any:
    """Record that one has seen the patient with this phone."""
    try:
        devices.confirm_of_patient(str(patient_id), str(session_id), g.scope, actor=g.actor, now=clock.now())
    except (Conflict, NotAllowed) as error:
        return _phones(str(patient_id), problems=[error.detail], status=409)
    return redirect(url_for("pages.phones.show", patient_id=patient_id, done="confirmed"), 303)


@blp.post("/patients/<uuid:patient_id>/carers/<uuid:grant_id>/end")
@signed_in(Operation.GRANT_REVOKE)
def end_carer(patient_id: UUID, grant_id: UUID) -> Any:
    """End what a carer may do for the patient."""
    patients.revoke_grant(str(patient_id), str(grant_id), g.scope, actor=g.actor, now=clock.now())
    return redirect(url_for("pages.phones.show", patient_id=patient_id, done="carer_ended"), 303)


def lead_to_code(
    patient_id: str, wanted: PatientInvitation, now: datetime, *, done: str | None = None
) -> Any:
    """Make a code and lead to its page; the browser keeps it sealed."""
    invited = invitations.invite_to_patient(security(), patient_id, wanted, actor=g.actor, now=now)
    response = make_response(
        redirect(url_for("pages.phones.show_code", patient_id=patient_id, done=done), 303)
    )
    cookies.put(response, cookies.CODE, sealed(security().seals, invited, actor=g.actor, now=now))
    return response


def _phones(
    patient_id: str, *, done: str = "", problems: list[str] | None = None, status: int = 200
) -> Response:
    now = clock.now()
    patient = patients.read(patient_id, g.scope, now=now, whole=True)
    formats.on_clock_of(patient.site_id)
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
