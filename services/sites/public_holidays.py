"""Public holidays by country and subdivision, as the library `holidays` knows them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays

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


@lru_cache(maxsize=256)
def in_year(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    """Return the names of the public holidays of a year by day.

    What is not known any more has none, and is logged: time has to be counted in any case.
    """
    if not country:
        return {}
    try:
        return dict(holidays.country_holidays(country, subdiv=subdivision or None, years=year).items())
    except (NotImplementedError, KeyError):
        _log.error("public holidays are not known", extra={"country": country, "subdivision": subdivision})
        return {}
