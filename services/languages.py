"""The languages that people read: which ones there are, which one somebody gets, and the texts in it.

Texts are written in English where they are used, and looked up in catalogues: one `.po` file per language in
a folder beside them. Nothing is compiled beforehand: the files are read when the process starts.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

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
    return nearest(LANGUAGES, wanted) or ENGLISH


def nearest(known: Iterable[str], wanted: Iterable[str | None]) -> str | None:
    """Return the first of the wanted locales that there is; None when there is none of them.

    Args:
        known: locales, such as `en` or `pt-BR`; letter case does not matter.
        wanted: of the person, the most fitting first; None where it is not known. One is served by its
            language too: `pt-BR` by `pt`.
    """
    by_name = {tag.lower(): tag for tag in reversed(list(known))}
    for locale in wanted:
        name = (locale or "").lower()
        for candidate in (name, name.partition("-")[0]):
            if candidate in by_name:
                return by_name[candidate]
    return None


def _read(file: Path, language: str) -> GNUTranslations:
    with file.open("rb") as text:
        catalogue = read_po(text, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
