"""The worklist: what needs somebody, what comes first first; and what is done with several at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, g, jsonify, redirect, request, url_for

from api.pages.errors import by_script
from api.pages.errors import show as show_error
from api.pages.guard import signed_in
from api.pages.navigation import places_for
from api.pages.rendering import TEMPLATES, frame, page
from api.pages.rules import telling
from api.pages.texts import gettext as _
from api.pages.views import fields
from api.pages.words import word
from api.pages.worklist import searches
from api.pages.worklist.asking import PLAIN, VIEWS, Asked
from scoring.decline import Level, Topic
from services import clock
from services.access.permissions import Operation
from services.accounts import people
from services.alerts import closures, several, worklist
from services.alerts.closures import MAX_AT_ONCE, Named
from services.alerts.outcomes import NOT_ACTED, Outcome
from services.alerts.worklist import Worklist
from services.errors import Invalid, NotAllowed, wrong

blp = Blueprint("worklist", __name__)
SITE = "pages.site.first"
_LONGEST_NOTE = 2000


@blp.get("/")
@signed_in(Operation.ALERT_READ)
def show() -> Response:
    """Show the alerts that need somebody, or those that the sealed search of the address asks for."""
    plain = {name: request.args.get(name, "") for name in PLAIN}
    return _page(Asked.of({**plain, **searches.opened()}), done=_number(request.args.get("done", "")))


@blp.errorhandler(NotAllowed)
def elsewhere(error: NotAllowed) -> Any:
    """Lead those who read no alerts from the first page to their site, if they have one."""
    places = {place.endpoint for place in places_for(g.actor)}
    if error.code == "not_allowed" and request.method == "GET" and SITE in places:
        return redirect(url_for(SITE), 303)
    return show_error(error)


@blp.post("/")
@signed_in(Operation.ALERT_READ)
def search() -> Any:
    """Lead to the alerts about somebody or about something; nothing is changed."""
    return redirect(_address(Asked.of(request.form)), 303)


@blp.post("/rows")
@signed_in(Operation.ALERT_READ, passive=True)
def rows() -> Response:
    """Send the rows as they are now, or nothing while nothing has changed."""
    asked = Asked.of(request.form)
    known = [request.form.get("tag", "")]
    found = worklist.watch(
        asked.wanted(g.scope, g.actor), g.scope, reader=g.actor, now=clock.now(), known=known
    )
    if found is None:
        return Response(status=204)
    text = TEMPLATES.get_template("worklist_rows.html").render(**frame(), **_shown(found, asked))
    return Response(text, mimetype="text/html")


@blp.post("/looks")
@signed_in(Operation.ALERT_READ)
def look() -> Any:
    """Note that the reader has looked through the list as it was."""
    at = datetime.fromtimestamp(_number(request.form.get("read_at", "")) / 1000, UTC)
    worklist.note_look(g.scope, reader=g.actor, read_at=at, now=clock.now())
    return Response(status=204) if by_script() else redirect(url_for("pages.worklist.show"), 303)


@blp.post("/several")
@signed_in(Operation.ALERT_ACT)
def act_on_several() -> Any:
    """Acknowledge one or several, or close what has passed."""
    asked, now = Asked.of(request.form), clock.now()
    one = request.form.get("acknowledge", "")
    named = [Named(*_pair(text)) for text in ([one] if one else request.form.getlist("alert"))][:MAX_AT_ONCE]
    if not named:
        return _page(asked, problem=_("Choose at least one alert."), status=422)
    if request.form.get("do") == "close":
        try:
            outcome, note = _outcome(), fields.text("note", _LONGEST_NOTE)
        except Invalid as error:
            if by_script():
                raise
            return _page(asked, problem=" ".join(_(found.detail) for found in error.errors), status=422)
        closed = closures.close(named, outcome, note, g.scope, actor=g.actor, now=now)
        verdicts = {done.id: str(done.verdict) for done in closed}
    else:
        acknowledged = several.acknowledge(named, g.scope, actor=g.actor, now=now)
        verdicts = {done.id: str(done.verdict) for done in acknowledged}
    if by_script():
        return jsonify({key: word("verdict", verdict) for key, verdict in verdicts.items()})
    good = sum(verdict in {"done", "closed", "seen"} for verdict in verdicts.values())
    if good == len(verdicts):
        return redirect(_address(asked, done=good), 303)
    return _page(asked, done=good, verdicts=verdicts, status=409)


def _address(asked: Asked, done: int | None = None) -> str:
    """Where a list stands: what names nobody in words, the rest sealed."""
    sought = searches.sealed({"words": asked.words, "topic": asked.topic, "after": asked.after})
    return url_for("pages.worklist.show", view=asked.view, level=asked.level, search=sought, done=done)


def _page(
    asked: Asked,
    *,
    done: int = 0,
    verdicts: dict[str, str] | None = None,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    found = worklist.watch(asked.wanted(g.scope, g.actor), g.scope, reader=g.actor, now=clock.now(), known=())
    assert found is not None  # noqa: S101 (no tag was named)
    return page(
        "worklist.html",
        status=status,
        done=done,
        verdicts=verdicts or {},
        problem=problem,
        views=VIEWS,
        levels=list(Level),
        topics=list(Topic),
        outcomes=NOT_ACTED,
        partly=bool(g.scope.query_site_ids),
        withheld=worklist.withheld(g.scope),
        **_shown(found, asked),
    )


def _shown(found: Worklist, asked: Asked) -> dict[str, Any]:
    telling.prepare(shown.line for shown in found.lines)
    lines = [shown.line for shown in found.lines]
    people_of = {
        name for line in lines for name in (line.assigned_to, line.acted_by, line.changed_by) if name
    }
    return {
        "found": found,
        "asked": asked,
        "now": found.read_at,
        "me": g.actor.account_id,
        "names": {account_id: people.name_of(account_id) or "" for account_id in people_of},
        "read_at": int(found.read_at.timestamp() * 1000),
    }


def _pair(text: str) -> tuple[str, int]:
    alert_id, _colon, rev = text.partition(":")
    return alert_id.lower(), _number(rev)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 15 else 0


def _outcome() -> Outcome:
    text = request.form.get("outcome", "")
    if text not in set(Outcome):
        raise wrong("/outcome", "missing", "Say what came of it.")
    return Outcome(text)
