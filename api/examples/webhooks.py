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
ALERT_EVENT: dict[str, Any] = {
    "timestamp": "2026-11-24T09:30:00.000Z",
    "data": {
        "idempotency_key": "01937c4e-9a1b-7c3d-8e5f-0123456789ab",
        "alert_id": "01937c4e-9a1b-7c3d-8e5f-00000000a1e7",
        "notice": 1,
        "level": "urgent",
        "link": "https://slope.example.org/pages/alerts/01937c4e-9a1b-7c3d-8e5f-00000000a1e7",
    },
}
TEST_EVENT: dict[str, Any] = {
    "timestamp": "2026-11-24T09:30:00.000Z",
    "data": {"idempotency_key": "01937c4e-9a1b-7c3d-8e5f-0123456789ab"},
}
