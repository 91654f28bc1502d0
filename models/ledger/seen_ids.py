"""Which events a patient's ledger has seen, in half a kilobyte: "surely not" or "perhaps".

Every entry carries the filter over all events up to it, so whether a report's id is new is known from the
head alone. "Perhaps" costs one look-up by id; "surely not" is never wrong. Its size does not grow: at 520
events, ten years of weekly reports, about one new report in fifty is looked up in vain.
"""

from __future__ import annotations

import hashlib
import struct

BITS = 4096
HASHES = 4
EMPTY = b""
_HASHES = struct.Struct(f"<{HASHES}H")


def might_contain(seen: bytes, event_id: str) -> bool:
    """Return False when the event is surely new.

    Args:
        seen: what `with_event` returned, or `EMPTY`.
        event_id: the event.
    """
    bits = _bits(seen)
    return all(bits >> place & 1 for place in _places(event_id))


def with_event(seen: bytes, event_id: str) -> bytes:
    """Return the filter with one more event."""
    bits = _bits(seen)
    for place in _places(event_id):
        bits |= 1 << place
    return bits.to_bytes(BITS // 8, "little")


def _bits(seen: bytes) -> int:
    return int.from_bytes(seen, "little")


def _places(event_id: str) -> list[int]:
    digest = hashlib.sha256(event_id.encode()).digest()
    return [number % BITS for number in _HASHES.unpack_from(digest)]
