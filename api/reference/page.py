"""`/docs`: the OpenAPI document as one readable page.

Nothing comes from elsewhere. The one script filters the page by what is typed; without it all is there.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, render_template
from markupsafe import Markup, escape

from api.reference.outline import Outline
from api.rest import documentation
from services.access.permissions import PERMISSIONS, Operation

blp = Blueprint("reference", __name__)

_FOLDER = Path(__file__).parent / "templates"
_STYLE = (_FOLDER / "reference.css").read_text(encoding="utf-8")
_SCRIPT = (_FOLDER / "search.js").read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


_POLICY = (
    f"default-src 'none'; style-src {_hash(_STYLE)}; script-src {_hash(_SCRIPT)}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@blp.get("/docs")
def reference() -> Response:
    """Show the document."""
    return _html(_page(current_app._get_current_object()))  # type: ignore[attr-defined]


def _html(text: str) -> Response:
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "public, max-age=300"}
    return Response(text, mimetype="text/html", headers=headers)


@blp.app_template_filter("prose")
def prose(text: str) -> Markup:
    """Return text with its paragraphs, its lists and its `words of code` marked."""
    parts = (part.strip() for part in text.split("\n\n"))
    return Markup().join(_paragraph(part) for part in parts if part)


@blp.app_template_filter("inline")
def inline(text: str) -> Markup:
    """Return a line of text with its `words of code` marked."""
    return _code(escape(text))


def _paragraph(part: str) -> Markup:
    if not part.startswith("- "):
        return Markup("<p>{}</p>").format(inline(part))
    entries = re.split(r"\n- ", part.removeprefix("- "))  # an entry may go on in the next line
    items = (Markup("<li>{}</li>").format(inline(entry)) for entry in entries)
    return Markup("<ul>{}</ul>").format(Markup().join(items))


def _code(paragraph: Markup) -> Markup:
    # On plain text: a Markup would escape what is put in.
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(paragraph)))  # noqa: S704 (escaped before)


@lru_cache(maxsize=2)
def _page(app: Flask) -> str:
    return render_template(
        "reference.html",
        outline=Outline(documentation.specification(app)),
        style=_STYLE,
        script=_SCRIPT,
        roles=_roles,
    )


def _roles(permission: str) -> str:
    row = PERMISSIONS.get(Operation(permission), {}) if permission else {}
    return ", ".join(f"{role} ({reach})" for role, reach in row.items())
