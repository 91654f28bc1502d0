"""A site's own page: who works here, what patients are told, when the site works, how its alerts fare."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for

from api.application import security
from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.texts import gettext as _
from models.sites import sites
from services import clock
from services.access.actor import STAFF, Role
from services.access.permissions import PERMISSIONS, Operation, Reach, scope_for
from services.accounts import invitations
from services.accounts.members import Members
from services.alerts.figures import period
from services.errors import AppError, ChangedMeanwhile, Conflict, Invalid, NotAllowed, NotFound, wrong
from services.sites import hours, site_policy

blp = Blueprint("site", __name__)
PERIOD = timedelta(days=89)
_SAID = {
    "role": "The roles were changed.",
    "closed": "The account is closed. Its sessions have ended.",
    "reopened": "The account is open again.",
    "cancelled": "The invitation was taken back.",
    "texts": "What patients are told was changed.",
}
_REFUSED = (Invalid, NotAllowed, Conflict, ChangedMeanwhile, NotFound)


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
    name, role = request.form.get("name", "").strip()[:120], request.form.get("role", "")
    try:
        if not name or role not in STAFF:
            raise wrong("/name", "missing", "Say who, and in which role.")
        made = invitations.invite_staff(
            security(), str(site_id), (name, Role(role)), actor=g.actor, now=clock.now()
        )
    except _REFUSED as error:
        return _page(str(site_id), problem=error, of="invite")
    return page("invited.html", site_id=str(site_id), code=made.code, invitation=made.invitation)


@blp.post("/sites/<uuid:site_id>/invitations/<uuid:invitation_id>/cancel")
@signed_in(Operation.MEMBER_INVITE)
def cancel(site_id: UUID, invitation_id: UUID) -> Any:
    """Take an invitation back."""
    try:
        invitations.cancel(str(site_id), str(invitation_id), g.scope, actor=g.actor, now=clock.now())
    except _REFUSED as error:
        return _page(str(site_id), problem=error, of="invite")
    return _done(site_id, "cancelled")


@blp.post("/sites/<uuid:site_id>/members/<uuid:account_id>/<deed>")
@signed_in(Operation.MEMBER_CHANGE)
def change_member(site_id: UUID, account_id: UUID, deed: str) -> Any:
    """Give or take a role, close or reopen an account."""
    reason = request.form.get("reason", "").strip()[:500]
    members = Members(security(), str(site_id), g.scope, g.actor, clock.now(), reason)
    role = request.form.get("role", "")
    try:
        if deed in {"give", "take"}:
            if role not in STAFF:
                raise wrong("/role", "missing", "Say which role.")
            change = members.give_role if deed == "give" else members.take_role
            change(str(account_id), Role(role))
            return _done(site_id, "role")
        (members.reopen if deed == "reopen" else members.close)(str(account_id))
    except _REFUSED as error:
        return _page(str(site_id), problem=error, of="members")
    return _done(site_id, "reopened" if deed == "reopen" else "closed")


@blp.post("/sites/<uuid:site_id>/texts")
@signed_in(Operation.SITE_CHANGE)
def change_texts(site_id: UUID) -> Any:
    """Change when the team reads reports, as patients are told."""
    text, rev = request.form.get("reads_reports", "").strip()[:300], request.form.get("rev", "")
    try:
        if not text:
            raise wrong("/reads_reports", "missing", "Write something first.")
        changes = {"reads_reports": text, "takes_notes": request.form.get("takes_notes") == "on"}
        number = int(rev) if rev.isdecimal() else -1
        site_policy.change_site(str(site_id), changes, number, g.scope, actor=g.actor, now=clock.now())
    except _REFUSED as error:
        return _page(str(site_id), problem=error, of="texts")
    return _done(site_id, "texts")


def _page(site_id: str, *, done: str = "", problem: AppError | None = None, of: str = "") -> Response:
    now, reading = clock.now(), scope_for(g.actor, Operation.SITE_READ)
    site = site_policy.read_site(site_id, reading)
    members = Members(security(), site_id, scope_for(g.actor, Operation.MEMBER_READ), g.actor, now)
    said = None
    if problem is not None:
        said = " ".join(_(one.detail) for one in problem.errors) or _(problem.detail)
    invites = _may(Operation.MEMBER_INVITE, site_id)
    return page(
        "site.html",
        status=200 if problem is None else 422,
        site=site,
        others=[one for one in map(sites.read, sorted(reading.site_ids - {site_id})) if one],
        members=members.everybody(),
        me=g.actor.account_id,
        roles=sorted(STAFF),
        invitations=invitations.listed(site_id, reading, now=now) if invites else (),
        hours=hours.read(site_id, reading, now=now),
        figures=_figures(site_id),
        since=(now - PERIOD).date(),
        may_invite=invites,
        may_change_members=_may(Operation.MEMBER_CHANGE, site_id),
        may_change=_may(Operation.SITE_CHANGE, site_id),
        may_read_messages=_may(Operation.MESSAGE_READ, site_id),
        typed=request.form,
        done=_(done) if done else "",
        problem=said,
        of=of,
    )


def _figures(site_id: str) -> Any:
    if not _may(Operation.ALERT_FIGURES, site_id):
        return ()
    now = clock.now()
    scope = scope_for(g.actor, Operation.ALERT_FIGURES)
    return period.of_period(site_id, (now - PERIOD).date(), now.date(), scope, now=now).figures


def _may(operation: Operation, site_id: str) -> bool:
    row = PERMISSIONS[operation]
    return any(at == site_id and row.get(role) is Reach.SITE for at, role in g.actor.roles)


def _done(site_id: UUID, what: str) -> Any:
    return redirect(url_for("pages.site.show", site_id=site_id, done=what), 303)
