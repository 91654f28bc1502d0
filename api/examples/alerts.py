"""Examples of alerts for the document: in the worklist, with evidence, acknowledged, closed. Synthetic."""

from __future__ import annotations

from typing import Any

_PATIENT = "019ab1c2-0000-7000-8000-0000000000b1"
_REPORT = "7d9f2f0e-4a54-4a44-9d5c-0d3c1e1f0a01"
_CLINICIAN = "019ab1c2-0000-7000-8000-0000000000d1"
ALERT_ID = "019ab1c2-3f10-7a51-9c2e-5d0f6b1a2c01"
_RAISED = "2026-11-24T09:30:00+00:00"

LISTED: dict[str, Any] = {
    "id": ALERT_ID,
    "patient": {"id": _PATIENT, "name": "Maria Silva", "study_code": "S-014"},
    "site_id": "019ab1c2-0000-7000-8000-00000000000a",
    "topic": "decline",
    "level": "soon",
    "state": "open",
    "condition": "holds",
    "condition_at": _RAISED,
    "due_at": "2026-12-01T09:30:00+00:00",
    "sentence": "The total fell by 6 points within 62 days, and a second report confirms it.",
    "opened_at": _RAISED,
    "since": _RAISED,
    "raised_at": _RAISED,
    "raised_because": "opened",
    "seen_at": None,
    "assigned_to": None,
    "until": None,
    "ended_how": None,
    "ended_at": None,
    "glance_until": None,
    "not_followed": None,
    "before_ended_unseen_at": None,
    "restricted": False,
    "data_query": False,
    "rev": 1,
}
_OPENED = {
    "at": _RAISED,
    "event": "opened",
    "by": "evaluation",
    "state": "open",
    "note": "",
    "details": {"level": "soon", "by": _REPORT, "because": "opened", "entry": "7"},
}
ALERT: dict[str, Any] = {
    **LISTED,
    "grounds": {
        "began_by": _REPORT,
        "began_at": "2026-11-24T09:12:00+00:00",
        "met_by": _REPORT,
        "met_at": "2026-11-24T09:12:00+00:00",
    },
    "baseline": {"at": _RAISED, "by": "evaluation", "level": "soon", "dealt_with": False},
    "based_on": 7,
    "seen_by": None,
    "escalation": {"step": 0, "next_at": _RAISED},
    "notices": 1,
    "end": None,
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
        "evidence": [_REPORT],
        "raised_by": _REPORT,
        "raised_at": "2026-11-24T09:12:00+00:00",
        "further": [],
    },
    "history": [_OPENED],
    "actions": ["acknowledge", "assign", "snooze", "resolve", "dismiss", "comment"],
}
_STEP = {
    "at": "2026-11-24T10:05:00+00:00",
    "event": "acknowledge",
    "by": _CLINICIAN,
    "state": "acknowledged",
    "note": "Will phone today.",
    "details": {},
}
ACTION = {"action": "acknowledge", "note": _STEP["note"]}
ACKNOWLEDGED: dict[str, Any] = {
    **ALERT,
    "state": "acknowledged",
    "since": _STEP["at"],
    "seen_at": _STEP["at"],
    "seen_by": _CLINICIAN,
    "until": "2026-12-01T10:05:00+00:00",
    "baseline": {"at": _STEP["at"], "by": _CLINICIAN, "level": "soon", "dealt_with": True},
    "escalation": {"step": 0, "next_at": None},
    "history": [_OPENED, _STEP],
    "actions": ["assign", "snooze", "resolve", "dismiss", "comment"],
    "rev": 2,
}
CLOSURES = {"alerts": [{"id": ALERT_ID, "rev": 3}], "outcome": "no_action_needed"}
CLOSED = {"verdicts": [{"id": ALERT_ID, "verdict": "closed"}]}
_ALL = {
    "level": None,
    "opened": 41,
    "looked_at_within_30_days": 38,
    "ended_unseen": 2,
    "closed_in_bulk": 5,
    "came_back": 3,
    "returned_worse": 4,
}
FIGURES = {"since": "2026-09-01", "until": "2026-11-30", "figures": [_ALL]}
