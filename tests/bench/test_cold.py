"""What is said of a server that remembers nothing: the median over its starts."""

from __future__ import annotations

import pytest

from bench.submit.cold import Start, said


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ([Start(90, 100), Start(10, 100), Start(300, 310)], "ratio 0.90: bar 0.8 met"),
        ([Start(70, 100), Start(10, 100), Start(300, 310)], "ratio 0.70: bar 0.8 NOT met"),
    ],
)
def test_the_median_start_is_held_against_the_bar(starts: list[Start], expected: str) -> None:
    assert expected in said(starts)
