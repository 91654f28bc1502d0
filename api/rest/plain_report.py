"""The usual report, read without the schema: what most phones send, in a tenth of the time.

It knows no error. A body that is not of the usual form gets None, and the schema reads it, or says what is
wrong. Both accept the same and give the same, which tests compare.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

NEEDED = frozenset({"id", "instrument", "instrument_version", "observed_at", "answers"})
USUAL = NEEDED | {"sent_at"}
MOST_ANSWERS = 100
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEY = re.compile(r"[a-z0-9_]{1,64}")
_VERSION = re.compile(r"[A-Za-z0-9._-]{1,32}")
_MOMENT = re.compile(r"[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_TEXTS = (("id", _ID), ("instrument", _KEY), ("instrument_version", _VERSION))


def plain_report(body: Any) -> dict[str, Any] | None:
    """Return the content of a report in the usual form, None of anything else."""
    if type(body) is not dict or not NEEDED <= body.keys() <= USUAL:
        return None
    for name, form in _TEXTS:
        if type(body[name]) is not str or form.fullmatch(body[name]) is None:
            return None
    answers = body["answers"]
    if type(answers) is not dict or len(answers) > MOST_ANSWERS:
        return None
    content = {**body, "answers": dict(answers)}
    for name in ("observed_at", "sent_at"):
        if name in body:
            moment = _moment(body[name])
            if moment is None:
                return None
            content[name] = moment
    return content


def _moment(text: Any) -> datetime | None:
    if type(text) is not str or _MOMENT.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
