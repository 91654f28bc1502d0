"""What was measured with one number of clients, and the table that is printed of it.

Windows of the two servers come in pairs, taken one after the other; the ratio is the median over the pairs,
the other figures are medians over the windows. CPU is what servers and database used for a request: of all
figures the one that other programs on the machine change least.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.load import Window

RATE_OF_FLOOR = 0.43, 0.50
P95_OF_FLOOR, P50_OF_FLOOR = (2.1, 1.7), (2.8, 2.2)
"""Bars and aims (our choice), against the floor's: rate and p95 with the most clients, p50 with one."""
_PERCENTILES = (50, 95, 99)
_FIGURES = "     p50     p95     p99  CPU ms"
_HEADER = f"clients |  reports/s{_FIGURES} |    floor/s{_FIGURES} |  ratio"


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

    def latency_ratio(self, percent: float) -> float:
        """Latency of the submit path as a multiple of the floor's."""
        return median(slope.percentile(percent) / floor.percentile(percent) for slope, floor in self.pairs)

    def refused(self) -> Counter[int]:
        """How often each status other than 201 was answered, by either server."""
        answered = sum((window.statuses for pair in self.pairs for window in pair), Counter[int]())
        return Counter({status: count for status, count in answered.items() if status != 201})

    def row(self) -> str:
        """Return the line of the table."""
        slope = _figures([pair[0] for pair in self.pairs])
        floor = _figures([pair[1] for pair in self.pairs])
        return f"{self.clients:7} | {slope} | {floor} | {self.ratio:6.2f}"


def _figures(windows: Sequence[Window]) -> str:
    latencies = "".join(f"{median(w.percentile(p) for w in windows):8.1f}" for p in _PERCENTILES)
    cpu = sum(_cpu(windows))
    return f"{median(w.rate for w in windows):10.0f}{latencies}{cpu:8.2f}"


def _cpu(windows: Sequence[Window]) -> tuple[float, float]:
    """Return the milliseconds of a request: of the servers, and of the database."""
    servers = median(window.per_request(window.server_cpu) for window in windows)
    return servers, median(window.per_request(window.database_cpu) for window in windows)


def table(comparisons: Sequence[Comparison]) -> str:
    """Return the whole table."""
    return "\n".join([_HEADER, "-" * len(_HEADER), *(comparison.row() for comparison in comparisons)])


def verdict(comparisons: Sequence[Comparison]) -> str:
    """Return how the runs with the fewest and the most clients stand against the project's bars and aims."""
    fewest = min(comparisons, key=lambda one: one.clients)
    most = max(comparisons, key=lambda one: one.clients)
    lines = [_of_ratio(most), *_of_rate(most), _of_cpu(most)]
    lines.append(_of_latency(f"{most.clients:2} clients: p95", most.latency_ratio(95), *P95_OF_FLOOR))
    if fewest.clients == 1:
        p50 = fewest.percentile(50)
        lines.append(f" 1 client:  p50 {p50:.1f} ms: bar 10 ms {_met(p50 < 10)}, aim 6 ms {_met(p50 <= 6)}")
        lines.append(_of_latency(" 1 client:  p50", fewest.latency_ratio(50), *P50_OF_FLOOR))
    return "\n".join(lines)


def _of_latency(lead: str, ratio: float, bar: float, aim: float) -> str:
    reached = f"bar {bar} {_met(ratio <= bar)}, aim {aim} {_met(ratio <= aim)}"
    return f"{lead} {ratio:.2f} times the floor's: {reached}"


def _of_ratio(one: Comparison) -> str:
    bar, aim = RATE_OF_FLOOR
    reached = f"bar {bar:.2f} {_met(one.ratio >= bar)}, aim {aim:.2f} {_met(one.ratio >= aim)}"
    return f"{one.clients:2} clients: {one.ratio:.2f} of the floor: {reached}"


def _of_cpu(one: Comparison) -> str:
    server, database = _cpu([pair[0] for pair in one.pairs])
    floor_server, floor_database = _cpu([pair[1] for pair in one.pairs])
    lead = f"{one.clients:2} clients: CPU of a report "
    if not database:
        return f"{lead}{server:.2f} ms servers, of the floor {floor_server:.2f}; the database runs elsewhere"
    return (
        f"{lead}{server:.2f} ms servers + {database:.2f} ms database, "
        f"of the floor {floor_server:.2f} + {floor_database:.2f}"
    )


def _of_rate(one: Comparison) -> list[str]:
    lead = f"{one.clients:2} clients: "
    if one.floor_rate < 600:
        return [f"{lead}the floor's {one.floor_rate:.0f}/s is under 600/s, so the absolute bars do not count"]
    rate, p95 = one.rate, one.percentile(95)
    return [
        f"{lead}{rate:.0f} reports/s: bar 200/s {_met(rate > 200)}, aim 400/s {_met(rate >= 400)}",
        f"{lead}p95 {p95:.0f} ms: bar 100 ms {_met(p95 < 100)}, aim 60 ms {_met(p95 <= 60)}",
    ]


def _met(reached: bool) -> str:
    return "met" if reached else "NOT met"


def alternate(
    clients: int, pairs: int, measure: tuple[Callable[[], Window], Callable[[], Window]]
) -> Comparison:
    """Measure the submit path and the floor in turns, so that both meet the same machine."""
    slope, floor = measure
    return Comparison(clients, [(slope(), floor()) for _ in range(pairs)])
