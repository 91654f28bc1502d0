"""How the server runs: processes with threads, and a database client that each process opens for itself.

Addresses and counts come from the settings. `timeout` watches the process and ends no slow request; the
database driver and outgoing calls have limits of their own. There is no access log here, because paths hold
identifiers of patients; the application logs the route of each request instead. New code
needs a restart and not a reload, because reading the settings here imports the application.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from models.store import connection
from services.settings import InvalidSettings, Settings

try:
    _settings = Settings.from_environment(os.environ)
except InvalidSettings as error:
    sys.exit(str(error))

bind = _settings.bind
workers = _settings.workers
threads = _settings.threads
worker_class = "gthread"
preload_app = False  # a database client must not cross a fork
# Idle connections wait in a poll, not in a thread; this only bounds how many there may be.
worker_connections = 1000
# Longer than a load balancer keeps an idle connection; without one, phones must not hold them for long.
keepalive = 75 if _settings.proxies else 5
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
    connection.open_client()


def worker_exit(_server: object, _worker: object) -> None:
    """Close the client of a process that ends."""
    connection.close()
