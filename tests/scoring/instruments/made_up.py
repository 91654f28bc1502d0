"""A made-up instrument that uses everything the engine can do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scoring.instruments import (
    Audience,
    Band,
    Definition,
    Direction,
    Item,
    Kind,
    Proxy,
    Respondent,
    ScoreRule,
    Wording,
)
from scoring.instruments.definition import Change, Domain, Licence, Missing, Row

BETTER, WORSE = Direction.HIGHER_IS_BETTER, Direction.HIGHER_IS_WORSE


def rule(
    key: str, kind: Kind, of: tuple[str, ...], low: float | None, high: float | None, **more: Any
) -> ScoreRule:
    return ScoreRule(key, key.title(), kind, of, low, high, more.pop("direction", BETTER), **more)


MADE_UP = Definition(
    key="made_up",
    version="1",
    title="Made-up",
    sources=("nobody",),
    licence=Licence("nobody", "free", Wording.FULL, credit="Made up.", supplied=("value set",)),
    direction=BETTER,
    recall="today",
    subject=Respondent.PATIENT,
    respondents=(Respondent.PATIENT, Respondent.CLINICIAN),
    proxy=Proxy.MARKED,
    domains=(Domain("good", "Good"), Domain("odd", "Odd")),
    items=(
        Item("one", "good", range(5), "One", text="One?", options={0: "none", 4: "all"}),
        Item("two", "good", range(5), "Two", reversed=True),
        Item("three", "good", range(5), "Three", safety_from=3, audience=Audience.RESTRICTED),
        Item("odd_a", "odd", range(0, 21, 10), "Odd, form a", values=(2, 0, 1), slot="odd"),
        Item("odd_b", "odd", range(3), "Odd, form b", slot="odd"),
        Item("extra", "", range(2), "Extra", optional=True),
        Item("metres", "odd", range(100, 10_001), "Metres", unit="m", other_units={"kilometres": 1000}),
    ),
    scores=(
        rule("total", Kind.SUM, ("one", "two", "three"), 0, 12, min_answered=2, whole_for_bands=True),
        rule("part", Kind.SUM, ("one", "odd"), 10, 22, factor=2, offset=10),
        rule("mean", Kind.MEAN, ("one", "two"), -8, 0, factor=-2, direction=WORSE, min_answered=1),
        rule("profile", Kind.PROFILE, ("one", "odd"), None, None, direction=Direction.NEITHER),
        rule("odd_sum", Kind.SUM, ("odd",), 0, 2),
        rule(
            "odd_t",
            Kind.TABLE,
            ("odd_sum",),
            30,
            50,
            table=(Row(0, 30, 2.5), Row(1, 40, 2.0), Row(2, 50)),
        ),
        rule("far", Kind.SUM, ("metres",), 100, 10_000),
    ),
    main="total",
    missing=Missing("made up", "nobody", at_most=3),
    bands=(
        Band("total", "level", "low", "Low", None, 5, "nobody"),
        Band("total", "level", "high", "High", 5, None, "nobody"),
        Band("mean", "screen", "worse", "Worse", -2, None, "nobody"),
    ),
    changes=(Change("total", 2, "made up", "nobody"),),
    instruction="Answer.",
)


def with_items(*items: Item) -> Definition:
    """The instrument with other items."""
    return replace(MADE_UP, items=items)
