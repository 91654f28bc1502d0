"""Three synthetic patients whose alerts docs/rules.md shows, computed by the rules themselves.

The answers are made up; no person stands behind them. Totals are spread over the items in a fixed order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from scoring import instruments
from scoring.decline.alsfrs.points import ALSFRS_R, CUTTING, CUTTING_A, ITEMS
from scoring.decline.evaluation import Evaluation
from scoring.decline.flags import Flag, Topic
from scoring.decline.history import evaluate
from scoring.decline.policy import Policy
from scoring.decline.reports import PATIENT, Profile, Report

FIRST_ON = date(2026, 1, 5)
# Arms first, then legs, then speech; the breathing items stay as they are.
LOSING = (3, 4, 5, 6, 8, 7) * 4 + (0, 1, 2) * 4


@dataclass(frozen=True, slots=True)
class Example:
    """One made-up course and the flag it raises."""

    title: str
    story: str
    topic: Topic
    reports: tuple[Report, ...]

    def evaluation(self) -> Evaluation:
        """What the rules say with the default policy."""
        return evaluate(self.reports, Profile(), Policy())

    def flag(self) -> Flag:
        """The flag on the example's topic."""
        return next(flag for flag in self.evaluation().flags if flag.topic is self.topic)


def report(place: int, on: date, codes: Sequence[int]) -> Report:
    """One ALSFRS-R self-report with these twelve codes."""
    keys = [CUTTING_A if item == CUTTING else key for item, key in enumerate(ITEMS)]
    answers = dict(zip(keys, codes, strict=True))
    definition = instruments.get(ALSFRS_R)
    return Report(
        id=f"report-{place:02d}",
        observed_at=datetime.combine(on, time(9), tzinfo=UTC),
        observed_on=on,
        instrument=ALSFRS_R,
        respondent=PATIENT,
        answers=answers,
        score=instruments.score(definition, answers),
    )


def course(totals: Sequence[int], every_days: int) -> tuple[Report, ...]:
    """Reports with these totals, so many days apart."""
    dates = [FIRST_ON + timedelta(days=every_days * place) for place in range(len(totals))]
    return tuple(
        report(place + 1, on, spread(total))
        for place, (on, total) in enumerate(zip(dates, totals, strict=True))
    )


def spread(total: int) -> list[int]:
    """Twelve codes with this total."""
    codes = [4] * len(ITEMS)
    for item in LOSING[: 48 - total]:
        codes[item] -= 1
    return codes


def examples() -> tuple[Example, ...]:
    """A fast, an accelerating and a respiratory course."""
    breathing = [4, 4, 4, 4, 3, 3, 4, 3, 3]
    return (
        Example(
            title="Fast decline",
            story="A report every four weeks; about two points are lost in each.",
            topic=Topic.DECLINE,
            reports=course((44, 43, 40, 38, 36, 34), 28),
        ),
        Example(
            title="Accelerating decline",
            story="A report every two weeks; half a point a month at first, two and a half from July.",
            topic=Topic.ACCELERATION,
            reports=course((43, 43, 42, 43, 42, 42, 42, 41, 42, 41, 41, 41, 40, 41, 39, 38, 37), 14),
        ),
        Example(
            title="Respiratory",
            story="Two four-weekly reports; the second with breathlessness on washing and dressing.",
            topic=Topic.RESPIRATORY,
            reports=(
                report(1, FIRST_ON, [*breathing, 4, 4, 4]),
                report(2, FIRST_ON + timedelta(days=28), [*breathing, 2, 3, 4]),
            ),
        ),
    )
