"""The worker's process: one thread for each group of steps, until SIGTERM or SIGINT."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from datetime import timedelta
from threading import Thread

from api.worker.loop import Loop
from api.worker.steps import DELIVER_PAUSE_SECONDS, groups, lanes_of
from models.store import connection
from services.delivery.channels import open_channels
from services.logs import log
from services.readiness import WorkerGroup
from services.settings import Settings

_SLICE_SECONDS = 0.5
_PAUSES = {WorkerGroup.DELIVER: DELIVER_PAUSE_SECONDS}


def run(settings: Settings) -> None:
    """Go round all groups in this process until told to end; every step that runs then is finished."""
    pause_seconds = settings.sweep_seconds
    channels = open_channels(settings)
    lanes = lanes_of(channels)
    loops = [
        Loop(group, steps, min(pause_seconds, _PAUSES.get(group, pause_seconds)))
        for group, steps in groups(channels, lanes, keep=timedelta(days=settings.keep_days)).items()
    ]

    def end(*_signal: object) -> None:
        for loop in loops:
            loop.end()
        for lane in lanes:
            lane.end()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    connection.open_client()
    threads = [Thread(target=loop.run, name=loop.group) for loop in loops]
    log.info("worker_started", pause_seconds=pause_seconds)
    try:
        for thread in threads:
            thread.start()
        _wait_for(threads)
        for lane in lanes:
            lane.join()
    finally:
        connection.close()
    log.info("worker_ended")


def _wait_for(threads: Sequence[Thread]) -> None:
    """Wait until the threads have ended.

    In slices: a signal that comes at the moment in which a wait without an end begins is handled after it.
    """
    for thread in threads:
        while thread.is_alive():
            thread.join(_SLICE_SECONDS)
