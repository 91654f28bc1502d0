"""What the rules of a release say of histories; run as a program, with that release's `scoring` on the path.

Reads one patient a line from standard input, as `services.replays.releases` tells them, and writes a line of
JSON for each; the first line written names the rules. It uses only what every release of the rules has had.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from scoring import decline, instruments
from scoring.decline import fold
from scoring.decline.evaluation import conclude
from scoring.decline.policy import InvalidPolicy, Policy
from scoring.decline.replay import History, episodes
from scoring.decline.reports import Profile, Report
from scoring.decline.rules import BY_ID, RULES_VERSION

_DATES = {"observed_at": datetime, "received_at": datetime, "observed_on": date}


class _Chance:
    """Listens to the measuring of the pace, for the chance of a change that no flag tells."""

    def __init__(self) -> None:
        self.latest: float | None = None
        self._measure = getattr(fold, "measure_pace", None)
        if self._measure is not None:
            setattr(fold, "measure_pace", self._listen)  # noqa: B010 (not all releases have it)

    def _listen(self, *given: Any) -> Any:
        pace = self._measure(*given) if self._measure else None
        # Releases that state what the model says have no chance of its own.
        self.latest = None if pace is None else getattr(pace, "chance", pace.change.probability)
        return pace


def main(lines: Iterable[str]) -> None:
    """Answer each line with one."""
    chance = _Chance()
    _write({"rules_version": RULES_VERSION, "rules": {rule.id: rule.version for rule in BY_ID.values()}})
    for line in lines:
        _write(_told(json.loads(line), chance))


def _told(given: Mapping[str, Any], chance: _Chance) -> dict[str, Any]:
    profile = Profile(**_known(Profile, given["profile"]))
    policy, usual = _policy(given["policy"])
    read = [_report(entry) for entry in given["reports"]]
    history = sorted((report for report in read if report is not None), key=lambda report: report.key)
    said: dict[str, Any] = {}
    trends: dict[str, Any] = {}
    memory = fold.begin()
    for report in history:
        chance.latest = None
        memory = fold.advance(memory, report, profile, policy)
        evaluation = conclude(memory, profile, policy)
        trend = evaluation.trajectory
        if trend is not None and report.id in trend.evidence:
            trends[report.id] = _numbers(trend.as_dict(), chance.latest)
        _hear(evaluation, report, said)
    found = [episode.as_dict() for episode in episodes(History(tuple(history), profile), policy)]
    unread = sum(report is None for report in read)
    return {"episodes": found, "trends": trends, "said": said, "usual_limits": usual, "unread": unread}


def _hear(evaluation: decline.Evaluation, report: Report, said: dict[str, Any]) -> None:
    """Keep what was said first at the highest level of each episode."""
    for flag in evaluation.flags:
        key = f"{flag.topic.value} {evaluation.topics[flag.topic].raised_by}"
        if key not in said or flag.level.rank > decline.Level(said[key]["level"]).rank:
            told = {"rule": flag.rule, "level": flag.level.value, "sentence": flag.sentence}
            said[key] = told | {"on": report.observed_at.date().isoformat()}


def _numbers(trend: Mapping[str, Any], chance: float | None) -> dict[str, float | None]:
    names = ("slope_per_month", "slope_low", "slope_high", "probability_fast")
    return {name: trend[name] for name in names} | {"probability_of_change": chance}


def _policy(content: Mapping[str, Any]) -> tuple[Policy, bool]:
    """Return the policy, and whether it is the usual one because the release does not know these limits."""
    try:
        return Policy.from_mapping(content), False
    except InvalidPolicy:
        return Policy(), True


def _report(content: Mapping[str, Any]) -> Report | None:
    """Return the report; None of an instrument that this release or the library does not know."""
    try:
        definition = instruments.get(content["instrument"], content["instrument_version"])
        score = instruments.score(definition, content["answers"])
    except Exception:  # whatever an instrument of another release or site may raise
        return None
    values = _known(Report, content)
    if "doubts" in values:
        values["doubts"] = tuple(values["doubts"])
    return Report(**values, score=score)


def _known(kind: type, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that this release has, dates read."""
    names = {field.name for field in fields(kind)} & content.keys()
    return {name: _read(name, content[name]) for name in sorted(names)}


def _read(name: str, value: Any) -> Any:
    kind = _DATES.get(name, date if name.endswith("_on") else None)
    return kind.fromisoformat(value) if kind is not None and value is not None else value


def _write(content: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.stdin)
