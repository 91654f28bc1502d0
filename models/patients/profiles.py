"""The stored form of a patient's profile: dates as text, because the database knows only moments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from models.store.mapping import DocumentMap
from scoring.decline import Profile

_PROFILES = DocumentMap(Profile)


def profile_to_dict(profile: Profile) -> dict[str, Any]:
    """Return the profile as JSON-ready values: dates as text, what is unknown left out."""
    plain = {name: _text(value) for name, value in asdict(profile).items()}
    return {name: value for name, value in plain.items() if value is not None}


def profile_of(stored: Mapping[str, Any]) -> Profile:
    """Return the profile from what `profile_to_dict` made of it; what a newer release added is ignored."""
    return _PROFILES.read(stored)


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
