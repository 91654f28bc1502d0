"""Errors as pages: what went wrong, and what one can do now.

Whoever is not signed in any more is asked to sign in; a form that was being sent is kept (`held`). What a
script asked for gets the status and a line, because it goes into the middle of a page.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.exceptions import HTTPException

from api.pages import held, sign_in_page
from api.pages.rendering import page
from api.pages.texts import gettext as _
from api.rest.problems import status_of
from models.store import connection
from models.store.unreadable import Unreadable
from services import errors, logs
from services.errors import AppError, NotAllowed, NotSignedIn

_OF_STATUS = {
    400: "This request cannot be read.",
    403: "This is not possible from here.",
    404: "There is no such page, or it is not within your reach.",
    413: "This is too large.",
}

_PASSING = frozenset({429, 500, 503})
"""What may work when the form is sent again: it is kept in the page."""


def install(blp: Blueprint) -> None:
    """Show every error of the views of this blueprint as a page."""
    blp.register_error_handler(NotSignedIn, ask_to_sign_in)
    blp.register_error_handler(AppError, show)
    blp.register_error_handler(HTTPException, show_http)
    for kind in connection.DRIVER_ERRORS:
        blp.register_error_handler(kind, show_driver)
    blp.register_error_handler(Unreadable, show_unreadable)
    blp.register_error_handler(Exception, show_fault)


def ask_to_sign_in(_error: NotSignedIn) -> Any:
    """Lead to the sign-in, and back from there."""
    if by_script():
        return Response(_("You are signed out."), status=401, mimetype="text/plain")
    if request.method == "GET":
        back = request.full_path.rstrip("?")
        return redirect(url_for("pages.sign_in.show", next=back), 303)
    form = held.of_request()
    problem = None if form else _("Your session was over. Sign in again.")
    return sign_in_page.ask(status=401, form=form, problem=problem)


def show(error: AppError) -> Response:
    """Show an error of ours."""
    status = status_of(error)
    if isinstance(error, NotAllowed) and error.code == "second_factor_needed" and not by_script():
        return page("second_factor.html", status=status, form=held.of_request(), problem=None)
    response = _shown(int(status), _(error.detail), error.code)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def show_http(error: HTTPException) -> Any:
    """Show an error of the framework."""
    status = error.code or 500
    if status < 400:
        return error.get_response()
    return _shown(status, _(_OF_STATUS.get(status, "Something went wrong on our side.")), "")


def show_driver(error: Exception) -> Response:
    """Show that the database is away."""
    return show(errors.database_away()) if connection.is_away(error) else show_fault(error)


def show_unreadable(_error: Unreadable) -> Response:
    """Show that what is stored is damaged; it was named in the log when it was met."""
    return show(errors.unreadable())


def show_fault(error: Exception) -> Response:
    """Show that something went wrong that nobody expected; the log has where."""
    logs.fault(error)
    return _shown(500, _("Something went wrong on our side. It has been noted."), g.get("request_id", ""))


def by_script() -> bool:
    """Return whether a script of ours asks."""
    return request.headers.get("HX-Request") == "true"


def _shown(status: int, sentence: str, code: str) -> Response:
    if by_script():
        return Response(sentence, status=status, mimetype="text/plain")
    form = held.of_request() if status in _PASSING else None
    return page("error.html", status=status, number=status, sentence=sentence, code=code, form=form)
