"""How long the pages of the clinic take, and how large they are: worklist, patient, caseload, phone list.

    python -m bench.pages --engine documentdb

A clinic with 2,000 patients who have reported once, 200 open alerts, and one patient with five years of
weekly reports, made by the service itself in a database that is deleted afterwards. A clinician signs in and
asks for each page, one after the other, through the application in this process: the time is that of the
application and the database, without a network. The first three of each are not counted.
"""

from __future__ import annotations

import argparse
import random
import secrets
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from flask.testing import FlaskClient

from api import create_app
from api.application import SECURITY
from bench import clinic, engines, servers
from bench.clinic import Clinic
from models.accounts import accounts
from models.accounts.account import Membership, NewAccount
from models.store.base import new_id
from services import clock
from services.access.actor import Actor, Role
from services.access.permissions import Operation, scope_for
from services.patients import caseload, silence
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from services.settings import Settings

PATIENTS, ALERTS, YEARS = 2_000, 200, 5
WARM, ASKED = 3, 60
LOW_MOOD = {f"phq_{n}": 0 for n in range(1, 9)} | {"phq_9": 2}
BAR_MS, BAR_BYTES = 80, 60_000
EMAIL = "clinician@example.org"
_ITEMS = (
    *("speech", "salivation", "swallowing", "handwriting", "cutting_without_gastrostomy"),
    *("dressing_hygiene", "turning_in_bed", "walking", "climbing_stairs", "dyspnea", "orthopnea"),
    "respiratory_insufficiency",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page took, in milliseconds, the processor's share of this process, and its size."""

    name: str
    p50: float
    p95: float
    cpu: float
    size: int


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--engine", default="embedded", help="embedded, documentdb or a mongodb:// URI")
    parser.add_argument("--patients", type=int, default=PATIENTS)
    parser.add_argument("--alerts", type=int, default=ALERTS)
    given = parser.parse_args()
    with engines.running(given.engine) as engine:
        variables = servers.settings(engine.uri, "slope_bench_pages")
        with clinic.opened(variables) as made:
            app = create_app(Settings.from_environment(variables))
            password = secrets.token_urlsafe(16)
            hashed = app.extensions[SECURITY].passwords.hash(password)
            _staff(made, hashed)
            followed = _filled(made, given.patients, given.alerts)
            begun = time.perf_counter()
            caseload.keep_up(clock.now())
            print(f"numbers of all patients made anew: {time.perf_counter() - begun:.1f} s, once")
            client = app.test_client()
            _sign_in(client, password)
            print(
                f"{engine.name}: {given.patients} patients, {given.alerts} alerts; bar {BAR_MS} ms p95, 60 kB"
            )
            _print(_reading(client, name, path) for name, path in _paths(followed))


def _paths(followed: str) -> tuple[tuple[str, str], ...]:
    patient = f"/pages/patients/{followed}"
    return (
        ("worklist", "/pages/"),
        ("patient, 18 months", patient),
        ("patient, all five years", f"{patient}?span=all"),
        ("patient, all reports", f"{patient}/reports"),
        ("caseload", "/pages/patients"),
        ("phone list", "/pages/phone-list"),
    )


def _staff(made: Clinic, hashed: str) -> None:
    roles = (Membership(made.site.id, Role.CLINICIAN.value),)
    accounts.create(NewAccount(new_id(), "Dr. Bench", EMAIL, hashed, roles), now=clock.now())


def _filled(made: Clinic, patients: int, alerts: int) -> str:
    """Make the patients; return the id of the one with five years of weekly reports."""
    noise = random.Random(7)
    long = made.enrol("Five Years", clock.now() - timedelta(days=366 * YEARS))
    for week in reversed(range(52 * YEARS)):
        lost = round((52 * YEARS - week) * 0.09 + noise.gauss(0, 1.2))
        _send(long, "alsfrs_r", _answers(48 - max(0, min(40, lost)), noise), 7 * week + 0.1)
    for number in range(patients - 1):
        actor = made.enrol(f"Patient {number:04}", clock.now() - timedelta(days=200))
        if number < alerts:
            _send(actor, "phq_9", LOW_MOOD, 0.01)
        else:
            _send(actor, "alsfrs_r", _answers(40, noise), 90 if number % 40 == 0 else 3)
    silence.look(clock.now())
    return long.patient_id or ""


def _answers(total: int, noise: random.Random) -> dict[str, int]:
    """Twelve codes with this total; which item has lost a point differs from week to week."""
    codes = dict.fromkeys(_ITEMS, 4)
    lost = 48 - total
    while lost:
        item = noise.choice(_ITEMS[3:9] if lost > 6 else _ITEMS)
        if codes[item]:
            codes[item] -= 1
            lost -= 1
        elif not any(codes[key] for key in _ITEMS[3:9]):
            codes[max(codes, key=codes.__getitem__)] -= 1
            lost -= 1
    return codes


def _send(actor: Actor, instrument: str, answers: dict[str, int], days_ago: float) -> None:
    now = clock.now()
    given = Submission(new_id(), instrument, "1", now - timedelta(days=days_ago), answers)
    scope = scope_for(actor, Operation.REPORT_SUBMIT)
    submit_report(actor.patient_id or "", given, scope, actor=actor, now=now)


def _sign_in(client: FlaskClient, password: str) -> None:
    form = {"email": EMAIL, "password": password}
    response = client.post("/pages/sign-in", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    if response.status_code != 303:
        raise SystemExit(f"FAILED: the sign-in answered {response.status_code}")


def _reading(client: FlaskClient, name: str, path: str) -> Reading:
    times, size, begun_cpu = [], 0, 0.0
    for place in range(WARM + ASKED):
        if place == WARM:
            begun_cpu = time.process_time()
        begun = time.perf_counter()
        response = client.get(path)
        spent = (time.perf_counter() - begun) * 1000
        if response.status_code != 200:
            raise SystemExit(f"FAILED: {name} answered {response.status_code}")
        size = len(response.data)
        if place >= WARM:
            times.append(spent)
    cpu = (time.process_time() - begun_cpu) * 1000 / ASKED
    return Reading(name, statistics.median(times), statistics.quantiles(times, n=20)[-1], cpu, size)


def _print(readings: Iterable[Reading]) -> None:
    print("page                        p50 ms  p95 ms  cpu ms   bytes")
    for reading in readings:
        print(
            f"{reading.name:26}  {reading.p50:6.1f}  {reading.p95:6.1f}  {reading.cpu:6.1f}  {reading.size:6}"
        )


if __name__ == "__main__":
    main()
