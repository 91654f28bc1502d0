"""The signed-in account about itself."""

from __future__ import annotations

from flask import g
from flask.views import MethodView

from api.parsing import Blueprint
from api.resources.auth import ACCOUNT_EXAMPLE
from api.schemas.auth import AccountOut
from api.security.guard import signed_in
from api.security.permissions import Operation
from api.services import identity
from models.accounts import Account

blp = Blueprint("me", __name__, url_prefix="/v1", description="The signed-in account")


@blp.route("/me")
class Me(MethodView):
    """The account."""

    @signed_in(Operation.ACCOUNT_READ)
    @blp.response(200, AccountOut, example=ACCOUNT_EXAMPLE)
    def get(self) -> Account:
        """Return the signed-in account with its roles."""
        return identity.own_account(g.actor)
