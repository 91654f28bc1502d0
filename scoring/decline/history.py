"""A whole history at once, in any order: what it comes to, and what some of its reports made known."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable

from scoring.decline.evaluation import Evaluation, conclude
from scoring.decline.fold import Read, begin, read
from scoring.decline.memory.memory import Memory
from scoring.decline.news import CameOn
from scoring.decline.policy import Policy
from scoring.decline.reports import Profile, Report

Failed = Callable[[Report], None]


def evaluate(
    reports: Iterable[Report],
    profile: Profile,
    policy: Policy,
    *,
    new: Container[str] | None = None,
    replaced: Iterable[Report] = (),
    failed: Failed | None = None,
) -> Evaluation:
    """Evaluate a whole history, given in any order.

    What a late report brings on is its news, and so is what an earlier one brings on only because of it, or
    only because another one was corrected or voided, or at a higher level than before.

    Args:
        reports: of one patient.
        profile: of that patient.
        policy: in force for that patient.
        new: ids of the reports that no evaluation before has read; None: all of them.
        replaced: what was read before of reports that were corrected or voided, which counts no longer.
        failed: told of each report that a rule fails on, while that is handled; the others are read. Without
            it the first failure is raised.
    """
    history = sorted(reports, key=lambda one: one.key)
    late = {report.id for report in history if new is None or report.id in new}
    replaced = sorted(replaced, key=lambda one: one.key)
    since = replaced[0].key if replaced else None
    first = next(
        (place for place, one in enumerate(history) if one.id in late or (since and one.key >= since)),
        len(history),
    )
    before = _read_all(begin(), history[:first], profile, policy, failed).memory
    memory, came_on = _read_all(before, history[first:], profile, policy, failed)
    if any(rise.report.id not in late for rise in came_on):
        others = [*replaced, *(report for report in history[first:] if report.id not in late)]
        others.sort(key=lambda report: report.key)
        known = {rise.key: rise for rise in _read_all(before, others, profile, policy, _pass_over).came_on}
        came_on = tuple(
            rise for rise in came_on if rise.report.id in late or _says_more(rise, known.get(rise.key))
        )
    return conclude(memory, profile, policy, came_on)


def _says_more(rise: CameOn, known: CameOn | None) -> bool:
    """Whether it is not known, or was known at a lower level."""
    return known is None or rise.state.level.rank > known.state.level.rank


def _read_all(
    memory: Memory, reports: Iterable[Report], profile: Profile, policy: Policy, failed: Failed | None
) -> Read:
    came_on: list[CameOn] = []
    for report in reports:
        try:
            memory, more = read(memory, report, profile, policy)
        except Exception:
            if failed is None:
                raise
            failed(report)
        else:
            came_on.extend(more)
    return Read(memory, tuple(came_on))


def _pass_over(_: Report) -> None:
    """A report that fails has been told of already."""
