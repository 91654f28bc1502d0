"""The files that pages load: named by what is in them, so that a browser keeps them and never an old one.

`static/` has one style sheet and one script of ours, and htmx 4.0.1 as its maintainers publish it (npm
`htmx.org@4.0.1`, `dist/htmx.min.js`, Zero-Clause BSD); a test compares its digest.
"""

from __future__ import annotations

import gzip
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path

from flask import Blueprint, Response, abort, request, url_for

blp = Blueprint("assets", __name__)

FOLDER = Path(__file__).parent / "static"
_FILES = {file.name: file.read_bytes() for file in FOLDER.iterdir()}
_DIGESTS = {name: sha256(content).hexdigest()[:16] for name, content in _FILES.items()}
_SMALLER = {name: gzip.compress(content, 9, mtime=0) for name, content in _FILES.items()}
"""Nothing secret is in these files, so they may go compressed; pages about people do not (BREACH)."""
_KEPT = "public, max-age=31536000, immutable"


@blp.get("/static/<name>")
def asset(name: str) -> Response:
    """Send a file; it may be kept for good when it was asked for by its digest."""
    if name not in _DIGESTS:
        abort(404)
    smaller = request.accept_encodings.quality("gzip") > 0
    response = Response((_SMALLER if smaller else _FILES)[name], mimetype=guess_type(name)[0])
    response.vary.add("Accept-Encoding")
    if smaller:
        response.headers["Content-Encoding"] = "gzip"
    kept = request.args.get("v") == _DIGESTS[name]
    response.headers["Cache-Control"] = _KEPT if kept else "no-cache"
    return response


def address_of(name: str) -> str:
    """Return where a page finds the file as it is now."""
    return url_for("pages.assets.asset", name=name, v=_DIGESTS[name])
