"""Absences: the deputy reads what the absent person reads, and circles are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.accounts import absences as stored
from models.sites.sites import Site
from models.store.base import new_id
from services.access.actor import Actor, Role
from services.access.permissions import Operation, scope_for
from services.accounts import absences
from services.accounts.absences import AbsenceChange
from services.errors import ChangedMeanwhile, Invalid, NotFound
from tests.people import People

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
AWAY = AbsenceChange(0, NOW, NOW + timedelta(days=7), None)


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


def clinician(people: People, site: Site) -> Actor:
    return people.staff(site, Role.CLINICIAN).actor


def change(actor: Actor, **fields: object) -> stored.Absence:
    return absences.change_own(actor, replace(AWAY, **fields), now=NOW)


def refused(actor: Actor, **fields: object) -> tuple[str, str]:
    with pytest.raises(Invalid) as caught:
        change(actor, **fields)
    (problem,) = caught.value.errors
    return problem.pointer, problem.code


def test_one_says_when_one_is_away_and_who_stands_in(people: People, site: Site) -> None:
    ann, bob = clinician(people, site), clinician(people, site)
    assert absences.own(ann) == stored.Absence(ann.account_id)
    done = change(ann, deputy_id=bob.account_id)
    assert (done.deputy_id, done.rev) == (bob.account_id, 1)
    assert done.by is not None
    assert done.by.account_id == ann.account_id
    assert absences.own(ann) == done
    with pytest.raises(ChangedMeanwhile):
        change(ann)
    over = change(ann, rev=1, away_from=None, away_until=None, deputy_id=bob.account_id)
    assert not over.is_away(NOW)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"away_until": None}, ("/away_until", "both_or_none")),
        ({"away_from": None}, ("/away_from", "both_or_none")),
        ({"away_until": NOW}, ("/away_until", "ends_before_start")),
        ({"away_from": NOW - timedelta(days=2), "away_until": NOW}, ("/away_until", "in_the_past")),
        ({"away_until": NOW + timedelta(days=367)}, ("/away_until", "too_long")),
    ],
)
def test_times_that_cannot_be_are_refused(
    people: People, site: Site, fields: dict[str, object], expected: tuple[str, str]
) -> None:
    assert refused(clinician(people, site), **fields) == expected


def test_who_may_not_read_all_cannot_be_the_deputy(people: People, site: Site) -> None:
    ann, other = clinician(people, site), people.site()
    both = people.signed_in(people.account((site, Role.CLINICIAN), (other, Role.CLINICIAN))).actor
    coordinator = people.staff(site, Role.COORDINATOR).actor
    closed = people.account((site, Role.ADMIN))
    elsewhere = clinician(people, other)
    for deputy_id in (coordinator.account_id, closed.id, elsewhere.account_id, ann.account_id, new_id()):
        assert refused(ann, deputy_id=deputy_id) == ("/deputy_id", "cannot_read")
    assert refused(both, deputy_id=ann.account_id) == ("/deputy_id", "cannot_read")
    assert change(ann, deputy_id=both.account_id).deputy_id == both.account_id
    assert change(coordinator, deputy_id=ann.account_id).deputy_id == ann.account_id


def test_circles_are_refused_while_all_are_away(people: People, site: Site) -> None:
    ann, bob, cleo = (clinician(people, site) for _ in range(3))
    change(ann, deputy_id=bob.account_id)
    assert refused(bob, deputy_id=ann.account_id) == ("/deputy_id", "circle")
    change(bob, deputy_id=cleo.account_id)
    assert refused(cleo, deputy_id=ann.account_id) == ("/deputy_id", "circle")
    assert refused(cleo, deputy_id=bob.account_id) == ("/deputy_id", "circle")
    later = {"away_from": AWAY.away_until, "away_until": NOW + timedelta(days=9)}
    assert change(cleo, deputy_id=ann.account_id, **later).deputy_id == ann.account_id


def test_two_who_name_each_other_are_no_circle_while_nobody_is_away(people: People, site: Site) -> None:
    ann, bob = clinician(people, site), clinician(people, site)
    nobody_away = {"away_from": None, "away_until": None}
    change(ann, deputy_id=bob.account_id, **nobody_away)
    assert change(bob, deputy_id=ann.account_id, **nobody_away).deputy_id == ann.account_id


def test_an_administrator_says_it_for_others(people: People, site: Site) -> None:
    admin, ann = people.staff(site, Role.ADMIN).actor, clinician(people, site)
    scope = scope_for(admin, Operation.MEMBER_CHANGE)

    def of(account_id: str, site_id: str = site.id) -> stored.Absence:
        return absences.change_member(site_id, account_id, AWAY, scope, actor=admin, now=NOW)

    done = of(ann.account_id)
    assert done.by is not None
    assert done.by.account_id == admin.account_id
    assert absences.of_member(site.id, ann.account_id, scope) == done
    other = people.site()
    for account_id, site_id in (
        (new_id(), site.id),
        (clinician(people, other).account_id, site.id),
        (ann.account_id, other.id),
    ):
        with pytest.raises(NotFound):
            of(account_id, site_id)
