"""The worker's process: one thread for each group of steps, until SIGTERM or SIGINT."""

from __future__ import annotations

import signal
from threading import Thread

from api.worker.loop import Loop
from api.worker.steps import GROUPS
from models.store import connection
from services.logs import log


def run(pause_seconds: float) -> None:
    """Go round all groups in this process until told to end; every step that runs then is finished."""
    loops = [Loop(group, steps, pause_seconds) for group, steps in GROUPS.items()]

    def end(*_signal: object) -> None:
        for loop in loops:
            loop.end()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    connection.open_client()
    threads = [Thread(target=loop.run, name=loop.group) for loop in loops]
    log.info("worker_started", pause_seconds=pause_seconds)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        connection.close()
    log.info("worker_ended")
