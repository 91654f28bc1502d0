"""What other information adds to the patient's own reports: the caregiver's series, more reports, weight.

Everything is measured on the same held-back benchmark patients with and without it, so that differences are
paired. More reports may find more merely because they raise more, so each is also compared at the same false
alerts: with the limit of the acceleration rule that gives as many, chosen on the patients with even seeds for
those with odd ones and the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bench.detection.companions import Carer, Coupling, twice_as_often, weigh, with_carer
from bench.detection.measures import (
    Raised,
    all_alerts,
    false_rate,
    measure,
    paired_difference,
    paired_rates,
    plain,
    with_limit,
)
from bench.detection.patients import HELD_BACK_FROM, SCHEDULES, Patient, benchmark_patient
from bench.detection.progress import Bar, each
from bench.detection.tracks import Track, Weighed, follow, follow_weights
from scoring.decline import Policy

ALONE = "the patient alone"
MONTHLY = "caregiver too, every four weeks"
ANSWERING: Mapping[str, Callable[[Patient, int], Patient]] = {
    "caregiver too, on the same days": partial(with_carer, carer=Carer()),
    "caregiver too, same days, errors correlated 0.5": partial(with_carer, carer=Carer(together=0.5)),
    MONTHLY: partial(with_carer, carer=Carer(every_weeks=4)),
    "the patient twice as often": twice_as_often,
}
NOISE_ALONE = "nobody loses weight"
COUPLINGS: Mapping[str, Coupling] = {
    NOISE_ALONE: Coupling(0.0),
    "moderate: 0.4 % a point": Coupling(0.4),
    "strong: 1 % a point": Coupling(1.0),
    "moderate, noise 0.5 %": Coupling(0.4, noise=0.5),
    "strong, noise 0.5 %": Coupling(1.0, noise=0.5),
}
LIMITS = tuple(part / 200 for part in range(4, 200))


@dataclass(frozen=True, slots=True)
class Known:
    """One patient with everything that may be known.

    Attributes:
        tracks: by who answers.
        weights: by coupling; `steady` the same until a change of function, which it ignores.
    """

    tracks: Mapping[str, Track]
    weights: Mapping[str, Weighed]
    steady: Mapping[str, Weighed]


def other_information(patients: int, processes: int) -> dict[str, Any]:
    """Every figure of the section, as data that JSON can hold; only patients who are scored are followed."""
    seeds = range(HELD_BACK_FROM, HELD_BACK_FROM + patients)
    scored = {every: [seed for seed in seeds if benchmark_patient(seed, every).scored] for every in SCHEDULES}
    bar = Bar(sum(map(len, scored.values())))
    found: dict[str, Any] = {"patients": patients, "answering": {}, "weight": {}}
    for every, schedule in SCHEDULES.items():
        known = each(partial(follow_all, every), scored[every], processes, bar)
        alone = [family.tracks[ALONE] for family in known]
        found["answering"][schedule] = {ALONE: _row(alone, all_alerts)} | {
            name: _against(alone, [family.tracks[name] for family in known])
            for name in known[0].tracks
            if name != ALONE
        }
        found["weight"][schedule] = {
            name: _weight(
                alone, [family.weights[name] for family in known], [family.steady[name] for family in known]
            )
            for name in COUPLINGS
        }
    bar.end()
    return found


def follow_all(every: int, seed: int) -> Known:
    """One benchmark patient through the rules, as often as there are things to know."""
    patient, policy = benchmark_patient(seed, every), Policy()
    answering = {ALONE: patient} | {
        name: more(patient, every) for name, more in ANSWERING.items() if name != MONTHLY or every != 4
    }
    weights = {name: _weighed(patient, every, coupling) for name, coupling in COUPLINGS.items()}
    bent = {} if patient.changes_on is None else COUPLINGS
    steady = {
        name: _weighed(patient, every, replace(coupling, bends=False)) for name, coupling in bent.items()
    }
    return Known(
        tracks={name: follow(person, policy) for name, person in answering.items()},
        weights=weights,
        steady=weights | steady,
    )


def _weighed(patient: Patient, every: int, coupling: Coupling) -> Weighed:
    return follow_weights(weigh(patient, every, coupling), Policy())


def _row(tracks: Sequence[Track], raised: Raised) -> dict[str, Any]:
    reports = sum(len(track.patient.reports) for track in tracks) / len(tracks)
    return {**_plain(tracks, raised), "reports": reports}


def _plain(tracks: Sequence[Track], raised: Raised) -> dict[str, Any]:
    """Without the load of a clinic, whose faster patients were not followed."""
    row = plain(measure(tracks, raised))
    return {name: value for name, value in row.items() if name != "per_week"}


def _against(alone: Sequence[Track], more: Sequence[Track]) -> dict[str, Any]:
    """Reports of more people, or more reports, against the patient's own."""
    own = measure(alone, all_alerts).hits
    same = as_many(more, alone)
    return {
        **_row(more, all_alerts),
        "more_false": paired_rates((alone, all_alerts), (more, all_alerts)),
        "more_found": paired_difference(measure(more, all_alerts).hits, own),
        "same_false": _plain(more, same),
        "same_false_more_found": paired_difference(measure(more, same).hits, own),
    }


def _weight(alone: Sequence[Track], weights: Sequence[Weighed], steady: Sequence[Weighed]) -> dict[str, Any]:
    """Weight beside all trajectory rules of the patient's own reports, and what of it is coincidence."""
    places = {id(track): place for place, track in enumerate(alone)}

    def days_of(track: Track, some: Sequence[Weighed]) -> Sequence[int]:
        return some[places[id(track)]].alerts

    def either(track: Track, some: Sequence[Weighed]) -> Sequence[int]:
        return [*all_alerts(track), *days_of(track, some)]

    only = measure(alone, partial(days_of, some=weights))
    both, by_chance = (measure(alone, partial(either, some=some)).hits for some in (weights, steady))
    return {
        "before": only.raw_rate,
        "before_quick": measure(alone, lambda track: weights[places[id(track)]].quick).raw_rate,
        "found": only.found[1],
        "found_by_chance": measure(alone, partial(days_of, some=steady)).found[1],
        "either": _plain(alone, partial(either, some=weights)),
        "adds": paired_difference(both, measure(alone, all_alerts).hits),
        "beyond_chance": paired_difference(both, by_chance),
    }


def as_many(tracks: Sequence[Track], like: Sequence[Track]) -> Raised:
    """All trajectory rules with the limit of acceleration that gives the false alerts of the others' tracks.

    Patients with even seeds get the limit of those with odd ones, and the other way round.
    """
    limits = []
    for parity in (1, 0):
        own, others = (
            [track for track in some if track.patient.seed % 2 == parity] for some in (tracks, like)
        )
        limits.append(_limit(own, false_rate(others, all_alerts)))
    return lambda track: with_limit(track, limits[track.patient.seed % 2])


def _limit(tracks: Sequence[Track], allowed: float) -> float:
    """The lowest limit with no more false alerts than this, by halving: a lower one raises more."""
    low, high = 0, len(LIMITS) - 1
    while low < high:
        middle = (low + high) // 2
        if false_rate(tracks, partial(with_limit, limit=LIMITS[middle])) <= allowed:
            high = middle
        else:
            low = middle + 1
    return LIMITS[low]
