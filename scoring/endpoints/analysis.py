"""Every endpoint of a trial at the visits of a plan, from one source of values.

Puts the parts together and decides nothing of its own: change, responders and joint rank are their modules'.
Arms are compared with the reference arm, as arm minus reference. No correction for several visits or arms
is made: which comparison is the primary one is the protocol's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from scoring.endpoints.change import Changes, LongRow, changes_at, long_form
from scoring.endpoints.groups import Difference, Summary, summarise, welch
from scoring.endpoints.joint_rank import JointRank, Rules, joint_rank
from scoring.endpoints.responder import Responders, Share, responders
from scoring.endpoints.schedule import WEEKS, TrialSchedule, TrialVisit, find_visit, schedule_of
from scoring.endpoints.trial import Source, Trial
from scoring.instruments import Direction

ENDPOINTS_VERSION = "4"
USUAL_VISITS = ("week 24", "week 48", "month 4", "month 6")
EVERY_VISIT = tuple(visit.name for visit in WEEKS.visits if visit.nominal_day > 0)
"""The visits of a long table, unless others are named: every fourth week; their windows do not meet."""


class Strategy(StrEnum):
    """What a death means for an endpoint, in the words of ICH E9(R1); `STRATEGIES` has the sentences."""

    WHILE_ALIVE = "while_alive"
    COMPOSITE_RESPONSE = "composite_response"
    COMPOSITE_RANK = "composite_rank"


STRATEGIES = {
    Strategy.WHILE_ALIVE: "Who died before the visit's window closed, without a value in it, is left out.",
    Strategy.COMPOSITE_RESPONSE: "Who died by the end of the visit's window did not respond.",
    Strategy.COMPOSITE_RANK: (
        "Compared is the change from baseline at the visit. A death by the visit's day, not the end of its"
        " window, ranks below a later death and below whoever has a value at the visit or is known to have"
        " been alive on the day of that death or later; with anybody last seen before it, the change at the"
        " last visit both have decides."
    ),
}


@dataclass(frozen=True, slots=True)
class Deaths:
    """What a death means in each endpoint."""

    change: Strategy = Strategy.WHILE_ALIVE
    responders: Strategy = Strategy.COMPOSITE_RESPONSE
    joint_rank: Strategy = Strategy.COMPOSITE_RANK


@dataclass(frozen=True, slots=True)
class Plan:
    """What a protocol decides about an analysis.

    Attributes:
        visits: names of the visits to analyse; one that is named twice is analysed once.
        own_visits: visits with windows of the protocol's own, analysed after those.
        source: None for the clinic's values where there are any, else those from home.
        reference: the arm the others are compared with; None for the first by name.
        ventilation_counts: permanent ventilation counts as death in the joint rank.
        direction: which end of the scale is the better one; where neither is, there are no responders and no
            joint rank.
    """

    visits: tuple[str, ...] = USUAL_VISITS
    source: Source | None = None
    reference: str | None = None
    confidence: float = 0.95
    ventilation_counts: bool = False
    own_visits: tuple[TrialVisit, ...] = ()
    direction: Direction = Direction.HIGHER_IS_BETTER

    def __post_init__(self) -> None:
        if not 0 < self.confidence < 1:
            raise ValueError("the confidence must lie between 0 and 1")
        self.scheduled()

    def scheduled(self) -> tuple[tuple[TrialSchedule, TrialVisit], ...]:
        """Each visit once, with the schedule it belongs to.

        Raises:
            UnknownVisit: a visit that no schedule has.
            ValueError: own visits whose windows cannot be.
        """
        own = schedule_of(self.own_visits)
        named = {visit.name: (schedule, visit) for schedule, visit in map(find_visit, self.visits)}
        return (*named.values(), *((own, visit) for visit in own.visits))


class UnknownArm(ValueError):
    """The reference arm is none of the trial's."""

    def __init__(self, arm: str, arms: tuple[str, ...]) -> None:
        self.arm = arm
        super().__init__(f"there is no arm {arm!r}; there are {', '.join(arms)}")


@dataclass(frozen=True, slots=True)
class ArmSummary:
    """Change from baseline and responders of one arm; None where no end of the scale is the better one."""

    arm: str
    change: Summary
    responders: Share | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One arm against the reference arm, arm minus reference.

    Attributes:
        joint_rank: None where no end of the scale is the better one.
    """

    arm: str
    reference: str
    change: Difference
    joint_rank: JointRank | None


@dataclass(frozen=True, slots=True)
class AtVisit:
    """All endpoints at one visit, with the rows behind them."""

    visit: TrialVisit
    arms: tuple[ArmSummary, ...]
    comparisons: tuple[Comparison, ...]
    changes: Changes
    responders: Responders | None


@dataclass(frozen=True, slots=True)
class OutsideWindows:
    """A value after day 0 that belongs to no visit of the schedules used."""

    subject: str
    study_day: int


@dataclass(frozen=True, slots=True)
class Analysis:
    """The endpoints of a trial.

    Attributes:
        values_of_other_source: how many values were left out because they come from the other source.
        reference: None with a single arm.
        outside_windows: values that stand in no window of any visit of these schedules.
        deaths: what a death means in each endpoint.
        direction: which end of the scale counts as the better one; it changes no sign.
    """

    source: Source
    values_of_other_source: int
    arms: tuple[str, ...]
    reference: str | None
    confidence: float
    direction: Direction
    deaths: Deaths
    outside_windows: tuple[OutsideWindows, ...]
    visits: tuple[AtVisit, ...]
    rule_version: str = ENDPOINTS_VERSION


def _no_progress(done: int, of: int) -> None:
    del done, of


def analyse(trial: Trial, plan: Plan, progress: Callable[[int, int], None] = _no_progress) -> Analysis:
    """Compute every endpoint at every visit of the plan.

    Args:
        trial: the data.
        plan: what the protocol decides.
        progress: is told after each visit how many are done, of how many.

    Raises:
        UnknownArm: the plan's reference arm is none of the trial's.
    """
    source = plan.source or trial.preferred_source()
    pairs = _pairs(trial.arms, plan.reference)
    scheduled = plan.scheduled()
    visits = []
    for schedule, visit in scheduled:
        visits.append(_at_visit(trial, schedule, visit, plan, source, pairs))
        progress(len(visits), len(scheduled))
    return Analysis(
        source=source,
        values_of_other_source=values_beside(trial, source),
        arms=trial.arms,
        reference=pairs[0][1] if pairs else None,
        confidence=plan.confidence,
        direction=plan.direction,
        deaths=Deaths(),
        outside_windows=tuple(outside_windows(trial, source, scheduled)),
        visits=tuple(visits),
    )


def values_beside(trial: Trial, source: Source) -> int:
    """How many values come from the other source."""
    other = (found for found in Source if found is not source)
    return sum(len(history.days) for found in other for history in trial.histories(found).values())


def _pairs(arms: tuple[str, ...], reference: str | None) -> list[tuple[str, str]]:
    """Each arm with the reference arm."""
    if reference is not None and reference not in arms:
        raise UnknownArm(reference, arms)
    against = arms[0] if reference is None and arms else reference
    return [(arm, against) for arm in arms if against is not None and arm != against]


def _at_visit(
    trial: Trial,
    schedule: TrialSchedule,
    visit: TrialVisit,
    plan: Plan,
    source: Source,
    pairs: list[tuple[str, str]],
) -> AtVisit:
    changes = changes_at(trial, visit, source)
    response = None
    rules = None
    if plan.direction is not Direction.NEITHER:
        response = responders(trial, source, visit.window[-1], plan.direction)
        rules = Rules(source, plan.ventilation_counts, plan.direction)
    of_arm = {arm: changes.of_arm(arm) for arm in trial.arms}
    return AtVisit(
        visit=visit,
        arms=tuple(
            ArmSummary(
                arm,
                summarise(found, plan.confidence),
                None if response is None else response.share(arm, plan.confidence),
            )
            for arm, found in of_arm.items()
        ),
        comparisons=tuple(
            Comparison(
                arm=arm,
                reference=reference,
                change=welch(of_arm[arm], of_arm[reference], plan.confidence),
                joint_rank=None
                if rules is None
                else joint_rank(trial, (arm, reference), schedule, visit, rules),
            )
            for arm, reference in pairs
        ),
        changes=changes,
        responders=response,
    )


def outside_windows(
    trial: Trial, source: Source, scheduled: tuple[tuple[TrialSchedule, TrialVisit], ...]
) -> Iterator[OutsideWindows]:
    """The values after day 0 in no window of these schedules; that of day 0 itself is a baseline's."""
    schedules = list({schedule.visits: schedule for schedule, _ in scheduled}.values())
    for subject in trial.subjects:
        for day in trial.history(subject, source).days:
            visits = (schedule.visit_on(day) for schedule in schedules)
            if day > 0 and not any(visit is not None and visit.nominal_day > 0 for visit in visits):
                yield OutsideWindows(subject.id, day)


def not_in(trial: Trial, rows: Iterable[LongRow], source: Source) -> Iterator[OutsideWindows]:
    """The values after day 0 that stand in no row of a long table."""
    stand = {(row.subject, row.study_day) for row in rows}
    for subject in trial.subjects:
        for day in trial.history(subject, source).days:
            if day > 0 and (subject.id, day) not in stand:
                yield OutsideWindows(subject.id, day)


def long_table(trial: Trial, plan: Plan) -> tuple[LongRow, ...]:
    """The trial in long form, at the visits of the plan; where their windows meet, a value stands at both."""
    source = plan.source or trial.preferred_source()
    return long_form(trial, (visit for _, visit in plan.scheduled()), source)
