"""Metrics for the operator: what requests took, and what waits, on an address of their own.

Without such an address nothing is counted.
"""

from __future__ import annotations

from flask import Flask

from api.metrics import exposition, listener, requests


def install(app: Flask, bind: str) -> None:
    """Count requests and answer `/metrics` at the address `bind`, where there is one.

    Args:
        app: the application.
        bind: address and port, or the port alone; "" for none.
    """
    if bind:
        counts = requests.RequestCounts()
        requests.install(app, counts)
        port = int(bind.rpartition(":")[2])
        app.wsgi_app = listener.listening(app.wsgi_app, port, lambda: exposition.text(counts))  # type: ignore[assignment]
