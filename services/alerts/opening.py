"""A new episode: the alert that an evaluation opens, and how it is shown once nothing newer is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from models.alerts.alert import Alert, Baseline, Because, Condition, State
from scoring.decline import Level
from services.alerts.moves import EVALUATION, Cause, NewEpisode
from services.alerts.news import Signal, Verdict, evidence_of, occurrences_of, signals_of

MAX_TOLD = 50
MAX_OCCURRENCES = 200


def may_open(before: Alert | None, verdict: Verdict) -> bool:
    """Return whether a new episode may be opened: there is evidence, and no mute that it does not pass."""
    if evidence_of(before, verdict) is None:
        return False
    urgent = any(signal.level is Level.URGENT for signal in signals_of(before, verdict))
    return verdict.muted_until is None or urgent


def opened(
    key: NewEpisode, patient: tuple[str, str], public_id: str, verdict: Verdict, cause: Cause
) -> Alert:
    """Return the alert of a new episode, not shown yet; `patient` is patient and site."""
    now, before, evidence = cause.now, key.before, evidence_of(key.before, verdict)
    if evidence is None:
        raise ValueError("only a flag opens an alert")
    flag, grounds = evidence
    signals = list(signals_of(before, verdict))
    level = max((signal.level for signal in signals), key=lambda level: level.rank)
    end = None if before is None else before.end
    return Alert(
        *patient,
        topic=key.topic,
        episode=key.episode,
        public_id=public_id,
        state=State.OPENING,
        condition=Condition.HOLDS,
        condition_at=now,
        level=level,
        grounds=grounds,
        baseline=news_baseline(before, signals, verdict, level, cause),
        **shown_of(flag),
        based_on=cause.seq,
        opened_at=now,
        reported_at=cause.received_at,
        since=now,
        raised_at=now,
        raised_because=key.because,
        due_at=cause.terms.due_at(level, key.topic, now),
        standing=marks_of(verdict),
        fresh=tuple(sorted({signal.rule for signal in signals})),
        told=told_after(() if before is None else before.told, verdict),
        counts={} if key.because is Because.OPENED else {key.because.value: 1},
        before_ended_unseen_at=end.at if end is not None and end.unseen else None,
    )


def news_baseline(
    before: Alert | None, signals: list[Signal], verdict: Verdict, level: Level, cause: Cause
) -> Baseline:
    """Return the baseline after news: marks and occurrences known before stay known."""
    marks = {} if before is None else dict(before.baseline.marks)
    marks |= {signal.rule: signal.mark for signal in reversed(signals)}
    known = () if before is None else before.baseline.occurrences
    fresh = sorted(occurrences_of(before, verdict) - set(known))
    occurrences = (*known, *fresh)[-MAX_OCCURRENCES:]
    return Baseline(cause.now, EVALUATION, level, marks=marks, occurrences=occurrences)


def in_step(latest: Alert, verdict: Verdict, cause: Cause) -> Alert:
    """Return the alert with what the evaluation says of it now."""
    after = replace(latest, standing=marks_of(verdict), based_on=cause.seq)
    evidence = evidence_of(latest, verdict)
    if evidence is None:
        return after
    flag, grounds = evidence
    return replace(after, grounds=grounds, **shown_of(flag))


def marks_of(verdict: Verdict) -> dict[str, Any]:
    """Return the marks of the rules that are on."""
    return {signal.rule: signal.mark for signal in verdict.standing.values()}


def told_after(known: tuple[str, ...], verdict: Verdict) -> tuple[str, ...]:
    """Return which news an alert has been told of, with these."""
    keys = (item.key for item in verdict.news)
    return tuple(dict.fromkeys((*known, *keys)))[-MAX_TOLD:]


def shown_of(flag: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a flag stands in the alert itself."""
    return {name: flag[name] for name in ("headline", "sentence", "restricted", "data_query")}
