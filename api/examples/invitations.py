"""Examples of invitations. Synthetic."""

from __future__ import annotations

CODE = {
    "id": "019ab1c2-0000-7000-8000-0000000000a7",
    "code": "7K3M-9QX2-TB4E",
    "expires_at": "2026-12-08T09:30:00+00:00",
}
OPEN = {
    "id": CODE["id"],
    "kind": "caregiver",
    "name": "Jo",
    "role": None,
    "created_by": "019ab1c2-0000-7000-8000-0000000000d1",
    "created_at": "2026-11-24T09:30:00+00:00",
    "expires_at": CODE["expires_at"],
}
OPEN_TO_STAFF = {**OPEN, "kind": "staff", "name": "Dr. Okafor", "role": "clinician"}
