"""The address for metrics: of the server's own addresses the one that answers `/metrics`, and nothing else.

Which address a request came to is asked of its connection; no header has a say in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]


def listening(app: Wsgi, port: int, exposition: Callable[[], bytes]) -> Wsgi:
    """Return the application with the address for metrics beside it.

    Args:
        app: answers everything that comes to another address.
        port: of the address for metrics.
        exposition: what is answered there.
    """

    def answered(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if _port_of(environ.get("gunicorn.socket")) != port:
            return app(environ, start)
        if environ["PATH_INFO"] != "/metrics" or environ["REQUEST_METHOD"] != "GET":
            start("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return []
        body = exposition()
        start("200 OK", [("Content-Type", CONTENT_TYPE_LATEST), ("Content-Length", str(len(body)))])
        return [body]

    return answered


def _port_of(connection: Any) -> int | None:
    name = None if connection is None else connection.getsockname()
    return name[1] if isinstance(name, tuple) else None
