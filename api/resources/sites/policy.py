"""What a site decides for its patients: the thresholds they are judged by, and what they are told."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.examples import site_policy as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.pages import NumberedPosition, Page, page_query
from api.rest.preconditions import ETAG, IF_MATCH, expected_rev, tag
from api.schemas.sites.policy import (
    PolicyIn,
    PolicyOut,
    PolicyVersionOut,
    SiteOut,
    SitePatchIn,
)
from models.sites import policies
from services import clock
from services.access.permissions import Operation
from services.sites import site_policy

blp = Blueprint("sites", __name__, url_prefix="/v1/sites", description="Thresholds and texts of a site")


@blp.route("/<uuid:site_id>")
class Site(MethodView):
    """One site."""

    @signed_in(Operation.SITE_READ)
    @blp.response(200, SiteOut, headers=ETAG)
    def get(self, site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Return a site and what its patients are told.

        The tag in `ETag` is what `change_site` wants as If-Match.
        """
        site = site_policy.read_site(str(site_id), g.scope)
        return site, tag(site.rev)

    @signed_in(Operation.SITE_CHANGE)
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(SitePatchIn(), example=examples.SITE)
    @blp.response(200, SiteOut, headers=ETAG)
    def patch(self, content: dict[str, Any], site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Change what the patients of a site are told; it holds everywhere within five seconds.

        Sent twice, the second is refused with 412. When it fails, nothing was changed.
        """
        rev = expected_rev(lambda: site_policy.read_site(str(site_id), g.scope).rev)
        site = site_policy.change_site(str(site_id), content, rev, g.scope, actor=g.actor, now=clock.now())
        return site, tag(site.rev)


@blp.route("/<uuid:site_id>/policy")
class SitePolicy(MethodView):
    """The thresholds in force."""

    @signed_in(Operation.SITE_READ)
    @blp.response(200, PolicyOut, headers=ETAG)
    def get(self, site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Return the thresholds that the site's patients are judged by.

        `limits` is what differs from the defaults, `in_force` is all of them, each with its range and
        unit.
        """
        return _shown(site_policy.read(str(site_id), g.scope))

    @signed_in(Operation.POLICY_CHANGE)
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(PolicyIn(), example=examples.POLICY)
    @blp.response(200, PolicyOut, headers=ETAG)
    @blp.fails(409, "exceptions_contradict")
    def put(self, content: dict[str, Any], site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Put other thresholds in force.

        They get a version of their own, which evaluations name. Reports are judged by them within five
        seconds; the histories of all patients are evaluated anew in the background, and alerts that they
        would not have raised are marked as withdrawn, openly. Look at a replay first.

        Sent twice, the second is refused with 412. When it fails, the former thresholds stay in force.
        """
        rev = expected_rev(lambda: site_policy.read(str(site_id), g.scope).number)
        policy = site_policy.change(str(site_id), content, rev, g.scope, actor=g.actor, now=clock.now())
        return _shown(policy)


@blp.route("/<uuid:site_id>/policy/versions")
class SitePolicyVersions(MethodView):
    """The thresholds that were in force."""

    @signed_in(Operation.SITE_READ)
    @blp.page(
        PolicyVersionOut,
        page_query(NumberedPosition(), usual=20),
    )
    def get(self, _query: dict[str, Any], page: Page, site_id: UUID) -> Any:
        """List the versions before the one in force, with who changed them, when and why.

        Evaluations name the version that they were judged by.
        """
        return site_policy.earlier(str(site_id), g.scope, before=page.after, limit=page.limit)


def _shown(policy: policies.SitePolicy) -> tuple[dict[str, Any], dict[str, str]]:
    shown = asdict(policy) | {"changed_by": policy.changed_by, "in_force": site_policy.in_force(policy)}
    return shown, tag(policy.number)
