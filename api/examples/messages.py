"""Examples of what is sent about messages. Synthetic."""

from __future__ import annotations

from typing import Any

NOTIFICATIONS: dict[str, Any] = {
    "pace": "digest",
    "digest_hour": 8,
    "quiet_hours": {"begin": 19, "end": 7},
    "locale": "es",
}
