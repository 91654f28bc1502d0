"""Examples of what an operator asks. Synthetic."""

from __future__ import annotations

CHECKS = {"database": "ok", "indexes": "ok", "keys": "ok", "zones": "ok", "log": "ok", "worker": "ok"}
