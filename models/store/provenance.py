"""Who made a stored step: the account, the role that permitted it, the session and the request.

Every step that a person makes is stored with one of these, as one subdocument of this shape everywhere:
entries of the ledger, lines of an alert's history, grants, roles, changes of a patient, of a policy and of a
site's texts. What happens by itself names the part of the service instead of an account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.store.mapping import DocumentMap


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who made a step.

    Attributes:
        account_id: the account; "" for what happens by itself.
        role: the role through which it was permitted, or the part of the service that acted by itself.
        session_id: the session, "" where none stood behind it.
        request_id: the request, as it stands in the log and in `X-Request-Id`.
    """

    account_id: str
    role: str
    session_id: str = ""
    request_id: str = ""

    @property
    def name(self) -> str:
        """The account, or what acted by itself: the one word that lists show."""
        return self.account_id or self.role

    def as_dict(self) -> dict[str, str]:
        """Return the stored form."""
        return {
            "account_id": self.account_id,
            "role": self.role,
            "session_id": self.session_id,
            "request_id": self.request_id,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Provenance:
        """Return what was stored.

        Raises:
            Unreadable: it is damaged.
        """
        return _STORED.read(stored)


_STORED = DocumentMap(Provenance)


def by_itself(part: str) -> Provenance:
    """Return the provenance of a step that no person made: `evaluation`, `clock`, `system`, `operator`."""
    return Provenance("", part)
