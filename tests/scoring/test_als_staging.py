"""King's, MiToS and FT9: published rules as tables, golden values, and what holds for every report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.als_staging import STAGING_VERSION, stage

A, B = "cutting_without_gastrostomy", "cutting_with_gastrostomy"
ITEMS = (
    "speech",
    "salivation",
    "swallowing",
    "handwriting",
    A,
    "dressing_hygiene",
    "turning_in_bed",
    "walking",
    "climbing_stairs",
    "dyspnea",
    "orthopnea",
    "respiratory_insufficiency",
)
GOLDEN = json.loads((Path(__file__).parent / "golden_endpoints.json").read_text())["staging"]["vectors"]
CODES = st.integers(0, 4)


def report(*without: str, form: str = "a", **codes: int) -> dict[str, int]:
    """A report with 4 everywhere but in the items named."""
    answers = {**dict.fromkeys(ITEMS, 4), **codes}
    if form == "b":
        answers[B] = answers.pop(A)
    return {item: code for item, code in answers.items() if item not in without}


def from_codes(codes: list[int], form: str) -> dict[str, int]:
    return report(form=form, **dict(zip(ITEMS, codes, strict=True)))


reports = st.builds(from_codes, st.lists(CODES, min_size=12, max_size=12), st.sampled_from("ab"))


@pytest.mark.parametrize("vector", GOLDEN, ids=lambda vector: vector["id"])
def test_golden_values(vector: dict[str, Any]) -> None:
    stages = stage(from_codes(vector["codes"], vector["form"]), vector["gastrostomy"])
    expected = vector["expected"]
    kings = stages.kings.as_dict()
    assert (kings["stage"], kings["regions"]) == (expected["kings"], expected["kings_regions"])
    assert kings["nutritional"] is expected["kings_flag_4a"]
    assert kings["respiratory"] is expected["kings_flag_4b"]
    assert (stages.mitos.stage, stages.mitos.domains) == (expected["mitos"], expected["mitos_domains"])
    assert stages.ft9.stage == expected["ft9"]


# item, highest code that King's counts (None: never read), highest code that MiToS counts by itself
PUBLISHED = [
    ("speech", 3, None),
    ("salivation", 3, None),
    ("swallowing", 3, 1),
    ("handwriting", 3, None),
    (A, 3, None),
    ("dressing_hygiene", None, 1),
    ("turning_in_bed", None, None),
    ("walking", 3, 1),
    ("climbing_stairs", None, None),
    ("dyspnea", 0, 1),
    ("orthopnea", None, None),
    ("respiratory_insufficiency", 3, 2),
]
FAILURES = {"dyspnea", "respiratory_insufficiency"}


@pytest.mark.parametrize(("item", "kings_limit", "mitos_limit"), PUBLISHED)
@pytest.mark.parametrize("code", range(5))
def test_one_item_alone(item: str, kings_limit: int | None, mitos_limit: int | None, code: int) -> None:
    stages = stage(report(**{item: code}))
    counts = kings_limit is not None and code <= kings_limit
    assert stages.kings.stage == ("0" if not counts else "4b" if item in FAILURES else "1")
    assert stages.kings.decided_by == ((item,) if counts else ())
    lost = mitos_limit is not None and code <= mitos_limit
    assert stages.mitos.stage == int(lost)
    assert stages.mitos.decided_by == ((item,) if lost else ())


@pytest.mark.parametrize(
    ("speech", "handwriting", "lost"),
    [(s, h, s <= 1 and h <= 1) for s in range(5) for h in range(5)],
)
def test_communication_is_lost_only_with_speech_and_handwriting(
    speech: int, handwriting: int, lost: bool
) -> None:
    mitos = stage(report(speech=speech, handwriting=handwriting)).mitos
    assert mitos.communicating is lost
    assert mitos.stage == int(lost)
    assert mitos.decided_by == (("speech", "handwriting") if lost else ())


@pytest.mark.parametrize(
    ("answers", "gastrostomy", "expected", "decided_by"),
    [
        (report(form="b"), None, "4a", (B,)),
        (report(form="b"), False, "4a", (B,)),
        (report(form="b"), True, "4a", ("gastrostomy", B)),
        (report(), True, "4a", ("gastrostomy",)),
        (report(gastrostomy=1), None, "4a", ("gastrostomy",)),
        (report(gastrostomy=1), False, "4a", ("gastrostomy",)),
        (report(gastrostomy=0), None, "0", ()),
        (report(gastrostomy=0), True, "4a", ("gastrostomy",)),
        (report(swallowing=0), None, "1", ("swallowing",)),
        (
            report(form="b", dyspnea=0, respiratory_insufficiency=2),
            None,
            "4b",
            ("dyspnea", "respiratory_insufficiency"),
        ),
    ],
)
def test_failures_outrank_regions_and_say_why(
    answers: dict[str, int], gastrostomy: bool | None, expected: str, decided_by: tuple[str, ...]
) -> None:
    kings = stage(answers, gastrostomy).kings
    assert (kings.stage, kings.decided_by) == (expected, decided_by)


def test_both_failures_are_kept_beside_the_stage() -> None:
    kings = stage(report(form="b", respiratory_insufficiency=3)).kings
    assert (kings.stage, kings.nutritional, kings.respiratory) == ("4b", True, True)


DETAILS = {
    "tube_not_recorded": "item 5 was answered in form 5b, but no gastrostomy is recorded",
    "tube_not_counted": "item 3 speaks of feeding by tube, but no gastrostomy is recorded",
}


@pytest.mark.parametrize(
    ("answers", "gastrostomy", "codes"),
    [
        (report(form="b"), None, ["tube_not_recorded"]),
        (report(form="b", gastrostomy=0), False, ["tube_not_recorded"]),
        (report(form="b", swallowing=0), None, ["tube_not_recorded"]),
        (report(form="b", gastrostomy=1), None, []),
        (report(form="b"), True, []),
        (report(swallowing=1), None, ["tube_not_counted"]),
        (report(swallowing=1), True, []),
        (report(swallowing=2), None, []),
        (report("swallowing"), None, []),
    ],
)
def test_feeding_by_a_tube_that_nobody_recorded_is_asked_about(
    answers: dict[str, int], gastrostomy: bool | None, codes: list[str]
) -> None:
    shown = stage(answers, gastrostomy).as_dict()["notes"]
    assert [note["code"] for note in shown] == codes
    assert all(note["detail"] == DETAILS[note["code"]] for note in shown)


def test_feeding_equipment_says_nothing_of_the_upper_limb() -> None:
    kings = stage(report(form="b", **{A: 0})).kings
    assert kings.upper_limb is False
    assert stage(report(form="b", handwriting=3)).kings.upper_limb is True


def test_three_regions_name_all_their_items() -> None:
    kings = stage(report(speech=3, salivation=2, handwriting=3, walking=0, **{A: 1})).kings
    assert kings.stage == "3"
    assert kings.decided_by == ("speech", "salivation", "handwriting", A, "walking")


@pytest.mark.parametrize(
    ("answers", "gastrostomy", "expected"),
    [
        (report(A), None, None),
        (report(A, handwriting=1), False, None),
        (report(A), True, "4a"),
        (report(A, dyspnea=0), None, "4b"),
        (report("salivation"), None, None),
        (report("salivation", speech=3), None, "1"),
        (report("salivation", respiratory_insufficiency=1), None, "4b"),
        (report("handwriting"), None, None),
        (report("handwriting", **{A: 3}), None, "1"),
        (report("handwriting", form="b"), None, "4a"),
        (report("walking"), None, None),
        (report("dyspnea"), None, None),
        (report("dyspnea"), True, None),
        (report("dyspnea", respiratory_insufficiency=3), None, "4b"),
        (report("respiratory_insufficiency", dyspnea=1), None, None),
        (report("turning_in_bed", "climbing_stairs", "dressing_hygiene", "orthopnea"), None, "0"),
        ({}, None, None),
        ({}, True, None),
    ],
)
def test_a_missing_item_leaves_kings_open_only_where_it_could_matter(
    answers: dict[str, int], gastrostomy: bool | None, expected: str | None
) -> None:
    kings = stage(answers, gastrostomy).kings
    assert kings.stage == expected
    assert (kings.decided_by == ()) is (expected in {None, "0"})


@pytest.mark.parametrize(
    ("answers", "domain", "expected"),
    [
        (report("walking"), "movement", None),
        (report("walking", dressing_hygiene=1), "movement", True),
        (report("swallowing"), "swallowing", None),
        (report("speech"), "communicating", False),
        (report("speech", handwriting=1), "communicating", None),
        (report("handwriting", speech=2), "communicating", False),
        (report("dyspnea", respiratory_insufficiency=2), "breathing", True),
        (report("dyspnea", respiratory_insufficiency=3), "breathing", None),
        (report("salivation", A, "turning_in_bed", "climbing_stairs", "orthopnea"), "movement", False),
    ],
)
def test_a_missing_item_leaves_mitos_open_only_where_it_could_matter(
    answers: dict[str, int], domain: str, expected: bool | None
) -> None:
    mitos = stage(answers).mitos
    assert mitos.domains[domain] is expected
    assert mitos.stage == (None if expected is None else int(expected))


def test_what_is_missing_is_named_for_each_staging() -> None:
    stages = stage(report("salivation", A, "walking", "orthopnea"))
    assert stages.kings.missing == ("salivation", "cutting", "walking")
    assert stages.mitos.missing == ("walking",)
    assert stages.ft9.missing == ("salivation", "cutting", "walking", "orthopnea")
    assert stage(report(form="b")).kings.missing == ()
    assert len(stage({}).kings.missing) == 8
    assert len(stage({}).mitos.missing) == 7
    assert stage({}).ft9.missing == tuple("cutting" if item == A else item for item in ITEMS)


@pytest.mark.parametrize(
    ("codes", "low"),
    [
        ({"speech": 1}, ("bulbar",)),
        ({"speech": 2}, ()),
        ({"handwriting": 3, A: 3, "dressing_hygiene": 3}, ("fine_motor",)),
        ({"turning_in_bed": 3, "walking": 3, "climbing_stairs": 3}, ("gross_motor",)),
        ({"dyspnea": 3, "orthopnea": 3, "respiratory_insufficiency": 3}, ("respiratory",)),
        (dict.fromkeys(ITEMS, 0), ("bulbar", "fine_motor", "gross_motor", "respiratory")),
    ],
)
def test_ft9_counts_subscores_of_nine_or_less_and_calls_itself_experimental(
    codes: dict[str, int], low: tuple[str, ...]
) -> None:
    ft9 = stage(report(**codes)).ft9
    assert (ft9.stage, ft9.decided_by, ft9.missing, ft9.experimental) == (len(low), low, (), True)


def test_ft9_reads_item_5_in_either_form_and_needs_all_twelve() -> None:
    assert stage(report(form="b", **{A: 1})).ft9.stage == 1
    ft9 = stage(report("orthopnea", speech=0, salivation=0)).ft9
    assert (ft9.stage, ft9.decided_by) == (None, ())


def test_the_stages_are_plain_data_in_json() -> None:
    answers = report("salivation", speech=0, handwriting=0, dressing_hygiene=0)
    shown = stage(answers).as_dict()
    assert json.loads(json.dumps(shown)) == shown
    assert shown == {
        "kings": {
            "stage": "2",
            "regions": {"bulbar": True, "upper_limb": True, "lower_limb": False},
            "nutritional": False,
            "respiratory": False,
            "decided_by": ["speech", "handwriting"],
            "missing": ["salivation"],
        },
        "mitos": {
            "stage": 2,
            "domains": {"movement": True, "swallowing": False, "communicating": True, "breathing": False},
            "decided_by": ["dressing_hygiene", "speech", "handwriting"],
            "missing": [],
        },
        "ft9": {"stage": None, "decided_by": [], "missing": ["salivation"], "experimental": True},
        "notes": [],
        "rule_version": STAGING_VERSION,
    }
    assert STAGING_VERSION == "1"


def completions(answers: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Every report that this one could have been, had nothing been left out."""
    open_items = [item for item in ITEMS if item not in answers and not (item == A and B in answers)]
    for codes in product(range(5), repeat=len(open_items)):
        full = {**answers, **dict(zip(open_items, codes, strict=True))}
        yield full
        if A in open_items:
            yield {**{item: code for item, code in full.items() if item != A}, B: full[A]}


@given(reports, st.sets(st.sampled_from([*ITEMS, B]), max_size=2), st.booleans())
def test_a_stage_is_given_exactly_when_no_missing_item_could_change_it(
    answers: dict[str, int], left_out: set[str], gastrostomy: bool
) -> None:
    answers = {item: code for item, code in answers.items() if item not in left_out}
    possible = [stage(full, gastrostomy) for full in completions(answers)]
    given_stages = stage(answers, gastrostomy)
    kings, mitos = (
        {outcome.kings.stage for outcome in possible},
        {outcome.mitos.stage for outcome in possible},
    )
    assert given_stages.kings.stage == (kings.pop() if len(kings) == 1 else None)
    assert given_stages.mitos.stage == (mitos.pop() if len(mitos) == 1 else None)
    if given_stages.ft9.stage is not None:
        assert {outcome.ft9.stage for outcome in possible} == {given_stages.ft9.stage}


@given(reports, st.sampled_from(ITEMS))
def test_losing_function_lowers_no_count(answers: dict[str, int], item: str) -> None:
    item = B if item == A and B in answers else item
    worse = {**answers, item: max(0, answers[item] - 1)}
    before, after = stage(answers), stage(worse)
    assert (after.mitos.stage or 0) >= (before.mitos.stage or 0)
    assert (after.ft9.stage or 0) >= (before.ft9.stage or 0)
    assert (after.kings.stage or "") >= (before.kings.stage or "")


@given(reports, st.randoms(use_true_random=False))
def test_the_order_of_the_answers_does_not_matter(answers: dict[str, int], random: Any) -> None:
    shuffled = list(answers.items())
    random.shuffle(shuffled)
    assert stage(dict(shuffled)) == stage(answers)


@given(reports)
def test_every_item_that_decided_is_at_its_limit(answers: dict[str, int]) -> None:
    stages = stage(answers)
    assert all(item == B or answers[item] < 4 for item in stages.kings.decided_by)
    assert all(answers[item] <= 2 for item in stages.mitos.decided_by)
    assert stages.kings.missing == stages.mitos.missing == stages.ft9.missing == ()
