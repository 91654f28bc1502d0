"""Examples of reports for the document: one patient, one report, and what comes back. Synthetic."""

from __future__ import annotations

from typing import Any

PATIENT_ID = "019ab1c2-0000-7000-8000-0000000000b1"
REPORT_ID = "0d3f1a52-6a4f-4f60-9a52-0b2f2f1f7a10"
_EARLIER = ["8a83dc4a-d3bd-406f-a0c1-aab097cf8563", "50c07764-62ef-4b9f-ab41-217b75801b40"]

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
FACTS: dict[str, Any] = {
    "id": REPORT_ID,
    "patient_id": PATIENT_ID,
    "state": "current",
    "instrument": "alsfrs_r",
    "instrument_version": "1",
    "observed_at": "2026-11-24T17:30:00+00:00",
    "observed_on": "2026-11-24",
    "zone": "Europe/Berlin",
    "received_at": "2026-11-24T17:34:12.412000+00:00",
    "respondent": "patient",
    "mode": "self",
    "version": 1,
    "complete": True,
    "missing": [],
}
RECEIPT: dict[str, Any] = {
    **FACTS,
    "repeated": False,
    "evaluation": "complete",
    "total": 35,
    "history": [
        {"observed_on": "2026-09-29", "total": 39},
        {"observed_on": "2026-10-27", "total": 38},
        {"observed_on": "2026-11-24", "total": 35},
    ],
    "reads_reports": "Your care team reads reports on working days.",
    "next_due_on": "2026-12-22",
    "crisis_text": None,
    "breathing_text": None,
}
REPEATED = {**RECEIPT, "repeated": True}
QUARANTINED: dict[str, Any] = {
    **RECEIPT,
    "state": "quarantined",
    "instrument_version": "2",
    "complete": None,
    "total": None,
    "history": [],
    "next_due_on": None,
}
_VERSION: dict[str, Any] = {
    "received_at": FACTS["received_at"],
    "observed_at": FACTS["observed_at"],
    "account_id": PATIENT_ID,
    "reason": None,
    "answers": REPORT["answers"],
    "total": 35,
    "score": {"instrument": "alsfrs_r", "rule_version": "1", "total": 35, "complete": True, "missing": []},
}
READ: dict[str, Any] = {**FACTS, "withheld": False, "void_reason": None, "versions": [_VERSION]}
CORRECTION: dict[str, Any] = {
    "id": "5b0f1a52-6a4f-4f60-9a52-0b2f2f1f7a11",
    "reason": "Mixed up walking and stairs.",
    "answers": {**REPORT["answers"], "walking": 1, "climbing_stairs": 2},
}
CORRECTED = {**RECEIPT, "version": 2}
VOID: dict[str, Any] = {
    "id": "7c0f1a52-6a4f-4f60-9a52-0b2f2f1f7a12",
    "reason": "Another patient's answers.",
}
VOIDED = {**RECEIPT, "state": "voided", "history": RECEIPT["history"][:2]}
EVALUATION: dict[str, Any] = {
    "patient_id": PATIENT_ID,
    "seq": 3,
    "trajectory": {
        "level": 35.6,
        "level_sd": 1.2,
        "slope_per_month": -1.28,
        "slope_sd": 0.48,
        "slope_low": -2.22,
        "slope_high": -0.34,
        "probability_fast": 0.64,
        "probability_steep": 0.32,
        "residual_sd": 1.8,
        "reports": 3,
        "first_on": "2026-09-29",
        "last_on": "2026-11-24",
        "respondent": "patient",
        "compared_on": "all 12 items",
        "notes": [],
        "evidence": [*_EARLIER, REPORT_ID],
    },
    "stages": {
        "kings": {"stage": "3", "nutritional": False, "respiratory": False, "missing": []},
        "mitos": {"stage": 0, "missing": []},
        "rule_version": "1",
    },
    "flags": [
        {
            "topic": "swallowing",
            "rule": "swallowing_level",
            "rule_version": "1",
            "level": "inform",
            "kind": "event",
            "sentence": "Swallowing has reached 2 of 4 (item 3), as reported by the patient.",
            "clears_when": "It stands until the first ALSFRS-R report at least four weeks later.",
            "numbers": {"code": 2},
            "evidence": [REPORT_ID],
            "raised_by": REPORT_ID,
            "raised_at": FACTS["observed_at"],
            "restricted": False,
            "data_query": False,
            "further": [],
        }
    ],
    "topics": {
        "swallowing": {
            "on": True,
            "level": "inform",
            "raised_by": REPORT_ID,
            "raised_at": FACTS["observed_at"],
            "cleared_at": None,
            "met_by": REPORT_ID,
            "met_at": FACTS["observed_at"],
        }
    },
    "rules_version": "1",
    "policy_version": "default-1",
    "in_step": True,
}
BATCH: dict[str, Any] = {"entries": [{"patient_id": PATIENT_ID, **REPORT}]}
VERDICTS: dict[str, Any] = {
    "verdicts": [{"index": 0, "id": REPORT_ID, "status": 201, "report": RECEIPT, "problem": None}]
}
