"""The staff of a site: who works there, in which roles, and whose account is closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.application import security
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.schemas.accounts.auth import MemberOut, ReasonIn, RoleIn
from models.accounts.account import Account
from services import clock
from services.access.permissions import Operation
from services.accounts.members import Members

blp = Blueprint("members", __name__, url_prefix="/v1/sites", description="The staff of a site")

_REASON = {"reason": "Left the clinic."}


@blp.route("/<uuid:site_id>/members")
class SiteMembers(MethodView):
    """Everybody."""

    @signed_in(Operation.MEMBER_READ)
    @blp.page(MemberOut)
    def get(self, site_id: UUID) -> Any:
        """List who works at the site, by name, the closed accounts too."""
        return [_shown(member, str(site_id)) for member in _members(site_id).everybody()]


@blp.route("/<uuid:site_id>/members/<uuid:account_id>/roles")
class SiteMemberRoles(MethodView):
    """The roles of somebody."""

    @signed_in(Operation.MEMBER_CHANGE)
    @blp.doc(operationId="give_role")
    @blp.arguments(RoleIn(), example={"role": "coordinator", "reason": "Covers for Mia in June."})
    @blp.response(200, MemberOut)
    def post(self, content: dict[str, Any], site_id: UUID, account_id: UUID) -> object:
        """Give somebody another role at the site. Nobody gives one to themself.

        Sent twice, the second changes nothing. When it fails, the roles are as they were.
        """
        members = _members(site_id, content["reason"])
        return _shown(members.give_role(str(account_id), content["role"]), str(site_id))

    @signed_in(Operation.MEMBER_CHANGE)
    @blp.doc(operationId="take_role")
    @blp.arguments(RoleIn(), example={"role": "coordinator", "reason": "Mia is back."})
    @blp.response(200, MemberOut)
    def delete(self, content: dict[str, Any], site_id: UUID, account_id: UUID) -> object:
        """Take a role at the site away from somebody; it stops working within five seconds.

        Sent twice, the second changes nothing. When it fails, the roles are as they were.
        """
        members = _members(site_id, content["reason"])
        return _shown(members.take_role(str(account_id), content["role"]), str(site_id))


@blp.route("/<uuid:site_id>/members/<uuid:account_id>/close")
class SiteMemberClose(MethodView):
    """The end of an account."""

    @signed_in(Operation.MEMBER_CHANGE)
    @blp.doc(operationId="close_member")
    @blp.arguments(ReasonIn(), example=_REASON)
    @blp.response(200, MemberOut)
    @blp.fails(409, "roles_elsewhere")
    def post(self, content: dict[str, Any], site_id: UUID, account_id: UUID) -> object:
        """Close an account: its sessions end within five seconds, and it cannot sign in.

        Sent twice, the second changes nothing. When it fails, send it again.
        """
        return _shown(_members(site_id, content["reason"]).close(str(account_id)), str(site_id))


@blp.route("/<uuid:site_id>/members/<uuid:account_id>/reopen")
class SiteMemberReopen(MethodView):
    """The return of an account."""

    @signed_in(Operation.MEMBER_CHANGE)
    @blp.doc(operationId="reopen_member")
    @blp.arguments(ReasonIn(), example={"reason": "Came back."})
    @blp.response(200, MemberOut)
    def post(self, content: dict[str, Any], site_id: UUID, account_id: UUID) -> object:
        """Reopen a closed account; its password and its second factor are as they were.

        Sent twice, the second changes nothing. When it fails, the account is still closed.
        """
        return _shown(_members(site_id, content["reason"]).reopen(str(account_id)), str(site_id))


def _members(site_id: UUID, reason: str = "") -> Members:
    return Members(security(), str(site_id), g.scope, g.actor, clock.now(), reason)


def _shown(account: Account, site_id: str) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "roles": [entry for entry in account.roles if entry.site_id == site_id],
        "second_factor": account.has_second_factor,
        "closed_at": account.closed_at,
        "email_off_at": account.notifications.switched_off and account.notifications.switched_off.at,
    }
