"""PHQ-8, the ten-item ALSFRS, EQ-5D-3L and ZBI-22: golden values, and what they do not have."""

from __future__ import annotations

from itertools import product

import pytest

from scoring import instruments
from scoring.instruments import Audience, InvalidAnswers, Proxy, Respondent, Wording
from scoring.instruments.site_definition import load
from tests.scoring.instruments.forms import bands, filled, values

CUTTING = "cutting_without_gastrostomy"


@pytest.mark.parametrize(
    ("codes", "total", "severity", "positive"),
    [
        # Kroenke 2009: 0 to 4 none, 5 to 9 mild, 10 to 14 moderate, 15 to 19, 20 to 24 severe; a case from 10
        ([0, 0, 0, 0, 0, 0, 0, 0], 0, "minimal", False),
        ([1, 1, 1, 1, 0, 0, 0, 0], 4, "minimal", False),
        ([1, 1, 1, 1, 1, 0, 0, 0], 5, "mild", False),
        ([3, 3, 3, 0, 0, 0, 0, 0], 9, "mild", False),
        ([3, 3, 3, 1, 0, 0, 0, 0], 10, "moderate", True),
        ([3, 3, 3, 3, 2, 0, 0, 0], 14, "moderate", True),
        ([3, 3, 3, 3, 3, 0, 0, 0], 15, "moderately_severe", True),
        ([3, 3, 3, 3, 3, 3, 1, 0], 19, "moderately_severe", True),
        ([3, 3, 3, 3, 3, 3, 2, 0], 20, "severe", True),
        ([3, 3, 3, 3, 3, 3, 3, 3], 24, "severe", True),
    ],
)
def test_phq_8(codes: list[int], total: int, severity: str, positive: bool) -> None:
    answers = filled("phq_8", codes)
    assert values("phq_8", answers) == {"total": total}
    found = bands("phq_8", answers)
    assert found[("total", "severity")] == severity
    assert (("total", "screen") in found) is positive


def test_phq_8_is_the_phq_9_without_its_ninth_item() -> None:
    eight, nine = instruments.get("phq_8"), instruments.get("phq_9")
    assert list(eight.by_key) == [key for key in nine.by_key if key != "phq_9"]
    assert [item.label for item in eight.items] == [item.label for item in nine.items[:8]]
    assert not any(item.text or item.safety_from for item in eight.items)
    with pytest.raises(InvalidAnswers):
        instruments.score(eight, {"phq_9": 1})


@pytest.mark.parametrize(
    ("codes", "total"),
    [
        ([4] * 10, 40),
        ([0] * 10, 0),
        # speech, saliva, swallowing, writing, cutting, dressing, turning, walking, stairs, breathing
        ([3, 4, 4, 2, 3, 3, 3, 2, 1, 4], 29),
        ([1, 2, 1, 0, 0, 0, 1, 1, 0, 1], 7),
    ],
)
def test_alsfrs(codes: list[int], total: int) -> None:
    definition = instruments.get("alsfrs")
    places = dict(zip(definition.required, codes, strict=True))
    answers = {CUTTING if place == "cutting" else place: code for place, code in places.items()}
    assert values("alsfrs", answers) == {"total": total}


def test_alsfrs_has_the_first_nine_items_of_the_alsfrs_r_and_one_of_its_own() -> None:
    old, new = instruments.get("alsfrs"), instruments.get("alsfrs_r")
    assert old.required == (*new.required[:9], "breathing")
    for item in old.items[:-1]:
        assert item == new.by_key[item.key]
    assert instruments.score(old, {CUTTING: 4, "speech": 4}).total is None


@pytest.mark.parametrize(
    ("codes", "profile", "level_sum"),
    [([1] * 5, "11111", 5), ([3] * 5, "33333", 15), ([2, 1, 3, 2, 1], "21321", 9)],
)
def test_eq_5d_3l(codes: list[int], profile: str, level_sum: int) -> None:
    assert values("eq_5d_3l", filled("eq_5d_3l", [*codes, 65])) == {
        "profile": profile,
        "level_sum": level_sum,
        "vas": 65,
    }
    with pytest.raises(InvalidAnswers):
        instruments.score(instruments.get("eq_5d_3l"), {"mobility": 4})


DOLAN_1997 = (  # Dolan P. Med Care 1997;35:1095-1108, table 5: loss at level 2 and 3 of each dimension
    (0.069, 0.314), (0.104, 0.214), (0.036, 0.094), (0.123, 0.386), (0.071, 0.236),
)  # fmt: skip


def dolan(codes: tuple[int, ...]) -> float:
    """The index of a profile by the coefficients of the United Kingdom's set."""
    loss = sum(DOLAN_1997[place][code - 2] for place, code in enumerate(codes) if code > 1)
    constants = 0.081 * any(code > 1 for code in codes) + 0.269 * (3 in codes)
    return round(1 - loss - constants, 3)


@pytest.mark.parametrize(
    ("codes", "index"), [("11111", 1.0), ("33333", -0.594), ("11112", 0.848), ("21232", 0.088)]
)
def test_an_index_comes_from_a_value_set_that_the_user_brings(codes: str, index: float) -> None:
    rows = [
        {"raw": "".join(map(str, profile)), "value": dolan(profile)}
        for profile in product((1, 2, 3), repeat=5)
    ]
    written = instruments.get("eq_5d_3l").as_dict()
    table = {
        "key": "index", "label": "Index", "kind": "table", "of": ["profile"], "low": -0.594, "high": 1.0,
        "direction": "higher_is_better", "decimals": 3, "table": rows,
    }  # fmt: skip
    own = load({**written, "version": "1-uk", "scores": [*written["scores"], table]})
    answers = filled("eq_5d_3l", [*map(int, codes), None])
    assert instruments.score(own, answers).values["index"].value == pytest.approx(index)
    assert "index" not in values("eq_5d_3l", answers)


@pytest.mark.parametrize(("codes", "total"), [([0] * 22, 0), ([4] * 22, 88), ([*range(5)] * 4 + [1, 3], 44)])
def test_zbi_22(codes: list[int], total: int) -> None:
    assert values("zbi_22", filled("zbi_22", codes)) == {"total": total}
    assert bands("zbi_22", filled("zbi_22", codes)) == {}


def test_the_carers_answers_are_their_own() -> None:
    burden = instruments.get("zbi_22")
    assert (burden.subject, burden.respondents) == (Respondent.CAREGIVER, (Respondent.CAREGIVER,))
    assert (burden.proxy, burden.audience) == (Proxy.REFUSED, Audience.RESTRICTED)


@pytest.mark.parametrize("key", ["phq_8", "alsfrs", "eq_5d_3l", "zbi_22"])
def test_one_missing_item_leaves_no_total_and_no_licensed_text_is_shipped(key: str) -> None:
    definition = instruments.get(key)
    answers = {
        item.key: item.codes[-1] for item in definition.items if item.key != "cutting_with_gastrostomy"
    }
    main = definition.rule(definition.main)
    assert instruments.score(definition, answers).total is not None
    answers.pop(
        next(name for name, place in definition.places.items() if name in answers and place in main.of)
    )
    assert instruments.score(definition, answers).total is None
    assert not any(item.text or item.stem for item in definition.items)
    assert definition.licence.wording in {Wording.SUPPLIED, Wording.LABELS, Wording.OWN_WORDS}
    assert definition.sources
