"""Two commits on one engine, driven in turns: is one slower, and how far are both from the floor?

The working tree and another commit, whose files are written into a temporary folder, each seed a database of
their own and serve it, both in the present virtual environment. One load generator sends each side the
requests that its own code makes. A pair is a window of each with one of the floor between them, and who comes
first changes from pair to pair (A B, B A, A B ...), so that neither gains by its place.
"""

from __future__ import annotations

import argparse
import os
import platform
import secrets
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import clinic, servers
from bench.engines import Engine
from bench.load import Window
from bench.submit import ratios, side, target, trees
from bench.submit.comparison import Comparison
from bench.submit.ratios import Ratio
from bench.submit.side import Side
from bench.submit.target import Target

NOT_SLOWER = 0.97
FIRST, SHARE_OF_FIRST = "e881301", 1.25
SHARE_OF_FLOOR = 0.43
"""The bars (our choice): a commit is not slower than the one before when the interval reaches 1 or the median
is at least `NOT_SLOWER`; many that are each a little slower are held by what they reach of an early one."""
_WARM_UP_SECONDS = 4.0
_FIGURES: tuple[tuple[str, Callable[[Window], float]], ...] = (
    ("reports/s", lambda one: one.rate),
    ("p50 ms", lambda one: one.percentile(50)),
    ("p95 ms", lambda one: one.percentile(95)),
    ("CPU ms of the servers", lambda one: one.per_request(one.server_cpu)),
)


@dataclass(frozen=True, slots=True)
class Round:
    """A window of each server, taken one after the other."""

    this: Window
    other: Window
    floor: Window


@dataclass(frozen=True, slots=True)
class Result:
    """What the rounds say."""

    rounds: Sequence[Round]
    against: str

    @property
    def rate(self) -> Ratio:
        """Reports a second of the working tree as a part of the other commit's."""
        return ratios.of(self._pairs(lambda one: one.rate))

    def of_the_floor(self) -> tuple[float, float]:
        """Return the part of the floor's rate that the working tree and the other commit reach."""
        this = Comparison(0, [(run.this, run.floor) for run in self.rounds])
        other = Comparison(0, [(run.other, run.floor) for run in self.rounds])
        return this.ratio, other.ratio

    def refused(self) -> Counter[int]:
        """How often each status other than 201 was answered, by any server."""
        windows = (window for run in self.rounds for window in (run.this, run.other, run.floor))
        answered = sum((window.statuses for window in windows), Counter[int]())
        return Counter({status: count for status, count in answered.items() if status != 201})

    def table(self) -> str:
        """Return the medians of each figure, and the ratio with its interval."""
        lines = [f"{'':22}     this    other   ratio  95 % interval"]
        for name, figure in _FIGURES:
            pairs = self._pairs(figure)
            if all(min(pair) > 0 for pair in pairs):  # CPU is known on Linux only
                this, other = (median(values) for values in zip(*pairs, strict=True))
                lines.append(f"{name:22} {this:8.2f} {other:8.2f}  {ratios.of(pairs)}")
        this, other = self.of_the_floor()
        return "\n".join([*lines, f"{'of the floor':22} {this:8.2f} {other:8.2f}"])

    def verdict(self) -> str:
        """Return how the working tree stands against the bars."""
        rate, floor = self.rate, self.of_the_floor()[0]
        if self.against == FIRST:
            bar, met = f"at least {SHARE_OF_FIRST} of {FIRST}", rate.median >= SHARE_OF_FIRST
        else:
            bar = f"not slower than {self.against} (the interval reaches 1, or the median {NOT_SLOWER})"
            met = rate.reaches(NOT_SLOWER)
        said = ((bar, met), (f"at least {SHARE_OF_FLOOR} of the floor", floor >= SHARE_OF_FLOOR))
        return "\n".join(f"{bar}: {'met' if met else 'NOT met'}" for bar, met in said)

    def _pairs(self, figure: Callable[[Window], float]) -> list[tuple[float, float]]:
        return [(figure(run.this), figure(run.other)) for run in self.rounds]


@dataclass(frozen=True, slots=True)
class Rig:
    """The servers that are driven in turns."""

    sides: tuple[Side, Side]
    targets: tuple[Target, Target]
    floor: Target

    def warm_up(self, clients: int, seconds: float) -> None:
        """Let all serve for a moment before anything is measured."""
        for server in (*self.targets, self.floor):
            server.window(clients, min(seconds, _WARM_UP_SECONDS))

    def round(self, number: int, clients: int, seconds: float) -> Round:
        """Measure once; the working tree comes first in every other round."""
        for commit in self.sides:  # both make their requests at the same time, before the windows
            commit.order(int(seconds * target.MOST_PER_SECOND))
        for each in self.targets:
            each.prepare(seconds)
        turns = self.targets if number % 2 == 0 else self.targets[::-1]
        first = turns[0].window(clients, seconds)
        floor = self.floor.window(clients, seconds)
        last = turns[1].window(clients, seconds)
        this, other = (first, last) if number % 2 == 0 else (last, first)
        return Round(this, other, floor)


def measure(arguments: argparse.Namespace, engine: Engine) -> bool:
    """Measure and print; return whether every report was answered with 201.

    Raises:
        UnknownCommit: there is no such commit.
    """
    against = trees.name_of(arguments.against)
    print(f"seeding {arguments.patients} patients for each of two commits", flush=True)
    with ExitStack() as stack:
        rig = _set_up(stack, arguments, engine, against)
        print(_described(arguments, engine, rig), flush=True)
        (clients,) = arguments.clients
        rig.warm_up(clients, arguments.seconds)
        print("\npair   this/s  other/s  floor/s   ratio")
        rounds = []
        for number in range(arguments.pairs):
            one = rig.round(number, clients, arguments.seconds)
            rounds.append(one)
            rates = f"{one.this.rate:8.0f} {one.other.rate:8.0f} {one.floor.rate:8.0f}"
            print(f"{number + 1:4} {rates}  {one.this.rate / one.other.rate:6.3f}", flush=True)
    result = Result(rounds, against)
    print(f"\n{result.table()}\n\n{_of_interval(arguments.pairs)}\n{result.verdict()}")
    refused = result.refused()
    if refused:
        print(f"FAILED: answers other than 201: {dict(refused)}")
    return not refused


def _set_up(stack: ExitStack, arguments: argparse.Namespace, engine: Engine, against: str) -> Rig:
    """Seed both sides at once, then start all servers; the stack ends and deletes everything."""
    directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="slope-bench-")))
    trees.extract(against, directory / "tree")
    base, mix = f"slope_bench_{secrets.token_hex(4)}", (arguments.patients, arguments.history)
    sides = []
    for name, tree, word in (
        (trees.name_of_working_tree(), trees.ROOT, "this"),
        (against, directory / "tree", "other"),
    ):
        variables = servers.settings(engine.uri, f"{base}_{word}") | servers.LONG_TOKENS
        stack.enter_context(clinic.deleted_afterwards(engine.uri, variables["SLOPE_DATABASE_NAME"]))
        sides.append(stack.enter_context(side.running(name, tree, variables, directory / word, mix)))
    variables = servers.settings(engine.uri, f"{base}_floor")
    stack.enter_context(clinic.deleted_afterwards(engine.uri, variables["SLOPE_DATABASE_NAME"]))
    floor = servers.server("bench.submit.floor:app", variables, directory / "floor.log")
    stack.callback(floor.stop)
    for commit in sides:
        commit.wait_seeded()
    started = [*((commit.server, "/readyz") for commit in sides), (floor, "/")]
    for process, _ in started:
        process.start()
    for process, path in started:
        process.wait_ready(path)
    this, other = sides
    targets = Target(this.server, engine, this), Target(other.server, engine, other)
    return Rig((this, other), targets, Target(floor, engine, target.for_floor()))


def _described(arguments: argparse.Namespace, engine: Engine, rig: Rig) -> str:
    this, other = rig.sides
    return "\n".join(
        [
            f"engine      {engine.name}",
            f"durability  {engine.durability}",
            f"machine     {os.cpu_count()} cores shared by database, servers and clients",
            f"this        {this.name}; {this.with_flags} of {arguments.patients} patients have a flag",
            f"other       {other.name}; {other.with_flags} of {arguments.patients} patients have a flag",
            "packages    of the present virtual environment, for both; Python " + platform.python_version(),
            f"windows     {arguments.pairs} pairs of {arguments.seconds:g} s, in turns: this, floor, other; "
            f"other, floor, this; {arguments.clients[0]} clients",
        ]
    )


def _of_interval(pairs: int) -> str:
    rank = ratios.rank_for(pairs)
    if not rank:
        return "Ratios are medians over the pairs; fewer than 6 pairs allow no 95 % interval of a median."
    share = ratios.coverage(pairs, rank)
    return (
        "Ratios are medians over the pairs; the interval is the order-statistic interval of the median:\n"
        f"ratios {rank} and {pairs + 1 - rank} of the {pairs} sorted, which cover it in {share:.1%} of cases."
    )
