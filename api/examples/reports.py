"""Examples of what is sent about reports. Synthetic."""

from __future__ import annotations

from typing import Any

PATIENT_ID = "019ab1c2-0000-7000-8000-0000000000b1"
REPORT_ID = "0d3f1a52-6a4f-4f60-9a52-0b2f2f1f7a10"
REPORT: dict[str, Any] = {
    "id": REPORT_ID,
    "instrument": "alsfrs_r",
    "instrument_version": "1",
    "observed_at": "2026-11-24T18:30:00+01:00",
    "answers": {
        "speech": 4,
        "salivation": 4,
        "swallowing": 2,
        "handwriting": 3,
        "cutting_without_gastrostomy": 2,
        "dressing_hygiene": 2,
        "turning_in_bed": 3,
        "walking": 2,
        "climbing_stairs": 1,
        "dyspnea": 4,
        "orthopnea": 4,
        "respiratory_insufficiency": 4,
    },
    "duration_seconds": 240,
}
CORRECTION: dict[str, Any] = {
    "id": "5b0f1a52-6a4f-4f60-9a52-0b2f2f1f7a11",
    "reason": "Mixed up walking and stairs.",
    "answers": {**REPORT["answers"], "walking": 1, "climbing_stairs": 2},
}
VOID: dict[str, Any] = {
    "id": "7c0f1a52-6a4f-4f60-9a52-0b2f2f1f7a12",
    "reason": "Another patient's answers.",
}
BATCH: dict[str, Any] = {"entries": [{"patient_id": PATIENT_ID, **REPORT}]}
