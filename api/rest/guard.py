"""The decorator of the views: who calls, may they, and how far they reach; and what the document says of it.

`signed_in` verifies the bearer token, looks whether its session was ended, asks the permission table
and leaves `g.actor` and `g.scope` for the view. It reads nothing from the database but the short list
of ended sessions every few seconds. What was found wrong before is raised once all that is known. The
rules are in `services.access`.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from api.application import security, the_notes, the_request
from services import clock
from services.access.permissions import Operation, check_session, scope_for

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def signed_in(operation: Operation) -> Callable[[Callable[Given, Answer]], Callable[Given, Answer]]:
    """Let only those call the view who may do the operation; put it above `@blp.arguments`.

    The view finds the caller in `g.actor` and the caller's reach for this operation in `g.scope`.
    """

    def decorate(view: Callable[Given, Answer]) -> Callable[Given, Answer]:
        @wraps(view)
        def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
            now = clock.now()
            notes = the_notes()
            caller = security().authenticate(the_request().environ.get("HTTP_AUTHORIZATION", ""), now)
            notes.actor = actor = caller.answered_in(notes.get("request_id", ""))
            check_session(actor, operation, now)
            notes.scope = scope_for(actor, operation)
            if "refused" in notes:
                raise notes.refused
            return view(*args, **kwargs)

        noted = deepcopy(getattr(view, "_apidoc", {})) | {"signed_in": operation}
        guarded._apidoc = noted  # type: ignore[attr-defined]
        return guarded

    return decorate


class SignedInMixin:
    """Documents the permission of an operation, and what those are told who may not do it."""

    @staticmethod
    def _prepare_signed_in_doc(
        doc: dict[str, Any], doc_info: dict[str, Any], **_kwargs: Any
    ) -> dict[str, Any]:
        if "signed_in" in doc_info:
            doc["x-permission"] = doc_info["signed_in"].value
            doc["responses"].update({401: "UNAUTHORIZED", 403: "FORBIDDEN", 503: "SERVICE_UNAVAILABLE"})
        return doc
