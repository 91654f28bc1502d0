"""The plots of docs/detection: operating curves, found by weeks, reliability."""

from __future__ import annotations

from typing import Any

from bench.detection.drawing import Axes, Line, plot

SHARE = (0.0, 1.0)


def plots(result: dict[str, Any]) -> dict[str, str]:
    """File names and SVG texts."""
    drawn = {}
    rules = f", rules {result['rules_version']}"
    for name, schedules in result["populations"].items():
        drawn[f"curve-{name}.svg"] = _curves(name, schedules, rules)
        drawn[f"found-{name}.svg"] = _found(name, schedules, rules)
    for kind, title in (("changed", "a change of pace"), ("fast", "fast loss")):
        drawn[f"reliability-{kind}.svg"] = _reliability(result, kind, title + rules)
    return drawn


def _curves(name: str, schedules: dict[str, Any], rules: str) -> str:
    axes = Axes(
        f"All trajectory rules, {name} population, training seeds{rules}",
        "false alerts a patient-year",
        "share found within 12 weeks",
        (0.0, 1.0),
        SHARE,
    )
    lines = [Line(schedule, [point[1:] for point in found["curve"]]) for schedule, found in schedules.items()]
    return plot(axes, lines)


def _found(name: str, schedules: dict[str, Any], rules: str) -> str:
    axes = Axes(
        f"Found within so many weeks, {name} population{rules}", "weeks", "share found", (8.0, 16.0), SHARE
    )
    lines = []
    for row in ("all trajectory rules", "broken stick"):
        for schedule, found in schedules.items():
            points = list(zip((8.0, 12.0, 16.0), found["rows"][row]["found"], strict=True))
            label = f"rules, {schedule}" if row != "broken stick" else f"stick, {schedule}"
            lines.append(Line(label, points, dashed=row == "broken stick"))
    return plot(axes, lines)


def _reliability(result: dict[str, Any], kind: str, title: str) -> str:
    axes = Axes(f"Stated and observed: {title}", "stated probability", "observed share", SHARE, SHARE)
    lines = [Line("perfect", [(0.0, 0.0), (1.0, 1.0)], dashed=True)]
    for schedule, found in result["calibration"].items():
        points = [(stated, observed) for stated, observed, count in found[kind]["bins"] if count >= 100]
        lines.append(Line(f"assumed, {schedule}", points))
    return plot(axes, lines)
