"""Factories for the tests of alerts: evaluations made of the real parts, and stored alerts.

Days are counted from one morning, long ago enough for every clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.alerts import alerts
from models.alerts.alert import Alert, Condition, End, EndedHow, State, Step
from models.alerts.changes import Change
from models.alerts.reading import ALERTS
from models.ledger.document import LedgerDocument
from models.ledger.entries import entry_id
from models.store.base import new_id
from models.store.provenance import by_itself
from scoring.decline import Evaluation, Flag, Kind, Level, Memory, Topic, TopicState, passes
from scoring.decline.flags import Signal
from services.alerts import actions, by_clock
from services.alerts.lifecycle import next_move
from services.alerts.moves import CLOCK, Cause, NewEpisode, ended
from services.alerts.news import NEVER_RAISED, Verdict, verdicts_of
from services.alerts.opening import opened
from services.alerts.terms import Terms, at_once, terms_of
from services.sites.working_calendar import WorkingCalendar

DAY_0 = datetime(2076, 1, 5, 8, 0, tzinfo=UTC)
PATIENT = "019ab1c2-0000-7000-8000-0000000000b1"
SITE = "019ab1c2-0000-7000-8000-00000000000a"
EVENT = "speech_level"
TERMS = Terms(WorkingCalendar(ZoneInfo("UTC")))


def on_day(day: float) -> datetime:
    return DAY_0 + timedelta(days=day)


@dataclass(frozen=True)
class Told:
    """What an evaluation says of one topic.

    Attributes:
        rule: of the flag; `fast_decline` can pass, EVENT never does.
        raised: day of the report that began the episode; its id is `r<day>`.
        met: day of the latest report that met the condition.
        cleared: day on which the episode ended; None while the flag stands.
        mark: how bad it is, by measure.
        reports: of a safety topic, days of the reports that told of it.
        also: further rules that are on, with their marks.
    """

    topic: Topic = Topic.DECLINE
    level: Level = Level.SOON
    raised: int = 1
    met: int | None = None
    cleared: int | None = None
    rule: str = "fast_decline"
    mark: Mapping[str, float] = field(default_factory=dict)
    reports: tuple[int, ...] = ()
    also: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

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
        further = tuple(Signal(**self._signal(rule, mark)) for rule, mark in self.also.items())
        return Flag(
            **self._signal(self.rule, self.mark),
            topic=self.topic,
            restricted=self.topic in {Topic.SELF_HARM, Topic.CARER_BURDEN},
            data_query=self.topic is Topic.DATA_QUERY,
            further=further,
        )

    def _signal(self, rule: str, mark: Mapping[str, float]) -> dict[str, Any]:
        state = self.standing
        reports = tuple(f"r{day}" for day in self.reports) or (state.raised_by, state.met_by)
        return {
            "rule": rule,
            "rule_version": "1",
            "level": self.level,
            "kind": Kind.STATE,
            "headline": "Something fell",
            "sentence": f"Something fell, as {state.met_by} says.",
            "clears_when": "It is back at two reports in a row.",
            "numbers": {"points": 6, "probability": 0.93, "respondent": "the patient"},
            "evidence": tuple(dict.fromkeys(reports)),
            "raised_by": state.raised_by,
            "raised_at": state.raised_at,
            "mark": mark,
        }


def in_ledger(seq: int, patient_id: str = PATIENT) -> None:
    """Store an entry with this number, of which an alignment asks only whether it is the newest."""
    key = {"_id": entry_id(patient_id, seq)}
    LedgerDocument.raw().update_one(key, {"$set": {"patient_id": patient_id, "seq": seq}}, upsert=True)


def evaluation(*told: Told, news: Iterable[Mapping[str, Any]] = (), **said: Any) -> dict[str, Any]:
    """An evaluation that says this, and nothing of other topics."""
    plain = Evaluation(
        flags=tuple(entry.flag for entry in told if entry.cleared is None),
        remarks=(),
        topics={entry.topic: entry.standing for entry in told},
        trajectory=None,
        stages=None,
        rules_version="1",
        policy_version="default-1",
        memory=Memory(),
    ).as_dict()
    events = {
        entry.topic.value: [rule for rule in (entry.rule, *entry.also) if not passes(rule)] for entry in told
    }
    return {**plain, "news": list(news), "events": events, **said}


def news_of(told: Told, *, stands: bool = False, occurrence: bool = False) -> dict[str, Any]:
    """News of a flag that came on, as an evaluation tells it: with the flag when it stands no more."""
    flag = told.flag
    return {
        "topic": told.topic.value,
        "rule": told.rule,
        "level": told.level.value,
        "report_id": flag.raised_by,
        "observed_at": flag.raised_at.isoformat(),
        "mark": dict(told.mark),
        "flag": None if stands else flag.as_dict(),
        "occurrence": occurrence,
    }


def verdict(told: Told | None, *, today: date | None = None, **said: Any) -> Verdict:
    """What an evaluation says of the topic of what is told."""
    if told is None:
        return NEVER_RAISED
    return verdicts_of(evaluation(told, **said), today or on_day(5).date())[told.topic.value]


def cause(day: float = 20, seq: int = 7, **fields: Any) -> Cause:
    """An evaluation that speaks on this day."""
    return Cause(seq, on_day(day), **{"terms": TERMS} | fields)


def make_alert(state: State = State.OPEN, told: Told | None = None, **fields: Any) -> Alert:
    """An alert as the desk would have left it: shown on the day it was raised, acted on at noon."""
    told = told or Told()
    at, opening = on_day(told.raised), NewEpisode(told.topic.value, fields.pop("episode", 1))
    owner = (fields.pop("patient_id", PATIENT), fields.pop("site_id", SITE))
    if "opened_at" in fields:
        at = fields["opened_at"]
    flagged = verdict(replace(told, cleared=None))
    why = cause(seq=3, by="evaluation")
    alert = opened(opening, owner, new_id(), flagged, replace(why, now=at))
    if state is not State.OPENING:
        shown = next_move(told.topic.value, alert, flagged, replace(why, now=at))
        assert isinstance(shown, Change)
        alert = shown.after
    if state in {State.ACKNOWLEDGED, State.SNOOZED, State.ENDED}:
        alert = _acted_on(alert, state, at + timedelta(hours=4))
    if told.cleared is not None:
        alert = replace(alert, condition=Condition.PASSED, standing={})
    return replace(alert, **fields)


def goes_on(alert: Alert) -> bool:
    """Whether people have to be told again and again: it is open, and holds or presses."""
    open_now = alert.state is State.OPEN and alert.not_followed is None
    return open_now and (alert.condition is Condition.HOLDS or at_once(alert.level, alert.topic))


def by_now(alert: Alert, now: datetime) -> Alert:
    """What has run out is open again, whoever comes by first."""
    change = by_clock.woken(alert, Cause(0, now, terms_of(alert.site_id), by=CLOCK))
    return alert if change is None else change.after


def _acted_on(alert: Alert, state: State, noon: datetime) -> Alert:
    alert = actions.dealt_with(actions.seen(alert, "clinician", noon), "clinician", noon)
    if state is State.ENDED:
        return actions.closed(alert, End(EndedHow.RESOLVED, noon, "clinician", "called"))
    return replace(alert, state=state, until=on_day(9))


def ended_unseen(told: Told | None = None, day: float = 3, **fields: Any) -> Alert:
    """An inform that passed before anybody had acted on it."""
    alert = make_alert(told=told or Told(level=Level.INFORM), **fields)
    at = cause(day, seq=3)
    after = ended(alert, End(EndedHow.PASSED, at.now, "evaluation"), at)
    return replace(after, condition=Condition.PASSED, condition_at=at.now, standing={})


def store(*made: Alert) -> None:
    for alert in made:
        step = Step(alert.opened_at, "opened", by_itself("evaluation"), State.OPEN)
        told = Told(Topic(alert.topic), alert.level)
        assert alerts.insert(alert, told.flag.as_dict(), step)


def stored(patient_id: str = PATIENT) -> dict[str, Alert]:
    """Every alert of the patient by key, the hidden ones too."""
    rows: Iterable[Any] = alerts.AlertDocument.raw().find({"patient_id": patient_id}).sort("_id", 1)
    return {raw["_id"]: ALERTS.read(raw) for raw in rows}


def only(patient_id: str = PATIENT) -> Alert:
    (alert,) = stored(patient_id).values()
    return alert


STAGES: dict[str, tuple[tuple[Alert, ...], tuple[Told, ...]]] = {
    "opening": ((), (Told(), Told(Topic.SPEECH))),
    "new_episode": ((make_alert(State.ENDED),), (Told(raised=30, level=Level.URGENT),)),
    "update": ((make_alert(),), (Told(met=30, level=Level.URGENT),)),
    "end": (
        (make_alert(told=Told(level=Level.INFORM)), make_alert(told=Told(Topic.SPEECH, Level.INFORM))),
        (Told(level=Level.INFORM, cleared=5),),
    ),
}
"""What is stored, and what an evaluation says next."""
