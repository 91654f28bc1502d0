"""Replays: what other limits would have done to the stored histories of a site. Nothing is changed by one.

The arithmetic is `scoring.decline.replay`'s; here histories are read, exceptions of single patients are put
over both policies, and parts are added up. A replay that was asked for over HTTP is run by the workers, a few
patients at a time; `flask replay` goes through them at once.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from models.ledger import ledger
from models.patients import patient_lists, patients
from models.patients.patient import Patient
from models.replays import parts, replays
from models.replays.parts import ReplayPart
from models.replays.replays import Limits, Replay, ReplayState
from models.sites import policies
from models.store.base import new_id
from models.store.scope import Scope
from scoring.decline import replay as comparison
from scoring.decline.replay import Change, History
from scoring.decline.reports import Report
from services.access.actor import Actor
from services.errors import Conflict, not_found
from services.reports import evaluate
from services.reports.histories import ReportRecord, ReportState, records
from services.sites import policy_in_force, site_policy

PATIENTS_A_PART = 20
MAX_WAITING = 3
MAX_TRIES = 5
LEASE = timedelta(minutes=2)
LOOK_AGAIN = timedelta(seconds=5)
"""While others are at the last parts of a replay (our choice)."""
BUDGET_SECONDS = 3.0
"""How long the worker stays with a replay before it looks after everything else again."""
SHOWN = 20

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """Which two policies are compared for the patients of a site."""

    site_id: str
    before: Limits
    version_before: str
    after: Limits


def ask(site_id: str, limits: Limits, scope: Scope, *, actor: Actor, now: datetime) -> Replay:
    """Have the worker compare the policy in force with these limits.

    Raises:
        NotFound: no such site within reach.
        Invalid: naming everything that is wrong with the limits.
        Conflict: enough are waiting already, or the limits contradict exceptions for some patients.
    """
    present = site_policy.read(site_id, scope)
    site_policy.check_limits(site_id, limits)
    unfinished = (ReplayState.WAITING, ReplayState.RUNNING)
    waiting = [replay for replay in replays.latest(site_id, SHOWN) if replay.state in unfinished]
    if len(waiting) >= MAX_WAITING:
        raise Conflict("replays_waiting", "Enough replays of this site are waiting. Look at those first.")
    asked = Replay(
        id=new_id(),
        site_id=site_id,
        limits=limits,
        limits_before=present.limits,
        version_before=present.version,
        asked_by=actor.provenance(scope.role_at(site_id)),
        asked_at=now,
        patients_in_all=patient_lists.count(site_id),
    )
    replays.create(asked)
    return asked


def read(site_id: str, replay_id: str, scope: Scope) -> Replay:
    """Return a replay.

    Raises:
        NotFound: no such replay within reach.
    """
    found = replays.read(site_id, replay_id) if scope.covers_site(site_id) else None
    if found is None:
        raise not_found("replay")
    return found


def latest(site_id: str, scope: Scope) -> list[Replay]:
    """Return the latest replays of a site.

    Raises:
        NotFound: no such site within reach.
    """
    site_policy.read(site_id, scope)
    return replays.latest(site_id, SHOWN)


def result(replay: Replay) -> dict[str, Any] | None:
    """Return the sums over all patients; None before it is done."""
    if replay.state is not ReplayState.DONE:
        return None
    return summary(content for _, content in parts.compared(replay.id))


def differences(
    site_id: str, replay_id: str, scope: Scope, *, first: int, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Return what changes for single patients, some parts of the result at a time, and where to go on.

    Raises:
        NotFound: no such replay within reach.
    """
    found = parts.compared(read(site_id, replay_id, scope).id, first, limit + 1)
    items = [difference for _, content in found[:limit] for difference in content["differences"]]
    return items, found[limit][0] if len(found) > limit else None


_NOTHING = Question("", {}, "", {})


def go_on(now: datetime) -> int:
    """Go on with replays for a while; return how many patients were compared.

    Called by any number of workers: each takes a part at a time, which comes free when that one dies.
    """
    begun, done = time.monotonic(), 0
    while True:
        taken = parts.claim(now, LEASE)
        if taken is not None:
            done += _compare_part(taken, now)
        elif not _plan_or_end(now):
            return done
        if time.monotonic() - begun >= BUDGET_SECONDS:
            return done


def _compare_part(taken: ReplayPart, now: datetime) -> int:
    replay = replays.of_part(taken)
    if replay is None:
        parts.finish(taken, part(_NOTHING, ()) | {"failed": len(taken.patients)})
        return 0
    question = Question(replay.site_id, replay.limits_before, replay.version_before, replay.limits)
    if taken.tries > MAX_TRIES:
        content = part(question, ()) | {"failed": len(taken.patients)}
    else:
        found = patients.of_site(replay.site_id, taken.patients)
        content = part(question, found)
        content["failed"] += len(taken.patients) - len(found)
    stored = parts.finish(taken, content)
    if parts.open_count(replay.id) == 0:
        replays.call_up(replay.id, now)
    return len(taken.patients) if stored else 0


def _plan_or_end(now: datetime) -> bool:
    """Cut a replay into parts, or end one of which all parts were compared; return whether there was one."""
    replay = replays.claim(now, LEASE)
    if replay is None:
        return False
    if replay.tries > MAX_TRIES:
        replays.end(replay, ReplayState.FAILED, now)
    elif not replay.planned:
        _plan(replay, now)
    elif parts.open_count(replay.id) == 0:
        replays.end(replay, ReplayState.DONE, now)
    else:
        replays.wait(replay, now + LOOK_AGAIN)
        return False
    return True


def _plan(replay: Replay, now: datetime) -> None:
    """Store the parts; after a crash, those that follow the last that was stored."""
    last = parts.last_planned(replay.id)
    number, after = (0, "") if last is None else (last.number + 1, last.patients[-1])
    for place, following in enumerate(slices(replay.site_id, after), number):
        parts.plan(replay.id, place, following, now=now, expires_at=replay.expires_at)
    replays.planned(replay, now=now)


def remaining(replay: Replay, now: datetime) -> timedelta | None:
    """Return how long a replay will go on at its pace so far; None while nothing is known of it."""
    if replay.state is not ReplayState.RUNNING or replay.begun_at is None or not replay.patients_done:
        return None
    left = max(0, replay.patients_in_all - replay.patients_done)
    return (now - replay.begun_at) * (left / replay.patients_done)


def parts_of(question: Question) -> Iterator[dict[str, Any]]:
    """Compare all patients of the site, part by part."""
    for following in slices(question.site_id):
        yield part(question, patients.of_site(question.site_id, following))


def question_of(site_id: str, limits: Limits) -> Question | None:
    """Return the comparison of the policy in force with these limits; None when there is no such site.

    Raises:
        Invalid: naming everything that is wrong with the limits.
        Conflict: they contradict exceptions for some patients.
    """
    present = policies.in_force(site_id)
    if present is None:
        return None
    site_policy.check_limits(site_id, limits)
    return Question(site_id, present.limits, present.version, limits)


def slices(site_id: str, after: str = "") -> Iterator[list[str]]:
    """Cut a site's patients into the parts that are compared together; those behind `after`."""
    while following := patient_lists.ids(site_id, after=after, limit=PATIENTS_A_PART):
        yield following
        after = following[-1]


def part(question: Question, compared: Iterable[Patient]) -> dict[str, Any]:
    """Compare the two policies for these patients; JSON-ready.

    A report that scoring fails on is left out and counted; a patient whose comparison fails is counted too.
    """
    sums: dict[str, Any] = {"patients": 0, "failed": 0, "unread": 0, "differences": []}
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    topics: Counter[str] = Counter()
    for patient in compared:
        try:
            found, unread = _compare(question, patient)
        except Exception:  # one patient's fault must not cost the others their comparison
            _log.exception("a patient could not be compared", extra={"patient_id": patient.id})
            sums["failed"] += 1
            continue
        sums["patients"] += 1
        sums["unread"] += unread
        sums["differences"] += [difference.as_dict() for difference in found.differences]
        before.update(found.load_before)
        topics.update(found.topics_before)
        after.update(found.load_after)
    return sums | {
        "load_before": dict(before),
        "load_after": dict(after),
        "topics_before": dict(topics),
    }


def _compare(question: Question, patient: Patient) -> tuple[comparison.Replay, int]:
    history, unread = _history(patient)
    before = policy_in_force.policy_from(
        {"limits": question.before}, patient.overrides, question.version_before
    )
    after = policy_in_force.policy_from({"limits": question.after}, patient.overrides, "replay")
    return comparison.replay({patient.id: history}, before, after), unread


def _history(patient: Patient) -> tuple[History, int]:
    found = [report for _, report in reports_of(patient)]
    reports = [report for report in found if report is not None]
    return History(reports, patient.profile), len(found) - len(reports)


def reports_of(patient: Patient) -> Iterator[tuple[ReportRecord, Report | None]]:
    """Return the reports that count, each as the rules see it; None of one that scoring fails on."""
    for record in records(ledger.read_entries(patient.id)).values():
        if record.state is not ReportState.CURRENT:
            continue
        report = None
        with suppress(Exception):  # told by a data query already, when it was evaluated
            report = evaluate.report_of(evaluate.answered_of(record), patient.site_id)
        yield record, report


def summary(found_in: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Add parts up: differences by topic and kind, and alerts opened in each week under either policy."""
    sums = {"patients": 0, "failed": 0, "unread": 0}
    kinds: Counter[tuple[str, str]] = Counter()
    touched: set[str] = set()
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    of_topic: Counter[str] = Counter()
    for part in found_in:
        for name in sums:
            sums[name] += part[name]
        kinds.update((found["topic"], found["change"]) for found in part["differences"])
        touched.update(found["patient"] for found in part["differences"])
        before.update(part["load_before"])
        of_topic.update(part.get("topics_before", {}))
        after.update(part["load_after"])
    topics = sorted({topic for topic, _ in kinds})
    return sums | {
        "patients_changed": len(touched),
        "opened_before": before.total(),
        "opened_after": after.total(),
        "topics_before": dict(of_topic),
        "totals": {kind.value: sum(kinds[topic, kind] for topic in topics) for kind in Change},
        "by_topic": {topic: {kind.value: kinds[topic, kind] for kind in Change} for topic in topics},
        "weeks": [
            {"week": week, "before": before[week], "after": after[week]} for week in _weeks({*before, *after})
        ],
    }


def _weeks(named: Iterable[str]) -> list[str]:
    """Return all ISO weeks from the first to the last of those named."""
    mondays = sorted(date.fromisocalendar(int(week[:4]), int(week[6:]), 1) for week in named)
    if not mondays:
        return []
    count = (mondays[-1] - mondays[0]).days // 7 + 1
    dates = [(mondays[0] + timedelta(days=7 * place)).isocalendar() for place in range(count)]
    return [f"{day.year}-W{day.week:02d}" for day in dates]
