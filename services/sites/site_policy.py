"""Thresholds of a site, and what its patients are told: reading, checking, changing.

A change of the thresholds is a new version, and has the worker evaluate every patient of the site anew
(`services.reports.reconcile`). What it would do is shown before by a replay (`services.replays.replays`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from models.patients import patient_lists
from models.sites import policies, sites
from models.sites.policies import SitePolicy
from models.sites.sites import Site, SiteStep
from models.store.scope import Scope
from scoring.decline import InvalidPolicy, Policy
from services.access.actor import Actor
from services.errors import Conflict, changed_meanwhile, invalid, not_found
from services.sites import policy_in_force

SHOWN_PATIENTS = 20


def read(site_id: str, scope: Scope) -> SitePolicy:
    """Return the policy in force.

    Raises:
        NotFound: no such site within reach.
    """
    policy = policies.in_force(site_id) if scope.covers_site(site_id) else None
    if policy is None:
        raise not_found("site")
    return policy


def earlier(
    site_id: str, scope: Scope, *, before: int | None, limit: int
) -> tuple[list[SitePolicy], int | None]:
    """Return a page of the policies that were in force, the latest first, and where the next one begins.

    Raises:
        NotFound: no such site within reach.
    """
    present = read(site_id, scope)
    end = present.number if before is None else min(before, present.number)
    found = policies.earlier(site_id, end, limit + 1)
    return found[:limit], found[limit - 1].number if len(found) > limit else None


def change(
    site_id: str, wanted: Mapping[str, Any], number: int, scope: Scope, *, actor: Actor, now: datetime
) -> SitePolicy:
    """Put thresholds in force in place of those with this number.

    Args:
        site_id: the site.
        wanted: `limits`, in the form of `scoring.decline.Policy.from_mapping`, and `note`.
        number: of the policy that the caller read.
        scope: the caller's reach.
        actor: who changes it.
        now: the present moment.

    Raises:
        NotFound: no such site within reach.
        Invalid: naming everything that is wrong with the limits.
        Conflict: exceptions for some patients would not be possible any more.
        ChangedMeanwhile: somebody changed it meanwhile.
    """
    before = read(site_id, scope)
    if before.number != number:
        raise changed_meanwhile()
    check_limits(site_id, wanted["limits"])
    after = SitePolicy(
        site_id=site_id,
        number=number + 1,
        version=f"site-{number + 1}",
        limits=wanted["limits"],
        note=wanted["note"],
        changed_by=actor.provenance(scope.role_at(site_id)),
        changed_at=now,
        reevaluating=True,
    )
    if not policies.follow(before, after):
        raise changed_meanwhile()
    return after


def in_force(policy: SitePolicy) -> dict[str, Any]:
    """Return every threshold, the defaults too."""
    limits: dict[str, Any] = policy_in_force.policy_from(
        {"limits": policy.limits}, (), policy.version
    ).as_dict()["limits"]
    return limits


def check_limits(site_id: str, limits: Mapping[str, Any]) -> None:
    """Check limits, also against the exceptions that were made for single patients of the site.

    Raises:
        Invalid: naming everything that is wrong with them.
        Conflict: exceptions for some patients would not be possible any more.
    """
    check({"limits": limits})
    broken = [
        patient_id
        for patient_id, overrides in patient_lists.with_overrides(site_id)
        if not _is_possible({"limits": limits, "overrides": list(overrides)})
    ]
    if broken:
        detail = "Exceptions for some patients contradict these limits. Change or end those exceptions first."
        extra = {"patients": broken[:SHOWN_PATIENTS], "patients_in_all": len(broken)}
        raise Conflict("exceptions_contradict", detail, extra=extra)


def check(content: Mapping[str, Any]) -> Policy:
    """Return the policy.

    Raises:
        Invalid: naming everything that is wrong with it.
    """
    try:
        return Policy.from_mapping(content)
    except InvalidPolicy as error:
        raise invalid(*error.problems) from error


def check_overrides(site_id: str, overrides: Iterable[Mapping[str, Any]]) -> None:
    """Check exceptions for one patient against the site's own thresholds.

    Raises:
        Invalid: naming everything that is wrong with them.
    """
    policy = policies.in_force(site_id)
    check({"limits": {} if policy is None else policy.limits, "overrides": list(overrides)})


def read_site(site_id: str, scope: Scope) -> Site:
    """Return what the patients of the site are told.

    Raises:
        NotFound: no such site within reach.
    """
    site = sites.read_anew(site_id) if scope.covers_site(site_id) else None
    if site is None:
        raise not_found("site")
    return site


def change_site(
    site_id: str, changes: Mapping[str, Any], rev: int, scope: Scope, *, actor: Actor, now: datetime
) -> Site:
    """Change what the patients of a site that is still at `rev` are told.

    Raises:
        NotFound: no such site within reach.
        ChangedMeanwhile: somebody changed it meanwhile.
    """
    read_site(site_id, scope)
    step = SiteStep(now, actor.provenance(scope.role_at(site_id)), {})
    site = sites.change(site_id, rev, step=step, **changes)
    if site is None:
        raise changed_meanwhile()
    return site


def steps(site_id: str, scope: Scope) -> list[SiteStep]:
    """Return what was changed of a site's texts, hours and escalation, the latest first.

    Raises:
        NotFound: no such site within reach.
    """
    read_site(site_id, scope)
    return sites.steps(site_id)[::-1]


def _is_possible(content: Mapping[str, Any]) -> bool:
    try:
        Policy.from_mapping(content)
    except InvalidPolicy:
        return False
    return True
