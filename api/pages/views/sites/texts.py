"""What the patients of a site are told: when their reports are read, and what they are shown in danger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for

from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.site import safety_texts, saying
from api.pages.texts import gettext as _
from api.pages.texts import mark
from api.pages.views import fields
from services import clock
from services.access.permissions import Operation, scope_for
from services.accounts import people
from services.errors import AppError, wrong
from services.sites import safety_text_changes, site_policy

blp = Blueprint("site_texts", __name__)
_LONGEST_TEXT, _LONGEST_NOTE = 300, 500
_OWN = ("reads_reports", "takes_notes")
_SAID = {
    "stored": mark("What patients are told was changed."),
    "proposed": mark("The texts are proposed. Patients are shown the present ones until a clinician agrees."),
    "agreed": mark("Patients are shown the new texts from now on."),
    "refused": mark("The proposal is refused. Patients are shown the same texts as before."),
}


@blp.get("/sites/<uuid:site_id>/texts")
@signed_in(Operation.SITE_READ)
def show(site_id: UUID) -> Response:
    """Show the texts, and who changed them."""
    return _page(str(site_id), done=_SAID.get(request.args.get("done", ""), ""))


@blp.post("/sites/<uuid:site_id>/texts")
@signed_in(Operation.SITE_CHANGE)
def change(site_id: UUID) -> Any:
    """Change when the team reads reports, as patients are told."""
    try:
        text = fields.text("reads_reports", _LONGEST_TEXT)
        if not text:
            raise wrong("/reads_reports", "missing", "Write something first.")
        changes = {"reads_reports": text, "takes_notes": request.form.get("takes_notes") == "on"}
        site_policy.change_site(str(site_id), changes, fields.rev(), g.scope, actor=g.actor, now=clock.now())
    except saying.REFUSED as error:
        return _page(str(site_id), problem=error)
    return _done(site_id, "stored")


@blp.post("/sites/<uuid:site_id>/texts/proposal")
@signed_in(Operation.SITE_CHANGE)
def propose(site_id: UUID) -> Any:
    """Propose other texts of safety; nobody is shown them before a clinician has agreed."""
    try:
        wanted = safety_texts.proposal_of(request.form, site_policy.read_site(str(site_id), g.scope))
        safety_text_changes.propose(
            str(site_id), wanted, fields.rev(), g.scope, actor=g.actor, now=clock.now()
        )
    except saying.REFUSED as error:
        return _page(str(site_id), problem=error)
    return _done(site_id, "proposed")


@blp.post("/sites/<uuid:site_id>/texts/decision")
@signed_in(Operation.SAFETY_TEXT_DECIDE)
def decide(site_id: UUID) -> Any:
    """Agree to what is proposed, or refuse it."""
    word = request.form.get("decision", "")
    try:
        note = fields.text("note", _LONGEST_NOTE)
        if word not in {"agree", "refuse"} or not note:
            raise wrong("/note", "missing", mark("Say whether you agree, and why."))
        said = (word == "agree", note)
        safety_text_changes.decide(str(site_id), said, fields.rev(), g.scope, actor=g.actor, now=clock.now())
    except saying.REFUSED as error:
        return _page(str(site_id), problem=error)
    return _done(site_id, "agreed" if word == "agree" else "refused")


def _done(site_id: UUID, what: str) -> Any:
    return redirect(url_for("pages.site_texts.show", site_id=site_id, done=what), 303)


def _page(site_id: str, *, done: str = "", problem: AppError | None = None) -> Response:
    scope = scope_for(g.actor, Operation.SITE_READ)
    site = site_policy.read_site(site_id, scope)
    steps = [step for step in site_policy.steps(site_id, scope) if set(step.changed) & set(_OWN)]
    proposal = site.safety_proposal
    return page(
        "site_texts.html",
        status=200 if problem is None else 422,
        site_id=site_id,
        site=site,
        proposal=proposal,
        proposed_by=proposal and people.name_of(proposal.by.name),
        own_proposal=proposal is not None and proposal.by.account_id == g.actor.account_id,
        decisions=[
            (step, people.name_of(step.by.name) or "") for step in safety_text_changes.history(site_id, scope)
        ],
        own=_OWN,
        may_decide=saying.may(Operation.SAFETY_TEXT_DECIDE, site_id),
        steps=[(step, people.name_of(step.by.name) or "") for step in steps],
        may_change=saying.may(Operation.SITE_CHANGE, site_id),
        typed=request.form,
        done=_(done) if done else "",
        problems=saying.said(problem),
    )
