"""Examples of what is sent about a site's thresholds and texts. Synthetic."""

from __future__ import annotations

from typing import Any

<<<<<<< HEAD
LIMITS: dict[str, Any] = {"primary": {"loss_per_month": 1.3}, "silence": {"inform_share": 1.8}}
POLICY: dict[str, Any] = {
=======
LIMITS = {"primary": {"loss_per_month": 1.3}, "silence": {"inform_share": 1.8}}
NOTE = "Fewer alerts for patients who are known to progress fast."
SITE = {
    "id": "019ab1c2-0000-7000-8000-00000000000a",
    "name": "Clinic for motor neurone diseases",
    "zone": "Europe/Lisbon",
    "reads_reports": "Your care team reads reports on working days.",
    "crisis_text": {"en": "If you are in danger, call 112. This text is automatic: nobody reads it now."},
    "breathing_text": {"en": "If you are short of breath now, call 112. Nobody reads your answers now."},
    "shows_patient": ["total"],
    "rev": 1,
}
VERSION = {
    "site_id": SITE["id"],
    "number": 3,
    "version": "site-3",
>>>>>>> main
    "limits": LIMITS,
    "note": "Fewer alerts for those who are known to progress fast.",
}
SITE: dict[str, Any] = {"shows_patient": ["total"]}
