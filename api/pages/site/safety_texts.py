"""Texts of safety as fields of a form: one for each language, and one in a language more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from api.pages.texts import mark
from models.sites.sites import Site
from services import names
from services.errors import wrong
from services.sites.safety_text_changes import TEXTS

SHORTEST, LONGEST, MOST_LANGUAGES, LONGEST_NOTE = 20, 1000, 20, 500
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def proposal_of(form: Mapping[str, str], site: Site) -> dict[str, Any]:
    """Return what a form proposes: a note, and of `TEXTS` those that would be other ones.

    Fields: `<text>.<locale>` for each language, and `<text>.new` with the language in `locale`; `note`.

    Raises:
        Invalid: nothing would be another text, or one of them cannot be shown.
    """
    note = form.get("note", "").replace("\r\n", "\n").strip()
    if len(note) > LONGEST_NOTE:
        raise wrong("/note", "text_too_long", mark("This text is too long."))
    if not note:
        raise wrong("/note", "missing", mark("Say why the texts are changed."))
    wanted = {name: dict(_texts(form, name)) for name in TEXTS}
    for text in (note, *(text for texts in wanted.values() for text in texts.values())):
        if names.UNSTORABLE.search(text):
            raise wrong("/note", "not_storable", names.CANNOT_BE_STORED)
    changed = {name: texts for name, texts in wanted.items() if texts and texts != getattr(site, name)}
    if not changed:
        raise wrong("/note", "nothing", mark("These are the texts that are shown now."))
    for name, texts in changed.items():
        if len(texts) > MOST_LANGUAGES or any(
            not SHORTEST <= len(text) <= LONGEST for text in texts.values()
        ):
            raise wrong(f"/{name}", "too_short", mark("A text has between 20 and 1000 characters."))
    return {**changed, "note": note}


def _texts(form: Mapping[str, str], name: str) -> Iterator[tuple[str, str]]:
    for field, value in form.items():
        kind, _dot, locale = field.partition(".")
        text = value.replace("\r\n", "\n").strip()
        if kind != name or not text:
            continue
        if locale == "new":
            locale = form.get("locale", "").strip()
        if not _LOCALE.fullmatch(locale):
            raise wrong("/locale", "not_a_language", mark("Say in which language the further text is."))
        yield locale, text
