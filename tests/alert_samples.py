"""Factories for the tests of alerts: evaluations made of the real parts, and stored alerts.

Days are counted from one morning, long ago enough for every clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from models.alerts import alerts
from models.alerts.alert import Alert, Condition, Grounds, Handled, State, Step
from models.ledger.entries import entry_id
from models.ledger.ledger import LedgerDocument
from models.store.provenance import by_itself
from scoring.decline import Evaluation, Flag, Kind, Level, Memory, Topic, TopicState
from services.alerts.lifecycle import SAFETY

DAY_0 = datetime(2076, 1, 5, 8, 0, tzinfo=UTC)
PATIENT = "019ab1c2-0000-7000-8000-0000000000b1"
SITE = "019ab1c2-0000-7000-8000-00000000000a"


def on_day(day: float) -> datetime:
    return DAY_0 + timedelta(days=day)


@dataclass(frozen=True)
class Told:
    """What an evaluation says of one topic.

    Attributes:
        raised: day of the report that began the episode; its id is `r<day>`.
        met: day of the latest report that met the condition.
        cleared: day on which the episode ended; None while the flag stands.
    """

    topic: Topic = Topic.DECLINE
    level: Level = Level.SOON
    raised: int = 1
    met: int | None = None
    cleared: int | None = None

    @property
    def standing(self) -> TopicState:
        met = self.raised if self.met is None else self.met
        cleared_at = None if self.cleared is None else on_day(self.cleared)
        return TopicState(
            on=self.cleared is None,
            level=self.level,
            raised_by=f"r{self.raised}",
            raised_at=on_day(self.raised),
            cleared_at=cleared_at,
            met_by=f"r{met}",
            met_at=on_day(met),
        )

    @property
    def flag(self) -> Flag:
        standing = self.standing
        return Flag(
            rule=f"{self.topic.value}_rule",
            rule_version="1",
            level=self.level,
            kind=Kind.STATE,
            headline="Something fell",
            sentence=f"Something fell, as {standing.met_by} says.",
            clears_when="It is back at two reports in a row.",
            numbers={"points": 6, "probability": 0.93, "respondent": "the patient"},
            evidence=tuple(dict.fromkeys((standing.raised_by, standing.met_by))),
            raised_by=standing.raised_by,
            raised_at=standing.raised_at,
            topic=self.topic,
            restricted=self.topic in {Topic.SELF_HARM, Topic.CARER_BURDEN},
            data_query=self.topic is Topic.DATA_QUERY,
        )


def in_ledger(seq: int, patient_id: str = PATIENT) -> None:
    """Store an entry with this number, of which an alignment asks only whether it is the newest."""
    key = {"_id": entry_id(patient_id, seq)}
    LedgerDocument.raw().update_one(key, {"$set": {"patient_id": patient_id, "seq": seq}}, upsert=True)


def evaluation(*told: Told) -> dict[str, Any]:
    """An evaluation that says this, and nothing of other topics."""
    return Evaluation(
        flags=tuple(one.flag for one in told if one.cleared is None),
        remarks=(),
        topics={one.topic: one.standing for one in told},
        trajectory=None,
        stages=None,
        rules_version="1",
        policy_version="default-1",
        memory=Memory(),
    ).as_dict()


def grounds(told: Told) -> Grounds:
    standing = told.standing
    found = Grounds(standing.level, standing.raised_by, standing.raised_at, standing.met_by, standing.met_at)
    return replace(found, occurrences=told.flag.evidence) if told.topic.value in SAFETY else found


def make_alert(state: State = State.OPEN, told: Told | None = None, **fields: Any) -> Alert:
    """An alert as the desk would have left it; one that was dealt with was so two days after it was met."""
    told = told or Told()
    rests_on = grounds(told)
    handled = None
    if state in {State.ACKNOWLEDGED, State.SNOOZED, State.RESOLVED, State.DISMISSED}:
        handled = Handled(rests_on.met_at + timedelta(days=2), "clinician", rests_on)
    condition = {State.CLEARED: Condition.PASSED, State.RETRACTED: Condition.WITHDRAWN}.get(state)
    values: dict[str, Any] = {
        "patient_id": PATIENT,
        "site_id": SITE,
        "topic": told.topic.value,
        "episode": 1,
        "state": state,
        "condition": condition or Condition.HOLDS,
        "grounds": rests_on,
        "sentence": told.flag.sentence,
        "based_on": 3,
        "opened_at": on_day(told.raised),
        "since": on_day(told.raised),
        "restricted": told.flag.restricted,
        "data_query": told.flag.data_query,
        "handled": handled,
        "snoozed_until": on_day(9) if state is State.SNOOZED else None,
    }
    return Alert(**values | fields)


def store(*made: Alert) -> None:
    for alert in made:
        opened = Step(alert.opened_at, "opened", by_itself("evaluation"), State.OPEN)
        told = Told(Topic(alert.topic), alert.level)
        assert alerts.insert(alert, told.flag.as_dict(), opened)


def stored(patient_id: str = PATIENT) -> dict[str, Alert]:
    """Every alert of the patient by id, the hidden ones too."""
    rows: Iterable[Any] = alerts.AlertDocument.raw().find({"patient_id": patient_id})
    return {raw["_id"]: alerts.ALERTS.read(raw) for raw in rows}


def only(patient_id: str = PATIENT) -> Alert:
    (alert,) = stored(patient_id).values()
    return alert


STAGES: dict[str, tuple[tuple[Alert, ...], tuple[Told, ...]]] = {
    "opening": ((), (Told(), Told(Topic.SPEECH))),
    "new_episode": ((make_alert(State.RESOLVED),), (Told(raised=30, level=Level.URGENT),)),
    "update": ((make_alert(),), (Told(met=30, level=Level.URGENT),)),
    "end": ((make_alert(), make_alert(told=Told(Topic.SPEECH))), (Told(cleared=5),)),
}
"""What is stored, and what an evaluation says next."""
