"""What each word of each set means to the reader: a word without a meaning fails the export."""

from __future__ import annotations

from collections.abc import Iterable

from api.schemas.meanings.of_alerts import OF_ALERTS
from api.schemas.meanings.of_reports import OF_REPORTS

NEW_WORDS = "New words may come: take one that you do not know as you take one that you do not act on."


def described(name: str, words: Iterable[str]) -> str:
    """Return the description of a set of words.

    Args:
        name: of the set in the document.
        words: of the set.

    Raises:
        KeyError: the set or a word has no meaning here.
    """
    meanings = {**OF_ALERTS, **OF_REPORTS}[name]
    return "\n".join((NEW_WORDS, "", *(f"- `{word}`: {meanings[word]}" for word in words)))
