"""Which language somebody gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from services import languages


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ([], "en"),
        ([None, None], "en"),
        (["ko-KR", "en"], "ko"),
        (["de-DE", "es-MX", "en"], "es"),
        (["de"], "en"),
        (["", "ko"], "ko"),
        (["no such tag; q=1"], "en"),
    ],
)
def test_the_first_language_wanted_that_there_is(wanted: list[str | None], language: str) -> None:
    assert languages.choose(wanted) == language


def test_a_catalogue_is_read_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "es.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n'
        'Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "open"\nmsgstr "abierta"\n\n'
        'msgid "%(num)s alert"\nmsgid_plural "%(num)s alerts"\nmsgstr[0] "una"\nmsgstr[1] "varias"\n',
        encoding="utf-8",
    )
    found = languages.catalogues(tmp_path)
    assert set(found) == {"en", "es"}
    assert (found["es"].gettext("open"), found["en"].gettext("open")) == ("abierta", "open")
    assert [found["es"].ngettext("%(num)s alert", "%(num)s alerts", n) for n in (1, 2)] == ["una", "varias"]


KNOWN = ["en", "pt", "pt-BR", "ko"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["pt-BR"], "pt-BR"),
        (["pt-br"], "pt-BR"),
        (["pt-PT"], "pt"),
        (["de", "ko-KR"], "ko"),
        ([None, "en-GB"], "en"),
        (["de", None, ""], None),
        ([], None),
    ],
    ids=str,
)
def test_the_first_wanted_that_there_is(wanted: list[str | None], found: str | None) -> None:
    assert languages.nearest(KNOWN, wanted) == found


def test_a_country_is_not_served_by_another_country() -> None:
    assert languages.nearest(["pt-BR"], ["pt-PT"]) is None
    assert languages.nearest([], ["en"]) is None
