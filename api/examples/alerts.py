"""Examples of alerts. Synthetic."""

from __future__ import annotations

PATIENT = "019ab1c2-0000-7000-8000-0000000000b1"
REPORT = "7d9f2f0e-4a54-4a44-9d5c-0d3c1e1f0a01"
CLINICIAN = "019ab1c2-0000-7000-8000-0000000000d1"
LISTED = {
    "id": f"{PATIENT}:decline:1",
    "patient": {"id": PATIENT, "name": "Maria Silva", "study_code": "S-014"},
    "site_id": "019ab1c2-0000-7000-8000-00000000000a",
    "topic": "decline",
    "level": "soon",
    "state": "open",
    "condition": "holds",
    "sentence": "The total fell by 6 points within 62 days, and a second report confirms it.",
    "opened_at": "2026-11-24T09:30:00+00:00",
    "since": "2026-11-24T09:30:00+00:00",
    "assigned_to": None,
    "snoozed_until": None,
    "restricted": False,
    "data_query": False,
    "rev": 1,
}
OPENED = {
    "at": "2026-11-24T09:30:00+00:00",
    "event": "opened",
    "by": "evaluation",
    "state": "open",
    "note": "",
    "details": {"level": "soon", "raised_by": REPORT, "entry": "7"},
}
ALERT = {
    **LISTED,
    "episode": 1,
    "raised_by": REPORT,
    "raised_at": "2026-11-24T09:12:00+00:00",
    "met_by": REPORT,
    "met_at": "2026-11-24T09:12:00+00:00",
    "based_on": 7,
    "handled_at": None,
    "handled_by": None,
    "why_ended": None,
    "superseded": False,
    "flag": {
        "rule": "confirmed_drop",
        "rule_version": "1",
        "level": "soon",
        "kind": "state",
        "sentence": LISTED["sentence"],
        "clears_when": "Two reports in a row are back within 3 points of the reference.",
        "numbers": {"points": 6, "days": 56},
        "evidence": [REPORT],
        "raised_by": REPORT,
        "raised_at": "2026-11-24T09:12:00+00:00",
        "further": [],
    },
    "history": [OPENED],
    "actions": ["acknowledge", "assign", "snooze", "resolve", "dismiss", "comment"],
}
STEP = {
    "at": "2026-11-24T10:05:00+00:00",
    "event": "acknowledge",
    "by": CLINICIAN,
    "state": "acknowledged",
    "note": "Will phone today.",
    "details": {},
}
ACKNOWLEDGED = {
    **ALERT,
    "state": "acknowledged",
    "since": STEP["at"],
    "handled_at": STEP["at"],
    "handled_by": CLINICIAN,
    "history": [OPENED, STEP],
    "actions": ["assign", "snooze", "resolve", "dismiss", "comment"],
    "rev": 2,
}
