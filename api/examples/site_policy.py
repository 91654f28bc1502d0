"""Examples of what is sent about a site's thresholds and texts. Synthetic."""

from __future__ import annotations

from typing import Any

LIMITS: dict[str, Any] = {"primary": {"loss_per_month": 1.3}, "silence": {"inform_share": 1.8}}
POLICY: dict[str, Any] = {
    "limits": LIMITS,
    "note": "Fewer alerts for those who are known to progress fast.",
}
SITE: dict[str, Any] = {"shows_patient": ["total"]}
