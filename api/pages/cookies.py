"""The cookies of the pages: two for the session, one for the browser, one for the language, one for a code.

With https they carry the prefixes that browsers enforce; only a development server on plain http does
without. `Lax` and not `Strict`, because a link in a mail has to find its reader signed in. The JSON door
reads no cookie, and the pages read no `Authorization`.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Response, request

from api.application import settings
from services.access.tokens import MAX_TOKEN

ACCESS, RENEWAL, DEVICE, LANGUAGE = "slope", "slope-renewal", "slope-device", "slope-language"
CODE = "slope-code"
_REMEMBERED = timedelta(days=365)
_PATH = "/pages/"
_WHOLE_HOST = frozenset({ACCESS})
"""Sent to every path, because that is what the prefix `__Host-` asks for."""


def read(name: str) -> str:
    """Return what the browser sent, "" when it sent nothing."""
    found = request.cookies.get(_called(name), "")
    return found if len(found) <= MAX_TOKEN else ""


def put(response: Response, name: str, value: str, *, remembered: bool = False) -> None:
    """Have the browser keep a value: until it is closed, or for a year."""
    response.set_cookie(
        _called(name),
        value,
        max_age=_REMEMBERED if remembered else None,
        path="/" if name in _WHOLE_HOST else _PATH,
        secure=_secure(),
        httponly=True,
        samesite="Lax",
    )


def take_session(response: Response) -> None:
    """Have the browser drop the session, and what it keeps of its pages."""
    for name in (ACCESS, RENEWAL, CODE):
        path = "/" if name in _WHOLE_HOST else _PATH
        response.delete_cookie(_called(name), path=path, secure=_secure(), httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache"'  # never "storage": a patient's app may share the browser


def _called(name: str) -> str:
    if not _secure():
        return name
    return f"__Host-{name}" if name in _WHOLE_HOST else f"__Secure-{name}"


def _secure() -> bool:
    return urlsplit(settings().public_url).scheme == "https"
