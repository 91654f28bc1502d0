"""A loopback proxy in front of a database, which can hold back what passes, or delay it.

One thread for each direction of a connection: dozens of connections, not thousands.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

_HOST = "127.0.0.1"
_CHUNK = 65536
_LOOK_SECONDS = 0.05


class Proxy:
    """Passes connections on to a port of this machine.

    Args:
        target: the port.

    Attributes:
        port: where it listens.
        delay: seconds that each piece of an answer waits.
        paused: nothing passes; connections stay open.
    """

    def __init__(self, target: int) -> None:
        self.delay = 0.0
        self.paused = False
        self._target = target
        self._listening = socket.create_server((_HOST, 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        self._hold()
        try:
            server = socket.create_connection((_HOST, self._target))
        except OSError:  # nobody listens
            client.close()
            return
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
        self._pass(server, client, True)

    def _pass(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(_CHUNK):
                self._hold()
                if is_answer and self.delay:
                    time.sleep(self.delay)
                target.sendall(piece)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _hold(self) -> None:
        while self.paused:
            time.sleep(_LOOK_SECONDS)
