"""`python -m bench.desk --engine embedded|documentdb|mongodb://...`: a large site's worklist, and the watch.

A site with 2,000 patients, 200 open alerts and 4,800 that have ended; the service with the settings of
production, asked by a few clinicians at once who keep their connections. Printed are the first page, the
same page when nothing has changed (304), a search by name, and what the worker's rounds over 100,000 patients
of their own take (`watch`).
"""

from __future__ import annotations

import argparse
import http.client
import secrets
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from bench import clinic, engines, servers
from bench.desk import watch
from bench.engines import Engine
from bench.scale import fill
from models.alerts import alerts
from models.alerts.alert import State, Step
from models.alerts.keys import found_by
from models.alerts.reading import ALERTS
from models.patients import patients
from models.patients.patient import NewPatient
from models.store.mapping import plain
from models.store.provenance import by_itself
from scoring.decline import Level, Topic
from services import clock
from services.access.actor import Role
from tests.alert_samples import Told, make_alert

PATIENTS, OPEN, ENDED, CLINICIANS = 2000, 200, 4800, 4
Asked = tuple[str, str, bytes | None]
_FIRST = ("Maria", "José", "Anna", "김민수", "Jürgen", "Sofia", "Liam", "Noah")
_LAST = ("Silva", "Núñez", "Weiss", "Okafor", "Berger", "Rossi", "Novak", "Groß")


def _patient(site_id: str, number: int) -> str:
    name = f"{_FIRST[number % 8]} {_LAST[number // 8 % 8]}"
    new = NewPatient(site_id, name, clinic.ZONE, study_code=f"B-{number:04}")
    return patients.create(new, by=by_itself("bench"), now=clock.now()).id


def alert_rows(site_id: str, patient_ids: list[str]) -> list[dict[str, object]]:
    """Alerts as they are stored, made by hand, because the way through the desk takes minutes."""
    rows, topics, begun = [], list(Topic), clock.now() - timedelta(days=5)
    for number in range(OPEN + ENDED):
        told = Told(topics[number % len(topics)], list(Level)[number % 3])
        patient_id = patient_ids[number * 7 % len(patient_ids)]
        state = State.OPEN if number < OPEN else State.ENDED
        alert = make_alert(
            state, told, patient_id=patient_id, site_id=site_id, episode=number + 1, changed_at=begun
        )
        history = [plain(Step(alert.opened_at, "opened", by_itself("evaluation"), State.OPEN))] * 5
        stored = {"_id": alert.key, **ALERTS.write(alert), **found_by(alert)}
        rows.append({**stored, "flag": told.flag.as_dict(), "history": history})
    return rows


def _asked(port: int, headers: dict[str, str], seconds: float, what: Asked) -> list[float]:
    connection, spent = http.client.HTTPConnection("127.0.0.1", port, timeout=30), []
    method, path, body = what
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        begun = time.perf_counter()
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        response.read()
        spent.append((time.perf_counter() - begun) * 1000)
        if response.status not in {200, 304}:
            raise RuntimeError(f"{path} was answered {response.status}")
    return spent


def _measured(port: int, people: list[dict[str, str]], seconds: float, what: Asked) -> str:
    with ThreadPoolExecutor(len(people)) as pool:
        runs = pool.map(lambda headers: _asked(port, headers, seconds, what), people)
        spent = sorted(duration for run in runs for duration in run)
    middle, high = spent[len(spent) // 2], spent[int(len(spent) * 0.95)]
    return f"{len(spent) / seconds:7.0f} a second   p50 {middle:6.1f} ms   p95 {high:6.1f} ms"


def _tags(port: int, people: list[dict[str, str]]) -> list[dict[str, str]]:
    found = []
    for headers in people:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/v1/alerts", headers=headers)
        response = connection.getresponse()
        response.read()
        found.append(headers | {"If-None-Match": response.headers["ETag"]})
    return found


def measure(engine: Engine, seconds: float) -> None:
    """Measure and print."""
    variables = servers.settings(engine.uri, f"slope_bench_{secrets.token_hex(4)}") | servers.LONG_TOKENS
    with tempfile.TemporaryDirectory() as logs, clinic.opened(variables) as opened:
        ids = [_patient(opened.site.id, number) for number in range(PATIENTS)]
        fill.insert(alerts.AlertDocument, alert_rows(opened.site.id, ids))
        actors = [opened.staff(Role.CLINICIAN) for _ in range(CLINICIANS)]
        staff = [{"Authorization": f"Bearer {opened.token(actor)}"} for actor in actors]
        server = servers.server("wsgi:app", variables, Path(logs) / "service.log")
        server.start()
        try:
            server.wait_ready("/livez")
            search = [headers | {"Content-Type": "application/json"} for headers in staff]
            for name, who, what in (
                ("first page of 50", staff, ("GET", "/v1/alerts", None)),
                ("unchanged (304)", _tags(server.port, staff), ("GET", "/v1/alerts", None)),
                ("search by name", search, ("POST", "/v1/alerts/search", b'{"words": "nunez jose"}')),
            ):
                one = _measured(server.port, who[:1], seconds, what)
                several = _measured(server.port, who, seconds, what)
                print(f"{name:18} 1 clinician   {one}\n{'':18} {CLINICIANS} at once     {several}")
        finally:
            server.stop()
        for line in watch.measured(opened):
            print(line)


def main() -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(prog="python -m bench.desk", description=__doc__)
    parser.add_argument("--engine", default="embedded", help="embedded, documentdb or a MongoDB URI")
    parser.add_argument("--seconds", type=float, default=4.0, help="length of a window")
    arguments = parser.parse_args()
    with engines.running(arguments.engine) as engine:
        print(f"engine             {engine.name}; {PATIENTS} patients, {OPEN} open alerts, {ENDED} ended")
        measure(engine, arguments.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
