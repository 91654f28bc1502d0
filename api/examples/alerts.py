"""Examples of what is sent about alerts. Synthetic."""

from __future__ import annotations

from typing import Any

ALERT_ID = "019ab1c2-3f10-7a51-9c2e-5d0f6b1a2c01"
ACTION: dict[str, Any] = {"action": "acknowledge", "note": "Will phone today."}
SEARCH: dict[str, Any] = {"words": "mar sil", "topic": "decline", "state": "any"}
LOOK: dict[str, Any] = {"read_at": "2026-11-24T09:30:00Z"}
CLOSURES: dict[str, Any] = {"alerts": [{"id": ALERT_ID, "rev": 3}], "outcome": "no_action_needed"}
