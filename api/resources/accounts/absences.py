"""When somebody of the staff is away: one's own absence, and that of others."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.examples.absences import ABSENCE
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.preconditions import ETAG, IF_MATCH, expected_rev, tag
from api.schemas.accounts.absences import AbsenceIn, AbsenceOut
from models.accounts.absences import Absence
from services import clock
from services.access.permissions import Operation
from services.accounts import absences
from services.accounts.absences import AbsenceChange

blp = Blueprint("absences", __name__, url_prefix="/v1", description="Absences and deputies")


@blp.route("/me/absence")
class MyAbsence(MethodView):
    """One's own absence."""

    @signed_in(Operation.ABSENCE_CHANGE)
    @blp.response(200, AbsenceOut, headers=ETAG)
    def get(self) -> tuple[Any, dict[str, str]]:
        """Return when you are away, and who stands in for you."""
        return _shown(absences.own(g.actor))

    @signed_in(Operation.ABSENCE_CHANGE)
    @blp.doc(operationId="change_my_absence", parameters=[IF_MATCH])
    @blp.arguments(AbsenceIn(), example=ABSENCE)
    @blp.response(200, AbsenceOut, headers=ETAG)
    def put(self, content: dict[str, Any]) -> tuple[Any, dict[str, str]]:
        """Say when you are away, and which deputy your alerts go to meanwhile.

        The deputy has to be able to read all that you read.

        Sent twice, the second is refused with 412. When it fails, the absence is as it was.
        """
        rev = expected_rev(lambda: absences.own(g.actor).rev)
        return _shown(absences.change_own(g.actor, AbsenceChange(rev, **content), now=clock.now()))


@blp.route("/sites/<uuid:site_id>/members/<uuid:account_id>/absence")
class MemberAbsence(MethodView):
    """The absence of somebody of the staff."""

    @signed_in(Operation.MEMBER_READ)
    @blp.response(200, AbsenceOut, headers=ETAG)
    def get(self, site_id: UUID, account_id: UUID) -> tuple[Any, dict[str, str]]:
        """Return when somebody is away, and who stands in."""
        return _shown(absences.of_member(str(site_id), str(account_id), g.scope))

    @signed_in(Operation.MEMBER_CHANGE)
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(AbsenceIn(), example=ABSENCE)
    @blp.response(200, AbsenceOut, headers=ETAG)
    def put(self, content: dict[str, Any], site_id: UUID, account_id: UUID) -> tuple[Any, dict[str, str]]:
        """Say when somebody is away who cannot say it themself.

        Sent twice, the second is refused with 412. When it fails, the absence is as it was.
        """
        site, member = str(site_id), str(account_id)
        rev = expected_rev(lambda: absences.of_member(site, member, g.scope).rev)
        wanted, now = AbsenceChange(rev, **content), clock.now()
        done = absences.change_member(site, member, wanted, g.scope, actor=g.actor, now=now)
        return _shown(done)


def _shown(absence: Absence) -> tuple[Absence, dict[str, str]]:
    return absence, tag(absence.rev)
