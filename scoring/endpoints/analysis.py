"""Every endpoint of a trial at the visits of a plan, from one source of values.

Puts the parts together and decides nothing of its own: change, responders and joint rank are their modules'.
Arms are compared with the reference arm, as arm minus reference. No correction for several visits or arms
is made: which comparison is the primary one is the protocol's to say.
"""

from __future__ import annotations

from dataclasses import dataclass

from scoring.endpoints.change import Changes, LongRow, changes_at, long_form
from scoring.endpoints.groups import Difference, Summary, summarise, welch
from scoring.endpoints.joint_rank import JointRank, Rules, joint_rank
from scoring.endpoints.responder import Responders, Share, responders
from scoring.endpoints.schedule import SCHEDULES, TrialVisit, find_visit
from scoring.endpoints.trial import Source, Trial

ENDPOINTS_VERSION = "1"
USUAL_VISITS = ("week 24", "week 48", "month 4", "month 6")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a protocol decides about an analysis.

    Attributes:
        visits: names of the visits to analyse.
        source: None for the clinic's values where there are any, else those from home.
        reference: the arm the others are compared with; None for the first by name.
        ventilation_counts: permanent ventilation counts as death in the joint rank.
    """

    visits: tuple[str, ...] = USUAL_VISITS
    source: Source | None = None
    reference: str | None = None
    confidence: float = 0.95
    ventilation_counts: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.confidence < 1:
            raise ValueError("the confidence must lie between 0 and 1")
        for visit in self.visits:
            find_visit(visit)


class UnknownArm(ValueError):
    """The reference arm is none of the trial's."""

    def __init__(self, arm: str, arms: tuple[str, ...]) -> None:
        self.arm = arm
        super().__init__(f"there is no arm {arm!r}; there are {', '.join(arms)}")


@dataclass(frozen=True, slots=True)
class ArmSummary:
    """Change from baseline and responders of one arm."""

    arm: str
    change: Summary
    responders: Share


@dataclass(frozen=True, slots=True)
class Comparison:
    """One arm against the reference arm, arm minus reference."""

    arm: str
    reference: str
    change: Difference
    joint_rank: JointRank


@dataclass(frozen=True, slots=True)
class AtVisit:
    """All endpoints at one visit, with the rows behind them."""

    visit: TrialVisit
    arms: tuple[ArmSummary, ...]
    comparisons: tuple[Comparison, ...]
    changes: Changes
    responders: Responders


@dataclass(frozen=True, slots=True)
class Analysis:
    """The endpoints of a trial.

    Attributes:
        values_of_other_source: how many values were left out because they come from the other source.
        reference: None with a single arm.
    """

    source: Source
    values_of_other_source: int
    arms: tuple[str, ...]
    reference: str | None
    confidence: float
    visits: tuple[AtVisit, ...]
    rule_version: str = ENDPOINTS_VERSION


def analyse(trial: Trial, plan: Plan) -> Analysis:
    """Compute every endpoint at every visit of the plan.

    Raises:
        UnknownArm: the plan's reference arm is none of the trial's.
    """
    source = plan.source or trial.preferred_source()
    pairs = _pairs(trial.arms, plan.reference)
    others = [
        measurement
        for measurement in trial.measurements
        if measurement.source is not source and measurement.value is not None
    ]
    return Analysis(
        source=source,
        values_of_other_source=len(others),
        arms=trial.arms,
        reference=pairs[0][1] if pairs else None,
        confidence=plan.confidence,
        visits=tuple(_at_visit(trial, name, plan, source, pairs) for name in plan.visits),
    )


def _pairs(arms: tuple[str, ...], reference: str | None) -> list[tuple[str, str]]:
    """Each arm with the reference arm."""
    if reference is not None and reference not in arms:
        raise UnknownArm(reference, arms)
    against = arms[0] if reference is None and arms else reference
    return [(arm, against) for arm in arms if against is not None and arm != against]


def _at_visit(trial: Trial, name: str, plan: Plan, source: Source, pairs: list[tuple[str, str]]) -> AtVisit:
    schedule, visit = find_visit(name)
    changes = changes_at(trial, visit, source)
    response = responders(trial, source, visit.window[-1])
    rules = Rules(source, plan.ventilation_counts)
    return AtVisit(
        visit=visit,
        arms=tuple(
            ArmSummary(
                arm, summarise(changes.of_arm(arm), plan.confidence), response.share(arm, plan.confidence)
            )
            for arm in trial.arms
        ),
        comparisons=tuple(
            Comparison(
                arm=arm,
                reference=reference,
                change=welch(changes.of_arm(arm), changes.of_arm(reference), plan.confidence),
                joint_rank=joint_rank(trial, (arm, reference), schedule, visit, rules),
            )
            for arm, reference in pairs
        ),
        changes=changes,
        responders=response,
    )


def long_table(trial: Trial, plan: Plan) -> tuple[LongRow, ...]:
    """The trial in long form, at all visits after baseline of both schedules."""
    source = plan.source or trial.preferred_source()
    visits = [visit for schedule in SCHEDULES for visit in schedule.visits if visit.nominal_day > 0]
    return long_form(trial, visits, source)
