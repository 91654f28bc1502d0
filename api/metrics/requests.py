"""Requests by operation and class of status, and how long they took, counted over all processes of a server.

Each process counts into files of its own place (`gunicorn.conf.py` gives the places out, so that a process
that is replaced goes on counting where the one before stopped). A label is the route, never the path. No
request fails because it cannot be counted: what cannot be written is dropped, and that is counted.
"""

from __future__ import annotations

import os
import time
from threading import Lock

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector

DIRECTORY, PLACE = "PROMETHEUS_MULTIPROC_DIR", "SLOPE_METRICS_PLACE"
SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.13, 0.2, 0.5, 1.0, 2.0, 5.0)
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


class RequestCounts:
    """The counts of this process; over all processes of the server where they have files."""

    def __init__(self) -> None:
        self._directory = os.environ.get(DIRECTORY)
        if self._directory:
            values.ValueClass = values.MultiProcessValue(lambda: os.environ.get(PLACE, ""))  # type: ignore[no-untyped-call]
        self._own = CollectorRegistry()
        self._requests = Counter(
            "slope_requests",
            "Requests by route and class of status",
            ["operation", "status"],
            registry=self._own,
        )
        self._seconds = Histogram(
            "slope_request_seconds",
            "How long requests took",
            ["operation"],
            buckets=SECONDS,
            registry=self._own,
        )
        self._dropped, self._lock = 0, Lock()

    @property
    def dropped(self) -> int:
        """How many requests this process could not count."""
        return self._dropped

    def registry(self) -> CollectorRegistry:
        """Return what is to be shown: the sum over all processes, or this one's."""
        if not self._directory:
            return self._own
        summed = CollectorRegistry()
        MultiProcessCollector(summed, self._directory)  # type: ignore[no-untyped-call]
        return summed

    def count(self, operation: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        if self._directory and PLACE not in os.environ:  # there was no room for this process's files
            self._drop()
            return
        try:
            self._requests.labels(operation, f"{status // 100}xx").inc()
            self._seconds.labels(operation).observe(seconds)
        except Exception:
            self._drop()

    def _drop(self) -> None:
        with self._lock:
            self._dropped += 1


def install(app: Flask, counts: RequestCounts) -> None:
    """Count every request that the application answers."""

    def begin() -> None:
        g.counted_from = time.perf_counter()

    def end(response: Response) -> Response:
        counts.count(_operation(), response.status_code, time.perf_counter() - g.counted_from)
        return response

    app.before_request(begin)
    app.after_request(end)


def _operation() -> str:
    if request.url_rule is None:
        return "unmatched"
    return f"{request.method if request.method in _METHODS else 'other'} {request.url_rule.rule}"
