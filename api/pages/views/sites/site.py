"""The first page of a site: who works there, and who is invited."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for

from api.application import security
from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.site import saying
from api.pages.texts import gettext as _
from api.pages.views import fields
from models.sites import sites
from services import clock, names
from services.access.actor import STAFF, Role
from services.access.permissions import Operation, scope_for
from services.accounts import invitations
from services.accounts.members import Members
from services.alerts.escalation import policy
from services.errors import AppError, wrong
from services.sites import site_policy

blp = Blueprint("site", __name__)
_LONGEST_REASON = 500
_SAID = {
    "role": "The roles were changed.",
    "closed": "The account is closed. Its sessions have ended.",
    "reopened": "The account is open again.",
    "cancelled": "The invitation was taken back.",
}


@blp.get("/site")
@signed_in(Operation.SITE_READ)
def first() -> Any:
    """Lead to the site of the reader; with several, to the first."""
    return redirect(url_for("pages.site.show", site_id=sorted(g.scope.site_ids)[0]), 302)


@blp.get("/sites/<uuid:site_id>")
@signed_in(Operation.SITE_READ)
def show(site_id: UUID) -> Response:
    """Show the site."""
    return _page(str(site_id), done=_SAID.get(request.args.get("done", ""), ""))


@blp.post("/sites/<uuid:site_id>/invitations")
@signed_in(Operation.MEMBER_INVITE)
def invite(site_id: UUID) -> Response:
    """Invite somebody, and show the code, this once."""
    role = request.form.get("role", "")
    try:
        name = fields.text("name", names.MAX_NAME)
        if not name or role not in STAFF:
            raise wrong("/name", "missing", "Say who, and in which role.")
        made = invitations.invite_staff(
            security(), str(site_id), (name, Role(role)), actor=g.actor, now=clock.now()
        )
    except saying.REFUSED as error:
        return _page(str(site_id), problem=error, of="invite")
    return page("invited.html", site_id=str(site_id), code=made.code, invitation=made.invitation)


@blp.post("/sites/<uuid:site_id>/invitations/<uuid:invitation_id>/cancel")
@signed_in(Operation.MEMBER_INVITE)
def cancel(site_id: UUID, invitation_id: UUID) -> Any:
    """Take an invitation back."""
    try:
        invitations.cancel(str(site_id), str(invitation_id), g.scope, actor=g.actor, now=clock.now())
    except saying.REFUSED as error:
        return _page(str(site_id), problem=error, of="invite")
    return _done(site_id, "cancelled")


@blp.post("/sites/<uuid:site_id>/members/<uuid:account_id>/<deed>")
@signed_in(Operation.MEMBER_CHANGE)
def change_member(site_id: UUID, account_id: UUID, deed: str) -> Any:
    """Give or take a role, close or reopen an account."""
    role = request.form.get("role", "")
    try:
        reason = fields.text("reason", _LONGEST_REASON)
        members = Members(security(), str(site_id), g.scope, g.actor, clock.now(), reason)
        if deed in {"give", "take"}:
            if role not in STAFF:
                raise wrong("/role", "missing", "Say which role.")
            change = members.give_role if deed == "give" else members.take_role
            change(str(account_id), Role(role))
            return _done(site_id, "role")
        (members.reopen if deed == "reopen" else members.close)(str(account_id))
    except saying.REFUSED as error:
        return _page(str(site_id), problem=error, of="members")
    return _done(site_id, "reopened" if deed == "reopen" else "closed")


def _page(site_id: str, *, done: str = "", problem: AppError | None = None, of: str = "") -> Response:
    now, reading = clock.now(), scope_for(g.actor, Operation.SITE_READ)
    site = site_policy.read_site(site_id, reading)
    members = Members(security(), site_id, scope_for(g.actor, Operation.MEMBER_READ), g.actor, now)
    invites = saying.may(Operation.MEMBER_INVITE, site_id)
    return page(
        "site.html",
        status=200 if problem is None else 422,
        site_id=site_id,
        site=site,
        others=[other for other in map(sites.read, sorted(reading.site_ids - {site_id})) if other],
        members=members.everybody(),
        me=g.actor.account_id,
        roles=sorted(STAFF),
        faults=_faults(site_id),
        invitations=invitations.listed(site_id, reading, now=now) if invites else (),
        may_invite=invites,
        may_change_members=saying.may(Operation.MEMBER_CHANGE, site_id),
        typed=request.form,
        done=_(done) if done else "",
        problems=saying.said(problem),
        of=of,
    )


def _faults(site_id: str) -> list[str]:
    """What makes the site's escalation unreliable, for those who can mend it."""
    if not saying.may(Operation.SITE_CHANGE, site_id):
        return []
    found = policy.read(site_id, scope_for(g.actor, Operation.SITE_READ), now=clock.now())
    return [saying.by_code(fault.code.value, fault.detail) for fault in found.faults]


def _done(site_id: UUID, what: str) -> Any:
    return redirect(url_for("pages.site.show", site_id=site_id, done=what), 303)
