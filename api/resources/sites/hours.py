"""When a site works."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.examples import site_hours as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.preconditions import ETAG, IF_MATCH, expected_rev, tag
from api.schemas.sites.hours import HoursIn, HoursOut, dumped, loaded
from services import clock
from services.access.permissions import Operation
from services.sites import hours

blp = Blueprint("site_hours", __name__, url_prefix="/v1/sites", description="Working hours of a site")


@blp.route("/<uuid:site_id>/hours")
class SiteHours(MethodView):
    """The working hours."""

    @signed_in(Operation.SITE_READ)
    @blp.response(200, HoursOut, headers=ETAG)
    def get(self, site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Return when the site works: due times, snoozes and escalation are counted in it.

        `holidays` are the public holidays of the coming year; an open day puts one aside.
        """
        found = hours.read(str(site_id), g.scope, now=clock.now())
        return dumped(found), tag(found.rev)

    @signed_in(Operation.SITE_CHANGE)
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(HoursIn(), example=examples.HOURS)
    @blp.response(200, HoursOut, headers=ETAG)
    def put(self, content: dict[str, Any], site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Put other working hours in force.

        Within the coming year no more than four days in a row may be without a working hour. The hours
        count for alerts that are raised from then on; what was due stays due.

        Sent twice, the second is refused with 412. When it fails, the former hours stay in force.
        """
        wanted, now = loaded(content), clock.now()
        rev = expected_rev(lambda: hours.read(str(site_id), g.scope, now=now).rev)
        found = hours.change(str(site_id), wanted, rev, g.scope, actor=g.actor, now=now)
        return dumped(found), tag(found.rev)
