"""What the patients of a site are shown in danger: two people have looked at each text."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.examples import site_policy as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.preconditions import ETAG, IF_MATCH, expected_rev, tag
from api.schemas.sites.safety_texts import (
    SafetyDecisionIn,
    SafetyProposalIn,
    SafetyTextDecision,
    SafetyTextsOut,
    SafetyTextStepOut,
)
from services import clock
from services.access.permissions import Operation
from services.sites import safety_text_changes, site_policy

blp = Blueprint(
    "safety_texts", __name__, url_prefix="/v1/sites", description="Texts that patients are shown in danger"
)


@blp.route("/<uuid:site_id>/safety-texts")
class SafetyTexts(MethodView):
    """The texts."""

    @signed_in(Operation.SITE_READ)
    @blp.response(200, SafetyTextsOut, headers=ETAG)
    def get(self, site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Return what patients are shown in danger, and what is proposed in its place."""
        site = site_policy.read_site(str(site_id), g.scope)
        return site, tag(site.rev)


@blp.route("/<uuid:site_id>/safety-texts/proposal")
class SafetyTextProposal(MethodView):
    """Other texts, about which nobody has decided."""

    @signed_in(Operation.SITE_CHANGE)
    @blp.doc(operationId="propose_safety_texts", parameters=[IF_MATCH])
    @blp.arguments(SafetyProposalIn(), example=examples.SAFETY_PROPOSAL)
    @blp.response(200, SafetyTextsOut, headers=ETAG)
    def put(self, content: dict[str, Any], site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Propose other texts, in place of what is proposed now.

        Patients are shown the present ones until a clinician, who is somebody else, has agreed.

        Sent twice, the second is refused with 412. When it fails, nothing was changed.
        """
        site = safety_text_changes.propose(
            str(site_id), content, _expected(site_id), g.scope, actor=g.actor, now=clock.now()
        )
        return site, tag(site.rev)


@blp.route("/<uuid:site_id>/safety-texts/decision")
class SafetyTextDecided(MethodView):
    """A clinician's word on what is proposed."""

    @signed_in(Operation.SAFETY_TEXT_DECIDE)
    @blp.doc(operationId="decide_safety_texts", parameters=[IF_MATCH])
    @blp.arguments(SafetyDecisionIn(), example=examples.SAFETY_DECISION)
    @blp.response(200, SafetyTextsOut, headers=ETAG)
    @blp.fails(409, "nothing_proposed")
    def post(self, content: dict[str, Any], site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Agree to the texts that are proposed, or refuse them.

        What was agreed to is shown everywhere within five seconds. If-Match names what was read: nobody
        agrees to something else.

        Sent twice, the second is refused with 412. When it fails, nothing was changed.
        """
        word = content["decision"] == SafetyTextDecision.AGREE, content["note"]
        site = safety_text_changes.decide(
            str(site_id), word, _expected(site_id), g.scope, actor=g.actor, now=clock.now()
        )
        return site, tag(site.rev)


@blp.route("/<uuid:site_id>/safety-texts/steps")
class SafetyTextSteps(MethodView):
    """Their history."""

    @signed_in(Operation.SITE_READ)
    @blp.page(SafetyTextStepOut)
    def get(self, site_id: UUID) -> Any:
        """List what was proposed and decided, with the texts, by whom, when and why; the latest first."""
        return safety_text_changes.history(str(site_id), g.scope)


def _expected(site_id: UUID) -> int:
    return expected_rev(lambda: site_policy.read_site(str(site_id), g.scope).rev)
