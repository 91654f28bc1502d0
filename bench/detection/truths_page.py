"""The section of docs/detection.md that says what averages hide: by pace, by level, stated against true.

Patients are simulated in the order of their seeds, so fewer of them are the first of those measured before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.detection.cells import a_year, in_points, percent, table
from bench.detection.measures import ALL, paired_difference

DESK = """
## What lies on the desk

Item-level simulated patients of the richer kind who lose the same all year: stable 0.1, typical 0.9, fast 2.0
points a month; {patients} of each. Everything is dealt with three days after it was put there. An **item** is
an alert put before a person: opened, risen in level while it lay there, or returned by the rules' own marks
(`bench/detection/desk.py`); a **visit** is a day with at least one item of a patient. Silence is not counted.
"""


def truths(result: dict[str, Any], before: Mapping[str, Any]) -> list[str]:
    """Every table of the section; `before` holds the figures of the rules before, on the same patients."""
    parts = [*_weak_spots(result), *_by_pace(result), *_by_level(result, before), *_losses(result)]
    return [*parts, *_tenths(result), *desk(result, before)]


def _weak_spots(result: dict[str, Any]) -> list[str]:
    rows = [
        (schedule, a_year((row["rate"], row["rate_low"], row["rate_high"])))
        for schedule, row in result["steady"].items()
    ]
    text = (
        "\n## A typical steady patient\n\nAll lose 0.9 points a month all year, with the benchmark's noise.\n"
    )
    return [text, *table(("reports", "false alerts a patient-year"), rows)]


def _by_pace(result: dict[str, Any]) -> list[str]:
    head = ["points a month before any change"]
    populations = [
        (f"{name}, {schedule}", found["by_pace"])
        for name, schedules in result["populations"].items()
        for schedule, found in schedules.items()
    ]
    head += [name for name, _ in populations]
    bands = [(row["low"], row["high"]) for row in populations[0][1]]
    rows = []
    for low, high in bands:
        cells = [
            next((f"{row['rate']:.2f}" for row in own if row["low"] == low), "-") for _, own in populations
        ]
        rows.append((f"{low:g} to {high:g}" if high < 9 else f"{low:g} and more", *cells))
    return ["\n## False alerts a patient-year by true pace\n", *table(head, rows)]


def _by_level(result: dict[str, Any], before: Mapping[str, Any]) -> list[str]:
    head = (
        "population",
        "reports",
        "found within 12 weeks",
        "at `soon`",
        "against the rules before",
    )
    rows = []
    for name, schedules in result["populations"].items():
        for schedule, found in schedules.items():
            row, soon = found["rows"][ALL], found["soon"]
            told = f"{percent(soon['share'])} ({percent(soon['low'])} to {percent(soon['high'])})"
            rows.append(
                (name, schedule, percent(row["found"][1]), told, _against(found, before, name, schedule))
            )
    return ["\n## Found by level\n", *table(head, rows), *_average(result, before)]


def _against(found: dict[str, Any], before: Mapping[str, Any], name: str, schedule: str) -> str:
    difference = _paired(found, before, name, schedule)
    return "-" if difference is None else in_points(difference)


def _paired(
    found: dict[str, Any], before: Mapping[str, Any], name: str, schedule: str
) -> tuple[float, float, float] | None:
    old = before.get("hits", {}).get(name, {}).get(schedule, "")
    new = found["hits"]
    if len(old) < len(new):
        return None
    return paired_difference([hit == "1" for hit in new], [hit == "1" for hit in old[: len(new)]])


def _average(result: dict[str, Any], before: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, schedules in result["populations"].items():
        each = [_paired(found, before, name, schedule) for schedule, found in schedules.items()]
        known = [difference for difference in each if difference is not None]
        if len(known) == len(each):
            mean = sum(difference[0] for difference in known) / len(known)
            margin = sum((difference[0] - difference[1]) ** 2 for difference in known) ** 0.5 / len(known)
            shown = in_points((mean, mean - margin, mean + margin))
            lines.append(
                f"\nOn average over the three schedules, {name}: {shown} against {before['commit']}, the same"
                " patients."
            )
    return lines


def _losses(result: dict[str, Any]) -> list[str]:
    head = ("population", "reports", "rule", "statements", "range holds the truth", "at the end of the scale")
    rows = [
        (name, schedule, f"`{rule}`", str(own["statements"]), _share(own["held"]), str(own["at_end"]))
        for name, schedules in result["populations"].items()
        for schedule, found in schedules.items()
        for rule, own in found["losses"].items()
    ]
    text = (
        "\n## The stated loss against the truth\n\nEvery report of every patient while the flag is on."
        " Statements at the end of the scale, where nobody can lose any more and the trajectory"
        " says so, are counted apart.\n"
    )
    return [text, *table(head, rows), *_loss_tenths(result)]


def _loss_tenths(result: dict[str, Any]) -> list[str]:
    head = ("tenth of the stated losses", "stated", "true", "range holds the truth")
    parts = []
    for rule in ("acceleration", "fast_decline"):
        own = result["populations"]["benchmark"]["fortnightly"]["losses"][rule]["tenths"]
        rows = [
            (str(place + 1), f"{tenth['stated']:.2f}", f"{tenth['true']:.2f}", percent(tenth["held"]))
            for place, tenth in enumerate(own)
        ]
        parts += [f"\nBenchmark, fortnightly, `{rule}`, by tenths:\n", *table(head, rows)]
    return parts


def _tenths(result: dict[str, Any]) -> list[str]:
    head = [
        "stated chance of a change",
        *(f"{tenth / 10:.1f} to {tenth / 10 + 0.1:.1f}" for tenth in range(10)),
    ]
    rows = []
    for name, schedules in result["populations"].items():
        for schedule, found in schedules.items():
            by_tenth = {
                min(9, int(stated * 10)): (stated, so, count)
                for stated, so, count in found["changed"]["bins"]
            }
            rows.append((f"{name}, {schedule}", *(_tenth(by_tenth.get(tenth)) for tenth in range(10))))
    text = (
        "\n## The stated chance of a change against the truth\n\nStated and true in percent, one statement a"
        " patient and report; in brackets where fewer than 100 patients stand behind it. What is stated is"
        " that the loss has become faster within the last half year: true after a change, and after a rest"
        " that has ended.\n"
    )
    alone = ", ".join(
        f"{100 * found['changed_but_rests']:.0f} ({schedule})"
        for schedule, found in result["populations"]["richer"].items()
    )
    without = (
        "\nOf the richer population 15 % rest for a while. If the end of a rest is not counted as true, the"
        f" largest errors there are {alone} points.\n"
    )
    return [text, *table(head, rows), without]


def _tenth(found: tuple[float, float, int] | None) -> str:
    if found is None:
        return "-"
    stated, so, count = found
    told = f"{100 * stated:.0f} / {100 * so:.0f}"
    return told if count >= 100 else f"({told})"


def desk(result: dict[str, Any], before: Mapping[str, Any]) -> list[str]:
    """Items and visits by schedule and pace, those of the rules before beside them."""
    old = before.get("desk", {})
    head = ("reports", "patients", "items a patient-year", "before", "ratio", "visits", "before", "by level")
    rows = []
    for schedule, paces in result["desk"].items():
        for pace, load in paces.items():
            then = old.get(schedule, {}).get(pace)
            levels = ", ".join(f"{level} {count:.1f}" for level, count in load["by_level"].items())
            rows.append((
                schedule, pace, f"{load['items']:.1f}", _was(then, "items"), _ratio(load, then),
                f"{load['visits']:.1f}", _was(then, "visits"), levels,
            ))  # fmt: skip
    patients = next(iter(next(iter(result["desk"].values())).values()))["patients"]
    parts = [DESK.format(patients=patients), *table(head, rows)]
    return [*parts, *_by(result, "by_topic", "topic"), *_by(result, "by_reason", "why")]


def _by(result: dict[str, Any], key: str, word: str) -> list[str]:
    columns = [
        (f"{pace}, {schedule}", load[key])
        for schedule, paces in result["desk"].items()
        if schedule != "fortnightly"
        for pace, load in paces.items()
    ]
    names = sorted({name for _, counts in columns for name in counts})
    rows = [(name, *(f"{counts.get(name, 0):.2f}" for _, counts in columns)) for name in names]
    return [f"\nItems a patient-year by {word}:\n", *table((word, *(name for name, _ in columns)), rows)]


def _was(then: Mapping[str, float] | None, key: str) -> str:
    return "-" if then is None else f"{then[key]:.1f}"


def _ratio(now: Mapping[str, Any], then: Mapping[str, float] | None) -> str:
    return "-" if then is None else f"{now['items'] / then['items']:.2f}"


def _share(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"
