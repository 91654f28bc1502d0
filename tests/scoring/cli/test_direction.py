"""Which end of an instrument's scale is the better one, in `endpoints` and in the rate of `trend`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from scoring.cli.totals import scale_of
from scoring.instruments import Direction, catalogue, get
from tests.scoring.cli.program import csv_of, document_of, errors_of, unusual

WITH_TOTAL = [
    (definition.key, scale) for definition in catalogue() if (scale := scale_of(definition)) is not None
]
STEPS = {"who_5": 4}
"""Totals that are whole, but not every whole number."""
BETTER, WORSE = Direction.HIGHER_IS_BETTER, Direction.HIGHER_IS_WORSE


def trial(low: float, high: float, step: int = 1) -> str:
    """Arm A goes to the upper end of the scale, arm B to the lower one; each with a lead-in the same way.

    In the ALSFRS-R arm A rises more than anybody does, which is told.
    """
    rows = ["subject,arm,study_day,total,died_day"]
    for number in range(3):
        for arm, way in (("A", 1), ("B", -1)):
            for day, share in ((-90, -0.8), (-45, -0.4), (0, 0), (60, 0.4), (120, 0.4), (168, 0.5)):
                total = step * round(((low + high) / 2 + way * share * (high - low) / 2) / step)
                # No two subjects on the same days.
                rows.append(f"{arm}{number},{arm},{day + number if day else 0},{total},")
    return "\n".join(rows) + "\n"


def analysed(text: str, *options: str) -> tuple[Mapping[str, Any], list[str]]:
    document = document_of("endpoints", "-", "--at", "week 24", *options, stdin=text)
    notes = [note for note in unusual(document["notes"]) if not note.startswith("6 points or more above")]
    return document["results"]["visits"][0], notes


@pytest.mark.parametrize(("key", "scale"), WITH_TOTAL, ids=[key for key, _ in WITH_TOTAL])
def test_every_instrument_is_ranked_to_its_better_end_or_not_at_all(key: str, scale: Any) -> None:
    at, notes = analysed(trial(scale.low, scale.high, STEPS.get(key, 1)), "--instrument", key)
    assert at["comparisons"][0]["change"]["difference"] < 0
    direction = get(key).direction
    if direction is Direction.NEITHER:
        assert (at["comparisons"][0]["joint_rank"], at["responders"]) == (None, None)
        assert [arm["responders"] for arm in at["arms"]] == [None, None]
        assert notes == [
            "no responders and no joint rank: which end of the scale is the better one is not known"
            f" ({scale.name}); say it with --direction"
        ]
        return
    a_is_better = direction is BETTER
    ranks = {row["subject"]: row["rank"] for row in at["comparisons"][0]["joint_rank"]["ranks"]}
    assert (min(ranks["A0"], ranks["A1"]) > max(ranks["B0"], ranks["B1"])) is a_is_better
    judged = {row["subject"][0] for row in at["responders"]["rows"]}
    stable = {row["subject"][0] for row in at["responders"]["left_out"]}
    assert (judged, stable) == (({"B"}, {"A"}) if a_is_better else ({"A"}, {"B"}))
    assert notes == (
        []
        if a_is_better
        else [
            f"a higher value is the worse one ({scale.name}): joint rank and responders go by that; a change"
            " or difference above 0 is for the worse, because signs are those of the values"
        ]
    )


@pytest.mark.parametrize(
    "options",
    [
        ("--instrument", "weight"),
        ("--scale", "0,100"),
        ("--instrument", "zbi_12", "--scale", "0,100"),
        ("--instrument", "who_5", "--scale", "0,90"),
    ],
)
def test_a_direction_that_is_not_known_is_said_by_an_option(options: tuple[str, ...]) -> None:
    text = trial(20000, 300000) if "weight" in options else trial(0, 80)
    unknown, notes = analysed(text, *options)
    assert unknown["comparisons"][0]["joint_rank"] is None
    assert notes[0].startswith("no responders and no joint rank: ")
    ranked = {}
    for direction in (BETTER, WORSE):
        at, _ = analysed(text, *options, "--direction", direction.value)
        ranked[direction] = at["comparisons"][0]["joint_rank"]["mean_rank"]
        assert at["changes"] == unknown["changes"]
    assert ranked[BETTER] == [2, 5]
    assert ranked[WORSE] == [5, 2]


def test_a_direction_that_is_not_the_instruments_is_a_wrong_call() -> None:
    text = trial(0, 48)
    assert errors_of(2, "endpoints", "-", "--direction", "higher_is_worse", stdin=text) == [
        "--direction: in ALSFRS-R higher is better"
    ]
    burden = ("endpoints", "-", "--instrument", "zbi_12", "--direction")
    assert errors_of(2, *burden, "higher_is_better", stdin=text) == ["--direction: in ZBI-12 higher is worse"]
    assert analysed(text, *burden[2:], "higher_is_worse") == analysed(text, *burden[2:4])
    own = ("--scale", "0,48", "--direction", "higher_is_better")
    assert analysed(text, *own) == analysed(text)


def test_the_rows_say_the_direction_and_what_there_is_not() -> None:
    text = trial(20000, 300000)
    rows = csv_of("endpoints", "-", "--at", "week 24", "--instrument", "weight", stdin=text, notes=1)
    assert {row["direction"] for row in rows} == {"neither"}
    assert [
        (row["endpoint"], row["arm"], row["n"], row["estimate"], row["deaths"])
        for row in rows
        if row["notes"] == "no_direction"
    ] == [
        ("responders", "A", "", "", ""),
        ("responders", "B", "", "", ""),
        ("joint_rank_test", "B", "", "", ""),
    ]
    worse = csv_of("endpoints", "-", "--instrument", "zbi_12", stdin=trial(0, 48), notes=1)
    assert {row["direction"] for row in worse} == {"higher_is_worse"}


# The rate since onset


SERIES = "date,total,onset\n2026-01-01,{0},2025-01-01\n2026-03-01,{0},\n"
NO_RATE = (
    "no rate since onset: it counts points lost from the best score, which is not known of {}, or not the"
    " highest one; where a higher score is better, say --full-score"
)


@pytest.mark.parametrize(("key", "scale"), WITH_TOTAL, ids=[key for key, _ in WITH_TOTAL])
def test_the_rate_since_onset_counts_from_the_better_end_or_there_is_none(key: str, scale: Any) -> None:
    total = scale.low + 4 if scale.low + 4 <= scale.high else scale.high
    document = document_of("trend", "-", "--instrument", key, stdin=SERIES.format(f"{total:g}"))
    rate = document["results"][0]["since_onset"]
    told = NO_RATE.format(scale.name) in document["notes"]
    if get(key).direction is BETTER:
        assert rate["loss_per_month"] == pytest.approx((scale.high - total) / (365 / 30.4375))
        assert (rate["group"], rate["source"]) == (
            ("fast", "Labra 2016 (n 164)") if key == "alsfrs_r" else (None, None)
        )
        assert not told
    else:
        assert (rate, told) == (None, True)


def test_without_an_onset_nothing_is_said_of_its_rate() -> None:
    text = "date,total\n2026-01-01,4\n2026-03-01,4\n"
    assert not [
        note for note in document_of("trend", "-", "--scale", "0,9", stdin=text)["notes"] if "rate" in note
    ]


def test_a_best_score_may_be_said_unless_a_higher_score_is_worse() -> None:
    text = SERIES.format(30)
    (course,) = document_of("trend", "-", "--scale", "0,100", "--full-score", "60", stdin=text)["results"]
    assert course["since_onset"]["loss_per_month"] == pytest.approx(30 / (365 / 30.4375))
    assert course["since_onset"]["group"] is None
    assert errors_of(2, "trend", "-", "--instrument", "zbi_12", "--full-score", "0", stdin=text) == [
        "--full-score: in ZBI-12 higher is worse, and no points are lost from it"
    ]


@pytest.mark.parametrize(
    ("totals", "full_score", "refused"),
    [
        ((44, 36), "40", [2]),
        ((40, 36), "40", []),
        ((36, 44), "40", [3]),
        ((44, 41), "40", [2, 3]),
        ((40.5, 36), "40.4", [2]),
        ((0.3, 0.1), "0.3", []),
        ((0, 4), "-1", [2, 3]),
    ],
)
def test_a_total_above_the_best_score_is_refused_where_points_are_counted_from_it(
    totals: tuple[float, float], full_score: str, refused: list[int]
) -> None:
    text = "date,total,onset\n2026-01-01,{},2025-01-01\n2026-03-01,{},\n".format(*totals)
    options = ("trend", "-", "--scale", "0,48", "--full-score", full_score)
    if refused:
        assert errors_of(1, *options, stdin=text) == [
            f"row {row}, column total: above {full_score}, from which points are counted as lost since onset;"
            " give the best score with --full-score, or mend the total"
            for row in refused
        ]
    else:
        (course,) = document_of(*options, stdin=text)["results"]
        assert course["since_onset"]["loss_per_month"] >= 0
    assert document_of(*options, "--ignore", "onset", stdin=text)["results"]


def test_a_total_outside_the_scale_is_reported_once_beside_a_best_score() -> None:
    text = "date,total,onset\n2026-01-01,50,2025-01-01\n"
    for options in ((), ("--full-score", "40")):
        (error,) = errors_of(1, "trend", "-", *options, stdin=text)
        assert error.startswith("row 2, column total: outside 0 to 48")
