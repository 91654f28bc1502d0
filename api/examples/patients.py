"""Examples of what is sent about patients and grants. Synthetic."""

from __future__ import annotations

from typing import Any

NEW: dict[str, Any] = {
    "id": "019ab1c2-0000-7000-8000-0000000000b1",
    "site_id": "019ab1c2-0000-7000-8000-00000000000a",
    "name": "Maria Silva",
    "study_code": "S-014",
    "zone": "Europe/Lisbon",
    "locale": "pt-PT",
    "profile": {"onset_on": "2025-03-01", "onset_precision": "month", "report_interval_days": 28},
}
CHANGE: dict[str, Any] = {"profile": {"gastrostomy_on": "2026-10-05"}}
GRANT: dict[str, Any] = {
    "account_id": "019ab1c2-0000-7000-8000-0000000000c1",
    "scope": "report",
    "relation": "daughter",
    "reason": "She fills the forms in with him.",
}
GRANT_END: dict[str, Any] = {"reason": "He asked for it."}
