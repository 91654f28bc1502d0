"""Whether 8 honest phones notice an attack: p95 of their reports, quiet and under each.

    python -m bench.attack --engine embedded --seconds 120

Before each attack there is a quiet stretch a quarter as long; all of these together are what the attacks are
compared with, so that what else the machine does meets both. A phone sends a report five times a second at
most. Fails when p95 reaches three times the quiet one, or an honest report is not taken.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import clinic, engines, servers
from bench.attack.attackers import ATTACKS
from bench.attack.phones import Patients
from bench.attack.proxy import proxy
from bench.clinic import Clinic
from bench.load import KeepAlive, Window
from models.accounts import accounts
from models.accounts.account import Membership, NewAccount
from models.store.base import new_id
from services import clock
from services.access.actor import Role
from services.access.passwords import Passwords

PHONES = 8
PAUSE = 0.2
MOST_TIMES = 3.0
PATIENTS = 240
"""Of whom each reports less often in a run than a day's late reports are bounded."""
ATTACKED = 12
"""Patients whose tokens the attackers have, each with two years of fortnightly reports."""
HISTORY = 52
TAKEN = {200, 201}
EMAIL = "anna@example.org"
LIMITS = {"SLOPE_ANONYMOUS_PER_MINUTE": "120", "SLOPE_REPORTS_PER_DAY": "200", "SLOPE_BATCH_SECONDS": "10"}
"""The limits that are usual, named because the other benches set the first one aside."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the phones met in a stretch."""

    name: str
    window: Window
    answers: Counter[str]

    @property
    def failed(self) -> int:
        """Reports that were not taken."""
        return sum(number for status, number in self.window.statuses.items() if status not in TAKEN)


def main() -> None:
    """Read the command line, attack, print and judge."""
    parser = argparse.ArgumentParser(prog="python -m bench.attack", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--engine", default="embedded", help="embedded, documentdb or a mongodb:// URI")
    parser.add_argument("--seconds", type=float, default=120.0, help="length of each attack")
    parser.add_argument("--only", help="one attack by its name")
    given = parser.parse_args()
    names = [given.only] if given.only else list(ATTACKS)
    with engines.running(given.engine) as engine, tempfile.TemporaryDirectory(prefix="slope-attack-") as home:
        variables = {
            **servers.settings(engine.uri, "slope_bench_attack"),
            **servers.LONG_TOKENS,
            **LIMITS,
            "SLOPE_PROXIES": "1",
        }
        with clinic.opened(variables) as made:
            rows = _attacked(made, variables, Path(home), names, given.seconds)
    if not _judged(rows, engine.name):
        sys.exit(1)


def _attacked(
    made: Clinic, variables: dict[str, str], home: Path, names: list[str], seconds: float
) -> list[Row]:
    honest = Patients(made, PATIENTS)
    honest.write(2)
    material = _material(made)
    server = servers.server("wsgi:app", variables, home / "server.log")
    server.start()
    front = proxy(server.port, home)
    try:
        server.wait_ready("/livez")
        front.start()
        front.wait_ready("/livez")
        _phones(front.port, honest.next_request, 3)
        rows = []
        for name in names:
            rows.append(Row("quiet", *_phones(front.port, honest.next_request, seconds / 4)))
            rows.append(_under(name, front.port, honest.next_request, seconds, material))
        return rows
    finally:
        front.stop()
        server.stop()


def _material(made: Clinic) -> dict[str, Any]:
    """What the attackers have: an account's address, and tokens of patients."""
    role = (Membership(made.site.id, Role.CLINICIAN.value),)
    hashed = Passwords().hash("nine lives of a tabby cat")
    accounts.create(NewAccount(new_id(), "Dr. Bench", EMAIL, hashed, role), now=clock.now())
    attacked = Patients(made, ATTACKED)
    attacked.write(HISTORY, timedelta(days=14))
    return {"email": EMAIL, "patients": attacked.tokens()}


def _under(
    name: str, port: int, following: Callable[[], bytes], seconds: float, material: dict[str, Any]
) -> Row:
    command = [sys.executable, "-m", "bench.attack.attackers", name, str(port), str(seconds)]
    # Attackers would not share the service's cores: they get what it leaves.
    attack = subprocess.Popen(["nice", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if attack.stdin is None:
            raise RuntimeError("no input")
        attack.stdin.write(json.dumps(material))
        attack.stdin.close()
        attack.stdin = None
        window, answers = _phones(port, following, seconds)
        said, _ = attack.communicate(timeout=seconds + 90)
        return Row(name, window, answers + Counter(json.loads(said)))
    finally:
        attack.kill()
        attack.wait()


def _phones(port: int, following: Callable[[], bytes], seconds: float) -> tuple[Window, Counter[str]]:
    """Let the phones report for so long."""

    def work(_place: int) -> tuple[list[float], Counter[int]]:
        connection, taken, statuses = KeepAlive(port), list[float](), Counter[int]()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            begun = time.perf_counter()
            try:
                statuses[connection.send(following()).status] += 1
            except OSError:
                statuses[0] += 1
            taken.append(time.perf_counter() - begun)
            time.sleep(PAUSE)
        connection.close()
        return taken, statuses

    begun = time.perf_counter()
    with ThreadPoolExecutor(PHONES) as pool:
        done = list(pool.map(work, range(PHONES)))
    latencies = sorted(value for taken, _ in done for value in taken)
    statuses = sum((counts for _, counts in done), Counter[int]())
    return Window(time.perf_counter() - begun, tuple(latencies), statuses), Counter()


def _judged(rows: list[Row], engine: str) -> bool:
    quiet = sorted(value for row in rows if row.name == "quiet" for value in row.window.latencies)
    usual = Window(1, tuple(quiet), Counter())
    print(f"{PHONES} phones on {engine}; p50 and p95 in ms, quiet: all quiet stretches together")
    print(f"{'':24} reports  failed     p50     p95  times  the attackers were answered")
    fails = sum(row.failed for row in rows if row.name == "quiet")
    print(f"{'quiet':24} {len(quiet):7}  {fails:6}  {usual.percentile(50):6.1f}  {usual.percentile(95):6.1f}")
    good = fails == 0
    for row in rows:
        if row.name != "quiet":
            times = row.window.percentile(95) / usual.percentile(95)
            good = good and row.failed == 0 and times < MOST_TIMES
            figures = f"{row.window.percentile(50):6.1f}  {row.window.percentile(95):6.1f}  {times:5.2f}"
            answers = ", ".join(f"{status}: {number}" for status, number in sorted(row.answers.items()))
            lost = {status: number for status, number in row.window.statuses.items() if status not in TAKEN}
            answers += f"; not taken, by status (0: no answer): {lost}" if lost else ""
            print(f"{row.name:24} {len(row.window.latencies):7}  {row.failed:6}  {figures}  {answers}")
    print("none failed, p95 under three times the quiet one" if good else "FAILED")
    return good


if __name__ == "__main__":
    main()
