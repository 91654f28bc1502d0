"""Reports a second that a replay compares, with one worker process and with two, and what five kills change.

    python -m bench.replay --engine documentdb --patients 300 --reports 30

The patients lie in a database of their own, which is deleted afterwards. The workers do nothing but replays;
they are killed and started again in the last run, whose result has to be that of the first.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from typing import Any

from bench import clinic, engines, servers
from bench.clinic import Clinic
from bench.submit import cohort
from models.replays.parts import ReplayPartDocument
from models.replays.replays import Replay, ReplayState
from models.store import connection
from models.store.scope import Scope
from services import clock
from services.access import digests
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.replays import replays
from services.settings import Settings

LIMITS: Mapping[str, Mapping[str, float]] = {
    "primary": {"min_reports": 20},
    "domain": {"probability": 0.9999},
}
KILLS = 5
PAUSE_SECONDS = 0.05
PING_SECONDS, START_SECONDS = 5, 60
SPAWN = multiprocessing.get_context("spawn")


def work(variables: Mapping[str, str], ready: Event) -> None:
    """Say that it is ready, and go on with replays until the process is ended."""
    settings = Settings.from_environment(variables)
    digests.use(settings.refresh_secret)
    connection.register(settings.database_uri, settings.database_name)
    connection.ping(PING_SECONDS)
    ready.set()
    while True:
        if not replays.go_on(clock.now()):
            time.sleep(PAUSE_SECONDS)


def timed(made: Clinic, variables: Mapping[str, str], workers: int, kills: int = 0) -> tuple[float, Any]:
    """Run a replay; return the seconds that it took and its result."""
    processes = [_started(variables) for _ in range(workers)]
    asked = _ask(made)
    begun, left = time.monotonic(), kills
    try:
        while (found := _read(made, asked)).state is not ReplayState.DONE:
            done = found.patients_done / max(1, found.patients_in_all)
            if left and done > (kills - left + 0.5) / (kills + 1):
                processes.pop(0).kill()
                processes.append(_started(variables))
                left -= 1
                _end_leases(asked)
            time.sleep(PAUSE_SECONDS)
    finally:
        for process in processes:
            process.kill()
            process.join()
    return time.monotonic() - begun, replays.result(found)


def _started(variables: Mapping[str, str]) -> BaseProcess:
    ready = SPAWN.Event()
    process = SPAWN.Process(target=work, args=(dict(variables), ready), daemon=True)
    process.start()
    ready.wait(START_SECONDS)
    return process


def _ask(made: Clinic) -> Replay:
    actor = made.staff(Role.CLINICIAN)
    scope = scope_for(actor, Operation.REPLAY_RUN)
    return replays.ask(made.site.id, LIMITS, scope, actor=actor, now=clock.now())


def _read(made: Clinic, asked: Replay) -> Replay:
    return replays.read(made.site.id, asked.id, Scope(site_ids=frozenset({made.site.id})))


def _end_leases(asked: Replay) -> None:
    """Nobody waits two minutes for the lease of a process that was killed on purpose."""
    past = datetime(2000, 1, 1, tzinfo=clock.now().tzinfo)
    lent = {
        "replay_id": asked.id,
        "lease": {"$ne": ""},
        "free_at": {"$gt": clock.now() + timedelta(seconds=1)},
    }
    ReplayPartDocument.raw().update_many(lent, {"$set": {"free_at": past}})


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.replay", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--engine", default="embedded", help="embedded, documentdb or a mongodb:// URI")
    parser.add_argument("--patients", type=int, default=300)
    parser.add_argument("--reports", type=int, default=30)
    given = parser.parse_args()
    with engines.running(given.engine) as engine:
        variables = servers.settings(engine.uri, "slope_bench_replay")
        with clinic.opened(variables) as made:
            people = cohort.enrolled(made, given.patients)
            people.write_histories(given.reports)
            _print(made, variables, people.given)


def _print(made: Clinic, variables: Mapping[str, str], reports: int) -> None:
    first, expected = timed(made, variables, 1)
    second, again = timed(made, variables, 2)
    _, killed = timed(made, variables, 2, kills=KILLS)
    one, two = reports / first, reports / second
    print(
        f"{reports} reports: {one:.0f} a second with one worker, {two:.0f} with two ({two / one:.2f} times)"
    )
    print(f"the same result with two workers: {again == expected}; after {KILLS} kills: {killed == expected}")


if __name__ == "__main__":
    main()
