"""How the server runs: processes with threads, and a database client that each process opens for itself.

Addresses and counts come from the settings, which a process of their own reads and checks: this file imports
nothing of ours before the fork, so a reload (HUP) takes new code, and no database client can cross a fork.
`timeout` watches the process and ends no slow request; the database driver and outgoing calls have limits of
their own. There is no access log here, because paths hold identifiers of patients; the application logs the
route of each request instead.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_read = subprocess.run(  # a module of ours, run by the interpreter that runs this
    [sys.executable, "-m", "services.settings"],
    cwd=Path(__file__).resolve().parent,
    capture_output=True,
    text=True,
    check=False,
)
if _read.returncode:
    sys.exit(_read.stderr.rstrip())
_settings: dict[str, Any] = json.loads(_read.stdout)

bind = _settings["bind"]
workers = _settings["workers"]
threads = _settings["threads"]
worker_class = "gthread"
preload_app = False  # a database client must not cross a fork
# Idle connections wait in a poll, not in a thread; this only bounds how many there may be.
worker_connections = 1000
# Longer than a load balancer keeps an idle connection; without one, phones must not hold them for long.
keepalive = 75 if _settings["proxies"] else 5
timeout = 30
graceful_timeout = 25
max_requests = 50_000
max_requests_jitter = 5_000
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (memory-backed, for heartbeats)
control_socket_disable = True
# Nobody says by a header where the application is mounted or that a connection is secure; what a proxy adds
# is read by the application, as far as SLOPE_PROXIES says.
forwarded_allow_ips = ""
forwarder_headers = ""
accesslog = None
errorlog = "-"


def post_worker_init(_worker: object) -> None:
    """Open the client after the fork, before threads can race to build two."""
    from models.store import connection  # noqa: PLC0415 (nothing of ours before the fork)

    connection.open_client()
    # What the application consists of is never collected, and what requests make is looked at less often:
    # by measuring, a quarter off the slowest answers.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def worker_exit(_server: object, _worker: object) -> None:
    """Close the client of a process that ends."""
    from models.store import connection  # noqa: PLC0415 (nothing of ours before the fork)

    connection.close()


def pre_request(_worker: object, request: Any) -> None:  # noqa: ANN401 (the server has no types)
    """Close the connection, and say so, where part of a body may be left unread behind the answer."""
    headers = dict(request.headers)
    length = headers.get("CONTENT-LENGTH", "0")
    if "TRANSFER-ENCODING" in headers or not length.isdecimal() or int(length) > _settings["max_body_bytes"]:
        request.force_close()
