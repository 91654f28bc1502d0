"""Every language has every sentence, in all its plural forms, and none says anything about anybody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from models.outbox.message import MessageKind
from services.delivery.texts import letters
from services.languages import ENGLISH, LANGUAGES

FOLDER = Path(letters.__file__).parent
OTHERS = sorted(LANGUAGES.keys() - {ENGLISH})
LINK = "https://slope.example.org/pages/alerts/an-id"


def catalogue(language: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    with (FOLDER / "languages" / f"{language}.po").open("rb") as file:
        found = read_po(file, locale=language)
    assert not list(found.check())
    rows = (row for row in found if row.id)
    return {_all(row.id): _all(row.string) for row in rows}


def _all(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def sentences() -> set[tuple[str, ...]]:
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
    found = extract_from_file("python", FOLDER / "letters.py", keywords=keywords)
    return {_all(row[1]) for row in found}


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_every_sentence_and_no_other(language: str) -> None:
    found = catalogue(language)
    assert set(found) == sentences()
    assert all(all(texts) for texts in found.values())


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_as_many_plural_forms_as_its_language(language: str) -> None:
    forms = {len(texts) for ids, texts in catalogue(language).items() if len(ids) == 2}
    assert forms == {{"es": 3, "ko": 1}[language]}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("count", [1, 2, 5, 1_000_000])
def test_every_letter_is_complete(language: str, kind: MessageKind, count: int) -> None:
    letter = letters.write(kind, urgent=True, count=count, link=LINK, language=language)
    for part in (letter.text, letter.html):
        assert LINK in part
        assert "%(" not in part
        assert "{{" not in part
    assert "\n" not in letter.subject
    assert f'lang="{language}"' in letter.html
    if kind is MessageKind.DIGEST:
        assert str(count) in letter.subject


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("kind", MessageKind)
def test_nothing_is_left_in_english(language: str, kind: MessageKind) -> None:
    there = letters.write(kind, urgent=False, count=2, link=LINK, language=language)
    here = letters.write(kind, urgent=False, count=2, link=LINK, language=ENGLISH)
    lines = {line for line in here.text.splitlines() if re.search("[a-z]{4}", line) and LINK not in line}
    assert not lines & set(there.text.splitlines())
    assert there.subject != here.subject


@pytest.mark.parametrize("kind", MessageKind)
def test_a_letter_promises_nothing_and_calms_nobody(kind: MessageKind) -> None:
    letter = letters.write(kind, urgent=False, count=1, link=LINK, language=ENGLISH).text.lower()
    for word in ("stable", "all is well", "watching", "monitored", "patient", "health", "questionnaire"):
        assert word not in letter


def test_what_is_urgent_says_so_and_what_is_told_again_says_that_it_waits() -> None:
    """On a locked screen or in a list of mails the subject is all that shows."""
    told = {
        (kind, urgent): letters.write(kind, urgent=urgent, count=1, link=LINK, language=ENGLISH)
        for kind in (MessageKind.RAISED, MessageKind.ESCALATED, MessageKind.ASSIGNED)
        for urgent in (True, False)
    }
    assert len({letter.subject for letter in told.values()}) == len(told)
    for (kind, urgent), letter in told.items():
        assert ("urgent" in letter.subject, "urgent" in letter.text) == (urgent, urgent)
        waits = "still waiting" in letter.subject and "nobody has dealt with it" in letter.text
        assert waits is (kind is MessageKind.ESCALATED)


@pytest.mark.parametrize("kind", MessageKind)
def test_a_sites_second_address_is_not_spoken_to_as_an_account(kind: MessageKind) -> None:
    letter = letters.write(kind, urgent=True, count=1, link=LINK, language=ENGLISH, to_site=True)
    for part in (letter.text, letter.html):
        assert "your account" not in part
        assert "assign it" not in part


def test_a_link_cannot_break_out_of_the_page() -> None:
    letter = letters.write(MessageKind.RAISED, urgent=False, count=1, link='"><b>', language=ENGLISH)
    assert "<b>" not in letter.html
