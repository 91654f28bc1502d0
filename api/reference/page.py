"""`/docs`: the OpenAPI document as one readable page, without scripts and without anything from elsewhere."""

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

_STYLE = (Path(__file__).parent / "templates" / "reference.css").read_text(encoding="utf-8")
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@blp.get("/docs")
def reference() -> Response:
    """Show the document."""
    return Response(
        _page(current_app._get_current_object()),  # type: ignore[attr-defined]
        mimetype="text/html",
        headers={"Content-Security-Policy": _POLICY, "Cache-Control": "public, max-age=300"},
    )


@blp.app_template_filter("prose")
def prose(text: str) -> Markup:
    """Return text with its paragraphs and its `words of code` marked."""
    paragraphs = (escape(part.strip()) for part in text.split("\n\n") if part.strip())
    return Markup().join(Markup("<p>{}</p>").format(_code(paragraph)) for paragraph in paragraphs)


def _code(paragraph: Markup) -> Markup:
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", paragraph))  # noqa: S704 (escaped before)


@lru_cache(maxsize=2)
def _page(app: Flask) -> str:
    return render_template(
        "reference.html",
        outline=Outline(documentation.specification(app)),
        style=_STYLE,
        roles=_roles,
    )


def _roles(permission: str) -> str:
    row = PERMISSIONS.get(Operation(permission), {}) if permission else {}
    return ", ".join(f"{role} ({reach})" for role, reach in row.items())
