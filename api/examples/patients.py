"""Examples of patients and grants. Synthetic."""

from __future__ import annotations

NEW = {
    "site_id": "019ab1c2-0000-7000-8000-00000000000a",
    "name": "Maria Silva",
    "study_code": "S-014",
    "zone": "Europe/Lisbon",
    "profile": {"onset_on": "2025-03-01", "onset_precision": "month", "report_interval_days": 28},
}
PATIENT = {
    **NEW,
    "id": "019ab1c2-0000-7000-8000-0000000000b1",
    "profile": {
        "onset_on": "2025-03-01",
        "onset_precision": "month",
        "gastrostomy_on": None,
        "ventilation_on": None,
        "tracheostomy_on": None,
        "died_on": None,
        "diagnosis_weight_g": None,
        "height_cm": None,
        "report_interval_days": 28,
    },
    "profile_version": 1,
    "overrides": [],
    "consent_at": None,
    "locale": "pt",
    "closed_at": None,
    "created_at": "2026-11-24T09:30:00+00:00",
    "rev": 0,
}
GRANT = {"account_id": "019ab1c2-0000-7000-8000-0000000000c1", "scope": "report"}
GIVEN = {
    **GRANT,
    "id": "019ab1c2-0000-7000-8000-0000000000e1",
    "starts_at": "2026-11-24T09:30:00+00:00",
    "ends_at": None,
    "revoked_at": None,
    "given_by": "019ab1c2-0000-7000-8000-0000000000d1",
}
