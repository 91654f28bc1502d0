"""What stands in `/metrics`: the counts of requests, and what waits and lags as the database says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from api.metrics.requests import RequestCounts
from models.store.connection import DRIVER_ERRORS
from services import clock, gauges
from services.gauges import Gauges


def text(counts: RequestCounts) -> bytes:
    """Return the metrics in the text format of Prometheus."""
    stored = CollectorRegistry()
    stored.register(_Stored(counts))
    return generate_latest(counts.registry()) + generate_latest(stored)


class _Stored(Collector):
    """What the database says, and what this process could not count."""

    def __init__(self, counts: RequestCounts) -> None:
        self._counts = counts

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the metrics."""
        yield _one("slope_metrics_dropped", "Requests this process could not count", self._counts.dropped)
        try:
            seen = gauges.look(clock.now())
        except DRIVER_ERRORS:
            yield _one("slope_database_up", "Whether the database answers", 0)
            return
        yield _one("slope_database_up", "Whether the database answers", 1)
        yield from _of(seen)


def _of(seen: Gauges) -> Iterator[GaugeMetricFamily]:
    ages = {(group,): seconds for group, seconds in seen.worker_seconds.items()}
    yield _many("slope_worker_seconds", "Since a group of worker steps was last seen", ["group"], ages)
    failing = {(group,): float(count) for group, count in seen.failing_steps.items()}
    yield _many("slope_worker_failing_steps", "Steps that failed in the last round", ["group"], failing)
    backlog = {(what,): float(count) for what, count in seen.backlog.items()}
    yield _many("slope_backlog", "What waits to be done", ["of"], backlog)
    lags = {(what,): seconds for what, seconds in seen.lag_seconds.items()}
    yield _many("slope_lag_seconds", "How long the oldest of it has been due", ["of"], lags)
    yield _one("slope_delivery_ok", "Whether messages go out", float(seen.delivery_ok))
    outbox = {(state,): float(count) for state, count in seen.outbox.items()}
    yield _many("slope_outbox_messages", "Messages by state", ["state"], outbox)
    alerts = {key: float(count) for key, count in seen.alerts.items()}
    yield _many("slope_alerts", "Alerts that have not ended", ["level", "state"], alerts)


def _one(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, value=value)


def _many(name: str, what: str, labels: list[str], values: Mapping[Any, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, what, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(list(key), value)
    return family
