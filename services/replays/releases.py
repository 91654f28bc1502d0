"""Stored histories of a site for the rules of another release, and what two releases say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from models.patients import patients
from models.patients.patient import Patient
from models.sites import policies
from scoring.decline import Level, Topic
from scoring.decline import replay as comparison
from scoring.decline.replay import Episode
from services.replays.replays import reports_of, slices
from services.sites import policy_in_force

Ask = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Has the rules of a release read one patient's history, and returns what they say."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One patient under two releases of the rules.

    Attributes:
        before: what the one release says: `episodes`, what was `said` at each, the `trends` by report, how
            many reports were `unread`, and whether the site's limits are unknown to it (`usual_limits`).
        after: what the other says.
    """

    patient_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def has_site(site_id: str) -> bool:
    """Return whether there is such a site."""
    return policies.in_force(site_id) is not None


def compare(site_id: str, before: Ask, after: Ask) -> Iterator[Compared]:
    """Have two releases of the rules read the history of each patient of a site; nothing is changed."""
    for told in histories(site_id):
        yield Compared(told["patient_id"], before(told), after(told))


def part_of(found: Sequence[Compared]) -> dict[str, Any]:
    """Return the differences in the form in which `replays.summary` adds parts up."""
    sides = {pair.patient_id: (_episodes(pair.before), _episodes(pair.after)) for pair in found}
    sums = comparison.compared(sides)
    return {
        "patients": sums.patients,
        "failed": 0,
        "unread": sum(pair.after["unread"] for pair in found),
        "differences": [difference.as_dict() for difference in sums.differences],
        "load_before": dict(sums.load_before),
        "load_after": dict(sums.load_after),
        "topics_before": dict(sums.topics_before),
    }


def histories(site_id: str) -> Iterator[dict[str, Any]]:
    """Tell the history of each patient of a site, with profile and policy; JSON-ready."""
    present = policies.in_force(site_id)
    limits = {} if present is None else dict(present.limits)
    for following in slices(site_id):
        for patient in patients.of_site(site_id, following):
            yield _told(patient, limits)


def _told(patient: Patient, limits: Mapping[str, Any]) -> dict[str, Any]:
    policy = policy_in_force.policy_from({"limits": limits}, patient.overrides, "replay")
    reports = []
    for record, report in reports_of(patient):
        if report is not None:
            content = asdict(report) | {"instrument_version": record.latest.content.instrument_version}
            del content["score"]
            reports.append(_plain(content))
    return {
        "patient_id": patient.id,
        "profile": _plain(asdict(patient.profile)),
        "policy": {"limits": limits, "overrides": [override.as_dict() for override in policy.overrides]},
        "reports": reports,
    }


def _plain(content: Mapping[str, Any]) -> dict[str, Any]:
    """JSON-ready form of the fields of a report or profile."""
    return {name: _json(value) for name, value in content.items()}


def _json(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _episodes(told: Mapping[str, Any]) -> list[Episode]:
    return [
        Episode(
            Topic(episode["topic"]),
            Level(episode["level"]),
            episode["opened_by"],
            datetime.fromisoformat(episode["opened_at"]),
            episode["closed_at"] and datetime.fromisoformat(episode["closed_at"]),
        )
        for episode in told["episodes"]
    ]
