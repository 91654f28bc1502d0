"""Public holidays by country and subdivision, as the library `holidays` knows them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

from services import languages

_log = logging.getLogger(__name__)


def countries() -> Mapping[str, tuple[str, ...]]:
    """Return the subdivisions by country, each by its ISO 3166 code."""
    known = holidays.list_supported_countries(include_aliases=False)
    return {country: tuple(parts) for country, parts in known.items()}


def is_known(country: str, subdivision: str) -> bool:
    """Return whether the holidays of the country, and of this part of it, are known; "" needs none."""
    if not country:
        return not subdivision
    parts = countries().get(country)
    return parts is not None and (not subdivision or subdivision in parts)


@dataclass(frozen=True, slots=True)
class NamedDays:
    """The public holidays of a year.

    Attributes:
        language: of the names.
        names: by day.
    """

    language: str
    names: Mapping[date, str]


@lru_cache(maxsize=256)
def in_year(country: str, subdivision: str, year: int, wanted: str = languages.ENGLISH) -> NamedDays:
    """Return the public holidays of a year, named in the language wanted where the library knows it.

    Else they are named in English, and where that is not known either in a language of the country; never in
    that of the machine. What is not known any more has none, and is logged: time has to be counted in any
    case.
    """
    if not country:
        return NamedDays(wanted, {})
    try:
        known = holidays.country_holidays(country, subdiv=subdivision or None)
        chosen = _language(known.supported_languages, wanted) or known.default_language
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=chosen)
    except (NotImplementedError, KeyError):
        _log.error("public holidays are not known", extra={"country": country, "subdivision": subdivision})
        return NamedDays(wanted, {})
    return NamedDays((chosen or languages.ENGLISH).partition("_")[0], dict(found.items()))


def _language(supported: Iterable[str], wanted: str) -> str | None:
    """Return the name that the library has for this language, or for English."""
    by_language = {name.partition("_")[0]: name for name in supported}
    return by_language.get(wanted) or by_language.get(languages.ENGLISH)
