"""Examples of what is sent about a site's own instruments. Synthetic."""

from __future__ import annotations

from typing import Any

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
