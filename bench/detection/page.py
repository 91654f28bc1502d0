"""docs/detection.md from the stored figures, and the tables for the terminal."""

from __future__ import annotations

from typing import Any

from bench.detection.cells import cells, in_points, table
from bench.detection.gains_page import gains
from bench.detection.tracks import TRAJECTORY_RULES
from bench.detection.truths_page import truths

CLINIC = 200
INTRODUCTION = """# How early the decline rules find an acceleration, and how often they are wrong

Written by `python -m bench.detection`; do not edit. Everybody here is simulated. Rules, version {version};
held-back patients for each schedule: {patients}; {training} training patients for the thresholds of the
bound and the stick, {misspecified} patients for each misspecification. Ranges are 95 % intervals.

**False alert**: an alert before the change (or at any time, where there is none), at most one in 84 days,
per patient-year before the change; an alert of the primary rule for a patient who truly loses more than
1.11 points a month is not false. **Found**: an alert after the change, within so many weeks of it. Only
patients who lose less than 1.2 points a month before the change are scored; the faster ones are the
primary rule's. An alert is a topic's flag being raised, or its level rising within an episode; what was
on without a break since before the change finds nothing. *All trajectory rules* are fast decline,
confirmed drop, acceleration and the two domain rules, on their three topics, together.

The **benchmark** population: straight courses with independent noise of SD 1.6, a third of which bend to
at least 1.8 points a month (`bench/detection/patients.py`). The **richer** one is not what the rules
assume: losses drift and rest, items are rounded and end, noise partly lasts and has heavy tails, phones
are late, respondents change, tubes and masks come (`bench/detection/richer.py`). The **bound** is
Bayes-optimal for somebody who knows the benchmark population exactly; on the richer population it is only
a comparison. The **broken stick** is told the benchmark's averages and noise. Both have their thresholds
from the benchmark's training seeds. The rules are told neither population: their priors come from
published cohorts, and only the limits in `scoring/decline/limits.py` were chosen by simulation, on the
training seeds of both populations.
"""


def render(result: dict[str, Any]) -> str:
    """The page."""
    head = INTRODUCTION.format(
        version=result["rules_version"],
        patients=", ".join(f"{count} {name}" for name, count in result["patients"].items()),
        training=result["training"],
        misspecified=result["misspecified_patients"],
    )
    parts = [head, *tables(result)]
    names = [f"{kind}-{name}" for name in result["populations"] for kind in ("curve", "found")]
    names += ["reliability-changed", "reliability-fast"]
    parts += ["\n## Plots\n", *(f"![{name}](detection/{name}.svg)\n" for name in names)]
    return "\n".join(parts).rstrip() + "\n"


def tables(result: dict[str, Any]) -> list[str]:
    """Every table as Markdown."""
    parts = []
    for name, schedules in result["populations"].items():
        for schedule, found in schedules.items():
            parts += [f"\n## {name.capitalize()} population, {schedule} reports\n", *_rows(found)]
            parts += _compared(found)
    parts += truths(result, result.get("before", {}))
    return [*parts, *gains(result), *_misspecified(result), *_calibration(result)]


def _rows(found: dict[str, Any]) -> list[str]:
    head = [
        "",
        "false alerts a patient-year",
        "without the limit of one in 84 days",
        "found within 8 weeks",
        "12 weeks",
        "16 weeks",
        "median delay, weeks",
        f"alerts a week in a clinic of {CLINIC}",
    ]
    rows = [
        (f"`{name}`" if name in TRAJECTORY_RULES else name, *cells(row))
        for name, row in found["rows"].items()
    ]
    return table(head, rows)


def _compared(found: dict[str, Any]) -> list[str]:
    count = found["rows"]["broken stick"]["changes"]
    lines = []
    for name, difference in found["compared"].items():
        lines.append(
            f"\nAll trajectory rules against the {name}, same {count} changes, found within 12 weeks:"
            f" {in_points(difference)}."
        )
    return lines


def _misspecified(result: dict[str, Any]) -> list[str]:
    head = [
        "what is not as assumed",
        "reports",
        "false alerts a patient-year",
        "found within 12 weeks",
        "largest calibration error: change",
        "fast",
        "Brier: change",
        "fast",
    ]
    rows = []
    for name, schedules in result["misspecified"].items():
        for schedule, found in schedules.items():
            row = found["rows"]["all trajectory rules"]
            rate, _, _, twelve, *_ = cells(row)
            rows.append((name, schedule, rate, twelve, *_errors(found)))
    return ["\n## All trajectory rules where an assumption fails\n", *table(head, rows)]


def _calibration(result: dict[str, Any]) -> list[str]:
    head = ("patients", "reports", "largest error: change", "fast", "Brier: change", "fast")
    rows = [("assumed model", schedule, *_errors(found)) for schedule, found in result["calibration"].items()]
    for name, schedules in result["populations"].items():
        rows += [(name, schedule, *_errors(found)) for schedule, found in schedules.items()]
    text = (
        "\n## Are the stated probabilities met?\n\nThe chance of a change of pace within the last half year"
        " (acceleration) and of a loss faster than 1.11 points a month (fast decline). The largest error is"
        " the difference between the mean stated and the share observed in a tenth of the scale with at least"
        " 100 patients, in points, one statement a patient and report. Dense reports are counted as partly"
        " the same news, so too little certainty is stated where noise is independent.\n"
    )
    return [text, *table(head, rows)]


def _errors(found: dict[str, Any]) -> tuple[str, str, str, str]:
    changed, fast = found["changed"], found["fast"]
    return (
        _worst(changed["worst"]),
        _worst(fast["worst"]),
        f"{changed['brier']:.3f}",
        f"{fast['brier']:.3f}",
    )


def _worst(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f}"
