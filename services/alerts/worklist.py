"""Reading alerts for a clinician: the worklist with the patients' names, and one alert with its evidence.

Three or four queries, whatever the number of alerts; mostly one when nothing has changed since the list
was read last. Reads only; what changes an alert is `actions`. What of a list depends on the clock alone
(overdue) is left to who shows it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.alerts import looks, worklists
from models.alerts.alert import CURRENT, Alert, AlertDetail, State, Step
from models.alerts.worklists import AlertFilter, AlertList, WorklistLine
from models.patients import patient_lists
from models.patients.patient_lists import PatientName
from models.sites.escalation_policy import OutOfHours
from models.store.scope import Scope
from scoring.decline import Level
from scoring.decline.policy import NEVER_MUTED
from services import readiness
from services.access.actor import Actor
from services.alerts import actions
from services.alerts.actions import Action
from services.alerts.current import with_present_numbers
from services.alerts.escalation.policy import contact_for
from services.list_tag import ListTag, digest_of
from services.readiness import DeliveryHealth


class StateWord(StrEnum):
    """What a list can be asked for: one state, or a group of them."""

    CURRENT = "current"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    ENDED = "ended"
    ENDED_UNSEEN = "ended_unseen"
    ANY = "any"


class AssignedWord(StrEnum):
    """To whom, in words."""

    ME = "me"
    SOMEBODY = "somebody"
    NOBODY = "nobody"


_ALL = (*CURRENT, State.ENDED)
_ASKED: dict[StateWord, tuple[tuple[AlertList, ...], tuple[State, ...]]] = {
    StateWord.CURRENT: ((AlertList.CURRENT,), _ALL),
    StateWord.ENDED: ((AlertList.ENDED,), _ALL),
    StateWord.ENDED_UNSEEN: ((AlertList.GLANCE,), _ALL),
    StateWord.ANY: ((AlertList.CURRENT, AlertList.ENDED), _ALL),
}


def filter_for(
    word: StateWord, *, reader: Actor, assigned_to: str | None = None, **wanted: Any
) -> AlertFilter:
    """Return which alerts a word, and what else was asked for, stand for.

    Args:
        word: the state, or a group of them.
        reader: who "me" is.
        assigned_to: an account's id, or an `AssignedWord`.
        **wanted: further fields of `AlertFilter`.
    """
    one_state = ((AlertList.CURRENT,), (State(word.value),)) if word not in _ASKED else _ASKED[word]
    lists, states = one_state
    if assigned_to in {AssignedWord.SOMEBODY, AssignedWord.NOBODY}:
        wanted["assigned"] = assigned_to == AssignedWord.SOMEBODY
    elif assigned_to is not None:
        mine = assigned_to == AssignedWord.ME
        wanted["assigned_to"] = reader.account_id if mine else assigned_to.lower()
    return AlertFilter(lists=lists, states=states, **wanted)


@dataclass(frozen=True, slots=True)
class WorklistQuery:
    """Which page of which alerts.

    Attributes:
        alerts: which alerts.
        after: the `following` of the page before; None for the first.
        limit: at most so many.
    """

    alerts: AlertFilter
    after: str | None = None
    limit: int = 50

    @property
    def watched(self) -> bool:
        """Whether it has a tag: lists of what has ended only grow, and nobody waits for them to change."""
        return AlertList.ENDED not in self.alerts.lists


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of a worklist with whom it is about, and whether it is new to the reader.

    Attributes:
        new: something in it was changed by somebody else since the reader last looked.
    """

    line: WorklistLine
    patient: PatientName
    new: bool


@dataclass(frozen=True, slots=True)
class Worklist:
    """A page of a worklist.

    Attributes:
        lines: what it holds.
        following: where the next page begins; None on the last.
        read_at: as of which moment.
        delivery: whether people are being told of alerts.
        tag: names what it holds; None where the list has none.
    """

    lines: list[ShownLine]
    following: str | None
    read_at: datetime
    delivery: DeliveryHealth
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An alert as it stands at a moment, whom it is about, and what can be done with it.

    Attributes:
        out_of_hours: who may be rung up about it; only of what cannot wait.
        can_be_muted: an exception for its patient can mute the topic, which ends it.
    """

    alert: Alert
    patient: PatientName
    flag: Mapping[str, Any]
    history: tuple[Step, ...]
    actions: tuple[Action, ...]
    out_of_hours: OutOfHours | None
    can_be_muted: bool


def about(alerts: AlertFilter, words: str, scope: Scope) -> AlertFilter:
    """Return the filter for those of the alerts whose patient is called so, by name or study code."""
    found = patient_lists.called(scope.site_ids | scope.query_site_ids, words)
    return replace(alerts, patient_ids=tuple(found))


def watch(
    wanted: WorklistQuery, scope: Scope, *, reader: Actor, now: datetime, known: Collection[str]
) -> Worklist | None:
    """Return a page as `page` does, with its tag; None when it is still as a known tag says.

    Args:
        wanted: which page of which alerts.
        scope: the reader's reach.
        reader: decides what is new.
        now: the present moment.
        known: tags of what the reader has already.
    """
    if not wanted.watched:
        return page(wanted, scope, reader=reader, now=now)
    # What the tag rests on is read before the lines, so that no tag is newer than what it stands for.
    delivery, stamps = readiness.delivery(now), sorted(worklists.stamps(wanted.alerts, scope))
    if known:
        lately = looks.read_lately(reader.account_id, scope.site_ids | scope.query_site_ids)
        digest = _digest(wanted, scope, lately, delivery, stamps)
        if any(ListTag.parsed(text).names(digest, now) for text in known):
            return None
    looked = _looked(reader, scope)
    digest = _digest(wanted, scope, looked, delivery, stamps)
    found, changes_at = _read(wanted, scope, reader, looked, now)
    return replace(found, delivery=delivery, tag=ListTag(digest, changes_at).text)


def page(wanted: WorklistQuery, scope: Scope, *, reader: Actor, now: datetime) -> Worklist:
    """Return a page of alerts with their patients' names."""
    return _read(wanted, scope, reader, _looked(reader, scope), now)[0]


def _looked(reader: Actor, scope: Scope) -> dict[str, datetime]:
    return looks.read(reader.account_id, scope.site_ids | scope.query_site_ids)


def _read(
    wanted: WorklistQuery, scope: Scope, reader: Actor, looked: Mapping[str, datetime], now: datetime
) -> tuple[Worklist, datetime | None]:
    """The page, and when time alone changes it next."""
    found = worklists.page(wanted.alerts, scope, after=wanted.after, limit=wanted.limit, now=now)
    names = patient_lists.names(line.patient_id for line in found.lines)
    lines = [
        ShownLine(line, _called(line.patient_id, names), _is_new(line, looked, reader))
        for line in found.lines
    ]
    return Worklist(lines, found.following, now, readiness.delivery(now)), found.changes_at


def withheld(scope: Scope) -> int:
    """Return how many more current alerts there are that the reader's role does not show."""
    return worklists.count_withheld(scope)


def note_look(scope: Scope, *, reader: Actor, read_at: datetime, now: datetime) -> None:
    """Note that the reader has looked at the list as it was read at a moment, of all sites within reach."""
    looks.note(reader.account_id, scope.site_ids | scope.query_site_ids, at=min(read_at, now))


def shown(detail: AlertDetail, now: datetime) -> ShownAlert:
    """Return an alert as it stands at this moment, with its patient's name and what can be done with it."""
    detail = with_present_numbers(detail, now)
    alert = detail.alert.at(now)
    patient = _called(alert.patient_id, patient_lists.names([alert.patient_id]))
    return ShownAlert(
        alert=alert,
        patient=patient,
        flag=detail.flag,
        history=detail.history,
        actions=actions.allowed(detail.alert, now),
        out_of_hours=contact_for(alert.site_id, alert.level, alert.topic),
        can_be_muted=_can_be_muted(alert),
    )


def _can_be_muted(alert: Alert) -> bool:
    current = alert.state in CURRENT and alert.level is not Level.URGENT
    return current and alert.topic not in NEVER_MUTED


def _digest(
    wanted: WorklistQuery,
    scope: Scope,
    looked: Mapping[str, datetime],
    delivery: DeliveryHealth,
    stamps: list[int],
) -> str:
    reach = sorted(scope.site_ids), sorted(scope.query_site_ids)
    return digest_of(*reach, wanted, sorted(looked.items()), delivery, stamps)


def _is_new(line: WorklistLine, looked: Mapping[str, datetime], reader: Actor) -> bool:
    at = looked.get(line.site_id)
    return line.changed_by != reader.account_id and (at is None or line.changed_at > at)


def _called(patient_id: str, names: dict[str, PatientName]) -> PatientName:
    return names.get(patient_id) or PatientName(patient_id, "", None)


def flags_of(lines: Iterable[WorklistLine]) -> Mapping[str, Mapping[str, Any]]:
    """Return what the words of these lines are put together from, by the id of the alert."""
    return worklists.flags(line.id for line in lines)
