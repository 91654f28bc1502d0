"""Letters: the words of one message in one language, as text and as simple HTML.

Mail crosses servers that nobody here runs, and shows on locked screens. So a letter says that something
needs somebody, and leads to a page behind a sign-in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from gettext import NullTranslations
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from models.outbox.message import MessageKind
from services import languages

_FOLDER = Path(__file__).parent
CATALOGUES: Mapping[str, NullTranslations] = languages.catalogues(_FOLDER / "languages")
_TEMPLATES = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)


def _(text: str) -> str:
    """Mark a sentence that the catalogues hold."""
    return text


_SUBJECTS = {
    MessageKind.RAISED: _("Slope: an alert needs you"),
    MessageKind.ESCALATED: _("Slope: an alert is still waiting for somebody"),
    MessageKind.TEST: _("Slope: test message"),
    MessageKind.WITHDRAWN: _("Slope: an alert was withdrawn"),
    MessageKind.ASSIGNED: _("Slope: an alert was assigned to you"),
    MessageKind.WEBHOOK_OFF: _("Slope: a webhook was switched off"),
    MessageKind.ADDRESS_OFF: _("Slope: an e-mail address was switched off"),
}
_URGENT_SUBJECTS = {
    MessageKind.RAISED: _("Slope, urgent: an alert needs you"),
    MessageKind.ESCALATED: _("Slope, urgent: an alert is still waiting for somebody"),
    MessageKind.ASSIGNED: _("Slope, urgent: an alert was assigned to you"),
}
_FIRST = {
    MessageKind.RAISED: _("An alert needs you."),
    MessageKind.ESCALATED: _("An alert needs you: nobody has dealt with it yet."),
    MessageKind.WITHDRAWN: _(
        "An alert that you were told of has lost its ground: what it rests on was corrected or taken back."
        " It stays open until somebody looks at it and closes it."
    ),
    MessageKind.ASSIGNED: _("An alert was assigned to you."),
    MessageKind.TEST: _("You asked for a test message. Messages from Slope reach you at this address."),
    MessageKind.WEBHOOK_OFF: _(
        "A webhook of your site was switched off, because its receiver says that it is gone."
        " Nothing is sent to it until an administrator switches it on again."
    ),
    MessageKind.ADDRESS_OFF: _(
        "The e-mail address of somebody at your site was switched off, because its mail server refuses it."
        " They are not told of alerts by e-mail until they name an address again."
    ),
}
_URGENT_FIRST = {
    MessageKind.RAISED: _("An urgent alert needs you."),
    MessageKind.ESCALATED: _("An urgent alert needs you: nobody has dealt with it yet."),
    MessageKind.ASSIGNED: _("An urgent alert was assigned to you."),
}
_TO_DEAL_WITH = frozenset({MessageKind.RAISED, MessageKind.ESCALATED, MessageKind.ASSIGNED})


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of a message."""

    subject: str
    text: str
    html: str


def write(
    kind: MessageKind, *, urgent: bool, count: int, link: str, language: str, to_site: bool = False
) -> Letter:
    """Return the letter for a message.

    Args:
        kind: what the message says.
        urgent: the alert is urgent.
        count: of how many alerts it tells.
        link: where to read on; it holds nothing but an opaque id.
        language: one that there is a catalogue of.
        to_site: it goes to a site's second address, which has no account.
    """
    catalogue = CATALOGUES[language]
    subject = _subject(catalogue, kind, urgent, count)
    words = {
        "language": language,
        "subject": subject,
        "first": _first(catalogue, kind, urgent, count),
        "more": _more(catalogue, kind, to_site),
        "open_it": _open_it(catalogue, kind),
        "footer": _footer(catalogue, to_site),
        "link": link,
    }
    return Letter(
        subject,
        _TEMPLATES.get_template("mail.txt").render(words),
        _TEMPLATES.get_template("mail.html").render(words),
    )


def _subject(catalogue: NullTranslations, kind: MessageKind, urgent: bool, count: int) -> str:
    if kind is MessageKind.DIGEST:
        text = catalogue.ngettext(
            "Slope: %(count)d alert needs somebody", "Slope: %(count)d alerts need somebody", count
        )
        return text % {"count": count}
    return catalogue.gettext(_said(_SUBJECTS, _URGENT_SUBJECTS, kind, urgent))


def _first(catalogue: NullTranslations, kind: MessageKind, urgent: bool, count: int) -> str:
    if kind is MessageKind.DIGEST:
        text = catalogue.ngettext(
            "%(count)d alert of the last day still needs somebody.",
            "%(count)d alerts of the last day still need somebody.",
            count,
        )
        return text % {"count": count}
    return catalogue.gettext(_said(_FIRST, _URGENT_FIRST, kind, urgent))


def _said(
    usual: Mapping[MessageKind, str], of_urgent: Mapping[MessageKind, str], kind: MessageKind, urgent: bool
) -> str:
    return of_urgent.get(kind, usual[kind]) if urgent else usual[kind]


def _more(catalogue: NullTranslations, kind: MessageKind, to_site: bool) -> str:
    if kind not in _TO_DEAL_WITH:
        return ""
    if to_site:
        return catalogue.gettext(
            "This address is written to when nobody has acted, or when nobody else can be told."
            " Have somebody of the team sign in and see to it."
        )
    return catalogue.gettext(
        "It stays open until somebody deals with it. If you cannot see to it, assign it to somebody who can."
    )


def _open_it(catalogue: NullTranslations, kind: MessageKind) -> str:
    if kind in {MessageKind.TEST, MessageKind.DIGEST}:
        return catalogue.gettext("Sign in")
    return catalogue.gettext("Sign in and see what it is about")


def _footer(catalogue: NullTranslations, to_site: bool) -> str:
    of_all = catalogue.gettext(
        "This message was sent automatically by Slope, and nobody reads replies. It holds no names and no"
        " answers. Slope is no emergency service."
    )
    choose = catalogue.gettext("In your account you choose how you are told.")
    return of_all if to_site else f"{of_all} {choose}"
