"""Examples of what is sent about the texts that patients are shown in danger. Synthetic."""

from __future__ import annotations

from typing import Any

PROPOSAL: dict[str, Any] = {
    "crisis_text": {
        "en": "Call 112 now if you are in danger. This text is automatic: nobody reads it now.",
        "pt": "Ligue já para o 112 se estiver em perigo. Este texto é automático: ninguém o lê agora.",
    },
    "note": "The number of our country, and Portuguese.",
}
DECISION: dict[str, Any] = {"decision": "agree", "note": "Numbers dialled, both texts read."}
