"""What was measured with one number of clients, and the table that is printed of it.

Windows of the two servers come in pairs, taken one after the other; the ratio is the median over the pairs,
the other figures are medians over the windows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.load import Window

_PERCENTILES = (50, 95, 99)
_HEADER = "clients |  reports/s     p50     p95     p99 ms |    floor/s     p50     p95     p99 ms |  ratio"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Pairs of windows: the submit path and the floor."""

    clients: int
    pairs: Sequence[tuple[Window, Window]]

    @property
    def ratio(self) -> float:
        """Rate of the submit path as a part of the floor's."""
        return median(slope.rate / floor.rate for slope, floor in self.pairs)

    @property
    def floor_rate(self) -> float:
        """Requests a second of the floor."""
        return median(floor.rate for _, floor in self.pairs)

    @property
    def rate(self) -> float:
        """Reports a second of the submit path."""
        return median(slope.rate for slope, _ in self.pairs)

    def percentile(self, percent: float) -> float:
        """Latency of the submit path in milliseconds."""
        return median(slope.percentile(percent) for slope, _ in self.pairs)

    def statuses(self) -> Counter[int]:
        """How often each status was answered by the submit path."""
        return sum((slope.statuses for slope, _ in self.pairs), Counter())

    def row(self) -> str:
        """Return the line of the table."""
        slope = _figures([pair[0] for pair in self.pairs])
        floor = _figures([pair[1] for pair in self.pairs])
        return f"{self.clients:7} | {slope} | {floor} | {self.ratio:6.2f}"


def _figures(windows: Sequence[Window]) -> str:
    latencies = "".join(f"{median(w.percentile(p) for w in windows):8.1f}" for p in _PERCENTILES)
    return f"{median(w.rate for w in windows):10.0f}{latencies}   "


def table(comparisons: Sequence[Comparison]) -> str:
    """Return the whole table."""
    return "\n".join([_HEADER, "-" * len(_HEADER), *(one.row() for one in comparisons)])


def verdict(widest: Comparison) -> str:
    """Return how the run with the most clients stands against the bar and the aim of the project."""
    lines = [
        f"ratio to the floor {widest.ratio:.2f}: bar 0.35 {_met(widest.ratio >= 0.35)}, "
        f"aim 0.55 {_met(widest.ratio >= 0.55)}"
    ]
    if widest.floor_rate < 600:
        lines.append(
            f"floor {widest.floor_rate:.0f}/s is under 600/s: the absolute bars do not count in this run"
        )
    else:
        rate, p95 = widest.rate, widest.percentile(95)
        lines += [
            f"rate {rate:.0f}/s: bar 200/s {_met(rate > 200)}, aim 400/s {_met(rate >= 400)}",
            f"p95 {p95:.0f} ms: bar 100 ms {_met(p95 < 100)}, aim 60 ms {_met(p95 <= 60)}",
        ]
    return "\n".join(lines)


def _met(reached: bool) -> str:
    return "met" if reached else "NOT met"


def alternate(
    clients: int, pairs: int, measure: tuple[Callable[[], Window], Callable[[], Window]]
) -> Comparison:
    """Measure the submit path and the floor in turns, so that both meet the same machine."""
    slope, floor = measure
    return Comparison(clients, [(slope(), floor()) for _ in range(pairs)])
