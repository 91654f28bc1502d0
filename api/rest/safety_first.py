"""The decorator of views that take forms: no answer leaves without what safety asks for.

Above `signed_in`, so that every refusal passes here: of permission, limits, parser and service.
What is taken carries its texts by itself (`api.views.receipts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar

from flask import Response, current_app, g, json, request
from werkzeug.exceptions import HTTPException

from api.rest.problems import problem_of
from api.views import safety
from api.views.safety import NotStored
from models.store.scope import Scope
from services import clock, errors
from services.access.permissions import Operation, scope_for
from services.errors import NotAllowed
from services.reports.safety.notices import RefusedForm

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
Forms = Callable[[Any, Mapping[str, Any]], Iterable[RefusedForm]]

_RAISE_NOTHING = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
)


def safety_first(forms: Forms) -> Callable[[Callable[Given, Answer]], Callable[Given, Answer | Response]]:
    """Look at a request that is refused, limited or put off.

    Args:
        forms: finds the forms in a body, given the values of the path.
    """

    def decorate(view: Callable[Given, Answer]) -> Callable[Given, Answer | Response]:
        @wraps(view)
        def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Answer | Response:
            try:
                return view(*args, **kwargs)
            except Exception as error:
                return _with_safety(error, forms, kwargs)

        return guarded

    return decorate


def one_form(body: Any, path: Mapping[str, Any]) -> Iterable[RefusedForm]:
    """Return the form of a body that is one, about the patient of the path."""
    form = safety.form_of(body, str(path["patient_id"]))
    return () if form is None else (form,)


def corrected_form(body: Any, path: Mapping[str, Any]) -> Iterable[RefusedForm]:
    """Return the form that a correction makes of a report: new answers to the same instrument.

    Raises:
        NotStored: the report cannot be read, and in some instrument the answers tell of a concern.
    """
    form = safety.form_of(body, str(path["patient_id"]))
    form = None if form is None else safety.corrected(form, str(path["report_id"]))
    return () if form is None else (form,)


def entries_of_batch(body: Any, _path: Mapping[str, Any]) -> Iterable[RefusedForm]:
    """Return the forms of a batch."""
    found = (safety.form_of(entry) for entry in safety.entries_of(body))
    return [form for form in found if form is not None]


def _with_safety(error: Exception, forms: Forms, path: Mapping[str, Any]) -> Response:
    response = current_app.make_response(current_app.handle_user_exception(error))
    if response.status_code in _RAISE_NOTHING or "actor" not in g:
        return response
    try:
        found = forms(safety.read_body(request.get_data(cache=True)), path)
        members = safety.members_for(found, _scope(), actor=g.actor, now=clock.now())
    except NotStored as unsaved:
        response, members = problem_of(errors.database_away()), dict(unsaved.members)
    except HTTPException:  # the body is too large, or was cut off
        return response
    if members:
        response.set_data(json.dumps({**response.get_json(), **members}))
    return response


def _scope() -> Scope | None:
    try:
        return scope_for(g.actor, Operation.REPORT_SUBMIT)
    except NotAllowed:
        return None
