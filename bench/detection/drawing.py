"""Plots as SVG text, written by hand: lines over a frame with a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 560, 380, 60, 40, 170, 50
COLOURS = ("#1b6ca8", "#c2571a", "#3a7d44", "#7a4988", "#8a6d1b", "#555555")


@dataclass(frozen=True, slots=True)
class Line:
    """One series of points with a name; `dashed` for what is only for comparison."""

    name: str
    points: Sequence[tuple[float, float]]
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Axes:
    """Title, names and ends of the two axes."""

    title: str
    x: str
    y: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]


def plot(axes: Axes, lines: Sequence[Line]) -> str:
    """The plot as an SVG document."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        f' font-size="12" role="img"><title>{axes.title}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="22" font-size="14">{axes.title}</text>',
        *_frame(axes),
    ]
    for place, line in enumerate(lines):
        parts.extend(_line(axes, line, COLOURS[place % len(COLOURS)], place))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _frame(axes: Axes) -> list[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = [
        f'<path d="M{LEFT} {TOP}H{right}V{bottom}H{LEFT}Z" fill="none" stroke="#999"/>',
        f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{axes.x}</text>',
        f'<text transform="translate(16 {(TOP + bottom) / 2}) rotate(-90)" text-anchor="middle">',
        f"{axes.y}</text>",
    ]
    for part in range(6):
        x_value = axes.x_range[0] + part / 5 * (axes.x_range[1] - axes.x_range[0])
        y_value = axes.y_range[0] + part / 5 * (axes.y_range[1] - axes.y_range[0])
        x, y = _place(axes, x_value, y_value)
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{x_value:.3g}</text>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{y_value:.3g}</text>')
        parts.append(f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#eee"/>')
    return parts


def _line(axes: Axes, line: Line, colour: str, place: int) -> list[str]:
    dash = ' stroke-dasharray="5 4"' if line.dashed else ""
    where = [_place(axes, x, y) for x, y in line.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in where)
    legend = TOP + 12 + 20 * place
    x = WIDTH - RIGHT + 12
    return [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in where if not line.dashed),
        f'<path d="M{x} {legend - 4}h18" stroke="{colour}" stroke-width="2"{dash}/>',
        f'<text x="{x + 24}" y="{legend}">{line.name}</text>',
    ]


def _place(axes: Axes, x: float, y: float) -> tuple[float, float]:
    (x0, x1), (y0, y1) = axes.x_range, axes.y_range
    across = (min(max(x, x0), x1) - x0) / (x1 - x0)
    up = (min(max(y, y0), y1) - y0) / (y1 - y0)
    return LEFT + across * (WIDTH - RIGHT - LEFT), HEIGHT - BOTTOM - up * (HEIGHT - BOTTOM - TOP)
