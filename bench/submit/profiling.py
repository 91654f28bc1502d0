"""Where the time of one report goes: round trips by command, and time by layer, in this process.

The application is called as a server would call it, one report after the other, without sockets to clients.
First undisturbed, for the times and the round trips; then under the profiler, which slows Python more than
it slows waiting, so that its shares and not its times count.
"""

from __future__ import annotations

import cProfile
import io
import pstats
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from pymongo import monitoring

from api import create_app
from api.settings import Settings
from bench.submit.cohort import Cohort
from models import connection

REPORTS = 400
_ROOT = str(Path(__file__).resolve().parents[2])
_TOP = 30
_ROWS = 6

_LAYERS = (
    ("api/resources, api/schemas", ("/api/resources/", "/api/schemas/", "/api/parsing.py")),
    ("api/security", ("/api/security/",)),
    ("api/services", ("/api/services/",)),
    ("api, the rest", ("/api/",)),
    ("models", ("/models/",)),
    ("scoring", ("/scoring/",)),
    ("flask, werkzeug", ("/flask/", "/werkzeug/")),
    ("marshmallow, webargs, smorest", ("/marshmallow/", "/webargs/", "/flask_smorest/", "/apispec/")),
    ("pymongo, bson, mongoengine", ("/pymongo/", "/bson/", "/mongoengine/")),
    ("jwt, cryptography", ("/jwt/", "/cryptography/")),
    ("json", ("/json/",)),
    ("logging", ("/structlog/", "/logging/")),
)
_WAITING = ("'recv_into'", "'recv'", "'sendall'", "'send'", "poll'", "select'")


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


def is_waiting(function: str) -> bool:
    """Return whether a function of the profile waits for the other end of a socket."""
    return any(word in function for word in _WAITING)


def layer_of(file: str, function: str) -> str:
    """Return the layer that a function of the profile belongs to."""
    if is_waiting(function):
        return "waiting for the database"
    inside = file.removeprefix(_ROOT)
    return next((name for name, marks in _LAYERS if any(mark in inside for mark in marks)), "the rest")


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
        _send(app, cohort, 20)
        trips.take()
        shown = [_costs(app, cohort, trips), *_profiled(app, cohort)]
    print("\n".join(shown))


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


def _profiled(app: Flask, cohort: Cohort) -> tuple[str, str]:
    profile = cProfile.Profile()
    requests = [_environment(cohort.make()) for _ in range(REPORTS)]
    profile.enable()
    for request in requests:
        _call(app, request)
    profile.disable()
    stats = pstats.Stats(profile)
    return by_layer(stats, REPORTS), by_function(stats, REPORTS)


def by_layer(stats: pstats.Stats, reports: int) -> str:
    """Return the table of the time that was spent in each layer itself.

    Args:
        stats: of the profiler; what is written in C counts for the layer that called it.
        reports: how many were sent.
    """
    spent: Counter[str] = Counter()
    for (file, _, function), (_, _, own, _, callers) in stats.stats.items():  # type: ignore[attr-defined]
        if file != "~" or is_waiting(function):
            spent[layer_of(file, function)] += own
            continue
        for (caller, _, name), (_, _, part, _) in callers.items():
            spent[layer_of(caller, name)] += part
    whole = sum(spent.values())
    lines = ["", "share  ms/report  layer (own time, under the profiler)"]
    lines += [
        f"{time / whole:5.0%}  {time / reports * 1000:9.3f}  {name}" for name, time in spent.most_common()
    ]
    return "\n".join(lines)


def by_function(stats: pstats.Stats, reports: int) -> str:
    """Return the table of the project's costliest functions, each with all that it calls."""
    spent = {
        f"{file.removeprefix(_ROOT)[1:]}:{line} {function}": (calls, whole)
        for (file, line, function), (_, calls, _, whole, _) in stats.stats.items()  # type: ignore[attr-defined]
        if file.startswith(_ROOT) and "/.venv/" not in file and "/bench/" not in file
    }
    costliest = sorted(spent.items(), key=lambda one: -one[1][1])[:_TOP]
    lines = ["", "calls  ms/report  function (with all it calls, under the profiler)"]
    lines += [f"{calls:5}  {whole / reports * 1000:9.3f}  {name}" for name, (calls, whole) in costliest]
    return "\n".join(lines)


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


def _send(app: Flask, cohort: Cohort, reports: int) -> None:
    for _ in range(reports):
        _call(app, _environment(cohort.make()))
