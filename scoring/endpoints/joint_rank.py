"""CAFS, the joint rank of function and survival, after Berry 2013.

Every pair of subjects is compared. Both alive at the horizon: the better change wins, which is the higher one
(the smaller loss) where a higher value is the better one, else the lower one. One died: the survivor wins.
Both died: the later death wins. A subject who dropped out alive is compared at the last visit both have; a
death counts against them only if it falls on or before the last day on which they are known to have been
alive. Deaths after the horizon are ignored. The score is wins minus losses; ranks share ties; higher is
better. The pairs are counted in `pairs`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from scoring.endpoints.change import LeftOut
from scoring.endpoints.groups import Caveat, RankSum, mid_ranks, rank_sum
from scoring.endpoints.pairs import Participant, scores
from scoring.endpoints.schedule import TrialSchedule, TrialVisit
from scoring.endpoints.trial import History, Reason, Source, Subject, Trial
from scoring.instruments import Direction
from scoring.tolerance import rounded


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
        mean_rank: of each arm; None where it is empty, which `notes` says.
        events: deaths, or what counts as one, up to the horizon, in each arm.
        pairs_without_visit: pairs counted as equal because no visit is common to them.
        pairs_at_earlier_visit: pairs compared at a visit before the horizon, because one of the two has no
            value at it.
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
    pairs_at_earlier_visit: int
    ventilation_counts: bool
    test: RankSum
    left_out: tuple[LeftOut, ...]
    notes: tuple[Caveat, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What a protocol decides: the source, whether permanent ventilation counts as death, the better end."""

    source: Source
    ventilation_counts: bool = False
    direction: Direction = Direction.HIGHER_IS_BETTER

    def __post_init__(self) -> None:
        if self.direction is Direction.NEITHER:
            raise ValueError("nobody can be ranked where neither end of the scale is the better one")


def joint_rank(
    trial: Trial, arms: tuple[str, str], schedule: TrialSchedule, horizon: TrialVisit, rules: Rules
) -> JointRank:
    """Rank the subjects of two arms together; without a baseline nobody is ranked, dead or alive."""
    subjects = [subject for subject in trial.subjects if subject.arm in arms]
    ranked, left_out = _participants(trial, subjects, schedule, horizon, rules)
    totals, told = scores(ranked, horizon.nominal_day)
    ranks = tuple(
        Rank(participant.id, participant.arm, participant.event_by(horizon.nominal_day), total, rank)
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
        pairs_without_visit=told.without,
        pairs_at_earlier_visit=told.earlier,
        ventilation_counts=rules.ventilation_counts,
        test=rank_sum(first, second),
        left_out=left_out,
        notes=() if first and second else (Caveat.NOBODY,),
    )


def _participants(
    trial: Trial, subjects: Sequence[Subject], schedule: TrialSchedule, horizon: TrialVisit, rules: Rules
) -> tuple[list[Participant], tuple[LeftOut, ...]]:
    decimals, last_alive = trial.decimals(rules.source), trial.last_alive
    sign = 1 if rules.direction is Direction.HIGHER_IS_BETTER else -1
    ranked, left_out = [], []
    for subject in subjects:
        history = trial.history(subject, rules.source)
        baseline = history.baseline()
        if baseline is None:
            left_out.append(LeftOut(subject.id, subject.arm, Reason.NO_BASELINE))
            continue
        ends = [subject.died_day, subject.ventilated_day if rules.ventilation_counts else None]
        participant = Participant(
            id=subject.id,
            arm=subject.arm,
            changes={
                day: sign * change
                for day, change in _changes(history, baseline[1], schedule, horizon, decimals).items()
            },
            event_day=min((day for day in ends if day is not None), default=None),
            last_day=last_alive.get(subject.id),
        )
        ranked.append(participant)
    return ranked, tuple(left_out)


def _changes(
    history: History, baseline: float, schedule: TrialSchedule, horizon: TrialVisit, decimals: int
) -> dict[int, float]:
    """Change from baseline by the nominal day of each visit up to the horizon."""
    inside: dict[int, list[tuple[int, float]]] = {}
    visits = {}
    for day, value in zip(history.days, history.values, strict=True):
        visit = schedule.visit_on(day) if day > 0 else None
        if visit is not None and 0 < visit.nominal_day <= horizon.nominal_day:
            visits[visit.nominal_day] = visit
            inside.setdefault(visit.nominal_day, []).append((day, value))
    chosen = {day: visit.choose(inside[day]) for day, visit in visits.items()}
    return {day: rounded(found[1] - baseline, decimals) for day, found in chosen.items() if found}


def _mean(ranks: Sequence[float]) -> float | None:
    return fmean(ranks) if ranks else None


def _count_events(rows: Sequence[Rank]) -> int:
    return sum(row.event_day is not None for row in rows)
