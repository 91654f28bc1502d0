"""The pages in every language: each text is there with its numbers, and days are written as people do."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from api.pages import texts
from services import languages
from tests.api.pages.desk import Desk
from tests.api.pages.messages import FOLDER, messages
from tests.people import Person
from tests.visitor import Visitor

OTHERS = sorted(languages.LANGUAGES.keys() - {"en"})
FORMS = {"es": 3, "ko": 1}
PARTS = re.compile(r"%\(\w+\)s|%%|\{\w+\}|</?a[^>]*>")


def catalogue(language: str) -> dict[object, object]:
    with (FOLDER / "languages" / f"{language}.po").open("rb") as file:
        found = read_po(file, locale=language)
    return {
        tuple(message.id) if isinstance(message.id, list | tuple) else message.id: message.string
        for message in found
        if message.id
    }


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_there_and_none_is_left_over(language: str) -> None:
    known = catalogue(language)
    wanted = {tuple(message) if not isinstance(message, str) else message for message in messages()}
    assert {"missing": sorted(map(str, wanted - known.keys()))} == {"missing": []}
    assert {"left over": sorted(map(str, known.keys() - wanted))} == {"left over": []}
    assert [
        key for key, text in known.items() if not text or (isinstance(text, tuple) and not all(text))
    ] == []


@pytest.mark.parametrize("language", OTHERS)
def test_names_and_numbers_stand_in_every_form(language: str) -> None:
    for key, text in catalogue(language).items():
        forms = text if isinstance(text, tuple) else (text,)
        source = key[-1] if isinstance(key, tuple) else key
        assert len(forms) == (FORMS[language] if isinstance(key, tuple) else 1), key
        for form in forms:
            assert sorted(PARTS.findall(str(source))) == sorted(PARTS.findall(str(form))), key


@pytest.mark.parametrize(
    ("language", "word", "day"), [("es", "Lista de trabajo", "3 feb"), ("ko", "작업 목록", "2월 3일")]
)
def test_the_pages_speak_the_language_of_the_browser(
    app: Flask, desk: Desk, clinician: Person, language: str, word: str, day: str
) -> None:
    desk.falling()
    visitor = Visitor(app, language=language)
    visitor.sign_in(clinician.account.email)
    page = visitor.get("/pages/")
    assert f'<html lang="{language}">' in page.text
    assert page.headers["Content-Language"] == language
    assert word in page.text
    assert day in page.text
    line = desk.lines()[0]
    for path in (
        f"/pages/alerts/{line.id}",
        "/pages/mine",
        "/pages/mine/told",
        f"/pages/sites/{desk.site.id}",
    ):
        assert visitor.get(path).status_code == 200


@pytest.mark.parametrize("count", [1, 2, 5])
def test_right_number_forms(app: Flask, count: int) -> None:
    said = {}
    for language in languages.LANGUAGES:
        with app.test_request_context("/", headers={"Accept-Language": language}):
            said[language] = texts.ngettext("%(count)s day", "%(count)s days", count) % {"count": count}
    one = count == 1
    assert said == {
        "en": f"{count} {'day' if one else 'days'}",
        "es": f"{count} {'día' if one else 'días'}",
        "ko": f"{count}일",
    }


def test_outside_a_request_texts_are_english() -> None:
    assert (texts.language(), texts.gettext("open")) == ("en", "open")
