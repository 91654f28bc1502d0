"""Every page in Korean and Spanish: no text of ours is left in English, whatever the page shows."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from models.sites.sites import Site
from services.access.actor import Role
from tests.api.pages.desk import Desk
from tests.api.pages.messages import messages
from tests.people import People
from tests.visitor import Visitor

LEFT_OUT = re.compile(
    r"<(script|style)\b.*?</\1>|<([a-z]+)\b[^>]*\blang=\"(?!ko|es)[^\"]*\"[^>]*>.*?</\2>", re.DOTALL
)
"""What is no text, and what says that it is in another language: words of a clinic, sources of a number."""
NAMED = re.compile(r'(?:aria-label|placeholder|title|alt|data-label)="([^"]*)"')
ENGLISH = re.compile(r"\b(?:the|and|of|is|are|was|were|not|by|with|from|for|who|this|that)\b")
SAME_IN_BOTH = {
    "es": {"Total", "total", "Saliva", "Webhook", "Webhooks", "King’s, MiToS"},
    "ko": {"King’s, MiToS"},
}
"""Words of ours that are spelt alike."""


def shown(text: str) -> list[str]:
    """Every text of a page, and every name that a screen reader gets."""
    kept = LEFT_OUT.sub(" ", text)
    parts = [*re.findall(r">([^<>]+)<", kept), *NAMED.findall(kept)]
    return [found for part in parts if (found := " ".join(unescape(part).split()))]


@pytest.mark.parametrize("language", ["es", "ko"])
def test_no_english_is_left_on_any_page(
    app: Flask, people: People, desk: Desk, site: Site, language: str
) -> None:
    patient = desk.falling("민지", contact={"phone_number": "+82 2 000", "born_on": "1961-03-02"})
    desk.in_danger("하준")
    lines = desk.lines()
    own = f"/pages/sites/{site.id}"
    of_clinician = (
        *("/pages/", "/pages/mine", "/pages/mine/told", "/pages/patients", "/pages/phone-list"),
        *(f"/pages/patients/{patient.id}", f"/pages/patients/{patient.id}/reports", "/pages/kept-aside"),
        *(f"/pages/alerts/{line.id}" for line in lines),
        *(own, f"{own}/hours", f"{own}/escalation", f"{own}/figures", f"{own}/messages", f"{own}/thresholds"),
        "/pages/none",
    )
    of_administrator = (f"{own}/hours", f"{own}/escalation", f"{own}/texts", f"{own}/webhooks", own)
    known = {message if isinstance(message, str) else message[0] for message in messages()}
    untranslated = {text for text in known if len(text) > 3} - SAME_IN_BOTH.get(language, set())
    left: dict[str, set[str]] = {}
    for role, paths in ((Role.CLINICIAN, of_clinician), (Role.ADMIN, of_administrator)):
        visitor = Visitor(app, language=language)
        visitor.sign_in(people.account((site, role), name="김").email)
        for path in ("/pages/sign-in", *paths):
            texts = [text for text in shown(visitor.get(path).text) if text != site.name]
            found = {text for text in texts if text in untranslated or len(ENGLISH.findall(text)) > 1}
            if found:
                left[path] = found
    assert left == {}
