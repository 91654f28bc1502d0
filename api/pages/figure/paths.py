"""Paths of the figure: lists of points in percent become what the attribute `d` of a path says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup


class At(NamedTuple):
    """A point in percent of width and height."""

    x: float
    y: float


def line(points: Iterable[At]) -> str:
    """The line through these points; "" without any."""
    placed = [f"{_short(x)} {_short(y)}" for x, y in points]
    return f"M{'L'.join(placed)}" if placed else ""


def area(upper: Iterable[At], lower: Iterable[At]) -> str:
    """The area between two lines that run from left to right."""
    outline = [*upper, *reversed(list(lower))]
    return f"{line(outline)}Z" if outline else ""


def bars(spans: Iterable[tuple[float, float]]) -> str:
    """Bars of full height, each from one percentage of the width to another."""
    return "".join(f"M{_short(start)} 0H{_short(end)}V100H{_short(start)}Z" for start, end in spans)


def digits(placed: Iterable[tuple[float, int]], y: float) -> Markup:
    """Digits at these places, in one piece: there are hundreds on a page."""
    texts = (f'<text class="digit-{digit}" x="{x}%" dx="4" y="{y}">{digit}</text>' for x, digit in placed)
    return Markup("".join(texts))  # noqa: S704 (numbers only)


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
