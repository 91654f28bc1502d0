"""A new patient and an invitation as a form sends them, read by the shapes of the JSON door.

What a shape refuses is told in a sentence per field; what was typed stays in the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError

from api.pages.texts import gettext as _
from api.pages.texts import mark
from api.schemas.accounts.invitations import PatientInvitationIn
from api.schemas.patients.patients import PatientIn
from models.patients.patient import NewPatient
from scoring.decline import Profile
from services.accounts.invitations import PatientInvitation
from services.errors import Invalid

LABELS: Mapping[str, str] = {
    "site_id": mark("Clinic"),
    "name": mark("Name"),
    "study_code": mark("Study code"),
    "born_on": mark("Birth date"),
    "hospital_number": mark("Hospital number"),
    "phone_number": mark("Telephone"),
    "best_time": mark("Best time to call"),
    "language": mark("Language"),
    "onset_on": mark("First weakness"),
    "report_interval_days": mark("Days between reports"),
    "relation": mark("Relation to the patient"),
    "zone": mark("Time zone"),
}
_DAYS = re.compile("[0-9]{1,6}")
_CONTACT = ("born_on", "hospital_number", "phone_number", "best_time", "language")


class NotRead(Exception):
    """The form says something that cannot be; `sentences` say what."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("; ".join(sentences))
        self.sentences = sentences


def new_patient(form: Mapping[str, str], *, site_id: str, now: datetime) -> NewPatient:
    """Return the patient that the form describes.

    Raises:
        NotRead: something in it cannot be.
    """
    profile: dict[str, Any] = {name: form[name] for name in ("onset_on",) if form.get(name)}
    if days := form.get("report_interval_days", "").strip():
        profile["report_interval_days"] = int(days) if _DAYS.fullmatch(days) else days
    contact: dict[str, Any] = {name: form[name] for name in _CONTACT if form.get(name)}
    if form.get("interpreter"):
        contact["interpreter"] = True
    body: dict[str, Any] = {
        "id": form.get("id", ""),
        "site_id": site_id,
        "name": form.get("name", ""),
        "zone": form.get("zone", ""),
        "profile": profile,
        "contact": contact,
    }
    if form.get("study_code"):
        body["study_code"] = form["study_code"]
    if form.get("consent"):
        body["consent_at"] = now.isoformat()
    read = _read(PatientIn(), body)
    return NewPatient(**{**read, "profile": Profile(**read.get("profile", {}))})


def invitation(form: Mapping[str, str]) -> PatientInvitation:
    """Return the invitation that the form asks for.

    Raises:
        NotRead: something in it cannot be.
    """
    names = ("kind", "name", "relation", "grant_scope")
    read = _read(PatientInvitationIn(), {name: form[name] for name in names if form.get(name)})
    return PatientInvitation(**read)


def sentences_of(error: Invalid) -> list[str]:
    """Return what a service has refused, a sentence per field."""
    return [
        _sentence(problem.path[-1] if problem.path else "", problem.detail) for problem in error.errors
    ] or [_(error.detail)]


def _read(shape: Schema, body: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return dict(shape.load(body))
    except ValidationError as error:
        raise NotRead([_sentence(*found) for found in _found(error.messages)]) from error


def _found(messages: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _found(inner, str(key))
    else:
        yield from ((name, str(message)) for message in messages)


def _sentence(name: str, detail: str) -> str:
    return f"{_(LABELS[name])}: {_(detail)}" if name in LABELS else _(detail)
