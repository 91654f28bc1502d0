"""The texts of the pages, collected from templates and code: what a catalogue has to have."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract

FOLDER = Path(__file__).parents[3] / "api" / "pages"
_WORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None}


def messages() -> set[str | tuple[str, ...]]:
    """Every text; of one with a number the two English forms."""
    return set(_found())


def _found() -> Iterator[str | tuple[str, ...]]:
    for file in sorted(FOLDER.rglob("*")):
        method = {
            ".py": "python",
            ".html": "jinja2.ext:babel_extract",
            ".txt": "jinja2.ext:babel_extract",
        }.get(file.suffix)
        if method is None:
            continue
        options = {"trimmed": "true", "silent": "false"} if file.suffix != ".py" else {}
        for _, text, _, _ in extract(method, BytesIO(file.read_bytes()), _WORDS, options=options):
            if text:
                yield text
