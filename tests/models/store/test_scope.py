"""A scope is a part of the query; an empty one matches nothing."""

from __future__ import annotations

import pytest

from models.store.scope import Scope

SITE = Scope(site_ids=frozenset({"b", "a"}))
OWN = Scope(patient_id="p")
GRANTED = Scope(granted_to="c", grant_scopes=frozenset({"read"}))


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), {"_id": {"$in": []}}),
        (SITE, {"site_id": {"$in": ["a", "b"]}}),
        (OWN, {"_id": "p"}),
        (GRANTED, {"granted_to": {"$in": ["c"]}}),
        (
            Scope(site_ids=frozenset({"a"}), granted_to="c"),
            {"$or": [{"site_id": {"$in": ["a"]}}, {"granted_to": {"$in": ["c"]}}]},
        ),
    ],
)
def test_the_reach_becomes_a_query(scope: Scope, expected: object) -> None:
    assert scope.patient_filter() == expected


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), {"_id": {"$in": []}}),
        (OWN, {"_id": {"$in": []}}),
        (SITE, {"_id": "other", "site_id": {"$in": ["a", "b"]}}),
        (GRANTED, {"_id": "other", "granted_to": {"$in": ["c"]}}),
    ],
)
def test_one_patient_is_asked_for_with_the_reach(scope: Scope, expected: object) -> None:
    assert scope.one_patient("other") == expected


def test_the_own_patient_needs_no_more_than_its_id() -> None:
    assert OWN.one_patient("p") == {"_id": "p"}


def test_a_site_is_covered_by_its_role_only() -> None:
    assert SITE.covers_site("a")
    assert not SITE.covers_site("c")
    assert not OWN.covers_site("a")


def test_grants_open_nothing_for_changes() -> None:
    assert GRANTED.without_grants().patient_filter() == {"_id": {"$in": []}}
