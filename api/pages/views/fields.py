"""What the forms and addresses of pages carry besides what people type: where a change and a list go on."""

from __future__ import annotations

from flask import request

from models.store import positions
from models.store.base import id_of, new_id

_MOST_DIGITS = 9


def rev(name: str = "rev") -> int:
    """Return the revision from which the form was made; -1, which nothing has, where it is no number."""
    text = request.form.get(name, "")
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else -1


def own_id() -> str:
    """Return the id that the form was given: sent twice, it does one thing; a new one where it is none."""
    return id_of(request.form.get("id")) or new_id()


def after() -> positions.Position | None:
    """Return the position after which a list goes on; None: from its beginning."""
    try:
        return positions.parsed(request.args.get("after", ""))
    except ValueError:
        return None
