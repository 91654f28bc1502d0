"""What a site decides for its patients: the thresholds they are judged by, and what they are told."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.rest.guard import signed_in
from api.rest.parsing import Blueprint
from api.rest.preconditions import ETAG, IF_MATCH, expected_rev, tag
from api.schemas.site_policy import (
    PolicyIn,
    PolicyOut,
    PolicyVersionsOut,
    PolicyVersionsQuery,
    SiteOut,
    SitePatchIn,
)
from models.sites import policies
from scoring.decline import Policy
from services import clock
from services.access.permissions import Operation
from services.sites import site_policy

blp = Blueprint("sites", __name__, url_prefix="/v1/sites", description="Thresholds and texts of a site")

_LIMITS = {"primary": {"loss_per_month": 1.3}, "silence": {"inform_share": 1.8}}
_NOTE = "Fewer alerts for patients who are known to progress fast."
_SITE = {
    "id": "019ab1c2-0000-7000-8000-00000000000a",
    "name": "Clinic for motor neurone diseases",
    "zone": "Europe/Lisbon",
    "reads_reports": "Your care team reads reports on working days.",
    "crisis_text": "If you are in danger, call 112. This text is automatic: nobody reads it now.",
    "shows_patient": ["total"],
    "rev": 1,
}
_VERSION = {
    "site_id": _SITE["id"],
    "number": 3,
    "version": "site-3",
    "limits": _LIMITS,
    "note": _NOTE,
    "changed_by": "019ab1c2-0000-7000-8000-0000000000d1",
    "changed_at": "2026-11-24T09:30:00+00:00",
}
_POLICY = {**_VERSION, "in_force": Policy.from_mapping({"limits": _LIMITS}).as_dict()["limits"]}


@blp.route("/<uuid:site_id>")
class Site(MethodView):
    """One site."""

    @signed_in(Operation.SITE_READ)
    @blp.response(200, SiteOut, example=_SITE, headers=ETAG)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Return a site and what its patients are told."""
        site = site_policy.read_site(str(site_id), g.scope)
        return site, tag(site.rev)

    @signed_in(Operation.SITE_CHANGE)
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(SitePatchIn(), example={"shows_patient": ["total"]})
    @blp.response(200, SiteOut, example=_SITE, headers=ETAG)
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(412, "PRECONDITION_FAILED")
    @blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    @blp.alt_response(428, "PRECONDITION_REQUIRED")
    def patch(self, content: dict[str, Any], site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Change what the patients of a site are told; it holds everywhere within five seconds."""
        site = site_policy.change_site(
            str(site_id), content, expected_rev(), g.scope, actor=g.actor, now=clock.now()
        )
        return site, tag(site.rev)


@blp.route("/<uuid:site_id>/policy")
class SitePolicy(MethodView):
    """The thresholds in force."""

    @signed_in(Operation.SITE_READ)
    @blp.response(200, PolicyOut, example={**_POLICY, "reevaluating": False}, headers=ETAG)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Return the thresholds that the site's patients are judged by."""
        return _shown(site_policy.read(str(site_id), g.scope))

    @signed_in(Operation.POLICY_CHANGE)
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(PolicyIn(), example={"limits": _LIMITS, "note": _NOTE})
    @blp.response(200, PolicyOut, example={**_POLICY, "reevaluating": True}, headers=ETAG)
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(412, "PRECONDITION_FAILED")
    @blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    @blp.alt_response(428, "PRECONDITION_REQUIRED")
    def put(self, content: dict[str, Any], site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Put other thresholds in force.

        They get a version of their own, which evaluations name. Reports are judged by them within five
        seconds; the histories of all patients are evaluated anew in the background, and alerts that they
        would not have raised are retracted, openly. Look at a replay first.
        """
        policy = site_policy.change(
            str(site_id), content, expected_rev(), g.scope, actor=g.actor, now=clock.now()
        )
        return _shown(policy)


@blp.route("/<uuid:site_id>/policy/versions")
class SitePolicyVersions(MethodView):
    """The thresholds that were in force."""

    @signed_in(Operation.SITE_READ)
    @blp.arguments(PolicyVersionsQuery(), location="query")
    @blp.response(200, PolicyVersionsOut, example={"items": [_VERSION], "next": 3})
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def get(self, query: dict[str, Any], site_id: UUID) -> dict[str, Any]:
        """List the versions before the one in force, with who changed them, when and why."""
        found, following = site_policy.earlier(
            str(site_id), g.scope, before=query.get("before"), limit=query["limit"]
        )
        return {"items": found, "next": following}


def _shown(policy: policies.SitePolicy) -> tuple[dict[str, Any], dict[str, str]]:
    shown = asdict(policy) | {"changed_by": policy.changed_by, "in_force": site_policy.in_force(policy)}
    return shown, tag(policy.number)
