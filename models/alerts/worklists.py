"""Worklists: the alerts within reach, page by page, what has to be looked at first.

One narrow query on one index; evidence and history stay where they are. An alert whose snooze or
acknowledgement has ended counts as open here, whether or not the worker has come by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.alerts.alert import CURRENT, WAITING, Because, Condition, EndedHow, NotFollowed, State
from models.alerts.alerts import AlertDocument, any_of, reaches_of
from models.alerts.reading import COLLECTION, INSTEAD, NO_ID, UNKNOWN, alert_about
from models.store.mapping import DocumentMap
from models.store.scope import Scope
from scoring.decline import Level


class AlertList(StrEnum):
    """A list: what needs somebody; what has ended; of that, what ended unseen and waits for a glance."""

    CURRENT = "current"
    ENDED = "ended"
    GLANCE = "glance"


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts; what is None is not asked for.

    Attributes:
        lists: what ended unseen stands in two: GLANCE, and with it in ENDED.
        states: of those that are current.
    """

    lists: tuple[AlertList, ...] = (AlertList.CURRENT,)
    states: tuple[State, ...] = (*CURRENT, State.ENDED)
    level: Level | None = None
    condition: Condition | None = None
    topic: str | None = None
    patient_id: str | None = None
    assigned_to: str | None = None
    ended_how: EndedHow | None = None


@dataclass(frozen=True, slots=True)
class WorklistLine:
    """A line of a worklist.

    Attributes:
        id: the public id.
        since: since when it is in its state.
        sort_key: where it stands in the list; the next page begins after it.
    """

    id: str
    patient_id: str
    site_id: str
    topic: str
    level: Level
    state: State
    condition: Condition
    condition_at: datetime
    due_at: datetime
    headline: str
    sentence: str
    opened_at: datetime
    since: datetime
    raised_at: datetime
    raised_because: Because
    seen_at: datetime | None
    assigned_to: str | None
    until: datetime | None
    ended_how: EndedHow | None
    ended_at: datetime | None
    glance_until: datetime | None
    not_followed: NotFollowed | None
    before_ended_unseen_at: datetime | None
    restricted: bool
    data_query: bool
    sort_key: str
    rev: int


_NAMES = tuple(one.name for one in fields(WorklistLine))
_NOTHING = dict.fromkeys(
    (
        *("seen_at", "assigned_to", "until", "ended_how", "ended_at", "glance_until", "not_followed"),
        "before_ended_unseen_at",
    )
)
LINES = DocumentMap(
    WorklistLine,
    UNKNOWN,
    {
        **{name: INSTEAD[name] for name in _NAMES if name in INSTEAD},
        **_NOTHING,
        **{"id": NO_ID, "data_query": False, "sort_key": "", "rev": 0},
    },
    COLLECTION,
)
_READ = dict.fromkeys([*_NAMES, "public_id", "end", "reach"], 1)


def page(
    wanted: AlertFilter, scope: Scope, *, after: str | None, limit: int, now: datetime
) -> tuple[list[WorklistLine], str | None]:
    """Return a page of the alerts within reach, and where the next one begins.

    Args:
        wanted: which alerts.
        scope: the caller's reach; alerts are reached through sites only.
        after: the `next` of the page before.
        limit: at most so many.
        now: decides which snoozes and acknowledgements have ended.
    """
    query = {**_filter(wanted), **_stands(wanted, scope)}
    found: list[WorklistLine] = []
    while True:
        rows = _rows(query, after, limit + 1)
        lines = [_line(raw, now) for raw in rows]
        found += (line for line in lines if line.state in wanted.states)
        if len(found) > limit or len(rows) <= limit or not _ends(lines):
            break
        after = _ends(lines)  # some had woken, or were still asleep: go on until the page is full
    return found[:limit], (_ends(found[:limit]) or None) if len(found) > limit else None


def _ends(lines: Sequence[WorklistLine]) -> str:
    """Return where the lines end; those whose place cannot be read stand at the beginning of the list."""
    return max((line.sort_key for line in lines), default="")


def _rows(query: Mapping[str, Any], after: str | None, count: int) -> list[dict[str, Any]]:
    part = {**query, **({} if after is None else {"sort_key": {"$gt": after}})}
    # In one batch: a second one costs DocumentDB many times the first.
    cursor = AlertDocument.raw().find(part, _READ, batch_size=count)
    return list(cursor.sort("sort_key", 1).limit(count))


def _filter(wanted: AlertFilter) -> dict[str, Any]:
    asked = {
        "level": wanted.level and _stored_as(Level, [wanted.level]),
        "condition": wanted.condition and _stored_as(Condition, [wanted.condition]),
        "topic": wanted.topic,
        "patient_id": wanted.patient_id,
        "assigned_to": wanted.assigned_to,
        "end.how": wanted.ended_how and wanted.ended_how.value,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _stands(wanted: AlertFilter, scope: Scope) -> dict[str, Any]:
    """Where alerts that are in these states now may stand, within reach only."""
    states = {*wanted.states, *WAITING} if State.OPEN in wanted.states else set(wanted.states)
    # What ended unseen has ended, too.
    lists = {*wanted.lists, *((AlertList.GLANCE,) if AlertList.ENDED in wanted.lists else ())}
    keys = any_of(f"{reach}:{one}" for reach in reaches_of(scope) for one in lists)
    return {"list_key": keys, "state": _stored_as(State, states)}


def _stored_as(words: type[StrEnum], wanted: Iterable[StrEnum]) -> Any:
    """Return the query for what is read as one of these words, that of another release included."""
    named = set(wanted)
    if UNKNOWN[words] in named:
        return {"$nin": sorted(word.value for word in words if word not in named)}
    return any_of(word.value for word in named)


def _line(raw: Mapping[str, Any], now: datetime) -> WorklistLine:
    end = raw["end"] if isinstance(raw.get("end"), dict) else {}
    about = alert_about(raw)
    line = LINES.read(
        {
            **about,
            "id": about["public_id"],
            "ended_how": end.get("how"),
            "ended_at": end.get("at"),
        }
    )
    if line.state not in WAITING or line.until is None or now < line.until:
        return line
    snoozed = line.state is State.SNOOZED
    return replace(
        line,
        state=State.OPEN,
        since=line.until,
        until=None,
        due_at=line.until,
        raised_at=line.until,
        raised_because=Because.SNOOZE_ENDED if snoozed else Because.ACKNOWLEDGEMENT_EXPIRED,
    )
