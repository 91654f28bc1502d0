"""Finds the shipped definitions: every module of `definitions/` with its `VERSIONS`, oldest first.

Old versions stay, because reports answered in them are scored by their own rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from scoring.instruments import definitions
from scoring.instruments.definition import Definition


class UnknownInstrument(LookupError):
    """No instrument has this key."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"there is no instrument {key!r}")


class UnknownVersion(LookupError):
    """The instrument has no such version; `known` are those it has."""

    def __init__(self, key: str, version: str, known: tuple[str, ...]) -> None:
        self.key = key
        self.version = version
        self.known = known
        super().__init__(f"{key} has no version {version!r}; known: {', '.join(known)}")


@cache
def _shipped() -> Mapping[str, tuple[Definition, ...]]:
    names = sorted(module.name for module in iter_modules(definitions.__path__))
    return {name: import_module(f"{definitions.__name__}.{name}").VERSIONS for name in names}


def get(key: str, version: str | None = None) -> Definition:
    """Return one version of an instrument, the newest when none is named.

    Raises:
        UnknownInstrument: there is no such instrument.
        UnknownVersion: it has no such version.
    """
    known = versions(key)
    if version is None:
        return known[-1]
    for definition in known:
        if definition.version == version:
            return definition
    raise UnknownVersion(key, version, tuple(definition.version for definition in known))


def versions(key: str) -> tuple[Definition, ...]:
    """Return every version of an instrument, oldest first.

    Raises:
        UnknownInstrument: there is no such instrument.
    """
    known = _shipped().get(key)
    if known is None:
        raise UnknownInstrument(key)
    return known


def catalogue() -> tuple[Definition, ...]:
    """Return the newest version of every instrument, by key."""
    return tuple(known[-1] for known in _shipped().values())
