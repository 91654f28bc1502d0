"""Examples of instruments of a site. Synthetic."""

from __future__ import annotations

from typing import Any

SITE = "019ab1c2-0000-7000-8000-00000000000a"
DEFINITION: dict[str, Any] = {
    "key": "sleep_two",
    "version": "1",
    "title": "Two questions on sleep",
    "sources": ["Written by the clinic."],
    "licence": {"owner": "the clinic", "terms": "for its own patients", "wording": "full"},
    "direction": "higher_is_worse",
    "recall": "last week",
    "subject": "patient",
    "respondents": ["patient", "caregiver", "clinician"],
    "proxy": "marked",
    "domains": [{"key": "sleep", "label": "Sleep"}],
    "items": [
        {
            "key": "falling_asleep",
            "domain": "sleep",
            "codes": {"low": 0, "high": 3},
            "label": "Falling asleep",
            "text": "How often was it hard to fall asleep?",
        },
        {
            "key": "waking_up",
            "domain": "sleep",
            "codes": {"low": 0, "high": 3},
            "label": "Waking up at night",
            "text": "How often did you wake up at night?",
        },
    ],
    "scores": [
        {
            "key": "total",
            "label": "Total",
            "kind": "sum",
            "of": ["falling_asleep", "waking_up"],
            "low": 0,
            "high": 6,
            "direction": "higher_is_worse",
        }
    ],
    "main": "total",
    "missing": {"rule": "Both have to be answered.", "source": "the clinic"},
}
ADDED = {
    "site_id": SITE,
    "key": "sleep_two",
    "version": "1",
    "digest": "6f1ed002ab5595859014ebf0951522d9d3c3f2f3c2a1b0c9d8e7f60514233241",
    "added_by": "019ab1c2-0000-7000-8000-0000000000d1",
    "added_at": "2026-11-24T09:30:00+00:00",
}
