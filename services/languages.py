"""The languages that people read: which ones there are, which one somebody gets, and the texts in it.

Texts are written in English where they are used, and looked up in catalogues: one `.po` file per language in
a folder beside them. Nothing is compiled beforehand: the files are read when the process starts.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ENGLISH = "en"
LANGUAGES: Mapping[str, str] = {ENGLISH: "English", "es": "Español", "ko": "한국어"}
"""What each language calls itself."""


def catalogues(folder: Path) -> dict[str, NullTranslations]:
    """Return the texts of a folder by language; English stands in the code, and needs no file."""
    found: dict[str, NullTranslations] = {ENGLISH: NullTranslations()}
    for language in LANGUAGES.keys() - {ENGLISH}:
        file = folder / f"{language}.po"
        if file.exists():
            found[language] = _read(file, language)
    return found


def choose(wanted: Iterable[str | None]) -> str:
    """Return the first language wanted that there is, English when there is none.

    Args:
        wanted: tags such as `es` or `ko-KR`, the most wanted first; None is passed over.
    """
    tags = [tag.replace("-", "_") for tag in wanted if tag]
    return negotiate_locale(tags, list(LANGUAGES)) or ENGLISH


def _read(file: Path, language: str) -> GNUTranslations:
    with file.open("rb") as text:
        catalogue = read_po(text, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
