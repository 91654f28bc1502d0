"""Thresholds of a site: read, changed by whoever read the present ones, kept with who and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.scope import Scope
from services.access.actor import Actor, Role
from services.access.permissions import Operation, scope_for
from services.errors import AppError, ChangedMeanwhile, Conflict, Invalid, NotFound
from services.sites import site_policy
from tests.people import People

LIMITS = {"primary": {"loss_per_month": 1.5}}


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def actor(people: People, site: Site) -> Actor:
    return people.staff(site, Role.CLINICIAN).actor


@pytest.fixture
def scope(actor: Actor) -> Scope:
    return scope_for(actor, Operation.POLICY_CHANGE)


def change(
    site: Site, scope: Scope, actor: Actor, now: datetime, number: int, limits: Any = None
) -> site_policy.SitePolicy:
    wanted = {"limits": LIMITS if limits is None else limits, "note": "Fewer alerts."}
    return site_policy.change(site.id, wanted, number, scope, actor=actor, now=now)


def test_a_site_begins_with_the_defaults_that_nobody_set(site: Site, scope: Scope) -> None:
    policy = site_policy.read(site.id, scope)
    assert (policy.number, policy.limits, policy.changed_by.account_id) == (0, {}, "")


def test_a_change_names_who_when_and_why_and_patients_are_judged_anew(
    site: Site, scope: Scope, actor: Actor, now: datetime
) -> None:
    after = change(site, scope, actor, now, 0)
    assert site_policy.read(site.id, scope) == after
    assert (after.number, after.note, after.changed_by.account_id) == (1, "Fewer alerts.", actor.account_id)
    assert (after.reevaluating, after.changed_at) == (True, now)
    assert site_policy.in_force(after)["primary"]["loss_per_month"] == 1.5


def test_whoever_read_an_older_one_is_told(site: Site, scope: Scope, actor: Actor, now: datetime) -> None:
    change(site, scope, actor, now, 0)
    for number in (0, 2):
        with pytest.raises(ChangedMeanwhile):
            change(site, scope, actor, now, number)


def test_earlier_ones_are_kept_the_latest_first_page_by_page(
    site: Site, scope: Scope, actor: Actor, now: datetime
) -> None:
    for number in range(4):
        change(site, scope, actor, now, number, {"primary": {"loss_per_month": 1.2 + number / 10}})
    first, following = site_policy.earlier(site.id, scope, before=None, limit=3)
    assert ([policy.number for policy in first], following) == ([3, 2, 1], 1)
    rest, end = site_policy.earlier(site.id, scope, before=following, limit=3)
    assert ([policy.number for policy in rest], end) == ([0], None)


def test_every_impossible_limit_is_named(site: Site, scope: Scope, actor: Actor, now: datetime) -> None:
    wrong = {"primary": {"loss_per_month": -1, "no_such": 1}, "nothing": {}}
    with pytest.raises(Invalid) as caught:
        change(site, scope, actor, now, 0, wrong)
    assert len(caught.value.errors) >= 2
    assert site_policy.read(site.id, scope).number == 0


def test_another_site_is_not_there(people: People, site: Site, now: datetime) -> None:
    foreign = people.staff(people.site(), Role.CLINICIAN).actor
    scope = scope_for(foreign, Operation.POLICY_CHANGE)
    attempts = (
        lambda: site_policy.read(site.id, scope),
        lambda: change(site, scope, foreign, now, 0),
        lambda: site_policy.read_site(site.id, scope),
        lambda: site_policy.change_site(site.id, {"takes_notes": False}, 0, scope, actor=foreign, now=now),
    )
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()


def test_what_patients_are_told_is_changed_by_whoever_read_it(
    people: People, site: Site, now: datetime
) -> None:
    admin = people.staff(site, Role.ADMIN).actor
    scope = scope_for(admin, Operation.SITE_CHANGE)
    after = site_policy.change_site(site.id, {"takes_notes": False}, 0, scope, actor=admin, now=now)
    assert (after.takes_notes, after.rev) == (False, 1)
    with pytest.raises(ChangedMeanwhile):
        site_policy.change_site(site.id, {"takes_notes": True}, 0, scope, actor=admin, now=now)


def test_limits_that_contradict_an_exception_name_the_patients(
    people: People, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient: Patient = people.patient(site)
    impossible = [{"limits": {"primary": {"loss_per_month": -1}}}]
    monkeypatch.setattr(
        site_policy.patient_lists, "with_overrides", lambda _: [(patient.id, tuple(impossible))]
    )
    with pytest.raises(Conflict) as caught:
        site_policy.check_limits(site.id, LIMITS)
    assert caught.value.extra["patients"] == [patient.id]
    assert isinstance(caught.value, AppError)


def test_every_threshold_can_be_set_and_read_again(
    site: Site, scope: Scope, actor: Actor, now: datetime
) -> None:
    """Some are numbers, some are yes or no."""
    whole = site_policy.in_force(site_policy.read(site.id, scope))
    assert {type(value) for group in whole.values() for value in group.values()} >= {int, float, bool}
    assert site_policy.in_force(change(site, scope, actor, now, 0, whole)) == whole
    assert site_policy.read(site.id, scope).limits == whole
