"""Examples of replays. Synthetic."""

from __future__ import annotations

from scoring.decline.replay import Change

LIMITS = {"primary": {"loss_per_month": 1.3}}
REPLAY = {
    "id": "019ab1c2-0000-7000-8000-0000000000e1",
    "site_id": "019ab1c2-0000-7000-8000-00000000000a",
    "state": "waiting",
    "limits": LIMITS,
    "version_before": "site-3",
    "asked_by": "019ab1c2-0000-7000-8000-0000000000d1",
    "asked_at": "2026-11-24T09:30:00+00:00",
    "ended_at": None,
    "progress": {"patients_done": 0, "patients_in_all": 214},
}
COUNTS = {kind.value: 0 for kind in Change} | {"dropped": 1, "later": 1}
RESULT = {
    "patients": 214,
    "patients_changed": 2,
    "failed": 0,
    "unread": 0,
    "opened_before": 3,
    "opened_after": 2,
    "totals": COUNTS,
    "by_topic": {"decline": COUNTS},
    "weeks": [{"week": "2026-W46", "before": 2, "after": 0}, {"week": "2026-W47", "before": 1, "after": 2}],
}
DONE = {
    **REPLAY,
    "state": "done",
    "ended_at": "2026-11-24T09:31:00+00:00",
    "progress": {"patients_done": 214, "patients_in_all": 214},
    "result": RESULT,
}
EPISODE = {
    "topic": "decline",
    "level": "inform",
    "opened_by": "7d9f2f0e-4a54-4a44-9d5c-0d3c1e1f0a01",
    "opened_at": "2026-11-10T09:12:00+00:00",
    "closed_at": None,
}
DIFFERENCE = {
    "patient": "019ab1c2-0000-7000-8000-0000000000b1",
    "topic": "decline",
    "change": "dropped",
    "before": EPISODE,
    "after": None,
    "days": 0,
}
