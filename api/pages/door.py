"""The blueprint of the pages: their addresses, headers, errors, and what is looked at before each request."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for

from api.pages import assets, errors, guard, navigation
from api.pages.views import alerts, mine, passkeys, session, sign_in, told, worklist
from api.pages.views.patients import caseload, code_page, course, enrolment, kept_aside, phone_list, phones
from api.pages.views.sites import (
    deliveries,
    escalation,
    figures,
    hours,
    instruments,
    site,
    texts,
    thresholds,
    webhooks,
)

VIEWS = (
    assets.blp,
    sign_in.blp,
    session.blp,
    worklist.blp,
    alerts.blp,
    caseload.blp,
    mine.blp,
    passkeys.blp,
    told.blp,
    site.blp,
    hours.blp,
    escalation.blp,
    thresholds.blp,
    texts.blp,
    instruments.blp,
    deliveries.blp,
    webhooks.blp,
    figures.blp,
    course.blp,
    phone_list.blp,
    enrolment.blp,
    phones.blp,
    kept_aside.blp,
)

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # `no-referrer` would have browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def _complete(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _nothing(**_path: Any) -> Any:
    """Lead from the address of a form to the page above it; of all else there is nothing."""
    if request.method != "GET" or not navigation.takes_forms(request.path):
        abort(404)
    return redirect(navigation.page_above(request.path), 303)


def blueprint() -> Blueprint:
    """Return the blueprint with all its views."""
    made = Blueprint("pages", __name__, url_prefix="/pages")
    made.before_request(guard.same_origin_only)
    made.after_request(_complete)
    made.after_request(guard.keep_renewed)
    errors.install(made)
    for view in VIEWS:
        made.register_blueprint(view)
    # Addresses that nobody knows get a page too, and not the JSON door's answer.
    made.add_url_rule("/<path:anything>", view_func=_nothing, methods=["GET", "POST"], endpoint="nothing")
    return made


blp = blueprint()
home = Blueprint("home", __name__)
home.after_request(_complete)
home.register_blueprint(code_page.blp)


@home.get("/")
def lead_on() -> Any:
    """Lead a person to the first page."""
    return redirect(url_for("pages.worklist.show"))
