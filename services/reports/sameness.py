"""Whether two bodies with one id say the same: a keyed digest of what they mean.

The answers to a questionnaire are few enough to be guessed, so a plain hash of them gives them away. The
digest is made with a key that only the service has, is stored beside the event, and is shown to nobody. What
belongs to the meaning is decided by whoever asks (`check`, `amend`, enrolment); docs/decisions.md lists it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

_PURPOSE = b"slope: the same id, the same meaning"


class _Key:
    """The key of this process, derived from the service's secret for this purpose alone."""

    value: bytes | None = None


def use_secret(secret: str) -> None:
    """Derive the key; called once when the application is built."""
    _Key.value = hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)


def digest_of(*meaning: object) -> str:
    """Return the digest of a meaning.

    Args:
        *meaning: plain values; mappings in any order, times in any offset, whole numbers in any spelling.
    """
    if _Key.value is None:
        raise RuntimeError("the key of the digests was not set")
    text = json.dumps(_canonical(list(meaning)), sort_keys=True, separators=(",", ":"))
    return hmac.new(_Key.value, text.encode(), hashlib.sha256).hexdigest()


def _canonical(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _canonical(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
