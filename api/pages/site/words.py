"""Stored words that the pages of a site show, and what they are called; a part of `api.pages.words`."""

from __future__ import annotations

from collections.abc import Mapping

from api.pages.texts import gettext
from api.pages.texts import mark as _

SITE_WORDS: Mapping[str, Mapping[str, str]] = {
    "site_text": {
        "reads_reports": _("when reports are read"),
        "takes_notes": _("whether a note may stand with a report"),
        "crisis_text": _("what is shown in a crisis"),
        "breathing_text": _("what is shown about breathing"),
    },
    "replayed": {
        "later": _("later"),
        "earlier": _("earlier"),
        "dropped": _("not raised"),
        "level": _("of another level"),
        "closed_earlier": _("over earlier"),
        "closed_later": _("over later"),
    },
    "safety_step": {
        "proposed": _("proposed"),
        "agreed": _("agreed"),
        "refused": _("refused"),
    },
    "unit": {
        "working_hours": _("working hours"),
        "working_days": _("working days"),
        "days": _("days"),
    },
    "told_as": {
        "assigned": _("assigned to"),
        "deputy": _("deputy"),
        "care_team": _("care team"),
        "second_address": _("the site's second address"),
        "out_of_hours": _("out-of-hours contact"),
        "raised": _("care team, at once"),
    },
    "audience": {
        "clinical": _("topics of all alerts"),
        "coordination": _("topics of silence and questions about the data only"),
    },
    "webhook_event": {
        "alert.raised": _("an alert was raised"),
        "alert.escalated": _("nobody had acknowledged it"),
        "alert.withdrawn": _("an alert was withdrawn"),
    },
    "webhook_step": {
        "created": _("made"),
        "changed": _("changed"),
        "rotated": _("given a new secret"),
        "switched_off": _("switched off by itself: the receiver is gone"),
        "removed": _("removed"),
    },
    "attempt": {
        "delivered": _("delivered"),
        "failed": _("did not arrive"),
        "gone": _("given up"),
        "unknown": _("not known: it was interrupted"),
    },
    "why_not": {
        "address_refused": _("the address is refused"),
        "name_not_resolved": _("there is no such host"),
        "no_connection": _("no connection"),
        "tls_failed": _("no trustworthy encryption"),
        "timed_out": _("it took too long"),
        "no_answer": _("no answer"),
        "secret_unreadable": _("its secret cannot be read: give it a new one"),
        "webhook_removed": _("the webhook was removed"),
        "webhook_off": _("the webhook is switched off"),
        "alert_not_found": _("there is no such alert any more"),
        "no_mail_server": _("no mail server is set up"),
        "no_address": _("no e-mail address is known"),
        "address_off": _("the e-mail address is switched off"),
        "not_authenticated": _("the mail server refuses us"),
        "sender_refused": _("the mail server refuses the sender"),
        "not_offered": _("the mail server does not offer what is needed"),
        "mail_refused": _("the mail was refused"),
        "recipient_deferred": _("the mail server asks to try later"),
        "refused_by_policy": _("the mail server refuses it by its rules"),
    },
}


def why_not(reason: str) -> str:
    """Return why something was not delivered, in the language of the reader."""
    known = SITE_WORDS["why_not"].get(reason)
    if known is not None:
        return gettext(known)
    kind, _underscore, status = reason.partition("_")
    if kind == "status" and status.isdecimal():
        return gettext("the receiver answered %(status)s") % {"status": status}
    return reason.replace("_", " ")
