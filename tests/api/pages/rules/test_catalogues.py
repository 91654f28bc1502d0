"""The words of the rules in every language: each template is there, with the same numbers in it."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from api.pages.rules import templates
from services import languages

FOLDER = Path(templates.__file__).parent / "languages"
OTHERS = sorted(languages.LANGUAGES.keys() - {"en"})


def catalogue(language: str) -> dict[tuple[str | None, str], str]:
    with (FOLDER / f"{language}.po").open("rb") as file:
        found = read_po(file, locale=language)
    return {(message.context, str(message.id)): str(message.string) for message in found if message.id}


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_every_template_and_word_is_there_and_none_is_left_over(language: str) -> None:
    known, wanted = catalogue(language), set(templates.every())
    assert {"missing": wanted - known.keys(), "left over": known.keys() - wanted} == {
        "missing": set(),
        "left over": set(),
    }
    assert [key for key, text in known.items() if not text] == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_numbers_stand_in_every_template(language: str) -> None:
    wrong = {key[1]: text for key, text in catalogue(language).items() if fields(key[1]) != fields(text)}
    assert wrong == {}


@pytest.mark.parametrize("language", OTHERS)
def test_no_english_word_is_left(language: str) -> None:
    english = re.compile(r"\b(the|of|and|by|with|at|is|are|report|reports|item|items|points|weeks)\b")
    assert [text for text in catalogue(language).values() if english.search(re.sub(r"{.*?}", "", text))] == []


def test_what_is_added_is_set_apart_by_a_space_in_every_language() -> None:
    for language in OTHERS:
        for (kind, text), told in catalogue(language).items():
            if kind is None:
                assert text.startswith(" ") == told.startswith(" "), text
