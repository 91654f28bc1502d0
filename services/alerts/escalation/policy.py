"""A site's escalation policy: reading and changing it, and what it has to be like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from models.sites import sites
from models.sites.escalation_policy import (
    USUAL_LEVELS,
    USUAL_MINUTES,
    USUAL_TOPICS,
    EscalationPolicy,
    OutOfHours,
    ResponseTime,
    Span,
    Unit,
)
from models.sites.sites import Site
from models.store.provenance import Provenance
from models.store.scope import Scope
from scoring.decline import Level
from scoring.problems import Problem
from services import names
from services.access.actor import Actor
from services.alerts.escalation.faults import Fault, FaultFound, escalation_faults
from services.alerts.terms import SAFETY, at_once
from services.errors import Invalid, invalid
from services.sites import site_policy

_H, _W, _D = Unit.WORKING_HOURS, Unit.WORKING_DAYS, Unit.DAYS
MOST: Mapping[Level, Mapping[Unit, int]] = {
    Level.URGENT: {_H: 10, _W: 1},
    Level.SOON: {_H: 80, _W: 10, _D: 14},
    Level.INFORM: {_H: 200, _W: 40, _D: 56},
}
"""The longest response times, due and acknowledged alike (our choice): urgent is the same working day."""
MOST_OF_SAFETY: Mapping[Unit, int] = {_H: 8}
MINUTES: Mapping[Level, tuple[int, int]] = {
    Level.URGENT: (5, 240),
    Level.SOON: (60, 7 * 24 * 60),
    Level.INFORM: (60, 28 * 24 * 60),
}
"""The shortest and the longest pause between two steps (our choice)."""
_POINTERS = {
    Fault.NO_CONTACT: "/out_of_hours",
    Fault.CONTACT_CANNOT_READ: "/out_of_hours/contact_id",
    Fault.CONTACT_AWAY: "/out_of_hours/contact_id",
    Fault.NO_SECOND_ADDRESS: "/second_address",
    Fault.CLOSED_TOO_LONG: "",
}


@dataclass(frozen=True, slots=True)
class SiteEscalation:
    """A site's escalation policy.

    Attributes:
        faults: what is wrong with it at this moment.
        changed_by: who changed it last; None for the one that a site begins with.
        rev: of the site.
    """

    policy: EscalationPolicy
    faults: tuple[FaultFound, ...]
    changed_by: Provenance | None
    changed_at: datetime | None
    rev: int


def read(site_id: str, scope: Scope, *, now: datetime) -> SiteEscalation:
    """Return the policy in force, and what is wrong with it.

    Raises:
        NotFound: no such site within reach.
    """
    return _shown(site_policy.read_site(site_id, scope), now)


def change(
    site_id: str, wanted: EscalationPolicy, rev: int, scope: Scope, *, actor: Actor, now: datetime
) -> SiteEscalation:
    """Put another policy in force, for a site that is still at `rev`; what it leaves out is as usual.

    It counts for what is put before people, and for the steps that are made, from then on.

    Raises:
        NotFound: no such site within reach.
        Invalid: naming everything that is wrong with it.
        ChangedMeanwhile: somebody changed the site meanwhile.
    """
    site = site_policy.read_site(site_id, scope)
    wanted = replace(
        wanted,
        levels={**USUAL_LEVELS, **wanted.levels},
        topics={**USUAL_TOPICS, **wanted.topics},
        minutes_between_steps={**USUAL_MINUTES, **wanted.minutes_between_steps},
    )
    address, mistakes = _second_address(wanted)
    wanted = replace(wanted, second_address=address)
    problems = [
        *_wrong_times(wanted),
        *_wrong_minutes(wanted),
        *mistakes,
        *_wrong_chain(site, wanted, now),
    ]
    if problems:
        raise invalid(*problems)
    changed = site_policy.change_site(site_id, {"escalation": wanted}, rev, scope, actor=actor, now=now)
    return _shown(changed, now)


def contact_for(site_id: str, level: Level, topic: str) -> OutOfHours | None:
    """Return who can be rung up about what cannot wait; None of other alerts, and where nobody is named."""
    site = sites.read(site_id)
    return site.escalation.out_of_hours if site is not None and at_once(level, topic) else None


def _second_address(wanted: EscalationPolicy) -> tuple[str | None, tuple[Problem, ...]]:
    """The address as it is kept, and what is wrong with it."""
    if wanted.second_address is None:
        return None, ()
    try:
        return names.checked_email(wanted.second_address, "/second_address"), ()
    except Invalid as error:
        return wanted.second_address, error.errors


def _wrong_chain(site: Site, wanted: EscalationPolicy, now: datetime) -> Iterator[Problem]:
    for fault in escalation_faults(replace(site, escalation=wanted), now=now):
        if fault.code is Fault.NOBODY_THERE:  # shown, and nothing that a policy could mend
            continue
        yield Problem(_POINTERS[fault.code], fault.code.value, fault.detail)


def _wrong_times(wanted: EscalationPolicy) -> Iterator[Problem]:
    for word, times in wanted.levels.items():
        yield from _too_long(f"/levels/{word}", times, MOST[Level(word)])
    for topic, times in wanted.topics.items():
        most = MOST_OF_SAFETY if topic in SAFETY else MOST[Level.SOON]
        yield from _too_long(f"/topics/{topic}", times, most)


def _too_long(pointer: str, times: ResponseTime, most: Mapping[Unit, int]) -> Iterator[Problem]:
    for name, span in (("due", times.due), ("acknowledged", times.acknowledged)):
        if not _is_within(span, most):
            possible = ", ".join(f"{count} {unit.value}" for unit, count in most.items())
            yield Problem(f"{pointer}/{name}", "too_long", f"At most: {possible}.")


def _is_within(span: Span, most: Mapping[Unit, int]) -> bool:
    return 1 <= span.count <= most.get(span.unit, 0)


def _wrong_minutes(wanted: EscalationPolicy) -> Iterator[Problem]:
    for word, minutes in wanted.minutes_between_steps.items():
        low, high = MINUTES[Level(word)]
        if not low <= minutes <= high:
            detail = f"Between {low} and {high}."
            yield Problem(f"/minutes_between_steps/{word}", "out_of_range", detail)


def _shown(site: Site, now: datetime) -> SiteEscalation:
    step = next((entry for entry in reversed(sites.steps(site.id)) if "escalation" in entry.changed), None)
    return SiteEscalation(
        policy=site.escalation,
        faults=tuple(escalation_faults(site, now=now)),
        changed_by=None if step is None else step.by,
        changed_at=None if step is None else step.at,
        rev=site.rev,
    )
