"""Enrolling a patient: one form, and the code for the patient's phone as its answer.

Whoever enrols at several clinics says at which; none is chosen beforehand, because its staff will read the
patient.

The form carries the patient's id, so that sending it again enrols nobody twice; it makes another code.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for

from api.pages.enrolment import forms
from api.pages.enrolment.forms import NotRead
from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.texts import mark
from api.pages.views.patients.phones import lead_to_code
from models.accounts.invitations import InvitationKind
from models.sites import sites
from models.sites.sites import Site
from models.store.base import new_id
from services import clock
from services.access.permissions import Operation
from services.accounts.invitations import PatientInvitation
from services.errors import Conflict, Invalid, not_found, wrong
from services.patients import patients

blp = Blueprint("enrolment", __name__)
_USUAL_INTERVAL = "28"


@blp.get("/enrol")
@signed_in(Operation.PATIENT_CREATE)
def show() -> Response:
    """Show the form of a new patient."""
    zones = {clinic.zone for clinic in _clinics()}
    zone = zones.pop() if len(zones) == 1 else ""
    return _form({"id": new_id(), "zone": zone, "report_interval_days": _USUAL_INTERVAL})


@blp.post("/enrol")
@signed_in(Operation.PATIENT_CREATE)
def enrol() -> Any:
    """Enrol a patient, and show the code for the patient's phone."""
    now = clock.now()
    try:
        clinic = _chosen()
        typed = {**request.form, "zone": request.form.get("zone", "").strip() or clinic.zone}
        new = forms.new_patient(typed, site_id=clinic.id, now=now)
        patient = patients.enrol(new, g.scope, actor=g.actor, now=now).patient
    except NotRead as error:
        return _form(request.form, error.sentences, status=422)
    except Invalid as error:
        return _form(request.form, forms.sentences_of(error), status=422)
    except Conflict as error:
        return _form(request.form, [error.detail], status=409)
    if patient.consent_at is None:
        return redirect(url_for("pages.phones.show", patient_id=patient.id, done="enrolled"), 303)
    return lead_to_code(patient.id, PatientInvitation(InvitationKind.PATIENT), now, done="enrolled")


def _clinics() -> list[Site]:
    """Where the reader may enrol, by name."""
    found = [site for site_id in g.scope.site_ids if (site := sites.read(site_id)) is not None]
    if not found:
        raise not_found("site")
    return sorted(found, key=lambda site: (site.name, site.id))


def _chosen() -> Site:
    """The clinic that the form names; it need not where there is only one."""
    clinics, named = _clinics(), request.form.get("site_id", "")
    if not named and len(clinics) == 1:
        return clinics[0]
    found = next((clinic for clinic in clinics if clinic.id == named), None)
    if found is None:
        raise wrong("/site_id", "missing", mark("Choose the clinic that follows the patient."))
    return found


def _form(given: Any, problems: list[str] | None = None, status: int = 200) -> Response:
    return page("enrol.html", status=status, given=given, clinics=_clinics(), problems=problems or [])
