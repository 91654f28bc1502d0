"""A one-use code as a person gets it: large text, a link, and the same link as a QR code.

The code stands in the fragment of the link, which browsers do not send: it is in no address that a server or
a proxy writes down. The page behind it shows the code and redeems nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import segno

from services.accounts.invitations import Invited

PAGE = "/enrol"


@dataclass(frozen=True, slots=True)
class CodeSheet:
    """What is shown of a code, this once.

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


def sheet_for(invited: Invited, public_url: str) -> CodeSheet:
    """Return what is shown of a new invitation."""
    page = f"{public_url.rstrip('/')}{PAGE}"
    link = f"{page}#{invited.code}"
    invitation = invited.invitation
    return CodeSheet(
        code=invited.code,
        name=invitation.name,
        kind=invitation.kind.value,
        relation=invitation.relation,
        expires_at=invitation.expires_at,
        page=page,
        link=link,
        qr=qr_of(link),
    )


def qr_of(link: str) -> str:
    """Return the link as an SVG without a size of its own; a quarter of it may be unreadable."""
    made = segno.make(link, error="q", micro=False)
    return str(made.svg_inline(border=4, dark="#000", light="#fff", omitsize=True))
