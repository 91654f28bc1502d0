"""What the forms and addresses of pages carry: what people type, and where a change and a list go on."""

from __future__ import annotations

import unicodedata
from datetime import date

from flask import request

from api.pages.site.hours import NO_DAY, day_of
from api.pages.texts import mark
from models.store import positions
from models.store.base import id_of, new_id
from services import names
from services.errors import wrong

_MOST_DIGITS = 9
TOO_LONG = mark("This text is too long.")


def rev(name: str = "rev") -> int:
    """Return the revision from which the form was made; -1, which nothing has, where it is no number."""
    text = request.form.get(name, "")
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else -1


def own_id() -> str:
    """Return the id that the form was given: sent twice, it does one thing; a new one where it is none."""
    return id_of(request.form.get("id")) or new_id()


def text(name: str, longest: int) -> str:
    """Return what was typed into a field, in NFC and without space around it.

    Browsers count a line break as one character and send it as two; it is kept as one.

    Raises:
        Invalid: it is longer, or has characters that cannot be stored.
    """
    typed = request.form.get(name, "").replace("\r\n", "\n").strip()
    if len(typed) > longest:
        raise wrong(f"/{name}", "text_too_long", TOO_LONG)
    typed = unicodedata.normalize("NFC", typed)
    if names.UNSTORABLE.search(typed):
        raise wrong(f"/{name}", "not_storable", names.CANNOT_BE_STORED)
    return typed


def day(name: str) -> date | None:
    """Return the day that stands in a field, as the JSON door takes days; None where nothing stands in it.

    Raises:
        Invalid: it is no day of this or the last century.
    """
    typed = request.form.get(name, "").strip()
    try:
        return day_of(typed) if typed else None
    except ValueError as error:
        raise wrong(f"/{name}", "not_a_day", NO_DAY) from error


def after() -> positions.Position | None:
    """Return the position after which a list goes on; None: from its beginning."""
    try:
        return positions.parsed(request.args.get("after", ""))
    except ValueError:
        return None
