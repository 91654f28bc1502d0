"""What the pages call things: one table per kind, from the stored word to what a person reads.

The words are those of the wire, so a page, an answer and a log line mean the same by the same word.
"""

from __future__ import annotations

from collections.abc import Mapping

from api.pages.texts import gettext
from api.pages.texts import mark as _

_OF_FUNCTION: Mapping[str, Mapping[str, str]] = {
    "domain": {
        "bulbar": _("Speech and swallowing"),
        "fine_motor": _("Hands and self-care"),
        "gross_motor": _("Moving"),
        "respiratory": _("Breathing"),
    },
    "item": {
        "speech": _("Speech"),
        "salivation": _("Saliva"),
        "swallowing": _("Swallowing"),
        "handwriting": _("Handwriting"),
        "cutting": _("Cutting food"),
        "dressing_hygiene": _("Dressing, hygiene"),
        "turning_in_bed": _("Turning in bed"),
        "walking": _("Walking"),
        "climbing_stairs": _("Stairs"),
        "dyspnea": _("Short of breath"),
        "orthopnea": _("Breathing lying"),
        "respiratory_insufficiency": _("Breathing support"),
    },
    "patient_event": {
        "gastrostomy": _("feeding tube"),
        "ventilation": _("ventilation"),
        "tracheostomy": _("tracheostomy"),
        "death": _("died"),
        "hospital": _("hospital"),
    },
}

WORDS: Mapping[str, Mapping[str, str]] = {
    **_OF_FUNCTION,
    "level": {"urgent": _("urgent"), "soon": _("soon"), "inform": _("inform")},
    "state": {
        "open": _("open"),
        "acknowledged": _("acknowledged"),
        "snoozed": _("snoozed"),
        "ended": _("ended"),
    },
    "condition": {"holds": _("holds"), "passed": _("has passed"), "withdrawn": _("was withdrawn")},
    "topic": {
        "decline": _("Decline"),
        "acceleration": _("Acceleration"),
        "domain_decline": _("Decline in one domain"),
        "respiratory": _("Breathing"),
        "ventilation": _("Ventilation"),
        "speech": _("Speech"),
        "swallowing": _("Swallowing"),
        "walking": _("Walking"),
        "feeding_tube": _("Feeding tube"),
        "stage": _("Stage"),
        "weight": _("Weight"),
        "mood": _("Mood"),
        "self_harm": _("Self-harm"),
        "carer_burden": _("Burden of the carer"),
        "well_being": _("Well-being"),
        "silence": _("Silence"),
        "data_query": _("Question about the data"),
        "weight_query": _("Question about a weight"),
        "time_query": _("Question about a time"),
    },
    "ended_how": {
        "resolved": _("resolved"),
        "dismissed": _("dismissed"),
        "passed": _("passed by itself"),
        "aged": _("its time was over"),
        "withdrawn": _("withdrawn"),
    },
    "not_followed": {
        "died": _("has died"),
        "closed": _("not followed any more"),
        "consent_withdrawn": _("consent withdrawn"),
    },
    "because": {
        "opened": _("new"),
        "higher_level": _("now of a higher level"),
        "new_rule": _("another sign"),
        "worse": _("worse than before"),
        "new_occurrence": _("happened again"),
        "came_on_again": _("came on again"),
        "snooze_ended": _("the snooze is over"),
        "acknowledgement_expired": _("the acknowledgement ran out"),
        "mute_ended": _("the mute is over"),
        "reopened": _("reopened"),
    },
    "report_state": {
        "quarantined": _("kept aside"),
        "note": _("only a note"),
        "voided": _("voided"),
    },
    "done_patient": {
        "note_read": _("The note is marked as read."),
    },
    "outcome": {
        "called": _("called"),
        "visit_brought_forward": _("visit brought forward"),
        "referral": _("referral"),
        "equipment": _("equipment"),
        "medication_reviewed": _("medication reviewed"),
        "emergency": _("emergency"),
        "no_action_needed": _("no action needed"),
        "known": _("known before"),
        "data_error": _("error in the data"),
        "not_relevant": _("not relevant"),
        "patient_not_followed": _("patient not followed any more"),
        "other": _("something else"),
    },
    "role": {
        "patient": _("patient"),
        "caregiver": _("caregiver"),
        "clinician": _("clinician"),
        "coordinator": _("coordinator"),
        "researcher": _("researcher"),
        "admin": _("administrator"),
    },
}


def word(kind: str, value: str | None) -> str:
    """Return what a stored word of this kind is called in the language of the reader.

    A word that the table does not know is shown as it is stored.
    """
    if value is None:
        return ""
    known = WORDS[kind].get(str(value))
    return str(value).replace("_", " ") if known is None else gettext(known)
