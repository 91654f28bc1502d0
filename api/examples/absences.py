"""Examples of what is sent about an absence. Synthetic."""

from __future__ import annotations

from typing import Any

ABSENCE: dict[str, Any] = {
    "away_from": "2027-07-05T00:00:00+02:00",
    "away_until": "2027-07-26T00:00:00+02:00",
    "deputy_id": "019ab1c2-0000-7000-8000-0000000000d4",
}
