"""Wins and losses of every pair of the joint rank, counted without going through the pairs.

Who died, and who was measured at the horizon, are put in order and counted by their places. Only those who
dropped out alive need more: with each of the others they are compared at the last visit that both have, or
lose nothing to a death they are not known to have outlived. They are taken in groups that have the same
visits, so that the work grows as n log n for each such group. The rule itself stands in `joint_rank`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

NEVER = -(10**9)
"""A day before all others."""


@dataclass(frozen=True, slots=True)
class Participant:
    """What the comparison needs of one subject.

    Attributes:
        changes: change from baseline by the nominal day of the visit, up to the horizon; higher is better.
        event_day: death, or what counts as one; None when there was none.
        last_day: last study day on which they are known to have been alive; None when there is none.
    """

    id: str
    arm: str
    changes: Mapping[int, float]
    event_day: int | None = None
    last_day: int | None = None

    def event_by(self, horizon_day: int) -> int | None:
        """The day of the event, if it fell on or before the horizon."""
        return self.event_day if self.event_day is not None and self.event_day <= horizon_day else None


class Order:
    """Numbers in order, of which it can be told how many are below and above another one."""

    def __init__(self, numbers: Iterable[float]) -> None:
        times = sorted(Counter(numbers).items())
        self._values = [value for value, _ in times]
        self._up_to = [0, *accumulate(count for _, count in times)]

    def below(self, number: float) -> int:
        """How many are lower."""
        return self._up_to[bisect_left(self._values, number)]

    def up_to(self, number: float) -> int:
        """How many are lower or equal."""
        return self._up_to[bisect_right(self._values, number)]

    def lead(self, number: float) -> int:
        """How many are lower, less how many are higher."""
        return self.below(number) + self.up_to(number) - self._up_to[-1]


class Told(NamedTuple):
    """How many pairs were not decided by a death or at the horizon.

    Attributes:
        without: they have no visit in common.
        earlier: the change at an earlier visit counts.
    """

    without: int = 0
    earlier: int = 0


def scores(participants: Sequence[Participant], horizon_day: int) -> tuple[list[int], Told]:
    """Wins minus losses of each, and how many pairs were decided otherwise than by a death or at the end."""
    dead, stayed, dropped = _kinds(participants, horizon_day)
    totals = [0] * len(participants)
    deaths = Order(_event(participants[place]) for place in dead)
    for place in dead:
        totals[place] = deaths.lead(_event(participants[place])) - len(stayed)
    at_horizon = Order(participants[place].changes[horizon_day] for place in stayed)
    for place in stayed:
        totals[place] = at_horizon.lead(participants[place].changes[horizon_day]) + len(dead)
    if not dropped:
        return totals, Told()
    return totals, _DropOuts(participants, dead, stayed, dropped, horizon_day).count(totals)


def _kinds(participants: Sequence[Participant], horizon_day: int) -> tuple[list[int], list[int], list[int]]:
    """Places of those who died by the horizon, of those measured at it, and of those who dropped out."""
    kinds: tuple[list[int], list[int], list[int]] = ([], [], [])
    for place, participant in enumerate(participants):
        died = participant.event_by(horizon_day) is not None
        kinds[0 if died else 1 if horizon_day in participant.changes else 2].append(place)
    return kinds


def _event(participant: Participant) -> int:
    return 0 if participant.event_day is None else participant.event_day


class _DropOuts:
    """Those who dropped out alive, against everybody and each other."""

    def __init__(
        self,
        participants: Sequence[Participant],
        dead: Sequence[int],
        stayed: Sequence[int],
        dropped: Sequence[int],
        horizon_day: int,
    ) -> None:
        self._of = participants
        self._horizon = horizon_day
        self._dead = self._by_visits(dead)
        self._dropped = self._by_visits(dropped)
        self._alive = (self._by_visits(stayed), self._dropped)
        self._deaths = Order(_event(participants[place]) for place in dead)

    def _by_visits(self, places: Sequence[int]) -> dict[frozenset[int], list[int]]:
        groups: dict[frozenset[int], list[int]] = {}
        for place in places:
            groups.setdefault(frozenset(self._of[place].changes), []).append(place)
        return groups

    def count(self, totals: list[int]) -> Told:
        """Add their pairs to the scores of both sides, and tell how many were decided how."""
        pairs = [Told(), Told(), Told()]
        for visits, group in self._dropped.items():
            alive = [self._reach(place) for place in group]
            for place, day in zip(group, alive, strict=True):
                totals[place] += self._deaths.up_to(day)
            outlived = Order(alive)
            for others in self._dead.values():
                for place in others:
                    totals[place] -= len(group) - outlived.below(_event(self._of[place]))
            found = (
                self._against_the_dead(visits, group, totals),
                *(self._against_the_living(visits, group, kind, totals) for kind in self._alive),
            )
            pairs = [Told(*map(sum, zip(*both, strict=True))) for both in zip(pairs, found, strict=True)]
        dead, stayed, twice = pairs
        alone = sum(len(group) for visits, group in self._dropped.items() if not visits)
        with_themselves = sum(map(len, self._dropped.values())) - alone
        return Told(
            dead.without + stayed.without + (twice.without - alone) // 2,
            dead.earlier + stayed.earlier + (twice.earlier - with_themselves) // 2,
        )

    def _reach(self, place: int) -> int:
        """The last day up to the horizon on which they are known to have been alive."""
        participant = self._of[place]
        if participant.event_day is not None or participant.last_day is None:
            return NEVER if participant.event_day is None else self._horizon
        return min(participant.last_day, self._horizon)

    def _against_the_living(
        self,
        visits: frozenset[int],
        group: Sequence[int],
        kind: Mapping[frozenset[int], Sequence[int]],
        totals: list[int],
    ) -> Told:
        theirs = {visit: Order(self._of[place].changes[visit] for place in group) for visit in visits}
        at: dict[int, Counter[float]] = {}
        without = earlier = 0
        for other_visits, others in kind.items():
            common = max(visits & other_visits, default=None)
            if common is None:
                without += len(group) * len(others)
                continue
            earlier += len(group) * len(others)
            at.setdefault(common, Counter()).update(self._of[place].changes[common] for place in others)
            if kind is not self._dropped:
                for place in others:
                    totals[place] += theirs[common].lead(self._of[place].changes[common])
        for visit, changes in at.items():
            order = Order(changes.elements())
            for place in group:
                totals[place] += order.lead(self._of[place].changes[visit])
        return Told(without, earlier)

    def _against_the_dead(self, visits: frozenset[int], group: Sequence[int], totals: list[int]) -> Told:
        """Against deaths that they are not known to have outlived: by function, as with the living."""
        reach = {place: self._reach(place) for place in group}
        before = Order(reach.values())
        at: dict[int, list[int]] = {}
        without = earlier = 0
        for other_visits, others in self._dead.items():
            common = max(visits & other_visits, default=None)
            by_function = sum(before.below(_event(self._of[place])) for place in others)
            if common is None:
                without += by_function
            else:
                earlier += by_function
                at.setdefault(common, []).extend(others)
        for visit, others in at.items():
            living = [(reach[place], self._of[place].changes[visit]) for place in group]
            dead = [(_event(self._of[place]), self._of[place].changes[visit]) for place in others]
            for place, lead in zip(group, leads_over_later(living, dead), strict=True):
                totals[place] += lead
            turned = ([(-day, change) for day, change in points] for points in (dead, living))
            for place, lead in zip(others, leads_over_later(*turned), strict=True):
                totals[place] += lead
        return Told(without, earlier)


Points = Sequence[tuple[int, float]]


def leads_over_later(queries: Points, others: Points) -> list[int]:
    """For each (day, number): how many of those with a later day are lower, less how many are higher.

    From the latest day back, the others are entered into a tree of counts by their numbers (Fenwick 1994).
    """
    values = sorted({number for _, number in others})
    tree = [0] * (len(values) + 1)
    waiting = sorted(others)
    entered, leads = 0, [0] * len(queries)
    for place in sorted(range(len(queries)), key=lambda place: -queries[place][0]):
        day, number = queries[place]
        while waiting and waiting[-1][0] > day:
            _enter(tree, bisect_left(values, waiting.pop()[1]) + 1)
            entered += 1
        below = _up_to(tree, bisect_left(values, number))
        leads[place] = below + _up_to(tree, bisect_right(values, number)) - entered
    return leads


def _enter(tree: list[int], node: int) -> None:
    while node < len(tree):
        tree[node] += 1
        node += node & -node


def _up_to(tree: Sequence[int], node: int) -> int:
    total = 0
    while node > 0:
        total += tree[node]
        node -= node & -node
    return total
