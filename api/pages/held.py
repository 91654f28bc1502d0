"""A form that came when its session was over, kept in the page that asks to sign in again.

What was typed travels back to the browser that sent it, and comes again with the sign-in; nothing of it is
stored, here or there. After the same person has signed in, the form is shown to be sent. Passwords and codes
are not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask import request

from api.pages import cookies
from services.access.refresh_tokens import MalformedRefreshToken, parse

FIELDS = ("held", "held_for", "held_session")
_LONGEST = 20_000
_SECRET = ("password", "code")


@dataclass(frozen=True, slots=True)
class HeldForm:
    """What somebody wanted to send.

    Attributes:
        text: the fields in the form of a request's body.
        action: the path that it was sent to.
        session: the session that it came with.
    """

    text: str
    action: str
    session: str

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The fields by name, in their order."""
        return parse_qsl(self.text, keep_blank_values=True)


def of_request() -> HeldForm | None:
    """Return the form of this request if it can be held."""
    fields = list(request.form.items(multi=True))
    text = urlencode(fields)
    secret = any(name.startswith(_SECRET) for name, _ in fields)
    if request.method != "POST" or not fields or secret or len(text) > _LONGEST:
        return None
    return HeldForm(text, request.path, _session())


def given() -> HeldForm | None:
    """Return the form that comes again with a sign-in."""
    text, action, session = (request.form.get(name, "") for name in FIELDS)
    return HeldForm(text, action, session) if text and is_a_page(action) else None


def is_a_page(path: str) -> bool:
    """Return whether this is the path of one of our pages, and of no other host."""
    return path.startswith("/pages/") and path.isprintable() and "\\" not in path


def _session() -> str:
    try:
        return parse(cookies.read(cookies.RENEWAL)).session_id
    except MalformedRefreshToken:
        return ""
