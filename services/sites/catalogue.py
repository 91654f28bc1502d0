"""Which instruments a site may use, and in which languages: the shipped ones, and what it brought along.

Definitions never change, so a process may keep what it has read. What it does not know it looks up, so that
a report in a version added a moment ago is taken; that there is a newer version it may notice some seconds
late.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from models.sites import site_instruments, translations
from models.sites.site_instruments import SiteInstrument
from models.store.remembered import Remembered
from scoring import instruments
from scoring.instruments import Audience, Definition, UnknownInstrument, UnknownVersion
from scoring.instruments import translation as translating
from scoring.instruments.checks.mistakes import InvalidDefinition
from scoring.instruments.document import DEFAULT_LOCALE
from scoring.instruments.document import read as read_definition
from services.languages import nearest

MEMORY_SECONDS = 5.0
MEMORY_SITES = 200


@dataclass(frozen=True, slots=True)
class _Known:
    """What a site was seen to have.

    Attributes:
        definitions: the versions of an instrument in the order they were added.
        texts: written translations by instrument and version, then by locale.
    """

    definitions: tuple[Definition, ...]
    texts: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def find(self, key: str, version: str) -> Definition | None:
        """Return this version of the instrument."""
        return next(
            (
                definition
                for definition in self.definitions
                if (definition.key, definition.version) == (key, version)
            ),
            None,
        )

    def newest(self) -> dict[str, Definition]:
        """Return by key the newest version that is still sent to phones, where there is one.

        A version in another language than the instrument began in is nobody's default.
        """
        found: dict[str, Definition] = {}
        began: dict[str, str] = {}
        for definition in self.definitions:
            shipped = definition.key in _SHIPPED
            locale = began.setdefault(definition.key, DEFAULT_LOCALE if shipped else definition.locale)
            if not definition.retired and definition.locale == locale:
                found[definition.key] = definition
        return found


_SHIPPED = frozenset(definition.key for definition in instruments.catalogue())
_remembered: Remembered[str, _Known] = Remembered(MEMORY_SITES, seconds=MEMORY_SECONDS)


def find(site_id: str, key: str, version: str | None = None) -> Definition:
    """Return the definition of an instrument, the newest when no version is named.

    Shipped versions come first; when none is named, the site's own text for a shipped instrument does. Of a
    site's own instrument that was retired altogether there is no newest: its versions have to be named.

    Raises:
        UnknownInstrument: there is none with this key.
        UnknownVersion: there is one, but not this version of it.
    """
    if version is None:
        return _known(site_id).newest().get(key) or instruments.get(key)
    with suppress(UnknownInstrument, UnknownVersion):
        return instruments.get(key, version)
    known = _remembered.get(site_id, however_old=True)
    found = known and known.find(key, version)
    return found or _look_up(site_id, key, version)


def find_among(site_ids: Iterable[str], key: str, version: str | None = None) -> Definition:
    """Return the definition that the first of these sites has.

    Raises:
        UnknownInstrument: none of them has one with this key.
        UnknownVersion: some have one, but not this version of it.
    """
    missing: LookupError = UnknownInstrument(key)
    for site_id in site_ids:
        try:
            return find(site_id, key, version)
        except UnknownInstrument:
            continue
        except UnknownVersion as error:
            missing = error
    raise missing


def listed(site_ids: Iterable[str]) -> list[Definition]:
    """Return the newest version of every instrument that one of these sites may use, by key."""
    found = {definition.key: definition for definition in instruments.catalogue()}
    for site_id in reversed(list(site_ids)):
        found |= _known(site_id).newest()
    return [found[key] for key in sorted(found)]


def in_language(site_ids: Iterable[str], definition: Definition, wanted: Iterable[str | None]) -> Definition:
    """Return the definition with the texts of the language that serves a person best.

    Args:
        site_ids: whose translations count, the first before the others.
        definition: as it was written.
        wanted: locales, the most fitting first.
    """
    texts: dict[str, str] = {}
    for site_id in reversed(list(site_ids)):
        texts |= _known(site_id).texts.get((definition.key, definition.version), {})
    locale = nearest([definition.locale, *sorted(texts)], wanted)
    if locale is None or locale == definition.locale:
        return definition
    try:
        return translating.translated(definition, translating.load(definition, json.loads(texts[locale])))
    except InvalidDefinition:  # it was checked when it was stored; the shipped text has changed since
        return definition


def versions(site_ids: Iterable[str], key: str) -> list[str]:
    """Return the versions of an instrument, the shipped ones first."""
    with suppress(UnknownInstrument):
        shipped = [definition.version for definition in instruments.versions(key)]
        return [*shipped, *_own_versions(site_ids, key)]
    return _own_versions(site_ids, key)


def is_restricted(site_id: str, key: str) -> bool:
    """Return whether any version of the instrument that the site may use has the stricter audience.

    So what is answered by a version that nobody knows yet is withheld as the known ones are.
    """
    with suppress(UnknownInstrument):
        if any(map(_has_restricted, instruments.versions(key))):
            return True
    return any(
        definition.key == key and _has_restricted(definition) for definition in _known(site_id).definitions
    )


def _has_restricted(definition: Definition) -> bool:
    return definition.audience is Audience.RESTRICTED or any(
        item.audience is Audience.RESTRICTED for item in definition.items
    )


def forget() -> None:
    """Drop what this process remembers; after something was added, and between tests."""
    _remembered.clear()


def _own_versions(site_ids: Iterable[str], key: str) -> list[str]:
    known = (definition for site_id in site_ids for definition in _known(site_id).definitions)
    return list(dict.fromkeys(definition.version for definition in known if definition.key == key))


def _look_up(site_id: str, key: str, version: str) -> Definition:
    known = _read(site_id)
    found = known.find(key, version)
    if found is not None:
        return found
    names = versions([site_id], key)
    raise UnknownVersion(key, version, tuple(names)) if names else UnknownInstrument(key)


def _known(site_id: str) -> _Known:
    return _remembered.get(site_id) or _read(site_id)


def _read(site_id: str) -> _Known:
    begun = _remembered.now()
    texts: dict[tuple[str, str], dict[str, str]] = {}
    for translation in translations.of_site(site_id):
        texts.setdefault((translation.key, translation.version), {})[translation.locale] = translation.texts
    known = _Known(tuple(_definition(instrument) for instrument in site_instruments.of_site(site_id)), texts)
    _remembered.put(site_id, known, read_at=begun)
    return known


def _definition(stored: SiteInstrument) -> Definition:
    definition = read_definition(Definition, json.loads(stored.definition))
    return definition if stored.retired_at is None else replace(definition, retired=True)
