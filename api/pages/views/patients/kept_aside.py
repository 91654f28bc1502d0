"""What is kept aside: reports of an unknown version, by patient, to be let in or rejected."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for

from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.texts import gettext as _
from api.pages.views import fields
from models.patients import patient_lists
from models.store.base import new_id
from scoring.instruments import UnknownInstrument, UnknownVersion
from services import clock
from services.access.actor import Role
from services.access.permissions import PERMISSIONS, Operation, scope_for
from services.errors import AppError, Conflict, Invalid
from services.reports import amend, read
from services.reports.amend import Rejection
from services.reports.read import Quarantined
from services.sites import catalogue

blp = Blueprint("kept_aside", __name__)
PER_PAGE = 50
_LONGEST_REASON = 500


@blp.get("/kept-aside")
@signed_in(Operation.QUARANTINE_READ)
def show() -> Response:
    """Show what is kept aside, by patient."""
    return _shown(done=request.args.get("done", ""))


@blp.post("/patients/<uuid:patient_id>/kept-aside/<uuid:report_id>/release")
@signed_in(Operation.QUARANTINE_RELEASE)
def release(patient_id: UUID, report_id: UUID) -> Any:
    """Let a report in."""
    try:
        amend.release(str(patient_id), str(report_id), g.scope, actor=g.actor, now=clock.now())
    except (Conflict, Invalid) as error:
        return _shown(status=409, problem=error)
    return redirect(url_for("pages.kept_aside.show", done="released"), 303)


@blp.post("/patients/<uuid:patient_id>/kept-aside/<uuid:report_id>/reject")
@signed_in(Operation.QUARANTINE_REJECT)
def reject(patient_id: UUID, report_id: UUID) -> Any:
    """Have a report never counted."""
    reason = request.form.get("reason", "").strip()[:_LONGEST_REASON]
    if not reason:
        return _shown(status=422, sentence=_("Say why the report is rejected."))
    given = Rejection(fields.own_id(), reason)
    try:
        amend.reject(str(patient_id), str(report_id), given, g.scope, actor=g.actor, now=clock.now())
    except (Conflict, Invalid) as error:
        return _shown(status=409, problem=error)
    return redirect(url_for("pages.kept_aside.show", done="rejected"), 303)


def _known_by_now(found: Iterable[Quarantined], sites: Collection[str]) -> set[str]:
    """The reports whose version is known by now: only they can be let in."""
    known = set()
    for record in (record for entry in found for record in entry.items):
        content = record.latest.content
        with suppress(UnknownInstrument, UnknownVersion):
            catalogue.find_among(sites, content.instrument, content.instrument_version)
            known.add(record.id)
    return known


def _shown(
    *, status: int = 200, done: str = "", problem: AppError | None = None, sentence: str | None = None
) -> Response:
    scope = scope_for(g.actor, Operation.QUARANTINE_READ)
    after = request.args.get("after") or None
    found, following = read.list_quarantined(scope, after=after, limit=PER_PAGE)
    roles = g.actor.roles_anywhere
    may_name = bool(roles & PERMISSIONS[Operation.PATIENT_CHANGE].keys())
    names = patient_lists.names(entry.patient_id for entry in found) if may_name else {}
    return page(
        "kept_aside.html",
        status=status,
        found=found,
        following=following,
        names=names,
        may_release=bool(roles & PERMISSIONS[Operation.QUARANTINE_RELEASE].keys()),
        may_reject=bool(roles & PERMISSIONS[Operation.QUARANTINE_REJECT].keys()),
        may_read=bool(roles & PERMISSIONS[Operation.REPORT_READ].keys() - {Role.ADMIN}),
        known=_known_by_now(found, scope.site_ids),
        new_id=new_id,
        done=done,
        problem=sentence or (None if problem is None else _(problem.detail)),
    )
