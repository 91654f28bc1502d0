"""The spans of a series."""

from __future__ import annotations

from services.patients.shapes import Span


def test_a_span_is_so_many_months_or_all() -> None:
    assert [span.months for span in Span] == [12, 18, None]
