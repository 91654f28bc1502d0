"""How a stored alert is read, whatever is wrong with it: an alert is never left out of a list.

A word that another release wrote, and a member that is damaged, are read as what cannot be overlooked; the
document is named in the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from models.alerts.alert import (
    Alert,
    Baseline,
    Because,
    Condition,
    EndedHow,
    Grounds,
    NotFollowed,
    State,
    Step,
)
from models.alerts.notices import NoticeKind, Notices
from models.store.mapping import DocumentMap
from models.store.provenance import by_itself
from scoring.decline import Level

COLLECTION = "alerts"
NO_ID = "00000000-0000-0000-0000-000000000000"
"""What an alert is called that has lost its public id, until it has another."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
UNKNOWN: Mapping[type[StrEnum], StrEnum] = {
    Level: Level.URGENT,
    State: State.OPEN,
    Condition: Condition.HOLDS,
    Because: Because.OPENED,
    EndedHow: EndedHow.AGED,
    NotFollowed: NotFollowed.CLOSED,
    NoticeKind: NoticeKind.RAISED,
}
"""What words of another release are read as: what cannot be overlooked."""
INSTEAD: Mapping[str, Any] = {
    "patient_id": "",
    "site_id": "",
    "topic": "",
    "episode": 0,
    "public_id": NO_ID,
    "state": State.OPEN,
    "condition": Condition.HOLDS,
    "level": Level.URGENT,
    "grounds": Grounds("", LONG_AGO, "", LONG_AGO),
    "baseline": Baseline(LONG_AGO, "evaluation", Level.INFORM),
    "headline": "A part of this alert cannot be shown.",
    "sentence": "What is stored of it is damaged. Ask the operator of the service, and look at the patient.",
    "based_on": 0,
    "raised_because": Because.OPENED,
    "restricted": True,
    # A number that no notice has had, so that the next one is told.
    "notices": Notices(1_000_000),
    **dict.fromkeys(("condition_at", "opened_at", "since", "raised_at", "due_at"), LONG_AGO),
}
"""What members are read as that cannot be read: an alert is never left out of a list."""
ALERTS = DocumentMap(Alert, UNKNOWN, INSTEAD, COLLECTION)
STEPS = DocumentMap(
    Step,
    UNKNOWN,
    {"at": LONG_AGO, "event": "unreadable", "by": by_itself("system"), "state": State.OPEN},
    COLLECTION,
)


def alert_of(raw: Mapping[str, Any]) -> Alert:
    """Return the alert that was stored."""
    return ALERTS.read(alert_about(raw))


def alert_about(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was stored of an alert, with who and what it is about as its key says it."""
    about = dict(raw)
    patient_id, _, rest = str(raw.get("_id", "")).partition(":")
    topic, _, episode = rest.partition(":")
    if episode.isdecimal():
        about |= {"patient_id": patient_id, "topic": topic, "episode": int(episode)}
    about.setdefault("public_id", None)
    if not isinstance(raw.get("site_id"), str) and isinstance(raw.get("reach"), str):
        about["site_id"] = raw["reach"].partition(":")[0]
    return about
