"""The desk of the bench: what counts as an item, what returns, and when a visit is made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bench.detection.desk import Desk, Item, desk_year, load_of
from bench.detection.patients import Answered
from bench.detection.richer import steady_patient
from scoring.decline import Flag, Kind, Level, Policy, Signal, Topic

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def flag(
    rule: str = "dyspnea_low", level: Level = Level.SOON, *, further: tuple[str, ...] = (), **mark: float
) -> Flag:
    signal = {
        "rule_version": "1",
        "level": level,
        "kind": Kind.STATE,
        "headline": "Something",
        "sentence": "Something.",
        "clears_when": "Sometime.",
        "numbers": {},
        "evidence": (),
        "raised_by": "r",
        "raised_at": NOON,
    }
    others = tuple(Signal(rule=other, **signal) for other in further)
    return Flag(
        rule=rule,
        **signal,
        mark=mark,
        topic=Topic.RESPIRATORY,
        restricted=False,
        data_query=False,
        further=others,
    )


def because(*looks: tuple[int, Flag | None]) -> list[str]:
    desk = Desk()
    for day, standing in looks:
        desk.look(day, [] if standing is None else [standing])
    return [item.because for item in desk.items]


@pytest.mark.parametrize(
    ("looks", "items"),
    [
        ([(0, flag()), (1, flag()), (7, flag()), (200, flag())], ["opened"]),
        ([(0, flag(level=Level.INFORM)), (1, flag())], ["opened", "risen"]),
        ([(0, flag(level=Level.INFORM)), (7, flag())], ["opened", "higher level"]),
        ([(0, flag()), (7, flag(further=("dyspnea_fall",)))], ["opened", "new rule"]),
        ([(0, flag(code=1)), (7, flag(code=0))], ["opened", "worse"]),
        ([(0, flag(code=1)), (7, None), (14, flag(code=1))], ["opened"]),
        ([(0, flag(code=1)), (7, None), (87, flag(code=1))], ["opened"]),
        ([(0, flag(code=1)), (7, None), (88, flag(code=1))], ["opened", "came on again"]),
        ([(0, flag(level=Level.INFORM)), (1, None), (2, flag(level=Level.INFORM))], ["opened", "opened"]),
        ([(0, flag()), (1, None), (2, flag())], ["opened"]),
        (
            [(0, flag(level=Level.URGENT)), (7, None), (14, flag(level=Level.URGENT))],
            ["opened", "came on again"],
        ),
    ],
    ids=[
        "being still met", "risen while it lay there", "risen later", "a new rule", "a worse mark",
        "back within 84 days", "84 days after it was dealt with", "more than 84 days after",
        "an inform that passed unseen", "a soon that passed stays", "urgent at once",
    ],
)  # fmt: skip
def test_what_is_put_before_a_person(looks: list[tuple[int, Flag | None]], items: list[str]) -> None:
    assert because(*looks) == items


def test_a_visit_is_a_day_with_an_item() -> None:
    item = Item(3, Topic.SPEECH, Level.INFORM, "speech_level", "opened", "Something")
    load = load_of([[item, item._replace(topic=Topic.STAGE), item._replace(day=9)], []])
    year = 365.25 / 364
    assert (load.patients, load.items, load.visits) == (2, pytest.approx(1.5 * year), pytest.approx(year))
    assert load.by_topic == {"speech": pytest.approx(year), "stage": pytest.approx(year / 2)}


def test_a_steady_patient_loses_what_is_asked_and_never_changes() -> None:
    patient = steady_patient(5, 4, 0.9)
    assert (patient.changes_on, patient.loss_on(0), patient.loss_on(300)) == (None, 0.9, 0.9)
    assert patient == steady_patient(5, 4, 0.9) != steady_patient(6, 4, 0.9)


def test_a_year_goes_through_the_real_rules() -> None:
    codes = (4, 4, 4, 4, 4, 4, 4, 4, 4, 0, 4, 4)
    patient = replace(steady_patient(5, 4, 0.1), reports=(Answered(0, 0, (4,) * 12), Answered(28, 30, codes)))
    items = desk_year(patient, Policy())
    assert ("dyspnea_at_worst", Level.URGENT, 30) in [(item.rule, item.level, item.day) for item in items]
