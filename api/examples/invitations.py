"""Examples of what is sent about invitations. Synthetic."""

from __future__ import annotations

from typing import Any

CAREGIVER: dict[str, Any] = {
    "kind": "caregiver",
    "name": "Jo",
    "relation": "daughter",
    "grant_scope": "report",
}
STAFF: dict[str, Any] = {"name": "Dr. Okafor", "role": "clinician"}
