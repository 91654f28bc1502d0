"""The policy that patients are judged by: what is not possible any more is left out, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.sites.sites import Site
from services.sites.policy_in_force import policy_from, policy_of

LIMITS = {"primary": {"loss_per_month": 1.5}}


def limits_of(content: dict[str, Any], overrides: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    found: dict[str, Any] = policy_from(content, overrides, "site-1").as_dict()["limits"]
    return found


def test_what_the_site_does_not_set_is_the_default() -> None:
    default, own = limits_of({}), limits_of({"limits": LIMITS})
    assert own["primary"]["loss_per_month"] == 1.5
    own["primary"]["loss_per_month"] = default["primary"]["loss_per_month"]
    assert own == default


def test_the_version_is_the_sites() -> None:
    site = Site("s", "Clinic", "Europe/Berlin", policy={"limits": LIMITS}, policy_version="site-7")
    assert policy_of((), site).version == "site-7"


@pytest.mark.parametrize(
    "impossible",
    [
        {"limits": {"primary": {"loss_per_month": -1}}},
        {"limits": {"no_such_group": {"x": 1}}},
        {"limits": {"primary": {"no_such_limit": 1}}},
    ],
    ids=str,
)
def test_limits_that_are_not_possible_any_more_do_not_stop_judging(impossible: dict[str, Any]) -> None:
    assert limits_of(impossible) == limits_of({})


def test_one_impossible_exception_takes_no_other_with_it() -> None:
    good = {
        "limits": {"primary": {"loss_per_month": 2.0}},
        "reason": "Known.",
        "until": date(2076, 6, 1).isoformat(),
    }
    for overrides in ((good, {"nonsense": 1}), ({"nonsense": 1}, good)):
        kept = policy_from({}, overrides, "site-1").as_dict().get("overrides", [])
        alone = policy_from({}, (good,), "site-1").as_dict().get("overrides", [])
        assert kept == alone


def test_the_same_content_is_the_same_policy_whatever_the_order_of_its_keys() -> None:
    first = policy_from({"limits": {"primary": {"loss_per_month": 1.5}}, "a": 1}, (), "v")
    second = policy_from({"a": 1, "limits": {"primary": {"loss_per_month": 1.5}}}, (), "v")
    assert first is second
