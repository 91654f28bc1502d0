"""Examples of what is sent about a site's working hours. Synthetic."""

from __future__ import annotations

from typing import Any

_DAY = {"opens": "08:00", "closes": "17:30"}
HOURS: dict[str, Any] = {
    "weekly": {
        "monday": _DAY,
        "tuesday": _DAY,
        "wednesday": _DAY,
        "thursday": _DAY,
        "friday": {"opens": "08:00", "closes": "14:00"},
        "saturday": None,
        "sunday": None,
    },
    "country": "DE",
    "subdivision": "BE",
    "closed_days": ["2027-12-24"],
    "open_days": [{"day": "2027-12-28", "opens": "09:00", "closes": "12:00"}],
}
