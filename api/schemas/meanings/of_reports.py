"""Words about reports, people and sites: by the name of their set."""

from __future__ import annotations

from collections.abc import Mapping

OF_REPORTS: Mapping[str, Mapping[str, str]] = {
    "Audience": {
        "usual": "whoever may read the report",
        "restricted": "whoever gave the answers, and the site's clinicians",
    },
    "Certainty": {
        "confirmed": "the phone's clock was right at sending",
        "shifted": "the phone's clock was wrong, and the time was put right",
        "unchecked": "the phone did not say its clock at sending",
        "received": "the time could not be or lay long before the enrolment, so it is that of receipt",
        "stated": "stated by a person",
    },
    "Direction": {
        "higher_is_better": "of a score: more points are better",
        "higher_is_worse": "of a score: more points are worse",
        "neither": "neither end is the good one",
    },
    "Doubt": {
        "clock_shifted": "the phone's clock was wrong",
        "time_not_possible": "the time could not be",
        "before_enrolment": "more than 31 days before the enrolment; with `sent_at` it is not what counts",
        "unknown_zone": "the name is no time zone",
        "duration_not_possible": "the time on the form could not be",
    },
    "EvaluationState": {
        "complete": "evaluated, and the alerts follow it",
        "pending": "stored; alerts follow within a minute",
        "quarantined": "stored and kept aside: not evaluated",
    },
    "GrantScope": {"read": "reads what the patient may read", "report": "reads, and reports too"},
    "InvitationKind": {
        "patient": "opens the patient's account, or adds a phone to it",
        "caregiver": "opens a caregiver's account with a grant, or gives the grant to one",
        "staff": "opens an account of the clinic's staff, or gives it the role",
        "password_reset": "lets a person choose a new password",
    },
    "KingsStage": {
        "0": "no region is involved",
        "1": "one region is involved",
        "2": "two regions are involved",
        "3": "three regions are involved",
        "4a": "nutritional failure",
        "4b": "respiratory failure",
    },
    "Language": {"en": "English", "es": "Spanish", "ko": "Korean"},
    "OnsetPrecision": {"day": "the day is known", "month": "the month is known", "year": "the year is known"},
    "PatientInvitationKind": {
        "patient": "for the patient",
        "caregiver": "for a caregiver: `name` is needed",
    },
    "ProxyUse": {
        "marked": "another person's answers are a series of their own, beside the subject's",
        "apart": "they are kept, and never read as a self-report",
        "refused": "only the subject can answer",
    },
    "ReportMode": {
        "self": "the respondent about themself",
        "proxy": "a caregiver about the patient",
        "phone": "asked by the staff on the telephone",
        "clinic": "asked by the staff at the clinic",
        "paper": "copied by the staff from a form on paper",
    },
    "ReportState": {
        "current": "it counts",
        "quarantined": "kept aside: its version is not known yet",
        "note": "a note without answers; no rule reads it",
        "voided": "it counts no longer",
    },
    "Respondent": {
        "patient": "the person who is followed",
        "caregiver": "somebody who cares for them",
        "clinician": "somebody of the clinic",
    },
    "Role": {
        "patient": "the person who is followed",
        "caregiver": "somebody with a grant for a patient",
        "clinician": "treats: reads and acts on alerts",
        "coordinator": "organises: patients, codes, silence and questions about the data",
        "researcher": "reads what research may read",
        "admin": "steers the site: staff, thresholds, texts",
    },
    "SafetyTextDecision": {"agree": "the texts are shown from now on", "refuse": "they are not"},
    "SafetyTextEvent": {
        "proposed": "somebody proposed texts",
        "agreed": "a clinician agreed",
        "refused": "a clinician refused",
    },
    "ScoreKind": {
        "sum": "of its items",
        "mean": "of its items",
        "profile": "the codes of its items one after the other, such as 21111",
        "table": "looked up by another score",
    },
    "SeriesDomain": {
        "bulbar": "speech, salivation, swallowing",
        "fine_motor": "handwriting, cutting, dressing",
        "gross_motor": "turning in bed, walking, climbing stairs",
        "respiratory": "dyspnea, orthopnea, support of breathing",
    },
    "SeriesEventKind": {
        "gastrostomy": "feeding tube",
        "ventilation": "start of non-invasive ventilation",
        "tracheostomy": "tracheostomy",
        "death": "death",
        "hospital": "a stay in hospital",
        "respondent": "somebody else answers from then on",
    },
    "SeriesSpan": {
        "12_months": "the last twelve months",
        "18_months": "the last eighteen months",
        "all": "everything",
    },
    "ShownToPatient": {
        "total": "the total of a report, in its receipt",
        "history": "earlier totals, and the series",
        "staff_names": "names of the clinic's staff",
    },
    "StaffRole": {
        "admin": "steers the site: staff, thresholds, texts",
        "clinician": "treats: reads and acts on alerts",
        "coordinator": "organises: patients, codes, silence and questions about the data",
        "researcher": "reads what research may read",
    },
    "TrajectoryNote": {
        "too_few": "too few reports, or over too short a time, for the primary rule",
        "too_early": "near the top of the scale with few reports",
        "scale_floor": "the total or a domain has reached the end of its scale",
    },
    "Wording": {
        "full": "its own wording",
        "own_words": "a paraphrase of items and levels",
        "labels": "a neutral name for each item",
        "supplied": "nothing, until the licensee supplies it",
    },
}
