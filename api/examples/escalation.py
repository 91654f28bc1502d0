"""Examples of what is sent about a site's escalation. Synthetic."""

from __future__ import annotations

from typing import Any

ESCALATION: dict[str, Any] = {
    "levels": {
        "soon": {
            "due": {"count": 5, "unit": "working_days"},
            "acknowledged": {"count": 7, "unit": "days"},
        }
    },
    "topics": {
        "respiratory": {
            "due": {"count": 4, "unit": "working_hours"},
            "acknowledged": {"count": 4, "unit": "working_hours"},
        }
    },
    "minutes_between_steps": {"urgent": 30},
    "second_address": "als-desk@clinic.example",
    "out_of_hours": {"contact_id": "019ab1c2-0000-7000-8000-0000000000d4", "telephone": "+49 30 5550100"},
}
