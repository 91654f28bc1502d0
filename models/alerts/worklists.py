"""Worklists: the alerts within reach, page by page, what has to be looked at first.

One narrow query on one index; evidence and history stay where they are. An alert whose snooze or
acknowledgement has ended counts as open here, whether or not the worker has come by; so a page also says when
time alone changes it next. Whether anything in a list was written is told by its stamps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from models.alerts.alert import (
    CURRENT,
    WAITING,
    Audience,
    Because,
    Condition,
    EndedHow,
    Grounds,
    NotFollowed,
    State,
)
from models.alerts.alerts import ONE_BATCH, AlertDocument
from models.alerts.keys import new_stamp, reach_key, reaches_of
from models.alerts.reading import COLLECTION, INSTEAD, LONG_AGO, NO_ID, UNKNOWN, alert_about
from models.store.mapping import DocumentMap
from models.store.scope import Scope, any_of
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
        patient_ids: about one of these.
        assigned: to somebody, or to nobody.
        seen: whether a person acted on it since it was last raised.
        overdue: whether its due time has passed.
    """

    lists: tuple[AlertList, ...] = (AlertList.CURRENT,)
    states: tuple[State, ...] = (*CURRENT, State.ENDED)
    level: Level | None = None
    condition: Condition | None = None
    topic: str | None = None
    patient_id: str | None = None
    patient_ids: tuple[str, ...] | None = None
    assigned_to: str | None = None
    assigned: bool | None = None
    seen: bool | None = None
    overdue: bool | None = None
    ended_how: EndedHow | None = None


@dataclass(frozen=True, slots=True)
class WorklistLine:
    """A line of a worklist.

    Attributes:
        id: the public id.
        grounds: the reports that its words rest on; later ones may say it in other numbers.
        since: since when it is in its state.
        changed_at: when something changed that people see, by whom, and which event of the history it was.
        acted_at: when a person did something about it last, who, and what (an event of the history).
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
    grounds: Grounds
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
    changed_at: datetime
    changed_by: str
    changed_event: str
    acted_at: datetime | None
    acted_by: str
    acted_event: str
    sort_key: str
    rev: int


_LONG_LIST = 200
_SOMEBODY = {"$gt": ""}
_SOME_TIME = {"$gt": datetime(1900, 1, 1, tzinfo=UTC)}
_NAMES = tuple(member.name for member in fields(WorklistLine))
_NULLABLE = (
    *("seen_at", "assigned_to", "until", "ended_how", "ended_at", "glance_until", "not_followed"),
    *("before_ended_unseen_at", "acted_at"),
)
LINES = DocumentMap(
    WorklistLine,
    UNKNOWN,
    {
        **{name: INSTEAD[name] for name in _NAMES if name in INSTEAD},
        **dict.fromkeys(_NULLABLE),
        **{"id": NO_ID, "data_query": False, "sort_key": "", "rev": 0},
        **{"changed_at": LONG_AGO, "changed_by": "", "changed_event": "", "acted_by": "", "acted_event": ""},
    },
    COLLECTION,
)
_READ = dict.fromkeys([*_NAMES, "public_id", "end", "reach"], 1)


class LinesPage(NamedTuple):
    """A page of a worklist.

    Attributes:
        lines: what it holds.
        following: where the next page begins; None on the last.
        changes_at: when time alone changes the page next: something wakes, or is overdue.
    """

    lines: list[WorklistLine]
    following: str | None
    changes_at: datetime | None


def page(wanted: AlertFilter, scope: Scope, *, after: str | None, limit: int, now: datetime) -> LinesPage:
    """Return a page of the alerts within reach.

    Args:
        wanted: which alerts.
        scope: the caller's reach; alerts are reached through sites only.
        after: the `following` of the page before.
        limit: at most so many.
        now: decides which snoozes and acknowledgements have ended, and what is overdue.
    """
    query = {**_filter(wanted), **_stands(wanted, scope)}
    # What is overdue is looked for in whole lists.
    size = limit + 1 if wanted.overdue is None else max(limit + 1, _LONG_LIST)
    found: list[WorklistLine] = []
    coming: list[datetime] = []
    while True:
        rows = _rows(query, after, size)
        lines = [_line(raw, now) for raw in rows]
        for line in lines:
            coming += _changes_of(line, wanted, now)
            if _is_wanted(line, wanted, now):
                found.append(line)
        if len(found) > limit or len(rows) < size or not _end_of(lines):
            break
        after = _end_of(lines)  # some had woken, or were still asleep: go on until the page is full
    following = (_end_of(found[:limit]) or None) if len(found) > limit else None
    return LinesPage(found[:limit], following, min(coming, default=None))


def _end_of(lines: Sequence[WorklistLine]) -> str:
    """Return where the lines end; those whose place cannot be read stand at the beginning of the list."""
    return max((line.sort_key for line in lines), default="")


def stamps(wanted: AlertFilter, scope: Scope) -> list[int]:
    """Return the stamps of all alerts in the lists that are asked for, in no order, whatever else is asked.

    They differ after each write of any of them, and when one enters or leaves a list. Read before a page,
    they tell whether it may have changed since.
    """
    rows = AlertDocument.raw().find(
        {"list_key": _list_keys(wanted, scope)}, {"stamp": 1, "_id": 0}, batch_size=ONE_BATCH
    )
    found = [raw.get("stamp") for raw in rows.to_list()]
    return [stamp if isinstance(stamp, int) else 0 for stamp in found]


def count_withheld(scope: Scope) -> int:
    """Return how many current alerts of sites that are reached for questions only are not within reach.

    Restricted ones are not counted: a number that rises when a questionnaire comes would tell what was in it.
    """
    keys = [
        f"{reach_key(site_id, Audience.CLINICAL)}:{AlertList.CURRENT}" for site_id in scope.query_site_ids
    ]
    if not keys:
        return 0
    return AlertDocument.raw().count_documents({"list_key": any_of(keys), "restricted": False})


def renew_stamps(patient_id: str) -> None:
    """Let the lists in which a patient stands count as changed: the patient is called otherwise."""
    for raw in AlertDocument.raw().find({"patient_id": patient_id}, {"_id": 1}):
        AlertDocument.raw().update_one({"_id": raw["_id"]}, {"$set": {"stamp": new_stamp()}})


def flags(public_ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Return the flags of these alerts by public id."""
    wanted = {"public_id": {"$in": list(public_ids)}}
    rows = AlertDocument.raw().find(wanted, {"public_id": 1, "flag": 1}, batch_size=ONE_BATCH)
    return {raw["public_id"]: raw["flag"] for raw in rows if isinstance(raw.get("flag"), dict)}


def _rows(query: Mapping[str, Any], after: str | None, count: int) -> list[dict[str, Any]]:
    part = {**query, **({} if after is None else {"sort_key": {"$gt": after}})}
    # In one batch: a second one costs DocumentDB many times the first.
    cursor = AlertDocument.raw().find(part, _READ, batch_size=count)
    return cursor.sort("sort_key", 1).limit(count).to_list()


def _filter(wanted: AlertFilter) -> dict[str, Any]:
    asked = {
        "level": wanted.level and _stored_as(Level, [wanted.level]),
        "condition": wanted.condition and _stored_as(Condition, [wanted.condition]),
        "topic": wanted.topic,
        "patient_id": _either(wanted.patient_id, wanted.patient_ids),
        "assigned_to": wanted.assigned_to,
        "end.how": wanted.ended_how and wanted.ended_how.value,
    }
    query = {name: value for name, value in asked.items() if value is not None}
    if wanted.assigned is not None:
        query.setdefault("assigned_to", _SOMEBODY if wanted.assigned else None)
    if wanted.seen is not None:
        query["seen_at"] = _SOME_TIME if wanted.seen else None
    return query


def _either(one: str | None, several: tuple[str, ...] | None) -> Any:
    if several is None:
        return one
    return {"$in": [each for each in several if one in {None, each}]}


def _is_wanted(line: WorklistLine, wanted: AlertFilter, now: datetime) -> bool:
    overdue = line.state in CURRENT and line.due_at <= now
    return line.state in wanted.states and wanted.overdue in {None, overdue}


def _changes_of(line: WorklistLine, wanted: AlertFilter, now: datetime) -> Iterator[datetime]:
    if line.state in WAITING and line.until is not None:
        yield line.until
    if wanted.overdue is not None and line.state in CURRENT and line.due_at > now:
        yield line.due_at


def _stands(wanted: AlertFilter, scope: Scope) -> dict[str, Any]:
    """Where alerts that are in these states now may stand, within reach only."""
    states = {*wanted.states, *WAITING} if State.OPEN in wanted.states else set(wanted.states)
    return {
        "list_key": _list_keys(wanted, scope),
        "state": _stored_as(State, states),
    }


def _list_keys(wanted: AlertFilter, scope: Scope) -> Any:
    # What ended unseen has ended, too.
    lists = {*wanted.lists, *((AlertList.GLANCE,) if AlertList.ENDED in wanted.lists else ())}
    return any_of(f"{reach}:{alert_list}" for reach in reaches_of(scope) for alert_list in lists)


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
