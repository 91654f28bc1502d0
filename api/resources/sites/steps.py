"""What was changed of a site."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.schemas.sites.steps import SiteStepOut
from services.access.permissions import Operation
from services.sites import site_policy

blp = Blueprint("site_steps", __name__, url_prefix="/v1/sites", description="What was changed of a site")


@blp.route("/<uuid:site_id>/steps")
class SiteSteps(MethodView):
    """The history of a site."""

    @signed_in(Operation.SITE_READ)
    @blp.page(SiteStepOut)
    def get(self, site_id: UUID) -> Any:
        """List what was changed of a site's texts, hours and escalation, by whom and when, the latest first.

        The thresholds have versions of their own.
        """
        return site_policy.steps(str(site_id), g.scope)
