"""Examples of invitations. Synthetic."""

from __future__ import annotations

CODE = {"code": "7K3M-9QX2-TB4E", "expires_at": "2026-12-08T09:30:00+00:00"}
