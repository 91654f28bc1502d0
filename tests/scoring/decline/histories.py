"""Synthetic reports for the tests of the decline rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from scoring import instruments
from scoring.decline import Evaluation, Policy, Profile, Report, Topic, evaluate

NOBODY, DEFAULT = Profile(), Policy()
START = date(2026, 1, 5)
KEYS = (
    "speech",
    "salivation",
    "swallowing",
    "handwriting",
    "cutting_without_gastrostomy",
    "dressing_hygiene",
    "turning_in_bed",
    "walking",
    "climbing_stairs",
    "dyspnea",
    "orthopnea",
    "respiratory_insufficiency",
)
# Items lose in this order, so that a falling total alone lights no rung of another rule for a while.
LOSING = (5, 6, 3, 4, 8, 5, 6, 3, 4, 8, 7, 1, 5, 6, 3, 4, 8, 7, 1, 0, 2, 5, 6, 3, 4, 8, 1)


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC)


def codes_for(total: int) -> list[int]:
    """Twelve codes with this total, the breathing items last to fall."""
    codes = [4] * 12
    order = [*LOSING, 7, 0, 2, 7, 0, 2, 1, 0, 2, 9, 10, 11, 9, 10, 11, 9, 10, 11, 9, 10, 11]
    for item in order[: 48 - total]:
        codes[item] -= 1
    assert sum(codes) == total
    assert min(codes) >= 0
    return codes


def make_report(instrument: str, answers: dict[str, int], day: date = START, **other: object) -> Report:
    definition = instruments.get(instrument)
    checked = instruments.validate(definition, answers)
    hour = other.pop("hour", 9)
    fields = {"id": f"{instrument}-{day}-{hour}", "respondent": "patient", **other}
    return Report(
        observed_at=at(day, int(hour)),
        observed_on=day,
        instrument=instrument,
        answers=checked,
        score=instruments.score(definition, checked),
        **fields,
    )


def alsfrs(codes: list[int] | int, day: date = START, *, form: str = "a", **other: object) -> Report:
    """An ALSFRS-R report from twelve codes (None is missing) or from a total."""
    codes = codes_for(codes) if isinstance(codes, int) else codes
    keys = list(KEYS)
    if form == "b":
        keys[4] = "cutting_with_gastrostomy"
    answers = {key: code for key, code in zip(keys, codes, strict=True) if code is not None}
    return make_report("alsfrs_r", answers, day, **other)


def series(totals: list[int], *, every: int = 28, start: date = START, **other: object) -> list[Report]:
    return [
        alsfrs(total, start + timedelta(days=every * place), **other) for place, total in enumerate(totals)
    ]


def codes(**changed: int | None) -> list[int]:
    """Twelve fours, with some items changed by name."""
    names = ("speech", "salivation", "swallowing", "handwriting", "cutting", "dressing", "turning", "walking")
    names = (*names, "stairs", "dyspnea", "orthopnea", "support")
    return [changed.get(name, 4) for name in names]


ITEMS_OF = {"bulbar": (0, 1, 2), "fine_motor": (3, 4, 5), "gross_motor": (6, 7, 8), "respiratory": (9, 10)}


def lost(**points: int) -> list[int]:
    """Twelve codes with so many points lost in each domain, spread over its items; support stays."""
    codes = [4] * 12
    for domain, count in points.items():
        items = ITEMS_OF[domain]
        for place in range(count):
            codes[items[place % len(items)]] -= 1
    return codes


def rules_on(evaluation: Evaluation) -> dict[str, str]:
    """Every rule whose flag stands, with its level."""
    signals = [signal for flag in evaluation.flags for signal in (flag, *flag.further)]
    return {signal.rule: signal.level.value for signal in signals}


def rules_after(
    *reports: Report, profile: Profile = NOBODY, policy: Policy = DEFAULT, of: Topic | None = None
) -> dict[str, str]:
    """Rules whose flags stand after these reports, of one topic where it is given."""
    evaluation = evaluate(reports, profile, policy)
    flags = tuple(flag for flag in evaluation.flags if of in (None, flag.topic))
    return rules_on(replace(evaluation, flags=flags))


def days(*numbers: int) -> list[date]:
    return [START + timedelta(days=number) for number in numbers]
