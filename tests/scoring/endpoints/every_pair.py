"""The joint rank pair by pair, as Berry 2013 describes it: what the fast counting has to agree with."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from scoring.endpoints import Participant


def compare(first: Participant, second: Participant, horizon_day: int) -> int | None:
    """1 when the first subject did better, -1 when the second did, 0 when equal, None without a basis."""
    died = [participant.event_by(horizon_day) for participant in (first, second)]
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


def by_an_earlier_visit(first: Participant, second: Participant, horizon_day: int) -> bool:
    """Whether no death decides, and not both have a value at the horizon."""
    died = [participant.event_by(horizon_day) for participant in (first, second)]
    both_died = died[0] is not None and died[1] is not None
    outlived = any(
        day is not None and _outlived(other, day, horizon_day)
        for day, other in zip(died, (second, first), strict=True)
    )
    return (
        not both_died
        and not outlived
        and not (horizon_day in first.changes and horizon_day in second.changes)
    )


def _outlived(survivor: Participant, day: int, horizon_day: int) -> bool:
    """Whether the survivor is known to have been alive on that day."""
    if horizon_day in survivor.changes or survivor.event_day is not None:
        return True
    return survivor.last_day is not None and survivor.last_day >= day


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def scores_of_every_pair(
    participants: Sequence[Participant], horizon_day: int
) -> tuple[list[int], tuple[int, int]]:
    """Wins minus losses of each; how many pairs have no basis, and how many an earlier visit."""
    totals, without, earlier = [0] * len(participants), 0, 0
    for (i, first), (j, second) in combinations(enumerate(participants), 2):
        result = compare(first, second, horizon_day)
        earlier += result is not None and by_an_earlier_visit(first, second, horizon_day)
        if result is None:
            without += 1
            continue
        totals[i] += result
        totals[j] -= result
    return totals, (without, earlier)
