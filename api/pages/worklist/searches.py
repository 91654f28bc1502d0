"""What somebody looks for, kept in an address that tells nobody: sealed, and opened for that person only.

A search comes by a form. The answer leads to an address, so that Back and reload work; the words and the
topic stand in it as a seal that only this service can open.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import g, request

from api.application import security
from services.access.seals import InvalidSeal

FIELD = "search"
"""The field of an address that carries a sealed search."""
_KIND = "search"
_LONGEST = 2000


def sealed(fields: Mapping[str, str | None]) -> str | None:
    """Return these fields sealed for whoever asks; None where all of them are empty."""
    given = {name: value for name, value in fields.items() if value}
    return security().seals.seal(json.dumps([_KIND, g.actor.account_id, given])) if given else None


def opened() -> Mapping[str, str]:
    """Return the fields that the address of this request carries sealed; none that another person sealed."""
    text = request.args.get(FIELD, "")
    if not text or len(text) > _LONGEST:
        return {}
    try:
        kind, account_id, given = json.loads(security().seals.unseal(text))
    except (InvalidSeal, ValueError, TypeError):
        return {}
    return given if kind == _KIND and account_id == g.actor.account_id else {}
