"""Examples of what is sent about replays. Synthetic."""

from __future__ import annotations

from typing import Any

REPLAY: dict[str, Any] = {"limits": {"primary": {"loss_per_month": 1.3}}}
