"""The worker's process: told to end, it does, whenever the signal comes."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from api.worker import process


@pytest.fixture
def told() -> Iterator[Event]:
    """An event that a handler of SIGUSR1 sets."""
    came = Event()
    before = signal.signal(signal.SIGUSR1, lambda *_: came.set())
    yield came
    signal.signal(signal.SIGUSR1, before)


def test_a_signal_that_does_not_wake_the_wait_is_handled_all_the_same(told: Event) -> None:
    """Such as one that comes just before the wait begins; here another thread of the process takes it."""
    handled = []

    def work() -> None:
        time.sleep(0.3)  # so that the wait has begun
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
        handled.append(told.wait(10))

    thread = Thread(target=work)
    thread.start()
    process._wait_for([thread])
    assert handled == [True]
