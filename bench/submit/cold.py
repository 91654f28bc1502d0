"""The path of a report in a server that remembers nothing, as after a deploy, against the same server warm.

The server is started anew; a few patients warm up the code and the connections. Then every other patient
sends one report, of whom no process remembers where the ledger ends, and after that one more.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

from bench import load
from bench.servers import Process
from bench.submit.cohort import Cohort

CLIENTS, STARTS = 16, 3
WARM_UP_PATIENTS, WARM_UP_REPORTS = 20, 10
BAR = 0.8


@dataclass(frozen=True, slots=True)
class Start:
    """Reports a second after one start: of patients who are not remembered, and of the same ones again."""

    cold: float
    warm: float


def measure(service: Process, patients: Cohort) -> list[Start]:
    """Start the service anew some times, and measure after each start."""
    return [_after_start(service, patients) for _ in range(STARTS)]


def said(starts: Sequence[Start]) -> str:
    """Return what is printed."""
    ratio = median(start.cold / start.warm for start in starts)
    cold, warm = (median(getattr(start, name) for start in starts) for name in ("cold", "warm"))
    return (
        f"cold: {cold:.0f} reports/s of patients whom no process remembers, {warm:.0f} of the same again;"
        f" ratio {ratio:.2f}: bar {BAR} {'met' if ratio >= BAR else 'NOT met'}"
    )


def _after_start(service: Process, patients: Cohort) -> Start:
    service.stop()
    service.start()
    service.wait_ready("/readyz")
    each = patients.apart()
    known, others = each[:WARM_UP_PATIENTS], each[WARM_UP_PATIENTS:]
    _rate(service.port, [patient.make() for _ in range(WARM_UP_REPORTS) for patient in known])
    cold, warm = [patient.make() for patient in others], [patient.make() for patient in others]
    return Start(_rate(service.port, cold), _rate(service.port, warm))


def _rate(port: int, requests: Sequence[bytes]) -> float:
    """Send each request once, by several clients, and return how many a second were answered.

    Raises:
        RuntimeError: an answer was not 201.
    """
    waiting, statuses = deque(requests), Counter[int]()

    def work() -> Counter[int]:
        connection, answered = load.KeepAlive(port), Counter[int]()
        while True:
            try:
                request = waiting.popleft()
            except IndexError:
                connection.close()
                return answered
            answered[connection.send(request).status] += 1

    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for part in [pool.submit(work) for _ in range(CLIENTS)]:
            statuses += part.result()
    if set(statuses) != {201}:
        raise RuntimeError(f"answers other than 201: {dict(statuses)}")
    return len(requests) / (time.perf_counter() - begun)
