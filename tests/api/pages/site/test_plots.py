"""Drawings of a site's figures: bars stand on each other and under the top line, whatever is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.site import plots
from scoring.decline import Level
from services.alerts.figures.period import AlertFigures, Durations, PeriodFigures

NONE = AlertFigures(None, None, 0, None, 0, 0, 0, 0, 0, 0, None, None, None, None, None)
COUNTS = st.lists(st.tuples(*(st.integers(0, 5000),) * 3), min_size=1, max_size=24)


def month(place: int, counts: tuple[int, int, int], action: Durations | None = None) -> PeriodFigures:
    levels = zip(plots.LEVELS, counts, strict=True)
    each = [replace(NONE, level=level, opened=count) for level, count in levels]
    everything = replace(NONE, opened=sum(counts), first_action=action)
    return PeriodFigures(
        date(2026, 1 + place % 12, 1), date(2026, 12, 31), True, 1.0, [everything, *each], [], []
    )


@given(COUNTS)
def test_parts_stand_on_each_other_and_lengths_are_as_the_counts(
    counts: list[tuple[int, int, int]],
) -> None:
    drawn = plots.opened([month(place, one) for place, one in enumerate(counts)])
    top = drawn.lines[-1].value
    assert top >= max(map(sum, counts))
    scale = (plots.HEIGHT - plots.TOP - plots.BOTTOM) / top
    for bar, wanted in zip(drawn.bars, counts, strict=True):
        assert bar.total == sum(wanted)
        assert {part.level: part.count for part in bar.parts} == {
            level: count for level, count in zip(plots.LEVELS, wanted, strict=True) if count
        }
        assert sum(part.height for part in bar.parts) == pytest.approx(bar.total * scale, abs=0.05)
        assert plots.TOP - 0.01 <= bar.y <= plots.HEIGHT - plots.BOTTOM
        assert 0 <= bar.x < bar.x + bar.width <= 100
    assert [bar.x for bar in drawn.bars] == sorted(bar.x for bar in drawn.bars)


def test_how_soon_somebody_acted_is_in_days_and_nothing_where_nobody_did() -> None:
    months = [month(0, (1, 0, 0), Durations(1, 86_400.0, 4 * 86_400.0)), month(1, (0, 0, 0))]
    drawn = plots.acted(months)
    assert (drawn.waits[0].half, drawn.waits[1].half) == (86_400.0, None)
    assert [line.value for line in drawn.lines] == [0, 2, 4]
    assert drawn.waits[0].most_y == drawn.lines[-1].y
    assert drawn.lines[-1].y < drawn.waits[0].half_y < drawn.lines[0].y


def test_levels_have_their_figures() -> None:
    assert plots.of_level(month(0, (1, 2, 3)), Level.SOON).opened == 2
    assert plots.of_level(month(0, (1, 2, 3)), None).opened == 6
