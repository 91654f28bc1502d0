"""The section of docs/detection.md on what other information adds, from the stored figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.detection.cells import a_year, in_points, more_a_year, percent, table
from bench.detection.companions import LIGHTEST, OFFSET, OFFSET_SD, TUBES
from bench.detection.gains import ALONE, NOISE_ALONE
from bench.detection.measures import ALL, WITHOUT_DOMAINS
from bench.detection.rivals import ALLOWED

Schedules = dict[str, dict[str, Any]]

TITLE = """
## What other information adds

On {patients} held-back benchmark patients for each schedule, the same with and without it: their course and
their own reports stay what they are (`bench/detection/companions.py`). More information is not free: it asks
somebody, and it may raise more alerts.
"""
CARER = f"""
### The caregiver's series, and more reports

A caregiver answers too: noise as the patient's, and a constant offset of the family's, on average
{OFFSET:+.1f} points with SD {OFFSET_SD} (our choice; published comparisons find that caregivers rate lower
and see the same change). Both answer on the same days, as in the TiM programme, or the caregiver every four
weeks. Errors that are independent are the best case; where both see the same bad day they are correlated.
The rules know nothing of this: they take the caregiver's points with an offset of their own. For comparison,
the patient answers halfway between the reports as well. *More* is the paired difference from the patient
alone. More reports may find more merely because they raise more; so the last three columns have the limit of
the acceleration rule that gives the false alerts of the patient alone (chosen on every second patient,
counted on the others).
"""
CARER_HEAD = (
    "who answers",
    "reports",
    "of them a year",
    "false alerts a patient-year",
    "more",
    "found within 8 weeks",
    "12 weeks",
    "16 weeks",
    "more within 12 weeks",
    "with as many false alerts as the patient alone: a patient-year",
    "found within 12 weeks",
    "more",
)
WEIGHT = f"""
### Weight

A weight every week, through the real weight rules, with neither a weight at diagnosis nor the height known.
**How weight goes with function is an assumption**; no published figure was found. So several strengths are
shown: percent of the first weight for each point lost, on average (SD half of it between patients), noise of
one weight 1 % where nothing else is said, {percent(TUBES)} with a feeding tube that holds the weight from
a day on, nobody below {percent(LIGHTEST)} of it. A weight alert within 12 weeks after a change may be
**coincidence**: beside each strength stands what is found in the same weights had they gone on at their pace
from before the change; only what lies beyond that is news of function. A weight alert before a change is not
a false alert of function: it is about weight, and somebody may want to know. It is load all the same, and is
counted as such, without the limit of one in 84 days.
"""
WEIGHT_HEAD = (
    "weight",
    "reports of function",
    "weight alerts a patient-year before a change",
    "of quick loss",
    "a weight alert within 12 weeks after a change",
    "by coincidence",
    "trajectory rules or weight within 12 weeks",
    "weight adds what the trajectory rules had not found",
    "beyond coincidence",
    "false alerts of function or weight a patient-year, at most one in 84 days",
)


def gains(result: dict[str, Any]) -> list[str]:
    """The section; nothing where it has not been measured."""
    found = result.get("other_information")
    if found is None:
        return []
    return [
        TITLE.format(patients=found["patients"]),
        _domains(result["populations"]),
        CARER,
        *table(CARER_HEAD, _answering(found["answering"])),
        _in_short(found["answering"]),
        _beyond(found["answering"]),
        WEIGHT,
        *table(WEIGHT_HEAD, _weights(found["weight"])),
        _noise(found["weight"]),
    ]


def _domains(populations: dict[str, Schedules]) -> str:
    parts = []
    for name, schedules in populations.items():
        for schedule, found in schedules.items():
            every, without = found["rows"][ALL], found["rows"][WITHOUT_DOMAINS]
            more = 100 * (every["found"][1] - without["found"][1])
            rates = f"false alerts {without['rate']:.2f} to {every['rate']:.2f}"
            parts.append(f"{name}, {schedule}: {more:+.1f} points, {rates}")
    return (
        "**Domains**, from the tables above, what the two domain rules find within 12 weeks beyond all the"
        f" others: {'; '.join(parts)}. In the benchmark losses fall on the items by chance, so a domain has"
        " little to tell there.\n"
    )


def _answering(schedules: Schedules) -> Iterator[tuple[str, ...]]:
    for schedule, rows in schedules.items():
        for name, row in rows.items():
            eight, twelve, sixteen = (percent(share) for share in row["found"])
            compared = ("", "", "", "", "")
            if name != ALONE:
                same = row["same_false"]
                compared = (
                    more_a_year(row["more_false"]),
                    in_points(row["more_found"]),
                    f"{same['rate']:.2f}",
                    percent(same["found"][1]),
                    in_points(row["same_false_more_found"]),
                )
            rate = a_year((row["rate"], row["rate_low"], row["rate_high"]))
            start = (name, schedule, f"{row['reports']:.0f}", rate, compared[0])
            yield (*start, eight, twelve, sixteen, *compared[1:])


def _in_short(schedules: Schedules) -> str:
    """What each way of asking more finds at the same false alerts, over the schedules."""
    more: dict[str, list[float]] = {}
    for rows in schedules.values():
        for name, row in rows.items():
            if name != ALONE:
                more.setdefault(name, []).append(100 * row["same_false_more_found"][0])
    parts = [f"{name}: {min(points):.0f} to {max(points):.0f}" for name, points in more.items()]
    return f"\nPoints more within 12 weeks at the same false alerts, over the schedules: {'; '.join(parts)}."


def _beyond(schedules: Schedules) -> str:
    """Say plainly what raises more false alerts than is allowed."""
    beyond = [
        f"{name}, {schedule} ({row['rate']:.2f})"
        for schedule, rows in schedules.items()
        for name, row in rows.items()
        if name != ALONE and row["rate"] > ALLOWED
    ]
    if not beyond:
        return f"\nNobody here raises more than {ALLOWED:g} false alerts a patient-year.\n"
    return (
        f"\n**With the limits as they are, more than {ALLOWED:g} false alerts a patient-year** come from"
        f" {'; '.join(beyond)}. The limits were chosen for the patient's own reports and follow the days with"
        " a report, not the people who answer. A clinic that asks both has to expect these, or to set the"
        " limits of acceleration higher for these patients.\n"
    )


def _weights(schedules: Schedules) -> Iterator[tuple[str, ...]]:
    for schedule, rows in schedules.items():
        for name, row in rows.items():
            yield (
                name,
                schedule,
                f"{row['before']:.2f}",
                f"{row['before_quick']:.2f}",
                percent(row["found"]),
                percent(row["found_by_chance"]),
                percent(row["either"]["found"][1]),
                in_points(row["adds"]),
                in_points(row["beyond_chance"]),
                f"{row['either']['rate']:.2f}",
            )


def _noise(schedules: Schedules) -> str:
    rates = ", ".join(f"{rows[NOISE_ALONE]['before']:.2f}" for rows in schedules.values())
    return (
        f"\nWhere nobody loses weight, noise of 1 % alone raises {rates} weight alerts a patient-year: two"
        " weights in a row that are 2.5 % below one of the month before them are not rare on such a scale.\n"
    )
