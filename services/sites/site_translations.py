"""Translations that a site brings along, of a shipped instrument or one of its own: checked whole, stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.sites import sites, translations
from models.sites.translations import SiteTranslation
from models.store.scope import Scope
from scoring.instruments import Definition, UnknownInstrument, UnknownVersion, translation
from scoring.instruments.checks.mistakes import InvalidDefinition
from services.access.actor import Actor
from services.errors import Invalid, not_found, wrong
from services.sites import catalogue

MOST_OF_A_SITE = 400
"""Our choice: a site has so many translations at most."""


def put(
    site_id: str, of: tuple[str, str], texts: Mapping[str, Any], scope: Scope, *, actor: Actor, now: datetime
) -> SiteTranslation:
    """Store the texts of an instrument's version in a language, in place of those before.

    Args:
        site_id: whose patients are asked in them.
        of: the instrument's key and version.
        texts: in the form of `scoring.instruments.translation.load`; `locale` names the language.
        scope: the caller's reach.
        actor: who brings them.
        now: the present moment.

    Raises:
        NotFound: no such site within reach, or no such version.
        Invalid: naming every mistake; or the locale is the definition's own, or one too many.
    """
    definition = _definition(site_id, of, scope)
    try:
        locale = translation.load(definition, texts).locale
    except InvalidDefinition as error:
        raise Invalid(
            "invalid_translation", "The translation has mistakes.", errors=list(error.problems)
        ) from error
    if locale.lower() == definition.locale.lower():
        raise wrong("/locale", "original_language", "The definition itself is in this language.")
    known = translations.of_site(site_id)
    present = [
        site_translation
        for site_translation in known
        if (site_translation.key, site_translation.version) == of
        and site_translation.locale.lower() == locale.lower()
    ]
    if not present and len(known) >= MOST_OF_A_SITE:
        raise wrong("/locale", "too_many", "This site has as many translations as one can have.")
    text = json.dumps(dict(texts), sort_keys=True)
    stored = SiteTranslation(
        site_id=site_id,
        key=definition.key,
        version=definition.version,
        locale=present[0].locale if present else locale,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        texts=text,
        changed_by=actor.provenance(scope.role_at(site_id)),
        changed_at=now,
    )
    translations.put(stored)
    catalogue.forget()
    return stored


def listed(site_id: str, of: tuple[str, str], scope: Scope) -> list[SiteTranslation]:
    """Return the translations of a version that the site brought along, by locale.

    Raises:
        NotFound: no such site within reach, or no such version.
    """
    definition = _definition(site_id, of, scope)
    wanted = (definition.key, definition.version)
    return [
        site_translation
        for site_translation in translations.of_site(site_id)
        if (site_translation.key, site_translation.version) == wanted
    ]


def _definition(site_id: str, of: tuple[str, str], scope: Scope) -> Definition:
    if not scope.covers_site(site_id) or sites.read(site_id) is None:
        raise not_found("site")
    try:
        return catalogue.find(site_id, *of)
    except (UnknownInstrument, UnknownVersion) as error:
        raise not_found("instrument") from error
