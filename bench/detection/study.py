"""The whole measurement: simulate, run the rules and their rivals, and gather the figures for the page.

Thresholds, of the rivals here and of the rules in scoring.decline.limits, were chosen on the training seeds;
every figure comes from seeds that were held back. The result is plain data, so that the page can be written
again without computing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bench.detection import calibration, rivals, truths
from bench.detection.departures import DEPARTURES, Simulate
from bench.detection.desk import Item, desk_year, load_of
from bench.detection.gains import other_information
from bench.detection.measures import (
    ALL,
    WITHOUT_DOMAINS,
    Measured,
    Raised,
    all_alerts,
    crossings,
    measure,
    paired_difference,
    plain,
    with_limit,
)
from bench.detection.patients import (
    HELD_BACK_FROM,
    SCHEDULES,
    TRAINING_FROM,
    Patient,
    Shape,
    benchmark_patient,
)
from bench.detection.progress import Bar, each
from bench.detection.richer import richer_patient, steady_patient
from bench.detection.tracks import TRAJECTORY_RULES, Track, follow
from scoring.decline import RULES_VERSION, Policy, Topic

LIMITS = (0.07, 0.085, 0.1, 0.12, 0.14, 0.16, 0.19, 0.22, 0.27, 0.32, 0.4)

RIVALS: Mapping[str, Callable[[Sequence[Patient]], rivals.Statistic]] = {
    "broken stick": rivals.stick,
    "bound": rivals.bound,
}
STEADY_LOSS = 0.9
PACES = {"stable": 0.1, "typical": 0.9, "fast": 2.0}
"""Points a month of the patients whose alerts are counted on the desk (our choice)."""


@dataclass(frozen=True, slots=True)
class Options:
    """How many patients of each kind; the seeds are fixed."""

    held_back: int = 6000
    richer: int = 6000
    training: int = 1500
    curve: int = 300
    misspecified: int = 300
    assumed: int = 30_000
    gains: int = 1500
    steady: int = 2000
    desk: int = 150
    processes: int = 2


def run(options: Options) -> dict[str, Any]:
    """Every figure, as data that JSON can hold."""
    patients = options.held_back + options.richer + 2 * options.curve + options.steady + 3 * options.desk
    patients += len(DEPARTURES) * options.misspecified
    bar = Bar(3 * patients)
    populations: dict[str, tuple[Simulate, int]] = {
        "benchmark": (benchmark_patient, options.held_back),
        "richer": (richer_patient, options.richer),
    }
    result: dict[str, Any] = {
        "rules_version": RULES_VERSION,
        "patients": {name: count for name, (_, count) in populations.items()},
        "training": options.training,
        "misspecified_patients": options.misspecified,
        "populations": {},
        "misspecified": {},
    }
    thresholds = {every: _thresholds(every, options.training) for every in SCHEDULES}
    for name, (simulate, count) in populations.items():
        result["populations"][name] = {
            schedule: _population(simulate, every, count, options, bar, thresholds[every])
            for every, schedule in SCHEDULES.items()
        }
    for name, simulate in DEPARTURES.items():
        result["misspecified"][name] = {
            SCHEDULES[every]: _misspecified(simulate, every, options, bar) for every in SCHEDULES
        }
    result["calibration"] = _assumed(options)
    result["steady"] = {SCHEDULES[every]: _steady(every, options, bar) for every in SCHEDULES}
    result["desk"] = measure_desk(options, bar)
    result |= _for_rules(result)
    bar.end()
    return result | measure_gains(options)


def measure_gains(options: Options) -> dict[str, Any]:
    """The section on other information alone, to be put in the place of the stored one."""
    found = other_information(options.gains, options.processes)
    return {"other_information": {"rules_version": RULES_VERSION, **found}}


def _for_rules(result: dict[str, Any]) -> dict[str, Any]:
    """The rows that docs/rules.md shows beside each rule."""
    rows = [
        {
            "rule": rule,
            "schedule": f"{schedule}, {name}",
            "false_alerts_per_year": f"{row['rate']:.2f}",
            "found_in_12_weeks": f"{100 * row['found'][1]:.0f} %",
            "median_delay_weeks": "-" if row["delay_weeks"] is None else f"{row['delay_weeks']:.1f}",
        }
        for name, schedules in result["populations"].items()
        for schedule, found in schedules.items()
        for rule, row in found["rows"].items()
        if rule in TRAJECTORY_RULES
    ]
    return {"caption": "On simulated patients, alone (docs/detection.md):", "rows": rows}


def _thresholds(every: int, count: int) -> dict[str, float]:
    """The rivals' thresholds, from the benchmark's training seeds; they are kept on every population."""
    patients = [benchmark_patient(seed, every) for seed in range(TRAINING_FROM, TRAINING_FROM + count)]
    return {name: rivals.threshold(patients, statistic(patients)) for name, statistic in RIVALS.items()}


def _population(
    simulate: Simulate, every: int, count: int, options: Options, bar: Bar, thresholds: dict[str, float]
) -> dict[str, Any]:
    training = _tracks(simulate, every, range(TRAINING_FROM, TRAINING_FROM + options.curve), options, bar)
    tracks = _tracks(simulate, every, range(HELD_BACK_FROM, HELD_BACK_FROM + count), options, bar)
    rows = {name: measure(tracks, raised) for name, raised in _raised().items()}
    rows |= {name: _rival(tracks, statistic, thresholds[name]) for name, statistic in RIVALS.items()}
    curve = [(limit, measure(training, partial(with_limit, limit=limit))) for limit in LIMITS]
    return {
        "rows": {name: plain(row) for name, row in rows.items()},
        "compared": {name: paired_difference(rows[ALL].hits, rows[name].hits) for name in RIVALS},
        "thresholds": thresholds,
        "curve": [(limit, row.rate, row.found[1]) for limit, row in curve],
        "changed": _calibration(calibration.stated_changes(tracks)),
        "changed_but_rests": calibration.calibrate(calibration.stated_changes(tracks, rests=False)).worst,
        "fast": _calibration(calibration.stated_fast(tracks)),
        "soon": truths.found_at_soon(tracks),
        "by_pace": truths.by_pace(tracks),
        "losses": truths.losses(tracks),
        "hits": "".join("01"[hit] for hit in rows[ALL].hits),
    }


def _steady(every: int, options: Options, bar: Bar) -> dict[str, Any]:
    """False alerts of patients who all lose 0.9 points a month."""
    simulate = partial(benchmark_patient, shape=Shape(steady=STEADY_LOSS))
    seeds = range(HELD_BACK_FROM, HELD_BACK_FROM + options.steady)
    return truths.steady(_tracks(simulate, every, seeds, options, bar))


def measure_desk(options: Options, bar: Bar) -> dict[str, Any]:
    """Items and visits a patient-year, by schedule and pace."""
    seeds = range(HELD_BACK_FROM, HELD_BACK_FROM + options.desk)
    return {
        schedule: {
            name: load_of(each(partial(_desk_year, every, loss), seeds, options.processes, bar))._asdict()
            for name, loss in PACES.items()
        }
        for every, schedule in SCHEDULES.items()
    }


def _desk_year(every: int, loss: float, seed: int) -> list[Item]:
    return desk_year(steady_patient(seed, every, loss), Policy())


def _misspecified(simulate: Simulate, every: int, options: Options, bar: Bar) -> dict[str, Any]:
    seeds = range(HELD_BACK_FROM, HELD_BACK_FROM + options.misspecified)
    tracks = _tracks(simulate, every, seeds, options, bar)
    return {
        "rows": {ALL: plain(measure(tracks, all_alerts))},
        "changed": _calibration(calibration.stated_changes(tracks)),
        "fast": _calibration(calibration.stated_fast(tracks)),
    }


def _assumed(options: Options) -> dict[str, Any]:
    count = options.assumed
    return {
        SCHEDULES[every]: {
            "changed": _calibration(calibration.assumed_changes(count, every)),
            "fast": _calibration(calibration.assumed_fast(count, every)),
        }
        for every in SCHEDULES
    }


def _tracks(simulate: Simulate, every: int, seeds: Sequence[int], options: Options, bar: Bar) -> list[Track]:
    return each(partial(_track, simulate, every), seeds, options.processes, bar)


def _track(simulate: Simulate, every: int, seed: int) -> Track:
    return follow(simulate(seed, every), Policy())


def _raised() -> dict[str, Raised]:
    """What each row of the operating table counts."""
    rows: dict[str, Raised] = {name: partial(_of_rule, rule=name) for name in TRAJECTORY_RULES}
    return {**rows, WITHOUT_DOMAINS: _but_domains, ALL: all_alerts}


def _of_rule(track: Track, rule: str) -> Sequence[int]:
    return track.raised[rule]


def _but_domains(track: Track) -> Sequence[int]:
    return [alert.day for alert in track.alerts if not alert.excused and alert.topic is not Topic.DOMAIN]


def _rival(tracks: Sequence[Track], statistic: Callable[..., rivals.Statistic], limit: float) -> Measured:
    found = statistic([track.patient for track in tracks])
    arrivals = [{report.day: report.arrived for report in track.patient.reports} for track in tracks]
    days = {
        id(track): [arrived[day] for day in crossings(points, limit)]
        for track, points, arrived in zip(tracks, found, arrivals, strict=True)
    }
    return measure(tracks, lambda track: days[id(track)])


def _calibration(statements: list[calibration.Statement]) -> dict[str, Any]:
    found = calibration.calibrate(statements)
    return {
        "bins": found.bins,
        "brier": found.brier,
        "worst": found.worst,
        "statements": found.statements,
    }
