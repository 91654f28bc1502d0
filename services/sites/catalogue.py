"""Which instruments a site may use: the shipped ones, and those that it brought along.

Definitions never change, so a process may keep what it has read. What it does not know it looks up, so that
a report in a version added a moment ago is taken; that there is a newer version it may notice some seconds
late.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from models.sites import site_instruments
from models.store.remembered import Remembered
from scoring import instruments
from scoring.instruments import Definition, UnknownInstrument, UnknownVersion
from scoring.instruments.document import read as read_definition

MEMORY_SECONDS = 5.0
MEMORY_SITES = 200


@dataclass(frozen=True, slots=True)
class _Known:
    """What a site was seen to have; the versions of an instrument in the order they were added."""

    definitions: tuple[Definition, ...]

    def find(self, key: str, version: str | None) -> Definition | None:
        """Return this version of the instrument, or the newest."""
        of_key = [one for one in self.definitions if one.key == key and version in (None, one.version)]
        return of_key[-1] if of_key else None


_remembered: Remembered[str, _Known] = Remembered(MEMORY_SITES, seconds=MEMORY_SECONDS)


def find(site_id: str, key: str, version: str | None = None) -> Definition:
    """Return the definition of an instrument, the newest when no version is named.

    Shipped versions come first; when none is named, the site's own text for a shipped instrument does.

    Raises:
        UnknownInstrument: there is none with this key.
        UnknownVersion: there is one, but not this version of it.
    """
    if version is None:
        return _known(site_id).find(key, None) or instruments.get(key)
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
    found = {one.key: one for one in instruments.catalogue()}
    for site_id in reversed(list(site_ids)):
        found |= {one.key: one for one in _known(site_id).definitions}
    return [found[key] for key in sorted(found)]


def versions(site_ids: Iterable[str], key: str) -> list[str]:
    """Return the versions of an instrument, the shipped ones first."""
    with suppress(UnknownInstrument):
        shipped = [one.version for one in instruments.versions(key)]
        return [*shipped, *_own_versions(site_ids, key)]
    return _own_versions(site_ids, key)


def forget() -> None:
    """Drop what this process remembers; after something was added, and between tests."""
    _remembered.clear()


def _own_versions(site_ids: Iterable[str], key: str) -> list[str]:
    known = (one for site_id in site_ids for one in _known(site_id).definitions)
    return list(dict.fromkeys(one.version for one in known if one.key == key))


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
    stored = site_instruments.of_site(site_id)
    known = _Known(tuple(read_definition(Definition, json.loads(one.definition)) for one in stored))
    _remembered.put(site_id, known, read_at=begun)
    return known
