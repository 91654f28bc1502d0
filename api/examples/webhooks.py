"""Examples of what is sent about a site's webhooks. Synthetic."""

from __future__ import annotations

from typing import Any

NEW: dict[str, Any] = {
    "id": "5b1e7a52-7f0e-4a35-9a0f-0d6a3a1c4f11",
    "address": "https://engine.example.org/slope",
    "audience": "coordination",
    "description": "Integration engine of the hospital.",
}
CHANGE: dict[str, Any] = {"active": False}
ROTATION: dict[str, Any] = {"keep_hours": 24}
