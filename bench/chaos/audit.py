"""Compares what was acknowledged with what is stored: nothing lost, doubled or changed, all evaluated.

`compare_events` and `compare_alerts` are pure; the functions that begin with `look_at` read what they need.
Phones may go on meanwhile when the acknowledgements were taken first: those have to be there by then.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeVar

from bench.chaos.records import Sent
from models.alerts import alerts
from models.alerts.alert import Alert, Condition, EndedHow, State
from models.alerts.alerts import AlertDocument
from models.ledger import ledger
from models.ledger.entries import Entry, EntryKind
from models.patients import patients
from models.sites import sites
from models.store.base import milliseconds
from models.store.connection import DRIVER_ERRORS
from models.store.scope import Scope
from scoring import decline
from scoring.decline import Level, Topic
from services import clock
from services.alerts.terms import SAFETY
from services.reports import evaluate

_RETRY_SECONDS = 30.0

_OF_THE_SERVICE = frozenset({EntryKind.REEVALUATION, EntryKind.SAFETY_NOTICE})

Given = TypeVar("Given")
Read = TypeVar("Read")


class Wrong(StrEnum):
    """What can be wrong with what is stored."""

    LOST = "lost"
    DOUBLED = "doubled"
    CHANGED = "changed"
    GAP = "gap"
    UNKNOWN = "stored, never acknowledged"
    EVALUATION = "evaluation differs"
    PENDING = "alerts pending"
    ALERTS = "alerts out of step"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with one patient's records."""

    wrong: Wrong
    patient_id: str
    detail: str


def compare_events(acknowledged: Mapping[str, Sent], entries: Sequence[Entry]) -> list[Fault]:
    """Return what is wrong with the entries of a patient, given what phones were told of them."""
    patient_id = next((sent.patient_id for sent in acknowledged.values()), "")
    refused, acknowledged = _apart(acknowledged)
    stored = {entry.event_id: entry for entry in entries}
    times = Counter(entry.event_id for entry in entries)
    faults = [(Wrong.LOST, event_id) for event_id in acknowledged if event_id not in stored]
    faults += [(Wrong.DOUBLED, event_id) for event_id, count in times.items() if count > 1]
    faults += [
        (Wrong.CHANGED, event_id)
        for event_id, sent in acknowledged.items()
        if event_id in stored and not is_as_sent(sent, stored[event_id])
    ]
    # One notice stands for all that one person sends within the hour.
    if refused and not any(entry.kind is EntryKind.SAFETY_NOTICE for entry in entries):
        faults += [(Wrong.LOST, f"the safety notice of {event_id}") for event_id in refused]
    numbers = sorted(entry.seq for entry in entries)
    if numbers != list(range(1, len(numbers) + 1)):
        faults.append((Wrong.GAP, f"numbers {numbers}"))
    return [Fault(wrong, patient_id, detail) for wrong, detail in faults]


def _apart(acknowledged: Mapping[str, Sent]) -> tuple[dict[str, Sent], dict[str, Sent]]:
    """Return the refused forms with a safety answer, and everything else."""
    refused = {
        event_id: sent for event_id, sent in acknowledged.items() if sent.kind is EntryKind.SAFETY_NOTICE
    }
    return refused, {event_id: sent for event_id, sent in acknowledged.items() if event_id not in refused}


def unknown_events(acknowledged: Iterable[str], entries: Iterable[Entry]) -> list[Fault]:
    """Return what is stored though no phone was told so; nothing, once every phone has its answers."""
    known = set(acknowledged)
    return [
        Fault(Wrong.UNKNOWN, entry.patient_id, f"{entry.kind} {entry.event_id}")
        for entry in entries
        if entry.event_id not in known and entry.kind not in _OF_THE_SERVICE
    ]


def is_as_sent(sent: Sent, entry: Entry) -> bool:
    """Return whether an entry says what was sent."""
    same_event = (sent.kind, sent.report_id) == (entry.kind, entry.report_id)
    same_answers = dict(sent.answers) == dict(entry.content.answers)
    same_time = sent.observed_at is None or milliseconds(sent.observed_at) == entry.content.observed_at
    return same_event and same_answers and same_time


def compare_alerts(evaluation: Mapping[str, Any], latest: Mapping[str, Alert]) -> list[str]:
    """Return the topics whose latest alert does not fit the evaluation, given that no clinician did anything.

    Silence follows the calendar and is left out; safety alerts are ended by clinicians only.
    """
    raised = {topic: said for topic, said in evaluation["topics"].items() if said["on"]}
    ignored = {Topic.SILENCE.value, *SAFETY}
    faults = [
        f"{topic} is raised"
        for topic, said in raised.items()
        if not _stands(latest.get(topic), said) and not _aged_ahead(latest.get(topic))
    ]
    faults += [
        f"{topic} is {alert.state} and {alert.condition}, and not raised"
        for topic, alert in latest.items()
        if not _is_off(alert) and topic not in raised and topic not in ignored
    ]
    return faults


def _stands(alert: Alert | None, said: Mapping[str, Any]) -> bool:
    return (
        alert is not None
        and alert.state is State.OPEN
        and alert.condition is Condition.HOLDS
        and alert.grounds.began_by == said["raised_by"]
        and alert.level.rank >= Level(said["level"]).rank
    )


def _aged_ahead(alert: Alert | None) -> bool:
    """Whether it grew old by a clock that was ahead: only alerts that inform do, and they are listed then."""
    if alert is None or alert.level is not Level.INFORM or alert.end is None:
        return False
    return alert.end.how is EndedHow.AGED and alert.end.at > clock.of_host()


def _is_off(alert: Alert) -> bool:
    """Whether it says that the reports do not raise it: ended, marked, or an event nobody has seen."""
    if alert.state is State.OPENING:
        return False
    unseen_event = any(not decline.passes(rule) for rule in alert.fresh)
    return alert.state is State.ENDED or alert.condition is not Condition.HOLDS or unseen_event


def look_at_events(acknowledged: Mapping[str, Mapping[str, Sent]], *, finished: bool) -> list[Fault]:
    """Compare the ledger with what was acknowledged.

    Args:
        acknowledged: by patient, then by event.
        finished: phones have all their answers, so nothing else may be stored.
    """
    faults: list[Fault] = []
    for patient_id, events in acknowledged.items():
        entries = patiently(ledger.read_entries, patient_id)
        faults += compare_events(events, entries)
        faults += unknown_events(events, entries) if finished else []
    return faults


def look_at_evaluations(patient_ids: Iterable[str]) -> list[Fault]:
    """Compare each head's evaluation with one of the whole history from scratch."""
    details = {patient_id: patiently(_differences, patient_id) for patient_id in patient_ids}
    return [
        Fault(Wrong.EVALUATION, patient_id, ", ".join(detail))
        for patient_id, detail in details.items()
        if detail
    ]


def look_at_alerts(patient_ids: Iterable[str]) -> list[Fault]:
    """Look for alerts that are not in step, and for entries that wait for it."""
    faults = [
        Fault(Wrong.PENDING, left, "in the ledger") for left in patiently(ledger.patients_pending, 1000)
    ]
    for patient_id in patient_ids:
        faults += [Fault(Wrong.ALERTS, patient_id, detail) for detail in patiently(_out_of_step, patient_id)]
    return faults


def patiently(read: Callable[[Given], Read], given: Given) -> Read:
    """Read; read again while the database does not answer."""
    until = time.monotonic() + _RETRY_SECONDS
    while True:
        try:
            return read(given)
        except DRIVER_ERRORS:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def evidence(patient_id: str) -> str:
    """Return all that is stored about a patient's reports and alerts, for whoever looks into a fault."""
    head, scratch = patiently(_evaluations, patient_id)
    content = {
        "alerts": list(AlertDocument.raw().find({"patient_id": patient_id})),
        "head": head,
        "from scratch": scratch,
        "entries": [asdict(entry) for entry in patiently(ledger.read_entries, patient_id)],
    }
    return json.dumps(content, indent=1, default=str)


def _differences(patient_id: str) -> list[str]:
    """Return what of the evaluation differs between the head and one of the whole history from scratch."""
    head, scratch = _evaluations(patient_id)
    return [name for name in sorted({*head, *scratch}) if head.get(name) != scratch.get(name)]


def _evaluations(patient_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the evaluation of the head, and one of the whole history from scratch, with their numbers.

    News is left out: what became known by an entry depends on the order of arrival.
    """
    patient = patients.read(patient_id, Scope(patient_id=patient_id), now=clock.now())
    site = None if patient is None else sites.read(patient.site_id)
    head = ledger.read_head(patient_id)
    if patient is None or site is None or head is None:
        return {"seq": None}, {"seq": "expected"}
    entries = ledger.read_entries(patient_id)
    scratch = evaluate.anew(entries, evaluate.criteria_for(patient, site))
    return (
        {**head.evaluated.evaluation, "news": [], "seq": head.seq},
        {**json.loads(json.dumps(scratch.evaluation)), "seq": len(entries)},
    )


def _out_of_step(patient_id: str) -> list[str]:
    head = ledger.read_head(patient_id)
    if head is None:
        return []
    latest = alerts.latest(head.site_id, [patient_id])[patient_id]
    return compare_alerts(head.evaluated.evaluation, latest)
