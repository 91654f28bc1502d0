"""ZBI-12, EAT-10, CNS-LS and FSS: plain sums and a mean, with their published cut-offs."""

from __future__ import annotations

from typing import Any

import pytest

from scoring import instruments
from scoring.instruments import Audience, Proxy, Respondent, Wording
from tests.scoring.instruments.forms import bands, filled, values, vectors

NAMES = {"ZBI-12": "zbi_12", "CNS-LS": "cns_ls", "EAT-10": "eat_10", "FSS-9": "fss"}
SUMS = [vector for vector in vectors("simple_sums") if vector["instrument"] in NAMES]


@pytest.mark.parametrize("vector", SUMS, ids=lambda vector: vector["id"])
def test_golden(vector: dict[str, Any]) -> None:
    found = values(NAMES[vector["instrument"]], filled(NAMES[vector["instrument"]], vector["items"]))
    ours = {"laughter_1_4": "laughter", "tearfulness_5_7": "tears"}
    numbers = {key: value for key, value in vector["expected"].items() if not isinstance(value, bool)}
    assert {key: found[ours.get(key, key)] for key in numbers} == numbers


def reaching(key: str, total: int) -> dict[str, int]:
    """A form with this sum, filled up from the first item."""
    items = instruments.get(key).items
    codes = [item.codes[0] for item in items]
    for place, item in enumerate(items):
        codes[place] += min(item.codes[-1] - codes[place], total - sum(codes))
    assert sum(codes) == total
    return filled(key, codes)


@pytest.mark.parametrize(
    ("key", "total", "expected"),
    [
        ("zbi_12", 0, {"severity": "little"}),
        ("zbi_12", 10, {"severity": "little"}),
        ("zbi_12", 11, {"severity": "moderate"}),
        ("zbi_12", 16, {"severity": "moderate"}),
        ("zbi_12", 17, {"severity": "moderate", "screen": "positive"}),
        ("zbi_12", 20, {"severity": "moderate", "screen": "positive"}),
        ("zbi_12", 21, {"severity": "high", "screen": "positive"}),
        ("zbi_12", 48, {"severity": "high", "screen": "positive"}),
        ("eat_10", 2, {}),
        ("eat_10", 3, {"screen": "abnormal"}),
        ("eat_10", 7, {"screen": "abnormal"}),
        ("eat_10", 8, {"screen": "aspiration_risk"}),
        ("eat_10", 40, {"screen": "aspiration_risk"}),
        ("cns_ls", 10, {}),
        ("cns_ls", 11, {"sensitive_screen": "positive"}),
        ("cns_ls", 12, {"sensitive_screen": "positive"}),
        ("cns_ls", 13, {"sensitive_screen": "positive", "screen": "positive"}),
        ("cns_ls", 35, {"sensitive_screen": "positive", "screen": "positive"}),
    ],
)
def test_cut_offs(key: str, total: int, expected: dict[str, str]) -> None:
    answers = reaching(key, total)
    assert values(key, answers)["total"] == total
    assert {scale: name for (_, scale), name in bands(key, answers).items()} == expected


@pytest.mark.parametrize(
    ("total", "mean", "band"), [(35, 35 / 9, None), (36, 4, "fatigue"), (63, 7, "fatigue")]
)
def test_fatigue_begins_at_a_mean_of_4(total: int, mean: float, band: str | None) -> None:
    answers = reaching("fss", total)
    assert values("fss", answers) == {"mean": pytest.approx(mean), "sum": total}
    assert bands("fss", answers).get(("mean", "screen")) == band


def test_the_fatigue_mean_bears_one_missing_item_and_the_sum_none() -> None:
    assert values("fss", filled("fss", [4, 4, 4, 4, 4, 4, 4, 6, None])) == {"mean": 4.25, "sum": None}
    assert values("fss", filled("fss", [4] * 7 + [None, None])) == {"mean": None, "sum": None}


def test_parts_of_the_cns_ls_are_scored_apart() -> None:
    laughter = {f"laughter_{place}": 5 for place in range(1, 5)}
    assert values("cns_ls", laughter) == {"total": None, "laughter": 20, "tears": None}
    tears = {f"tears_{place}": 2 for place in range(1, 4)}
    assert values("cns_ls", {**laughter, **tears}) == {"total": 26, "laughter": 20, "tears": 6}


@pytest.mark.parametrize("key", ["zbi_12", "eat_10", "cns_ls"])
def test_one_missing_item_leaves_no_total(key: str) -> None:
    answers = filled(key, 2)
    answers.popitem()
    assert values(key, answers)["total"] is None


@pytest.mark.parametrize("key", NAMES.values())
def test_no_text_is_shipped(key: str) -> None:
    definition = instruments.get(key)
    assert definition.licence.wording is Wording.SUPPLIED
    assert definition.licence.supplied == ("text",)
    assert not any(item.text or item.options for item in definition.items)


def test_burden_is_answered_by_the_carer_alone_and_read_by_few() -> None:
    burden = instruments.get("zbi_12")
    assert burden.subject is Respondent.CAREGIVER
    assert burden.respondents == (Respondent.CAREGIVER,)
    assert burden.proxy is Proxy.REFUSED
    assert burden.audience is Audience.RESTRICTED
