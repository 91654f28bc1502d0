"""A conversation ends at its deadline, however the other side goes on."""

from __future__ import annotations

import socket
import time

from services.delivery.deadline import Deadline


def test_a_connection_is_cut_off_in_the_middle_of_a_read() -> None:
    here, there = socket.socketpair()
    with here, there:
        deadline = Deadline(0.3)
        deadline.watch(here)
        begun = time.monotonic()
        assert here.recv(10) == b""  # nobody ever sends anything
        assert time.monotonic() - begun < 15
        assert deadline.has_passed
        deadline.end()


def test_who_is_in_time_is_not_cut_off() -> None:
    here, there = socket.socketpair()
    with here, there:
        deadline = Deadline(30)
        deadline.watch(here)
        there.sendall(b"in time")
        assert here.recv(10) == b"in time"
        deadline.end()
        assert not deadline.has_passed
        assert deadline.left() > 20


def test_there_is_always_a_little_left() -> None:
    assert Deadline(-1).left() > 0
