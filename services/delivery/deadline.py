"""A limit for a whole conversation.

Time-outs of sockets are for one read each: who sends a byte now and then would hold us for ever.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from threading import Timer


class Deadline:
    """A moment at which a connection is cut off, from a thread of its own."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._watched: socket.socket | None = None
        self._timer: Timer | None = None
        self.has_passed = False

    def left(self) -> float:
        """Return how many seconds are left, and always a little."""
        return max(0.001, self._until - time.monotonic())

    def watch(self, opened: socket.socket) -> None:
        """Cut this connection off in time; a copy of it, because TLS takes the socket itself over."""
        self._watched = opened.dup()
        self.cut_in(self.left())

    def cut_in(self, seconds: float) -> None:
        """Cut the connection off after so many seconds from now, or when it is due, if that is sooner."""
        self._stop()
        self._timer = Timer(min(seconds, self.left()), self._cut)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        """Watch no longer."""
        self._stop()
        if self._watched is not None:
            self._watched.close()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()

    def _cut(self) -> None:
        self.has_passed = True
        if self._watched is not None:
            with suppress(OSError):
                self._watched.shutdown(socket.SHUT_RDWR)
