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

_SCALE = {"0": "nie", "5": "immer"}
TRANSLATION: dict[str, Any] = {
    "title": "WHO-5",
    "recall": "letzte zwei Wochen",
    "domains": {"well_being": "Wohlbefinden"},
    "items": {
        "cheerful": {"label": "Gute Laune", "options": _SCALE},
        "calm": {"label": "Ruhe", "options": _SCALE},
        "active": {"label": "Energie", "options": _SCALE},
        "rested": {"label": "Erholung", "options": _SCALE},
        "interested": {"label": "Interesse am Alltag", "options": _SCALE},
    },
    "scores": {"total": "Prozent", "raw": "Summe"},
}
"""Of the shipped WHO-5, whose labels are our own words."""
