"""Which instruments a site may use: the shipped ones, found by key and version."""

from __future__ import annotations

from scoring import instruments
from scoring.instruments import Definition


def find(site_id: str, key: str, version: str | None = None) -> Definition:  # noqa: ARG001
    """Return the definition of an instrument, the newest when no version is named.

    Raises:
        UnknownInstrument: there is none with this key.
        UnknownVersion: there is one, but not this version of it.
    """
    return instruments.get(key, version)
