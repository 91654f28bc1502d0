"""A one-use code as a person gets it: large text, a link, and the same link as a QR code.

The code stands in the fragment of the link, which browsers do not send: it is in no address that a server or
a proxy writes down. The page behind it shows the code and redeems nothing.

Whoever made a code can see it for a quarter of an hour, so that a reload loses nothing. Until then the
browser keeps it sealed, and it opens in the session that made it only; the service stores a digest.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import segno

from services.access.actor import Actor
from services.access.seals import InvalidSeal, Seals
from services.accounts.invitations import Invited

PAGE = "/enrol"
SHOWN_FOR = timedelta(minutes=15)
_KIND = "code"


@dataclass(frozen=True, slots=True)
class CodeSheet:
    """What is shown of a code.

    Attributes:
        page: where the person can type it.
        qr: an SVG of the link; black on white in any theme, with the margin that cameras need.
    """

    code: str = field(repr=False)
    name: str
    kind: str
    relation: str | None
    expires_at: datetime
    page: str
    link: str = field(repr=False)
    qr: str = field(repr=False)


def sealed(seals: Seals, invited: Invited, *, actor: Actor, now: datetime) -> str:
    """Return a new code sealed, for the browser of whoever made it."""
    made = invited.invitation
    shown = [invited.code, made.name, made.kind.value, made.relation, made.expires_at.isoformat()]
    return seals.seal(json.dumps([_KIND, actor.session_id, made.patient_id, now.timestamp(), *shown]))


def opened(
    seals: Seals, text: str, patient_id: str, public_url: str, *, actor: Actor, now: datetime
) -> CodeSheet | None:
    """Return what is shown of a code that this session made a moment ago; None of any other."""
    try:
        kind, session_id, about, at, code, name, made_for, relation, ends = json.loads(seals.unseal(text))
    except (InvalidSeal, ValueError, TypeError):
        return None
    fresh = kind == _KIND and 0 <= now.timestamp() - at <= SHOWN_FOR.total_seconds()
    if not fresh or session_id != actor.session_id or about != patient_id:
        return None
    page = f"{public_url.rstrip('/')}{PAGE}"
    link = f"{page}#{code}"
    expires_at = datetime.fromisoformat(ends)
    return CodeSheet(code, name, made_for, relation, expires_at, page=page, link=link, qr=qr_of(link))


def qr_of(link: str) -> str:
    """Return the link as an SVG without a size of its own; a quarter of it may be unreadable."""
    made = segno.make(link, error="q", micro=False)
    return str(made.svg_inline(border=4, dark="#000", light="#fff", omitsize=True))
