"""The worklist, one alert with its evidence, what is done with it, several closed at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, g
from flask.views import MethodView
from marshmallow import fields

from api.examples import alerts as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.pages import Listed, Page, page_query
from api.rest.preconditions import (
    CACHE_TAG,
    ETAG,
    IF_MATCH,
    expected_rev,
    known_tags,
    not_modified,
    tag,
    watched,
    weak_tag,
)
from api.schemas.alert_actions import AlertActionIn, AlertClosuresIn, AlertClosuresOut
from api.schemas.alerts import (
    SORT_KEY,
    AlertOut,
    AlertSearchIn,
    AlertsQuery,
    ListedAlertOut,
    WorklistLookIn,
    WorklistOut,
)
from api.views import alerts as views
from models.alerts.worklists import AlertFilter
from services import clock
from services.access.permissions import Operation
from services.alerts import actions, closures, worklist
from services.alerts.actions import AlertAction
from services.alerts.closures import Named
from services.alerts.worklist import Worklist, WorklistQuery

blp = Blueprint("alerts", __name__, url_prefix="/v1/alerts", description="Alerts: what needs somebody")

_PAGE = page_query(fields.String(validate=SORT_KEY), most=200, base=AlertsQuery)


@blp.route("")
class Alerts(MethodView):
    """The worklist."""

    @signed_in(Operation.ALERT_READ)
    @blp.page(ListedAlertOut, _PAGE, around=WorklistOut, headers=CACHE_TAG)
    @watched
    def get(self, query: dict[str, Any], page: Page) -> Listed | Response:
        """List alerts of your sites: the most severe first, those that hold before others, then by due time.

        Without a filter these are the alerts that still need somebody: open, acknowledged and snoozed. Alerts
        of patients who are not followed any more come last; of ended ones the latest comes first.
        Coordinators see silence, and questions about the data that are not restricted.

        Ask again with the `ETag` as If-None-Match as often as you like: 304 as long as nothing changed among
        the alerts of your sites, `delivery` too (but for `read_at`). 200 may come although this page is the
        same: what is news in it says `new`, and `changed_at`. A tag belongs to one account and one address
        with its filters; a change of an alert changes those of all pages, so after 200 read them all again.
        Your own look (`note_worklist_look`) changes it too, but with a tag from before it 304 may come for
        about a minute more. Lists of what has ended have no ETag.
        """
        asked, now = WorklistQuery(_filter(query), page.after, page.limit), clock.now()
        kept = known_tags()
        known = kept if len(kept) == 1 else ()  # which of several is the present one shows when it is read
        found = worklist.watch(asked, g.scope, reader=g.actor, now=now, known=known)
        return not_modified(weak_tag(*kept)) if found is None else _listed(found)


@blp.route("/search")
class AlertSearch(MethodView):
    """The worklist, searched."""

    @signed_in(Operation.ALERT_READ)
    @blp.doc(operationId="search_alerts")
    @blp.page(ListedAlertOut, AlertSearchIn(), around=WorklistOut, location="json", example=examples.SEARCH)
    def post(self, query: dict[str, Any], page: Page) -> Any:
        """List alerts by topic or by whom they are about, in the order of the worklist.

        What is searched for stands in the body, so that no name and no topic stands in an address, a history
        or a log. Nothing is changed, however often it is sent. When it fails, send it again.
        """
        words, wanted = query.pop("words", None), _filter(query)
        if words is not None:
            wanted = worklist.about(wanted, words, g.scope)
        asked = WorklistQuery(wanted, page.after, page.limit)
        return _listed(worklist.page(asked, g.scope, reader=g.actor, now=clock.now()))


@blp.route("/looks")
class AlertLooks(MethodView):
    """Looks at the worklist."""

    @signed_in(Operation.ALERT_READ)
    @blp.doc(operationId="note_worklist_look")
    @blp.arguments(WorklistLookIn(), example=examples.LOOK)
    @blp.response(204)
    def post(self, content: dict[str, Any]) -> None:
        """Note that you have looked at the worklist as it was read at a moment; what changes later is new.

        It is yours alone, is not seeing an alert, and stops no clock. Sent twice, the second changes
        nothing; an earlier moment changes nothing either. When it fails, send it again.
        """
        worklist.note_look(g.scope, reader=g.actor, read_at=content["read_at"], now=clock.now())


def _filter(query: dict[str, Any]) -> AlertFilter:
    return worklist.filter_for(query.pop("state"), reader=g.actor, **query)


def _listed(found: Worklist) -> Listed:
    headers = {} if found.tag is None else weak_tag(found.tag)
    items = [views.line(shown) for shown in found.lines]
    return Listed(items, found.following, {"read_at": found.read_at, "delivery": found.delivery}, headers)


@blp.route("/<uuid:alert_id>")
class Alert(MethodView):
    """One alert."""

    @signed_in(Operation.ALERT_READ)
    @blp.response(200, AlertOut, headers=ETAG)
    def get(self, alert_id: UUID) -> tuple[Any, dict[str, str]]:
        """Return an alert with its evidence: the rule, the numbers, the reports used, what would clear it.

        The tag in `ETag` is what `act_on_alert` wants as If-Match.
        """
        found = actions.read(str(alert_id), g.scope)
        return views.detail(worklist.shown(found, clock.now())), tag(found.alert.rev)


@blp.route("/<uuid:alert_id>/actions")
class AlertActions(MethodView):
    """What is done with an alert."""

    @signed_in(Operation.ALERT_ACT)
    @blp.doc(operationId="act_on_alert", parameters=[IF_MATCH])
    @blp.arguments(AlertActionIn(), example=examples.ACTION)
    @blp.response(200, AlertOut, headers=ETAG)
    @blp.fails(409, "action_not_allowed")
    def post(self, content: dict[str, Any], alert_id: UUID) -> tuple[Any, dict[str, str]]:
        """Do something with an alert in which nothing new stands since it was read.

        A state that does not allow the action is answered 409, with the actions that it does allow. What has
        to be read again is answered 412: another level, condition or state, or news. An alert that is not
        for you to read, such as one of decline for a coordinator, is answered 404.

        `until` of the answer says when a snooze or an acknowledgement runs out and the alert is open again;
        show it. A snooze is moved to working hours, so it may end later than was asked.

        Sent twice, the second is refused with 412, because the first has changed the alert. When it fails
        with 4xx, nothing was done; without an answer, or with 5xx, it may have been: read the alert again and
        decide anew.
        """
        rev, now = expected_rev(lambda: actions.read(str(alert_id), g.scope).alert.rev), clock.now()
        done = actions.act(str(alert_id), AlertAction(**content), rev, g.scope, actor=g.actor, now=now)
        return views.detail(worklist.shown(done, now)), tag(done.alert.rev)


@blp.route("/closures")
class AlertClosures(MethodView):
    """Several alerts closed at once."""

    @signed_in(Operation.ALERT_ACT)
    @blp.doc(operationId="close_alerts")
    @blp.arguments(AlertClosuresIn(), example=examples.CLOSURES)
    @blp.response(200, AlertClosuresOut)
    def post(self, content: dict[str, Any]) -> dict[str, Any]:
        """Close alerts that have passed or were withdrawn, and mark as seen those that ended unseen.

        There is a verdict for each; what is urgent or about `self_harm` is acted on alone, but for
        patients who are not followed any more. An alert that was raised since it was read stays.

        Sent twice, the second finds each changed meanwhile. When it fails, some may have been closed: read
        the list again.
        """
        named = [Named(alert["id"], alert["rev"]) for alert in content["alerts"]]
        outcome, note = content["outcome"], content.get("note", "")
        done = closures.close(named, outcome, note, g.scope, actor=g.actor, now=clock.now())
        return {"verdicts": done}
