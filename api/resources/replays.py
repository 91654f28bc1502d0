"""Replays: what other thresholds would have done to stored histories, before they are put in force."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.rest.guard import signed_in
from api.rest.parsing import Blueprint
from api.schemas.replays import (
    DifferencesOut,
    DifferencesQuery,
    ReplayIn,
    ReplayListedOut,
    ReplayOut,
    ReplaysOut,
)
from models.replays.replays import Replay as Asked
from scoring.decline.replay import Change
from services import clock
from services.access.permissions import Operation
from services.replays import replays

blp = Blueprint("replays", __name__, url_prefix="/v1/sites", description="Other thresholds on old reports")

_LIMITS = {"primary": {"loss_per_month": 1.3}}
_REPLAY = {
    "id": "019ab1c2-0000-7000-8000-0000000000e1",
    "site_id": "019ab1c2-0000-7000-8000-00000000000a",
    "state": "waiting",
    "limits": _LIMITS,
    "version_before": "site-3",
    "asked_by": "019ab1c2-0000-7000-8000-0000000000d1",
    "asked_at": "2026-11-24T09:30:00+00:00",
    "ended_at": None,
    "progress": {"patients_done": 0, "patients_in_all": 214},
}
_COUNTS = {kind.value: 0 for kind in Change} | {"dropped": 1, "later": 1}
_RESULT = {
    "patients": 214,
    "patients_changed": 2,
    "failed": 0,
    "unread": 0,
    "opened_before": 3,
    "opened_after": 2,
    "totals": _COUNTS,
    "by_topic": {"decline": _COUNTS},
    "weeks": [{"week": "2026-W46", "before": 2, "after": 0}, {"week": "2026-W47", "before": 1, "after": 2}],
}
_DONE = {
    **_REPLAY,
    "state": "done",
    "ended_at": "2026-11-24T09:31:00+00:00",
    "progress": {"patients_done": 214, "patients_in_all": 214},
    "result": _RESULT,
}
_EPISODE = {
    "topic": "decline",
    "level": "inform",
    "opened_by": "7d9f2f0e-4a54-4a44-9d5c-0d3c1e1f0a01",
    "opened_at": "2026-11-10T09:12:00+00:00",
    "closed_at": None,
}
_DIFFERENCE = {
    "patient": "019ab1c2-0000-7000-8000-0000000000b1",
    "topic": "decline",
    "change": "dropped",
    "before": _EPISODE,
    "after": None,
    "days": 0,
}
_LOCATION = {"Location": {"description": "where to look for it", "schema": {"type": "string"}}}


@blp.route("/<uuid:site_id>/replays")
class Replays(MethodView):
    """All replays of a site."""

    @signed_in(Operation.REPLAY_RUN)
    @blp.arguments(ReplayIn(), example={"limits": _LIMITS})
    @blp.response(202, ReplayListedOut, example=_REPLAY, headers=_LOCATION)
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def post(self, content: dict[str, Any], site_id: UUID) -> tuple[Any, dict[str, str]]:
        """Have other thresholds compared with those in force, over the stored histories of all patients.

        It runs in the background and changes nothing. Its result is kept for thirty days.
        """
        asked = replays.ask(str(site_id), content["limits"], g.scope, actor=g.actor, now=clock.now())
        return _shown(asked), {"Location": f"/v1/sites/{asked.site_id}/replays/{asked.id}"}

    @signed_in(Operation.REPLAY_RUN)
    @blp.response(200, ReplaysOut, example={"items": [_REPLAY]})
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, site_id: UUID) -> dict[str, Any]:
        """List the latest replays of a site, at most twenty."""
        return {"items": [_shown(one) for one in replays.latest(str(site_id), g.scope)]}


@blp.route("/<uuid:site_id>/replays/<uuid:replay_id>")
class Replay(MethodView):
    """One replay."""

    @signed_in(Operation.REPLAY_RUN)
    @blp.response(200, ReplayOut, example=_DONE)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, site_id: UUID, replay_id: UUID) -> dict[str, Any]:
        """Return how far a replay has come and, once it is done, what would have been different in sum."""
        found = replays.read(str(site_id), str(replay_id), g.scope)
        return _shown(found) | {"result": replays.result(found)}


@blp.route("/<uuid:site_id>/replays/<uuid:replay_id>/differences")
class ReplayDifferences(MethodView):
    """The result of a replay, patient by patient."""

    @signed_in(Operation.EVALUATION_READ)
    @blp.arguments(DifferencesQuery(), location="query")
    @blp.response(200, DifferencesOut, example={"items": [_DIFFERENCE], "next": 20})
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def get(self, query: dict[str, Any], site_id: UUID, replay_id: UUID) -> dict[str, Any]:
        """List which alerts would have opened, closed, come earlier or later, patient by patient.

        For clinicians; there may be more while the replay is running.
        """
        items, following = replays.differences(
            str(site_id), str(replay_id), g.scope, first=query["after"], limit=query["limit"]
        )
        return {"items": items, "next": following}


def _shown(replay: Asked) -> dict[str, Any]:
    progress = {"patients_done": replay.patients_done, "patients_in_all": replay.patients_in_all}
    return asdict(replay) | {"asked_by": replay.asked_by, "progress": progress}
