"""Replays: what other thresholds would have done to stored histories, before they are put in force."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.examples import replays as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.pages import NumberedPosition, Page, page_query
from api.schemas.replays import (
    DifferenceOut,
    ReplayIn,
    ReplayListedOut,
    ReplayOut,
)
from models.replays.replays import Replay as Asked
from services import clock
from services.access.permissions import Operation
from services.replays import replays

blp = Blueprint("replays", __name__, url_prefix="/v1/sites", description="Other thresholds on old reports")

_LIMIT = "parts of the result, of a few patients each; a page may be empty while there are more"
_PARTS = page_query(NumberedPosition(), usual=20, of=_LIMIT)
_LOCATION = {"Location": {"description": "where to look for it", "schema": {"type": "string"}}}


@blp.route("/<uuid:site_id>/replays")
class Replays(MethodView):
    """All replays of a site."""

    @signed_in(Operation.REPLAY_RUN)
    @blp.doc(operationId="start_replay")
    @blp.arguments(ReplayIn(), example=examples.REPLAY)
    @blp.response(202, ReplayListedOut, headers=_LOCATION)
    @blp.fails(409, "replays_waiting")
    def post(self, content: dict[str, Any], site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Have other thresholds compared with those in force, over the stored histories of all patients.

        It runs in the background and changes nothing. Its result is kept for thirty days.

        Sent twice, it starts two replays. When it fails, there may be one more in the list.
        """
        asked = replays.ask(str(site_id), content["limits"], g.scope, actor=g.actor, now=clock.now())
        return _shown(asked), {"Location": f"/v1/sites/{asked.site_id}/replays/{asked.id}"}

    @signed_in(Operation.REPLAY_RUN)
    @blp.page(ReplayListedOut)
    def get(self, site_id: UUID) -> Any:
        """List the latest replays of a site, at most twenty.

        `progress` says how far each has come.
        """
        return [_shown(replay) for replay in replays.latest(str(site_id), g.scope)]


@blp.route("/<uuid:site_id>/replays/<uuid:replay_id>")
class Replay(MethodView):
    """One replay."""

    @signed_in(Operation.REPLAY_RUN)
    @blp.response(200, ReplayOut)
    def get(self, site_id: UUID, replay_id: UUID) -> dict[str, Any]:
        """Return how far a replay has come and, once it is done, what would have been different in sum.

        `result` is null until it is done. Ask again every few seconds.
        """
        found = replays.read(str(site_id), str(replay_id), g.scope)
        return _shown(found) | {"result": replays.result(found)}


@blp.route("/<uuid:site_id>/replays/<uuid:replay_id>/differences")
class ReplayDifferences(MethodView):
    """The result of a replay, patient by patient."""

    @signed_in(Operation.EVALUATION_READ)
    @blp.page(DifferenceOut, _PARTS)
    def get(self, _query: dict[str, Any], page: Page, site_id: UUID, replay_id: UUID) -> Any:
        """List which alerts would have opened, closed, come earlier or later, patient by patient.

        For clinicians; there may be more while the replay is running.
        """
        return replays.differences(
            str(site_id), str(replay_id), g.scope, first=page.after or 0, limit=page.limit
        )


def _shown(replay: Asked) -> dict[str, Any]:
    remaining = replays.remaining(replay, clock.now())
    progress = {
        "patients_done": replay.patients_done,
        "patients_in_all": replay.patients_in_all,
        "remaining_seconds": None if remaining is None else round(remaining.total_seconds()),
    }
    return asdict(replay) | {"asked_by": replay.asked_by, "progress": progress}
