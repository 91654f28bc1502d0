"""Examples of what is sent about alerts. Synthetic."""

from __future__ import annotations

from typing import Any

ALERT_ID = "019ab1c2-0000-7000-8000-0000000000b1:decline:1"
ACTION: dict[str, Any] = {"action": "acknowledge", "note": "Will phone today."}
