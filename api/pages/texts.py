"""The words of the pages in the reader's language: catalogues in `languages/`, English in the templates.

Which language: the one that the account chose, which the browser keeps in a cookie; else the first that the
browser asks for and that there is.
"""

from __future__ import annotations

from gettext import NullTranslations
from pathlib import Path

from flask import g, has_request_context, request

from api.pages import cookies
from services import languages

CATALOGUES = languages.catalogues(Path(__file__).parent / "languages")


def language() -> str:
    """Return the language of this request."""
    if not has_request_context():
        return languages.ENGLISH
    if "language" not in g:
        chosen = cookies.read(cookies.LANGUAGE)
        g.language = languages.choose([chosen, *request.accept_languages.values()])
    return str(g.language)


def gettext(text: str) -> str:
    """Return the text in the language of this request."""
    return _catalogue().gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the text for so many things in the language of this request."""
    return _catalogue().ngettext(one, many, count)


def mark(text: str) -> str:
    """Return the text as it is: it is looked up later, and found here by whoever collects texts."""
    return text


def _catalogue() -> NullTranslations:
    if not has_request_context():
        return CATALOGUES[languages.ENGLISH]
    if "catalogue" not in g:
        g.catalogue = CATALOGUES[language()]
    found: NullTranslations = g.catalogue
    return found
