"""The grid on which a change of pace is looked for: its places, its widths, and what they cover."""

from __future__ import annotations

from itertools import pairwise

from scoring.trajectory.bends import BENDS, HISTORY_DAYS, RECENT_DAYS

GRID = (
    # days before the latest report, days it stands for
    (7, 14),
    (21, 14),
    (35, 14),
    (49, 14),
    (67, 21),
    (88, 21),
    (112, 28),
    (140, 28),
    (168, 28),
    (196, 28),
    (224, 28),
    (252, 28),
    (280, 28),
    (308, 28),
    (336, 28),
)


def stretches() -> list[range]:
    """The days before the latest report for which each bend stands; of an odd width one more lies nearer."""
    return [range(back - (width + 1) // 2, back + width // 2) for back, width in BENDS]


def test_a_bend_is_looked_for_every_two_weeks_then_three_then_four() -> None:
    assert BENDS == GRID


def test_the_bends_tile_the_year_but_for_its_last_two_weeks() -> None:
    covered = [day for stretch in stretches() for day in stretch]
    assert covered == list(range(350))
    assert HISTORY_DAYS - 14 >= len(covered) > HISTORY_DAYS - 28


def test_a_bend_stands_for_the_days_around_it_and_no_others() -> None:
    for (back, width), stretch in zip(BENDS, stretches(), strict=True):
        assert len(stretch) == width
        assert back in stretch


def test_the_grid_never_becomes_finer_with_time() -> None:
    assert all(near <= far for (_, near), (_, far) in pairwise(BENDS))


def test_what_is_recent_ends_where_a_bend_ends() -> None:
    assert RECENT_DAYS in {stretch.stop for stretch in stretches()}
