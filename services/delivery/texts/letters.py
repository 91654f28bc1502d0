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


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of a message."""

    subject: str
    text: str
    html: str


def write(kind: MessageKind, *, urgent: bool, count: int, link: str, language: str) -> Letter:
    """Return the letter for a message.

    Args:
        kind: what the message says.
        urgent: the alert is urgent.
        count: of how many alerts it tells.
        link: where to read on; it holds nothing but an opaque id.
        language: one that there is a catalogue of.
    """
    catalogue = CATALOGUES[language]
    subject = _subject(catalogue, kind, urgent, count)
    words = {
        "language": language,
        "subject": subject,
        "first": _first(catalogue, kind, count),
        "more": _more(catalogue, kind),
        "open_it": catalogue.gettext("Sign in and see what it is about"),
        "footer": catalogue.gettext(
            "This message was sent automatically by Slope, and nobody reads replies. It holds no names and no"
            " answers. Slope is no emergency service. In your account you choose how you are told."
        ),
        "link": link,
    }
    return Letter(
        subject,
        _TEMPLATES.get_template("mail.txt").render(words),
        _TEMPLATES.get_template("mail.html").render(words),
    )


def _subject(catalogue: NullTranslations, kind: MessageKind, urgent: bool, count: int) -> str:
    _ = catalogue.gettext
    match kind:
        case MessageKind.TEST:
            return _("Slope: test message")
        case MessageKind.DIGEST:
            text = catalogue.ngettext(
                "Slope: %(count)d alert needs somebody", "Slope: %(count)d alerts need somebody", count
            )
            return text % {"count": count}
        case MessageKind.WITHDRAWN:
            return _("Slope: an alert was withdrawn")
        case MessageKind.ASSIGNED:
            return _("Slope: an alert was assigned to you")
    return _("Slope, urgent: an alert needs you") if urgent else _("Slope: an alert needs you")


def _first(catalogue: NullTranslations, kind: MessageKind, count: int) -> str:
    _ = catalogue.gettext
    match kind:
        case MessageKind.RAISED:
            return _("An alert needs you.")
        case MessageKind.ESCALATED:
            return _("An alert needs you: nobody has dealt with it yet.")
        case MessageKind.WITHDRAWN:
            return _("An alert that you were told of was withdrawn. It stays open until somebody closes it.")
        case MessageKind.ASSIGNED:
            return _("An alert was assigned to you.")
        case MessageKind.TEST:
            return _("You asked for a test message. Messages from Slope reach you at this address.")
        case MessageKind.DIGEST:
            text = catalogue.ngettext(
                "%(count)d alert of the last day still needs somebody.",
                "%(count)d alerts of the last day still need somebody.",
                count,
            )
            return text % {"count": count}


def _more(catalogue: NullTranslations, kind: MessageKind) -> str:
    if kind not in {MessageKind.RAISED, MessageKind.ESCALATED, MessageKind.ASSIGNED}:
        return ""
    return catalogue.gettext(
        "It stays open until somebody deals with it. If you cannot see to it, assign it to somebody who can."
    )
