"""Whether two bodies with one id say the same: a keyed digest of what they mean.

What belongs to the meaning is decided by whoever asks (`check`, `amend`, enrolment); docs/decisions.md lists
it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from types import NoneType

import orjson

from services.access import digests


def digest_of(*meaning: object) -> str:
    """Return the digest of a meaning; it is stored beside the event, and shown to nobody.

    Args:
        *meaning: plain values; mappings in any order, times in any offset, whole numbers in any spelling.
    """
    canonical = _canonical(list(meaning))
    try:
        return digests.of(orjson.dumps(canonical, option=orjson.OPT_SORT_KEYS).decode())
    except orjson.JSONEncodeError:  # text that UTF-8 cannot hold, or a very large number
        return digests.of(json.dumps(canonical, sort_keys=True, separators=(",", ":")))


_AS_THEY_ARE = frozenset({str, int, bool, NoneType})


def _canonical(value: object) -> object:
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, dict):
        items: Iterable[object] = value.values()
        if not _AS_THEY_ARE.issuperset(map(type, items)):
            items = map(_canonical, items)
        return dict(zip(map(str, value), items, strict=True))
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
