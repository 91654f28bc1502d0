"""Whether what the launcher started answers: its own processes are asked, and nobody else's.

A service tells by its public keys whose it is, because another one may have taken the port meanwhile.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError

from launch import development, places

_SECONDS = 3.0
_LATE = "last seen at"


def is_ready() -> bool:
    """Return whether our service says that it is ready."""
    found = _asked("/readyz")
    return found is not None and bool(found.get("ready")) and _is_ours()


def server_answers() -> bool:
    """Return whether our server answers at all, ready or not."""
    return _asked("/readyz") is not None


def worker_was_seen() -> bool:
    """Return False only where the server says that no group of the worker has been seen lately."""
    found = _asked("/readyz") or {}
    said = str(found.get("checks", {}).get("worker", ""))
    parts = said.split("; ")
    return not (len(parts) > 1 and all(_LATE in part for part in parts))


def _is_ours() -> bool:
    found = _asked("/.well-known/jwks.json") or {}
    return {key.get("kid") for key in found.get("keys", ())} == set(development.key_ids())


def _asked(path: str) -> dict[str, Any] | None:
    """Return what was answered, in an error too; None without an answer."""
    try:
        with places.asked(f"http://{places.address()}{path}", _SECONDS) as response:
            text = response.read()
    except HTTPError as error:  # it answers, and says no
        text = error.read()
    except OSError:  # refused, reset or timed out
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
