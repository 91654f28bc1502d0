"""Bodies of reports as a phone sends them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models.store.base import new_id

ITEMS = (
    "speech",
    "salivation",
    "swallowing",
    "handwriting",
    "cutting_without_gastrostomy",
    "dressing_hygiene",
    "turning_in_bed",
    "walking",
    "climbing_stairs",
    "dyspnea",
    "orthopnea",
    "respiratory_insufficiency",
)
# Limbs first; speech, swallowing and breathing stay as they are until all else is gone.
_ORDER = tuple(ITEMS.index(item) for item in ("dressing_hygiene", "turning_in_bed", "handwriting"))
_ORDER += tuple(ITEMS.index(item) for item in ("cutting_without_gastrostomy", "climbing_stairs", "walking"))


def answers_for(total: int) -> dict[str, int]:
    """ALSFRS-R answers with this total, 24 to 48."""
    codes = [4] * len(ITEMS)
    for place in range(48 - total):
        codes[_ORDER[place % len(_ORDER)]] -= 1
    return dict(zip(ITEMS, codes, strict=True))


def alsfrs(observed_at: datetime, total: int = 40, **fields: Any) -> dict[str, Any]:
    """An ALSFRS-R report."""
    body = {
        "id": new_id(),
        "instrument": "alsfrs_r",
        "instrument_version": "1",
        "observed_at": observed_at.isoformat(),
        "answers": answers_for(total),
    }
    return body | fields


def phq_9(observed_at: datetime, **answers: int) -> dict[str, Any]:
    """A PHQ-9 report with zeros where nothing else is named; None leaves an item out."""
    codes = {f"phq_{place}": 0 for place in range(1, 10)} | answers
    given = {item: code for item, code in codes.items() if code is not None}
    return alsfrs(observed_at, instrument="phq_9", answers=given)


def falling(last: datetime, *, totals: tuple[int, ...] = (46, 43, 40, 36, 32, 28)) -> list[dict[str, Any]]:
    """Reports four weeks apart, the last one at `last`: by default more than three points lost a month."""
    first = last - timedelta(days=28 * (len(totals) - 1))
    return [alsfrs(first + timedelta(days=28 * place), total) for place, total in enumerate(totals)]
