"""The texts that an answer carries when a form tells of a concern, in the person's language."""

from __future__ import annotations

from dataclasses import dataclass

from models.accounts import accounts
from models.patients.patient import Patient
from models.sites.sites import DEFAULT_BREATHING_TEXT, DEFAULT_CRISIS_TEXT, Site
from services.access.actor import Actor
from services.reports.safety.answers import Concern
from services.sites.safety_texts import text_for


@dataclass(frozen=True, slots=True)
class SafetyTexts:
    """What is to be shown at once; None where it is not asked for."""

    crisis: str | None = None
    breathing: str | None = None


NO_TEXTS = SafetyTexts()


def texts_of(site: Site, concern: Concern, actor: Actor, patient: Patient | None = None) -> SafetyTexts:
    """Return the site's text for a concern, in the language of who answers, else of the patient."""
    locales = [accounts.locale_of(actor.account_id), None if patient is None else patient.locale]
    if concern is Concern.BREATHING:
        return SafetyTexts(breathing=text_for(site.breathing_text, locales))
    return SafetyTexts(crisis=text_for(site.crisis_text, locales))


def default_texts(concern: Concern) -> SafetyTexts:
    """Return the text that sites begin with, where theirs cannot be read."""
    if concern is Concern.BREATHING:
        return SafetyTexts(breathing=next(iter(DEFAULT_BREATHING_TEXT.values())))
    return SafetyTexts(crisis=next(iter(DEFAULT_CRISIS_TEXT.values())))
