"""How a site answers its alerts: response times, the chain of people, and a dry run of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.examples.escalation import ESCALATION
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.preconditions import ETAG, IF_MATCH, expected_rev, tag
from api.schemas.sites.escalation import DryRunOut, SiteEscalationIn, SiteEscalationOut, dumped, loaded
from services import clock
from services.access.permissions import Operation
from services.alerts.escalation import dry_run, policy
from services.sites import site_policy

blp = Blueprint("escalation", __name__, url_prefix="/v1/sites", description="Escalation of a site's alerts")


@blp.route("/<uuid:site_id>/escalation")
class SiteEscalation(MethodView):
    """The escalation policy."""

    @signed_in(Operation.SITE_READ)
    @blp.response(200, SiteEscalationOut, headers=ETAG)
    def get(self, site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Return how the site answers its alerts.

        `faults` is what is wrong with it at this moment: people leave, and calendars change.
        """
        found = policy.read(str(site_id), g.scope, now=clock.now())
        return dumped(found), tag(found.rev)

    @signed_in(Operation.SITE_CHANGE)
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(SiteEscalationIn(), example=ESCALATION)
    @blp.response(200, SiteEscalationOut, headers=ETAG)
    def put(self, content: dict[str, Any], site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Put another escalation policy in force.

        It is refused unless urgent alerts reach an out-of-hours contact who may read them and is there,
        and the site has a second address. What is left out is as usual. It counts for alerts that are
        raised, and for steps that are made, from then on.

        Sent twice, the second is refused with 412. When it fails, the former policy stays in force.
        """
        wanted, now = loaded(content), clock.now()
        rev = expected_rev(lambda: policy.read(str(site_id), g.scope, now=now).rev)
        found = policy.change(str(site_id), wanted, rev, g.scope, actor=g.actor, now=now)
        return dumped(found), tag(found.rev)


@blp.route("/<uuid:site_id>/escalation/dry-run")
class SiteEscalationDryRun(MethodView):
    """A dry run of the policy in force."""

    @signed_in(Operation.SITE_READ)
    @blp.doc(operationId="dry_run_site_escalation")
    @blp.response(200, DryRunOut)
    def get(self, site_id: UUID) -> dict[str, Any]:
        """Return who would be told when, if nobody acted.

        For alerts that are raised on the next Monday at 10, Friday at 18 and holiday at 12, with the people
        and absences as they are now. Nothing is sent.
        """
        site = site_policy.read_site(str(site_id), g.scope)
        return {"courses": dry_run.dry_run(site, now=clock.now())}
