"""Flags in the reader's language: every rule from its numbers, and in lists by one read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from string import Formatter
from typing import Any

import pytest
from flask import Flask

from api.pages.rules import telling
from scoring.decline import Status, Topic
from scoring.decline.rules import BY_ID
from scoring.decline.wording import tell
from services import languages
from services.reports.safety import sentences
from services.reports.safety.told import Told as ToldBeside
from tests.api.pages.desk import Desk
from tests.people import Person
from tests.round_trips import commands
from tests.visitor import Visitor, text_of

__all__ = ["commands"]
CODED = {
    "compared_on": "without_both:speech,walking",
    "unanswered": "speech,walking",
    "domain": "bulbar",
    "mitos_domain": "movement",
    "respondent": "caregiver",
    "earlier_respondent": "patient",
    "answered": "12",
    "now": "2",
    "then": "4",
    "dyspnea": "missing",
    "orthopnea": "3",
    "stage": "4a",
    "direction": "ahead",
}


def numbers_of(*texts: str) -> dict[str, Any]:
    """A number for each name in the templates."""
    names = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}
    return {name: "2026-03-05" if name.endswith("_on") and name not in CODED else 7 for name in names} | {
        name: CODED[name] for name in names & CODED.keys()
    }


@contextmanager
def reading(app: Flask, language: str) -> Iterator[None]:
    with app.test_request_context("/", headers={"Accept-Language": language}):
        yield


@pytest.mark.parametrize("language", ["es", "ko"])
@pytest.mark.parametrize("rule", BY_ID)
def test_every_rule_is_told_in_the_language_however_it_stands(app: Flask, rule: str, language: str) -> None:
    text = BY_ID[rule].text
    numbers = numbers_of(text.headline, text.template, text.clears_when)
    with reading(app, language):
        for status in Status:
            english = tell(rule, numbers, status)
            flag = {"rule": rule, "numbers": numbers, "status": status.value, **english._asdict()}
            told = telling.told(flag)
            for here, there in zip(told, english, strict=True):
                assert here != there
                assert not re.search(r"[{}]|\d{4}-\d\d-\d\d|\b(the|of|and|by)\b", here), here


@pytest.mark.parametrize("language", ["es", "ko"])
def test_what_is_told_beside_the_rules(app: Flask, language: str) -> None:
    told = [
        ToldBeside("r1", "2026-03-02T08:00:00+00:00", what, refused, "caregiver", "phq_9", "1", named, on)
        for what in sentences.TEMPLATES
        for refused in (True, False)
        for named in (True, False)
        for on in (None, "2026-02-01")
    ]
    with reading(app, language):
        for beside in told:
            flag = sentences.signal_of([beside, beside])
            here = telling.told(flag)
            assert here.sentence != flag["sentence"]
            assert not re.search(r"[{}]|\b(the|of|and|by|form)\b", here.sentence), here.sentence


def test_numbers_and_days_are_written_as_the_language_does(app: Flask) -> None:
    text = BY_ID["fast_decline"].text
    numbers = numbers_of(text.headline, text.template, text.clears_when)
    numbers |= {"loss_now": 1.25, "limit_per_month": 1.11, "weeks": 1, "compared_on": "all"}
    flag = {"rule": "fast_decline", "numbers": numbers, "status": "met"}
    said = {}
    for language in ("es", "ko"):
        with reading(app, language):
            said[language] = telling.told(flag)
    assert "unos 1,2 puntos al mes" in said["es"].sentence
    assert "1,11 puntos" in said["es"].sentence
    assert "en 1 semana (del 5 mar 2026" in said["es"].sentence
    assert "1.2점" in said["ko"].sentence
    assert "2026년 3월 5일" in said["ko"].sentence


def test_what_is_not_known_is_told_in_english_and_never_in_two_languages(app: Flask) -> None:
    stored = {"headline": "As stored on 2026-03-05", "sentence": "As stored.", "clears_when": "Never."}
    unknown: list[Mapping[str, Any]] = [
        {"rule": "of_tomorrow", "numbers": {}},
        {"rule": "fast_decline", "numbers": {"loss_now": 1.0}},
        {"rule": "fast_decline", "numbers": "damaged"},
        {},
    ]
    with reading(app, "ko"):
        for flag in unknown:
            assert telling.told({**flag, **stored})[1:] == ("As stored.", "Never.")
    with reading(app, "en"):
        assert telling.told(stored).headline == "As stored on 5 Mar 2026"


@pytest.mark.parametrize(("language", "said"), [("es", "Baja unos"), ("ko", "한 달에 약")])
def test_pages_of_alerts_speak_one_language(
    app: Flask, desk: Desk, clinician: Person, language: str, said: str
) -> None:
    patient = desk.falling()
    visitor = Visitor(app, language=language)
    visitor.sign_in(clinician.account.email)
    line = next(line for line in desk.lines() if line.topic == Topic.DECLINE)
    paths = ("/pages/", f"/pages/alerts/{line.id}", f"/pages/patients/{patient.id}")
    for path in paths:
        shown = text_of(visitor.get(path))
        assert said in shown
        assert line.headline not in shown


def test_a_list_in_another_language_costs_one_read_more(
    app: Flask, desk: Desk, clinician: Person, commands: list[str]
) -> None:
    for name in ("A", "B", "C"):
        desk.falling(name)
    reads = {}
    for language in languages.LANGUAGES:
        visitor = Visitor(app, language=language)
        visitor.sign_in(clinician.account.email)
        visitor.get("/pages/")
        commands.clear()
        visitor.get("/pages/")
        reads[language] = len(commands)
    assert reads["es"] == reads["ko"] == reads["en"] + 1
