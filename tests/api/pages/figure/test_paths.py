"""Paths as SVG reads them."""

from __future__ import annotations

from api.pages.figure import paths
from api.pages.figure.paths import At


def test_a_line_goes_from_point_to_point() -> None:
    assert paths.line([At(0, 10.04), At(50.25, 20), At(100, 30)]) == "M0 10L50.2 20L100 30"


def test_an_area_goes_along_the_top_and_back_along_the_bottom() -> None:
    assert paths.area([At(0, 10), At(100, 20)], [At(0, 30), At(100, 40)]) == "M0 10L100 20L100 40L0 30Z"


def test_bars_have_the_full_height() -> None:
    assert paths.bars([(0, 10), (20.5, 30)]) == "M0 0H10V100H0ZM20.5 0H30V100H20.5Z"


def test_nothing_is_drawn_of_nothing() -> None:
    assert (paths.line([]), paths.area([], []), paths.bars([])) == ("", "", "")
