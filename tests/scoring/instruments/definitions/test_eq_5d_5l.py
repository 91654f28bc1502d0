"""EQ-5D-5L: profile, level sum and scale; a value set comes with the licensee."""

from __future__ import annotations

from itertools import product

import pytest

from scoring import instruments
from scoring.instruments.site_definition import load
from tests.scoring.instruments.forms import filled, values, vectors

GOLDEN = next(vector for vector in vectors("simple_sums") if vector["instrument"] == "EQ-5D-5L")


def test_golden() -> None:
    found = values("eq_5d_5l", filled("eq_5d_5l", [*GOLDEN["items"], None]))
    assert found["profile"] == GOLDEN["expected"]["profile"]
    assert found["level_sum"] == GOLDEN["expected"]["level_sum_score"]


@pytest.mark.parametrize(("codes", "profile", "total"), [((1,) * 5, "11111", 5), ((5,) * 5, "55555", 25)])
def test_ends(codes: tuple[int, ...], profile: str, total: int) -> None:
    assert values("eq_5d_5l", filled("eq_5d_5l", [*codes, 70])) == {
        "profile": profile,
        "level_sum": total,
        "vas": 70,
    }


def test_the_profile_keeps_the_order_of_the_dimensions() -> None:
    assert values("eq_5d_5l", filled("eq_5d_5l", [1, 2, 3, 4, 5, None]))["profile"] == "12345"


def test_a_missing_dimension_leaves_no_profile() -> None:
    found = values("eq_5d_5l", filled("eq_5d_5l", [1, 2, None, 4, 5, 0]))
    assert found == {"profile": None, "level_sum": None, "vas": 0}


def test_a_profile_has_no_range() -> None:
    profile = instruments.score(instruments.get("eq_5d_5l"), {}).values["profile"]
    assert (profile.low, profile.high) == (None, None)


def test_a_licensee_brings_a_value_set() -> None:
    # A made-up value set: 0.05 less for every level below the best in any dimension.
    rows = [
        {"raw": "".join(map(str, codes)), "value": round(1 - 0.05 * (sum(codes) - 5), 2)}
        for codes in product(range(1, 6), repeat=5)
    ]
    written = instruments.get("eq_5d_5l").as_dict()
    utility = {
        "key": "utility",
        "label": "Utility (made up)",
        "kind": "table",
        "of": ["profile"],
        "low": 0.0,
        "high": 1.0,
        "direction": "higher_is_better",
        "decimals": 2,
        "table": rows,
    }
    own = load({**written, "version": "1-nowhere", "scores": [*written["scores"], utility]})
    score = instruments.score(own, filled("eq_5d_5l", [1, 2, 1, 1, 3, 60]))
    assert score.values["utility"].value == pytest.approx(0.85)
    assert score.values["utility"].missing == ()
    assert instruments.score(own, {"mobility": 1}).values["utility"].value is None
