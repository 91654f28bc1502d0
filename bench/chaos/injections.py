"""The faults of a trial: each is begun, lasts for a while, and is taken back.

An injection is a context manager over the stage. What follows its `yield` begins when the fault ends: what is
dead is started, what was changed is put back.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench.chaos.stage import Stage

SLOW_SECONDS = 0.3
SEGMENTS = 12
"""More files than PostgreSQL keeps ready for its log of writes, so that it needs room for another."""
FEW_DESCRIPTORS = 2
"""What a process has left beyond what it has open."""


@contextmanager
def _kill_process(stage: Stage) -> Iterator[None]:
    with contextlib.suppress(ProcessLookupError, IndexError):
        os.kill(stage.chance.choice(stage.server.children()), signal.SIGKILL)
    yield


@contextmanager
def _kill_server(stage: Stage) -> Iterator[None]:
    os.killpg(stage.server.pid, signal.SIGKILL)
    yield
    stage.server.stop()
    stage.server.start()


@contextmanager
def _kill_worker(stage: Stage) -> Iterator[None]:
    os.killpg(stage.worker.pid, signal.SIGKILL)
    yield
    stage.worker.stop()
    stage.worker.start()


@contextmanager
def _kill_database(stage: Stage) -> Iterator[None]:
    stage.engine.kill()
    yield
    stage.engine.revive()


@contextmanager
def _stopped(pids: Iterable[int]) -> Iterator[None]:
    stopped = list(pids)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def _pause_database(stage: Stage) -> AbstractContextManager[None]:
    return _stopped(stage.engine.processes())


def _hang_process(stage: Stage) -> AbstractContextManager[None]:
    return _stopped(stage.server.children()[:1])


def _hang_worker(stage: Stage) -> AbstractContextManager[None]:
    return _stopped([stage.worker.pid])


@contextmanager
def _slow_database(stage: Stage) -> Iterator[None]:
    stage.proxy.delay = SLOW_SECONDS
    yield
    stage.proxy.delay = 0.0


@contextmanager
def _unreachable_database(stage: Stage) -> Iterator[None]:
    stage.proxy.paused = True
    yield
    stage.proxy.paused = False


@contextmanager
def _full_stderr(stage: Stage) -> Iterator[None]:
    stage.restart(Path("/dev/full"))
    stage.server.wait_ready("/readyz")
    yield
    stage.restart()


def _full(disks: slice) -> Callable[[Stage], AbstractContextManager[None]]:
    @contextmanager
    def filled(stage: Stage) -> Iterator[None]:
        for disk in stage.disks[disks]:
            disk.fill()
        yield
        for disk in stage.disks[disks]:
            disk.empty()

    return filled


@contextmanager
def _full_log_of_writes(stage: Stage) -> Iterator[None]:
    """PostgreSQL ends itself when it can log no write; its operator starts it when there is room."""
    for disk in stage.disks[2:3]:
        disk.fill()
    for _ in range(SEGMENTS):
        stage.engine.begin_segment()
    yield
    for disk in stage.disks[2:3]:
        disk.empty()
    stage.engine.revive()


def _stepped(by: timedelta) -> Callable[[Stage], AbstractContextManager[None]]:
    @contextmanager
    def stepped(stage: Stage) -> Iterator[None]:
        stage.clock.step(by)
        yield
        stage.clock.step(-by)

    return stepped


@contextmanager
def _poisoned(stage: Stage) -> Iterator[None]:
    if stage.poison is None:
        raise RuntimeError("nothing to damage was prepared")
    stage.poison.spread(stage.chance)
    yield
    stage.poison.take_back()


@contextmanager
def _few_descriptors(stage: Stage) -> Iterator[None]:
    limits = {}
    for pid in stage.server.children():
        open_now = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
        soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        limits[pid] = soft, hard
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (open_now + FEW_DESCRIPTORS, hard))
    yield
    for pid, before in limits.items():
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


@dataclass(frozen=True, slots=True)
class Injection:
    """A fault that can be begun and ended.

    Attributes:
        name: what the command line calls it.
        what: what the table calls it.
        make: begins it, and ends it.
        seconds: how long it lasts.
        of_database: an answer may lack the text of safety, because what it follows from cannot be read.
        needs_disks: small file systems.
        needs_log_of_writes: a database with a log of writes in a place of its own.
    """

    name: str
    what: str
    make: Callable[[Stage], AbstractContextManager[None]]
    seconds: float = 2.0
    of_database: bool = False
    needs_disks: bool = False
    needs_log_of_writes: bool = False


KILLS = (
    Injection("kill-process", "a server process is killed", _kill_process, 0.5),
    Injection("kill-server", "the whole server is killed", _kill_server, 0.5),
    Injection("kill-worker", "the worker is killed", _kill_worker, 0.5),
    Injection("kill-database", "the database is killed", _kill_database, 0.5, of_database=True),
)
OTHERS = (
    Injection("stderr-full", "stderr on a full device", _full_stderr),
    Injection("logs-full", "the logs' file system is full", _full(slice(1, 2)), needs_disks=True),
    Injection(
        "disk-full",
        "the file systems of database and logs are full",
        _full(slice(0, 2)),
        3.0,
        of_database=True,
        needs_disks=True,
    ),
    Injection(
        "writes-full",
        "the file system of the database's log of writes is full",
        _full_log_of_writes,
        3.0,
        of_database=True,
        needs_disks=True,
        needs_log_of_writes=True,
    ),
    Injection("database-paused", "the database is stopped", _pause_database, 3.0, of_database=True),
    Injection("database-cut-off", "nothing passes to the database", _unreachable_database, 3.0, True),
    Injection("database-slow", "each answer of the database takes 0.3 s longer", _slow_database, 3.0),
    Injection("clock-ahead", "the clock is 30 days ahead", _stepped(timedelta(days=30))),
    Injection("clock-back", "the clock is a day behind", _stepped(timedelta(days=-1))),
    Injection("poison", "one document of each collection is damaged", _poisoned),
    Injection("few-descriptors", "two file descriptors are left", _few_descriptors),
    Injection("hung-process", "a server process is stopped", _hang_process, 3.0),
    Injection("hung-worker", "the worker is stopped", _hang_worker),
)
BY_NAME = {injection.name: injection for injection in (*KILLS, *OTHERS)}
"""Every fault by its name."""
