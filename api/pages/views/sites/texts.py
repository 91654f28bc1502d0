"""What the patients of a site are told: when their reports are read, and what they are shown in danger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for

from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.site import saying
from services import clock
from services.access.permissions import Operation, scope_for
from services.accounts import people
from services.errors import AppError, wrong
from services.sites import site_policy

blp = Blueprint("site_texts", __name__)
_TEXTS = ("reads_reports", "takes_notes", "crisis_text", "breathing_text")


@blp.get("/sites/<uuid:site_id>/texts")
@signed_in(Operation.SITE_READ)
def show(site_id: UUID) -> Response:
    """Show the texts, and who changed them."""
    return _page(str(site_id), done=request.args.get("done") == "stored")


@blp.post("/sites/<uuid:site_id>/texts")
@signed_in(Operation.SITE_CHANGE)
def change(site_id: UUID) -> Any:
    """Change when the team reads reports, as patients are told."""
    text, rev = request.form.get("reads_reports", "").strip()[:300], request.form.get("rev", "")
    try:
        if not text:
            raise wrong("/reads_reports", "missing", "Write something first.")
        changes = {"reads_reports": text, "takes_notes": request.form.get("takes_notes") == "on"}
        number = int(rev) if rev.isdecimal() else -1
        site_policy.change_site(str(site_id), changes, number, g.scope, actor=g.actor, now=clock.now())
    except saying.REFUSED as error:
        return _page(str(site_id), problem=error)
    return redirect(url_for("pages.site_texts.show", site_id=site_id, done="stored"), 303)


def _page(site_id: str, *, done: bool = False, problem: AppError | None = None) -> Response:
    scope = scope_for(g.actor, Operation.SITE_READ)
    steps = [one for one in site_policy.steps(site_id, scope) if set(one.changed) & set(_TEXTS)]
    return page(
        "site_texts.html",
        status=200 if problem is None else 422,
        site_id=site_id,
        site=site_policy.read_site(site_id, scope),
        steps=[(one, people.name_of(one.by.name) or "") for one in steps],
        may_change=saying.may(Operation.SITE_CHANGE, site_id),
        typed=request.form,
        done=done,
        problems=saying.said(problem),
    )
