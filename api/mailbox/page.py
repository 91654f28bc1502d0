"""`/mailbox`: the mails that would have gone out, for who tries Slope out. Not there in production."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, render_template

from models.outbox import mailbox

blp = Blueprint("mailbox", __name__, template_folder="templates")

_STYLE = (Path(__file__).parent / "templates" / "mailbox.css").read_text(encoding="utf-8")
_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)


@blp.get("/mailbox")
def show() -> Response:
    """Show the mails, the latest first."""
    text = render_template("mailbox.html", mails=mailbox.latest(), kept=mailbox.KEPT, style=_STYLE)
    return Response(text, mimetype="text/html", headers={"Content-Security-Policy": _POLICY})
