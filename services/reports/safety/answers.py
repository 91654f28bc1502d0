"""What an answered form says about safety, read before anything else is asked of it and tolerant of nonsense.

Looks at the safety items of an instrument (`Item.safety_from`, in whatever version the form claims) and at
breathing at its worst, ALSFRS-R items 10 and 11 at 0, which the rules call urgent too. A form is what a phone
sent, before any check: any JSON. Pure functions; what follows is `services.reports.safety.notices`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from scoring import instruments
from scoring.decline.alsfrs.points import ALSFRS_R
from scoring.instruments import UnknownInstrument

BREATHING_ITEMS = {ALSFRS_R: ("dyspnea", "orthopnea")}
"""Urgent at 0: the rules dyspnea and orthopnea at their lowest of `scoring.decline.rules.respiratory`."""


class Several(tuple[Any, ...]):
    """The values of a key that a body names more than once."""


class Concern(StrEnum):
    """What an answer asks for, the gravest first. The first two are about thoughts of death or self-harm."""

    SELF_HARM = "self_harm"
    UNREADABLE = "unreadable"
    BREATHING = "breathing"


@dataclass(frozen=True, slots=True)
class Finding:
    """A concern, and the items that tell of it."""

    concern: Concern
    items: tuple[str, ...]


def look(instrument: Any, answers: Any, *, version_known: bool = True) -> Finding | None:
    """Return what the answers say about safety; the gravest where there are several.

    Args:
        instrument: key of the instrument, as sent; nothing is known of one that was never heard of.
        answers: item keys with codes, as sent: `3`, `3.0` and `"3"` are the same; null is not answered.
        version_known: whether this server knows the version. A form of another one that does not name a
            safety item may have asked for it under another key: it could not be read.
    """
    if not isinstance(instrument, str):
        return None
    safety = _safety_items(instrument)
    given = answers if isinstance(answers, Mapping) else {}
    told = tuple(item for item, code in safety.items() if _reaches(given.get(item), code))
    if told:
        return Finding(Concern.SELF_HARM, told)
    missing = () if version_known else (item for item in safety if item not in given)
    unreadable = (*missing, *(item for item in safety if _is_unreadable(given.get(item))))
    if unreadable:
        return Finding(Concern.UNREADABLE, unreadable)
    breathing = tuple(item for item in BREATHING_ITEMS.get(instrument, ()) if _is_zero(given.get(item)))
    return Finding(Concern.BREATHING, breathing) if breathing else None


def look_anywhere(answers: Any) -> Finding | None:
    """Return the gravest that the answers say in any instrument, where it is not known in which they are.

    Items that they do not name say nothing.
    """
    found = (look(instrument.key, answers) for instrument in instruments.catalogue())
    return min((finding for finding in found if finding), key=_graveness, default=None)


def _graveness(finding: Finding) -> int:
    return list(Concern).index(finding.concern)


def watches(instrument: Any) -> bool:
    """Return whether any answer of this instrument can be a concern."""
    return isinstance(instrument, str) and (instrument in BREATHING_ITEMS or bool(_safety_items(instrument)))


@lru_cache(maxsize=256)
def _safety_items(instrument: str) -> Mapping[str, int]:
    """The safety items of all shipped versions, each with the lowest code that asks for somebody.

    A site's own text of an instrument has the same items (`scoring.instruments.site_definition`).
    """
    found: dict[str, int] = {}
    for item in (item for definition in _versions(instrument) for item in definition.items):
        if item.safety_from is not None:
            found[item.key] = min(item.safety_from, found.get(item.key, item.safety_from))
    return found


def _versions(instrument: str) -> Iterable[instruments.Definition]:
    try:
        return instruments.versions(instrument)
    except UnknownInstrument:
        return ()


def _reaches(answer: Any, code: int) -> bool:
    """The strictest reading: anything above the code before counts."""
    return any(number > code - 1 for number in _numbers(answer))


def _is_zero(answer: Any) -> bool:
    """Negative codes stand for missing answers in other programs."""
    if type(answer) is int:
        return answer == 0
    return any(0 <= number < 1 for number in _numbers(answer))


def _is_unreadable(answer: Any) -> bool:
    return answer is not None and not _numbers(answer)


def _numbers(answer: Any) -> list[float]:
    values = answer if isinstance(answer, Several) else (answer,)
    return [number for value in values if (number := _number(value)) is not None]


def _number(answer: Any) -> float | None:
    if isinstance(answer, bool) or not isinstance(answer, int | float | str):
        return None
    try:
        number = float(answer)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
