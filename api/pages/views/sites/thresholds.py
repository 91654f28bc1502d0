"""The thresholds of a site: looked at, tried on the stored histories, and put in force.

What is tried is compared by the worker with the thresholds in force; the page says in words and numbers what
would have been different, and only then offers to put it in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for

from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.rules import telling
from api.pages.site import saying, thresholds
from api.pages.texts import gettext as _
from api.pages.views import fields
from models.replays.replays import ReplayState
from services import clock
from services.access.permissions import Operation
from services.errors import AppError, ChangedMeanwhile, Conflict, Invalid
from services.replays import replays
from services.sites import site_policy

blp = Blueprint("thresholds", __name__)
_LONGEST_NOTE = 500


@blp.get("/sites/<uuid:site_id>/thresholds")
@signed_in(Operation.SITE_READ)
def show(site_id: UUID) -> Response:
    """Show every threshold with its range and its source."""
    return _page(str(site_id), done=request.args.get("done") == "saved")


@blp.post("/sites/<uuid:site_id>/thresholds/try")
@signed_in(Operation.REPLAY_RUN)
def try_out(site_id: UUID) -> Any:
    """Have these thresholds tried on the stored histories."""
    try:
        asked = replays.ask(str(site_id), _limits(str(site_id)), g.scope, actor=g.actor, now=clock.now())
    except (Invalid, Conflict) as error:
        return _page(str(site_id), problem=error)
    return redirect(url_for("pages.thresholds.tried", site_id=site_id, replay_id=asked.id), 303)


@blp.get("/sites/<uuid:site_id>/thresholds/tried/<uuid:replay_id>")
@signed_in(Operation.REPLAY_RUN)
def tried(site_id: UUID, replay_id: UUID) -> Response:
    """Say what would have been different under the thresholds that were tried."""
    return _tried(str(site_id), str(replay_id))


@blp.post("/sites/<uuid:site_id>/thresholds")
@signed_in(Operation.POLICY_CHANGE)
def save(site_id: UUID) -> Any:
    """Put the thresholds that were tried in force."""
    replay_id = request.form.get("replay", "")
    replay = replays.read(str(site_id), replay_id, g.scope)
    try:
        note = fields.text("note", _LONGEST_NOTE)
    except Invalid as error:
        return _tried(str(site_id), replay_id, problem=" ".join(saying.said(error)))
    if not note:
        return _tried(str(site_id), replay_id, problem=_("Say why the thresholds are changed."))
    wanted = {"limits": replay.limits, "note": note}
    try:
        site_policy.change(
            str(site_id),
            wanted,
            fields.rev("number"),
            g.scope,
            actor=g.actor,
            now=clock.now(),
        )
    except (ChangedMeanwhile, Conflict, Invalid) as error:
        return _tried(str(site_id), replay_id, problem=_(error.detail))
    return redirect(url_for("pages.thresholds.show", site_id=site_id, done="saved"), 303)


def _page(site_id: str, *, done: bool = False, problem: AppError | None = None) -> Response:
    policy = site_policy.read(site_id, g.scope)
    families = thresholds.by_family(site_policy.in_force(policy))
    refused = thresholds.refused(problem, families)
    return page(
        "thresholds.html",
        status=200 if problem is None else 422,
        site_id=site_id,
        policy=policy,
        families=families,
        shown=thresholds.shown,
        typed=request.form,
        may_try=saying.may(Operation.REPLAY_RUN, site_id),
        done=done,
        refused=refused,
        wrong={field for field, _sentence in refused},
    )


def _tried(site_id: str, replay_id: str, *, problem: str | None = None) -> Response:
    replay = replays.read(site_id, replay_id, g.scope)
    policy = site_policy.read(site_id, g.scope)
    result = replays.result(replay)
    return page(
        "tried.html",
        status=200 if problem is None else 422,
        site_id=site_id,
        replay=replay,
        policy=policy,
        result=result,
        months=0.0 if result is None else max(1.0, len(result["weeks"]) * 12 / 52),
        running=replay.state in (ReplayState.WAITING, ReplayState.RUNNING),
        changes=_changes(replay.limits, site_policy.in_force(policy)),
        may_save=saying.may(Operation.POLICY_CHANGE, site_id),
        note=request.form.get("note", ""),
        problem=problem,
    )


def _changes(limits: Mapping[str, Any], in_force: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What would be another value than now: name, now, then."""
    found = []
    for family, known in thresholds.by_family(in_force).items():
        for threshold in known:
            then = limits.get(family, {}).get(threshold.name, threshold.default)
            if then != threshold.value:
                name = f"{telling.family(family)}: {telling.threshold(threshold.field)}"
                found.append((name, thresholds.shown(threshold.value), thresholds.shown(then)))
    return found


def _limits(site_id: str) -> dict[str, Any]:
    policy = site_policy.read(site_id, g.scope)
    return thresholds.limits_of(request.form, thresholds.by_family(site_policy.in_force(policy)))
