"""Examples of what is sent about a site's thresholds and texts. Synthetic."""

from __future__ import annotations

from typing import Any

LIMITS: dict[str, Any] = {"primary": {"loss_per_month": 1.3}, "silence": {"inform_share": 1.8}}
POLICY: dict[str, Any] = {
    "limits": LIMITS,
    "note": "Fewer alerts for those who are known to progress fast.",
}
SITE: dict[str, Any] = {"shows_patient": ["total"]}
SAFETY_PROPOSAL: dict[str, Any] = {
    "crisis_text": {
        "en": "Call 112 now if you are in danger. This text is automatic: nobody reads it now.",
        "pt": "Ligue já para o 112 se estiver em perigo. Este texto é automático: ninguém o lê agora.",
    },
    "note": "The number of our country, and Portuguese.",
}
SAFETY_DECISION: dict[str, Any] = {"decision": "agree", "note": "Numbers dialled, both texts read."}
