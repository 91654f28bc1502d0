"""Where one can go: the places in the head of every page, for those who may go there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from api.pages.texts import mark as _
from services.access.actor import Actor
from services.access.permissions import PERMISSIONS, Operation


@dataclass(frozen=True, slots=True)
class Place:
    """A page that the head leads to.

    Attributes:
        endpoint: of its view; the part before the last dot marks the place as the present one.
        label: in English; the template looks it up.
        operation: whoever may do this sees the place.
    """

    endpoint: str
    label: str
    operation: Operation

    @property
    def area(self) -> str:
        """The views that belong to the place."""
        return self.endpoint.rpartition(".")[0] + "."


PLACES = (
    Place("pages.worklist.show", _("Worklist"), Operation.ALERT_READ),
    Place("pages.caseload.show", _("Patients"), Operation.PATIENT_CHANGE),
    Place("pages.phone_list.show", _("Phone list"), Operation.ALERT_READ),
    Place("pages.enrolment.show", _("Enrol"), Operation.PATIENT_CREATE),
    Place("pages.kept_aside.show", _("Kept aside"), Operation.QUARANTINE_READ),
    Place("pages.site.first", _("Site"), Operation.SITE_READ),
)

NOTHING = "pages.nothing"
"""The view behind every address that nobody knows."""

SITE_PLACES = (
    Place("pages.site.show", _("People"), Operation.SITE_READ),
    Place("pages.hours.show", _("Working hours"), Operation.SITE_READ),
    Place("pages.escalation.show", _("Escalation"), Operation.SITE_READ),
    Place("pages.thresholds.show", _("Thresholds"), Operation.SITE_READ),
    Place("pages.site_texts.show", _("What patients are told"), Operation.SITE_READ),
    Place("pages.site_instruments.show", _("Questionnaires"), Operation.SITE_READ),
    Place("pages.deliveries.show", _("Messages"), Operation.MESSAGE_READ),
    Place("pages.webhooks.show", _("Webhooks"), Operation.WEBHOOK_READ),
    Place("pages.figures.show", _("Figures"), Operation.ALERT_FIGURES),
)
"""The pages of one site."""


def places_for(actor: Actor) -> tuple[Place, ...]:
    """Return the places that one of the actor's roles may go to."""
    roles = actor.roles_anywhere
    return tuple(place for place in PLACES if roles & PERMISSIONS[place.operation].keys())


def site_places_for(actor: Actor, site_id: str) -> tuple[Place, ...]:
    """Return the pages of a site that one of the actor's roles there may go to."""
    here = {role for at, role in actor.roles if at == site_id}
    return tuple(place for place in SITE_PLACES if here & PERMISSIONS[place.operation].keys())


def read_again_at() -> str:
    """Return where the page that answers this form can be read again, "" where it is read anyway.

    It is the page that the form stood on, else the nearest one above the form's own address. The browser is
    given this address for it: an answer to a form can neither be loaded again nor be reached by Back.
    """
    if request.method != "POST":
        return ""
    stood_on = urlsplit(request.referrer or "")
    if f"{stood_on.scheme}://{stood_on.netloc}/" == request.host_url and is_read_at(stood_on.path):
        kept = [(name, value) for name, value in parse_qsl(stood_on.query) if name != "done"]
        return stood_on.path + (f"?{urlencode(kept)}" if kept else "")
    return page_above(request.path)


def page_above(path: str) -> str:
    """Return the nearest page above a path."""
    return next(filter(is_read_at, _above(path)), "/pages/")


def is_read_at(path: str) -> bool:
    """Return whether a page can be read at this path."""
    return _endpoint(path, "GET") not in {"", NOTHING}


def takes_forms(path: str) -> bool:
    """Return whether a form can be sent to this path."""
    return _endpoint(path, "POST") not in {"", NOTHING}


def _endpoint(path: str, method: str) -> str:
    """The view of the pages behind a path, "" where it is none of theirs."""
    try:
        endpoint, _values = current_app.url_map.bind("").match(path, method=method)
    except (HTTPException, RequestRedirect):
        return ""
    return str(endpoint) if endpoint.startswith("pages.") else ""


def _above(path: str) -> Iterator[str]:
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        yield f"/{'/'.join(parts[:length])}"
    yield "/pages/"
