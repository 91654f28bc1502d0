"""Where the time of one report goes: round trips by command, and CPU time by layer, in this process.

The application is called as a server would call it, one report after the other, without sockets to clients:
first for times and round trips, then with samples taken of what runs (`sampling`).
"""

from __future__ import annotations

import io
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from pymongo import monitoring

from api import create_app
from bench.submit import sampling
from bench.submit.cohort import Cohort
from models.store import connection
from services.settings import Settings

REPORTS, SAMPLED = 400, 1600
_TOP = 40
_ROWS = 6


@dataclass(slots=True)
class RoundTrips(monitoring.CommandListener):
    """Counts what is asked of the database."""

    seen: list[str] = field(default_factory=list)

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Note a command and its collection."""
        target = event.command.get(event.command_name)
        self.seen.append(f"{event.command_name} {target}")

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Do nothing: it was counted when it started."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Do nothing: it was counted when it started."""

    def take(self) -> str:
        """Return what was asked since the last time, in order."""
        asked, self.seen = ", ".join(self.seen), []
        return asked


@dataclass(slots=True)
class Cost:
    """What reports with the same round trips took together, in seconds."""

    reports: int = 0
    wall: float = 0.0
    cpu: float = 0.0

    def row(self, commands: str) -> str:
        """Return the line of the table, in milliseconds a report."""
        wall, cpu = self.wall / self.reports * 1000, self.cpu / self.reports * 1000
        return f"{self.reports:7}  {wall:6.2f}  {cpu:6.2f}  {commands.count(',') + 1:2}: {commands}"


def show(settings: Settings, cohort: Cohort) -> None:
    """Send reports in this process, and print what they cost."""
    trips = RoundTrips()
    monitoring.register(trips)  # before the client is made
    connection.close()
    with redirect_stderr(io.StringIO()):  # the log, which a server writes to a file
        app = create_app(settings)
        _send(app, [_environment(cohort.make()) for _ in range(20)])
        trips.take()
        costs = _costs(app, cohort, trips)
        requests = [_environment(cohort.make()) for _ in range(SAMPLED)]
        cpu = time.process_time()
        with sampling.sampled() as stacks:
            _send(app, requests)
        milliseconds = (time.process_time() - cpu) / SAMPLED * 1000
    print(costs)
    print(_table("layer", sampling.layers(stacks), stacks.total(), milliseconds))
    print(_table("function, with all it calls", sampling.functions(stacks), stacks.total(), milliseconds))


def _table(what: str, samples: Counter[str], whole: int, milliseconds: float) -> str:
    """Return the shares of the CPU time of a report, the greatest first."""
    lines = ["", f"share  ms CPU  {what}"]
    for name, count in samples.most_common(_TOP):
        lines.append(f"{count / whole:5.0%}  {count / whole * milliseconds:6.3f}  {name}")
    return "\n".join(lines)


def _costs(app: Flask, cohort: Cohort, trips: RoundTrips) -> str:
    costs: dict[str, Cost] = defaultdict(Cost)
    for request in [_environment(cohort.make()) for _ in range(REPORTS)]:
        wall, cpu = time.perf_counter(), time.process_time()
        _call(app, request)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        cost = costs[trips.take()]
        cost.reports, cost.wall, cost.cpu = cost.reports + 1, cost.wall + wall, cost.cpu + cpu
    commonest = sorted(costs.items(), key=lambda one: -one[1].reports)
    lines = ["", "reports  ms wall  ms CPU of this process, round trips"]
    return "\n".join(lines + [cost.row(commands) for commands, cost in commonest[:_ROWS]])


def _environment(request: bytes) -> dict[str, Any]:
    """Return what a server makes of a request."""
    header, _, body = request.partition(b"\r\n\r\n")
    first, *lines = header.decode().split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines)
    _, path, _ = first.split(" ")
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": fields["Content-Type"],
        "CONTENT_LENGTH": fields["Content-Length"],
        "HTTP_HOST": fields["Host"],
        "HTTP_AUTHORIZATION": fields["Authorization"],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def _call(app: Flask, environment: dict[str, Any]) -> None:
    """Call the application.

    Raises:
        RuntimeError: the answer was not 201.
    """
    answered: list[str] = []

    def start_response(status: str, _headers: object, _error: object = None) -> Callable[[bytes], None]:
        answered.append(status)
        return lambda _part: None

    body = b"".join(app.wsgi_app(environment, start_response))
    if not answered[0].startswith("201"):
        raise RuntimeError(f"{answered[0]}: {body!r}")


def _send(app: Flask, requests: Iterable[dict[str, Any]]) -> None:
    for request in requests:
        _call(app, request)
