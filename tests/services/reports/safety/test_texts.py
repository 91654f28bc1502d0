"""The text that a concern asks for: the site's, in the language of who answers, else of the patient."""

from __future__ import annotations

import pytest

from models.sites.sites import Site
from services.reports.safety.answers import Concern
from services.reports.safety.texts import NO_TEXTS, default_texts, texts_of
from tests.people import People

CRISIS = {"en": "Call 112.", "pt": "Ligue 112."}
BREATHING = {"en": "Call if in distress.", "pt": "Ligue se tiver falta de ar."}


@pytest.fixture
def site(people: People) -> Site:
    return people.site(crisis_text=CRISIS, breathing_text=BREATHING)


@pytest.mark.parametrize("concern", Concern)
def test_the_concern_decides_which_text(people: People, site: Site, concern: Concern) -> None:
    patient = people.patient(site)
    texts = texts_of(site, concern, people.own(site, patient).actor, patient)
    breathing = concern is Concern.BREATHING
    assert (
        (texts.crisis, texts.breathing) == (None, "Call if in distress.")
        if breathing
        else ("Call 112.", None)
    )


def test_the_patients_language_counts_where_the_account_names_none(people: People, site: Site) -> None:
    patient = people.patient(site, locale="pt-PT")
    actor = people.own(site, patient).actor
    assert texts_of(site, Concern.SELF_HARM, actor, patient).crisis == "Ligue 112."
    assert texts_of(site, Concern.SELF_HARM, actor).crisis == "Call 112."


@pytest.mark.parametrize("concern", Concern)
def test_where_no_site_can_be_read_the_text_that_sites_begin_with_is_shown(concern: Concern) -> None:
    texts = default_texts(concern)
    text = texts.breathing if concern is Concern.BREATHING else texts.crisis
    assert text
    assert "nobody reads your answers at this moment" in text
    assert (NO_TEXTS.crisis, NO_TEXTS.breathing) == (None, None)
