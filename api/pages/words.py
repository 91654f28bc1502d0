"""What the pages call things: one table per kind, from the stored word to what a person reads.

The words are those of the wire, so a page, an answer and a log line mean the same by the same word.
"""

from __future__ import annotations

from collections.abc import Mapping

from api.pages.site.words import SITE_WORDS
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
    "condition": {
        "holds": _("still so"),
        "passed": _("has passed"),
        "withdrawn": _("its report was taken back"),
    },
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
        "aged": _("by itself, it had grown old"),
        "withdrawn": _("withdrawn"),
    },
    "not_followed": {
        "died": _("has died"),
        "closed": _("not followed any more"),
        "consent_withdrawn": _("consent withdrawn"),
    },
    "because": {
        "opened": _("new"),
        "higher_level": _("more urgent than before"),
        "new_rule": _("for a further reason"),
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
    "done_phones": {
        "enrolled": _("The patient is enrolled. Record the consent before making a code."),
        "consent_recorded": _("The consent is recorded."),
        "cancelled": _("The code is cancelled."),
        "not_shown_again": _("A code is shown for a quarter of an hour to whoever made it. Make another."),
        "ended": _("The phone is signed out."),
        "confirmed": _("The phone is confirmed."),
        "carer_ended": _("The carer can do nothing more."),
    },
    "caseload_show": {
        "all": _("all who are followed"),
        "alerts": _("with open alerts"),
        "late": _("with a late report"),
        "left": _("not followed any more"),
    },
    "caseload_sort": {
        "name": _("name"),
        "last": _("last ALSFRS-R, oldest first"),
        "total": _("total, lowest first"),
        "lost": _("points lost, fastest first"),
        "alerts": _("open alerts, urgent first"),
    },
    "grant_scope": {"report": _("may report and read"), "read": _("may read only")},
    "called": {
        "reached": _("Stored: reached. The entry is closed."),
        "not_reached": _("Stored: not reached. The entry stays."),
        "not_needed": _("Stored. The entry is closed."),
    },
    "done_aside": {
        "released": _("The report counts now."),
        "rejected": _("The report is rejected; it stays readable."),
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
    "event": {
        "opened": _("opened"),
        "raised_again": _("put before the team again"),
        "holds_again": _("so again"),
        "passed": _("has passed"),
        "withdrawn": _("withdrawn"),
        "not_followed": _("patient not followed any more"),
        "muted": _("muted"),
        "aged": _("ended by itself, it had grown old"),
        "woke": _("open again"),
        "acknowledge": _("acknowledged"),
        "assign": _("assigned"),
        "snooze": _("snoozed"),
        "resolve": _("resolved"),
        "dismiss": _("dismissed"),
        "reopen": _("reopened"),
        "comment": _("comment"),
        "closed_in_bulk": _("closed with others"),
        "seen": _("marked as seen"),
        "escalated": _("escalated: nobody had acknowledged it"),
    },
    "action": {
        "acknowledge": _("Acknowledge"),
        "assign": _("Assign"),
        "snooze": _("Snooze"),
        "resolve": _("Resolve"),
        "dismiss": _("Dismiss"),
        "reopen": _("Reopen"),
        "comment": _("Comment"),
        "close": _("Close it"),
        "mute": _("Mute"),
    },
    "done": {
        "acknowledge": _("Acknowledged."),
        "assign": _("The assignment was stored."),
        "snooze": _("Snoozed."),
        "close": _("Closed."),
        "reopen": _("Open again."),
        "comment": _("The comment was stored."),
        "mute": _("Muted for this patient."),
    },
    "respondent": {
        "patient": _("the patient"),
        "caregiver": _("the caregiver"),
        "clinician": _("the clinician"),
    },
    "verdict": {
        "done": _("acknowledged"),
        "closed": _("closed"),
        "seen": _("marked as seen"),
        "changed_meanwhile": _("not done: somebody has changed it meanwhile"),
        "alert_not_found": _("not done: there is no such alert"),
        "action_not_allowed": _("not done: its state does not allow it"),
        "needs_its_own": _("not done: it needs its own page"),
        "note_needed": _("not done: it needs a note"),
    },
    "message": {
        "waiting": _("waits to be sent"),
        "delivered": _("delivered"),
        "dropped": _("not sent: there was no need any more"),
        "dead": _("could not be delivered"),
    },
    "channel": {"email": _("e-mail"), "webhook": _("webhook")},
    "message_kind": {
        "raised": _("told of it"),
        "withdrawn": _("told that it was withdrawn"),
        "assigned": _("told of the assignment"),
        "escalated": _("told that nobody had acknowledged it"),
        "digest": _("told of it with others"),
        "test": _("test"),
        "webhook_off": _("told that a webhook was switched off"),
        "address_off": _("told that an e-mail address was switched off"),
    },
    "not_sent": {
        "alert_acknowledged": _("not sent: somebody had acknowledged it before"),
        "alert_snoozed": _("not sent: somebody had snoozed it before"),
        "alert_ended": _("not sent: it had ended before"),
        "alert_open": _("not sent: it was open again before"),
        "alert_gone": _("not sent: there is no such alert any more"),
        "patient_died": _("not sent: the patient has died"),
        "patient_closed": _("not sent: the patient is not followed any more"),
        "patient_consent_withdrawn": _("not sent: the consent was withdrawn"),
        "may_not_read": _("not sent: the recipient may not read it"),
        "assigned_to_another": _("not sent: it was assigned to somebody else before"),
        "holds_again": _("not sent: it was so again before"),
        "superseded": _("not sent: a later message says the same"),
    },
    "part": {
        "evaluation": _("by the calculation"),
        "clock": _("by itself, with time"),
        "policy": _("by an exception for the patient"),
        "system": _("by the service"),
        "operator": _("by the operator"),
    },
    "instrument": {"weight": _("Weight"), "well_being": _("Well-being")},
    "role": {
        "patient": _("patient"),
        "caregiver": _("caregiver"),
        "clinician": _("clinician"),
        "coordinator": _("coordinator"),
        "researcher": _("researcher"),
        "admin": _("administrator"),
    },
    **SITE_WORDS,
}


def word(kind: str, value: str | None) -> str:
    """Return what a stored word of this kind is called in the language of the reader.

    A word that the table does not know is shown as it is stored.
    """
    if value is None:
        return ""
    known = WORDS[kind].get(str(value))
    return str(value).replace("_", " ") if known is None else gettext(known)


def became(state: str, reason: str) -> str:
    """Return what became of a message; of one that was not sent, why."""
    known = state == "dropped" and reason in WORDS["not_sent"]
    return word("not_sent", reason) if known else word("message", state)


def instrument(key: str) -> str:
    """Return what an instrument is called, such as `ALSFRS-R`."""
    known = WORDS["instrument"].get(key)
    return key.replace("_", "-").upper() if known is None else gettext(known)
