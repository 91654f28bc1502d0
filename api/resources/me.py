"""The signed-in account about itself."""

from __future__ import annotations

from flask import g
from flask.views import MethodView

from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.schemas.auth import AccountOut
from models.accounts.accounts import Account
from services.access.permissions import Operation
from services.accounts import sign_in

blp = Blueprint("me", __name__, url_prefix="/v1", description="The signed-in account")


@blp.route("/me")
class Me(MethodView):
    """The account."""

    @signed_in(Operation.ACCOUNT_READ)
    @blp.response(200, AccountOut)
    def get(self) -> Account:
        """Return the signed-in account with its roles.

        The roles are those of the token: what was given since shows after `refresh`.
        """
        return sign_in.own_account(g.actor)
