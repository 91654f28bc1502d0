"""CAFS, the joint rank of function and survival, after Berry 2013.

Every pair of subjects is compared. Both alive at the horizon: the higher change (the smaller loss) wins. One
died: the survivor wins. Both died: the later death wins. A subject who dropped out alive is compared at the
last visit both have, and a death counts against them only if it falls on or before their own last visit.
Deaths after the horizon are ignored. The score is wins minus losses; ranks share ties; higher is better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from scoring.endpoints.change import Change, LeftOut, change_of
from scoring.endpoints.groups import RankSum, mid_ranks, rank_sum
from scoring.endpoints.schedule import TrialSchedule, TrialVisit
from scoring.endpoints.trial import Reason, Source, Subject, Trial, baseline, valued


@dataclass(frozen=True, slots=True)
class Participant:
    """What the comparison needs of one subject.

    Attributes:
        changes: change from baseline by the nominal day of the visit, up to the horizon.
        event_day: death, or what counts as one; None when there was none.
        last_day: last study day with a valid value; None when there is none.
    """

    id: str
    arm: str
    changes: Mapping[int, float]
    event_day: int | None = None
    last_day: int | None = None
    has_baseline: bool = True


def compare(first: Participant, second: Participant, horizon_day: int) -> int | None:
    """1 when the first subject did better, -1 when the second did, 0 when equal, None without a basis."""
    died = [_event(participant, horizon_day) for participant in (first, second)]
    if died[0] is not None and died[1] is not None:
        return _sign(died[0] - died[1])
    if died[0] is not None and _outlived(second, died[0], horizon_day):
        return -1
    if died[1] is not None and _outlived(first, died[1], horizon_day):
        return 1
    common = first.changes.keys() & second.changes.keys()
    if not common:
        return None
    return _sign(first.changes[max(common)] - second.changes[max(common)])


def _event(participant: Participant, horizon_day: int) -> int | None:
    day = participant.event_day
    return day if day is not None and day <= horizon_day else None


def _outlived(survivor: Participant, day: int, horizon_day: int) -> bool:
    """Whether the survivor is known to have been alive on that day."""
    if horizon_day in survivor.changes or survivor.event_day is not None:
        return True
    return survivor.last_day is not None and survivor.last_day >= day


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def scores(participants: Sequence[Participant], horizon_day: int) -> tuple[list[int], int]:
    """Wins minus losses of each, and the number of pairs without a basis."""
    totals, without = [0] * len(participants), 0
    for (i, first), (j, second) in combinations(enumerate(participants), 2):
        result = compare(first, second, horizon_day)
        if result is None:
            without += 1
            continue
        totals[i] += result
        totals[j] -= result
    return totals, without


@dataclass(frozen=True, slots=True)
class Rank:
    """One subject's place among both arms."""

    subject: str
    arm: str
    event_day: int | None
    score: int
    rank: float


@dataclass(frozen=True, slots=True)
class JointRank:
    """The ranks of two arms at a horizon.

    Attributes:
        mean_rank: of each arm; None where it is empty.
        events: deaths, or what counts as one, up to the horizon, in each arm.
        pairs_without_visit: pairs counted as equal because no visit is common to them.
        ventilation_counts: whether permanent ventilation counted as death.
        test: rank-sum test, first arm against second. Covariates (baseline, duration, bulbar onset) need an
            analysis of covariance of the ranks, which is left to a statistics program.
    """

    horizon: TrialVisit
    arms: tuple[str, str]
    ranks: tuple[Rank, ...]
    mean_rank: tuple[float | None, float | None]
    events: tuple[int, int]
    pairs_without_visit: int
    ventilation_counts: bool
    test: RankSum
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a protocol decides: the source, and whether permanent ventilation counts as death."""

    source: Source
    ventilation_counts: bool = False


def joint_rank(
    trial: Trial, arms: tuple[str, str], schedule: TrialSchedule, horizon: TrialVisit, rules: Rules
) -> JointRank:
    """Rank the subjects of two arms together.

    A subject without a baseline is ranked only when they died by the horizon.
    """
    subjects = [subject for subject in trial.subjects if subject.arm in arms]
    everybody = [_participant(trial, subject, schedule.until(horizon), rules) for subject in subjects]
    ranked = [participant for participant in everybody if _rankable(participant, horizon)]
    totals, without = scores(ranked, horizon.nominal_day)
    ranks = tuple(
        Rank(participant.id, participant.arm, _event(participant, horizon.nominal_day), total, rank)
        for participant, total, rank in zip(ranked, totals, mid_ranks(totals), strict=True)
    )
    by_arm = [[row for row in ranks if row.arm == arm] for arm in arms]
    first, second = ([row.rank for row in rows] for rows in by_arm)
    return JointRank(
        horizon=horizon,
        arms=arms,
        ranks=ranks,
        mean_rank=(_mean(first), _mean(second)),
        events=(_count_events(by_arm[0]), _count_events(by_arm[1])),
        pairs_without_visit=without,
        ventilation_counts=rules.ventilation_counts,
        test=rank_sum(first, second),
        left_out=tuple(
            LeftOut(participant.id, participant.arm, Reason.NO_BASELINE)
            for participant in everybody
            if not _rankable(participant, horizon)
        ),
    )


def _participant(trial: Trial, subject: Subject, visits: Sequence[TrialVisit], rules: Rules) -> Participant:
    values = valued(trial.series(subject, rules.source))
    found = {visit.nominal_day: change_of(trial, subject, visit, rules.source) for visit in visits}
    ends = [subject.died_day, subject.ventilated_day if rules.ventilation_counts else None]
    return Participant(
        id=subject.id,
        arm=subject.arm,
        changes={day: one.change for day, one in found.items() if isinstance(one, Change)},
        event_day=min((day for day in ends if day is not None), default=None),
        last_day=values[-1][0] if values else None,
        has_baseline=baseline(trial.series(subject, rules.source)) is not None,
    )


def _rankable(participant: Participant, horizon: TrialVisit) -> bool:
    return participant.has_baseline or _event(participant, horizon.nominal_day) is not None


def _mean(ranks: Sequence[float]) -> float | None:
    return fmean(ranks) if ranks else None


def _count_events(rows: Sequence[Rank]) -> int:
    return sum(row.event_day is not None for row in rows)
