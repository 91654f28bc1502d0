"""How the server runs: processes with threads, and a database client that each process opens for itself.

Addresses and counts come from the settings, which a process of their own reads and checks: this file imports
nothing of ours before the fork, so a reload (HUP) takes new code, and no database client can cross a fork.
`timeout` watches the process and ends no slow request; the database driver and outgoing calls have limits of
their own. There is no access log here, because paths hold identifiers of patients; the application logs the
route of each request instead.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import re
import resource
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent import futures
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

_read = subprocess.run(  # a module of ours, run by the interpreter that runs this
    [sys.executable, "-m", "services"],
    cwd=Path(__file__).resolve().parent,
    capture_output=True,
    text=True,
    check=False,
)
if _read.returncode:
    sys.exit(_read.stderr.rstrip())
_settings: dict[str, Any] = json.loads(_read.stdout)

_metrics = _settings["metrics_bind"]
if _metrics.isdecimal():
    _metrics = f"127.0.0.1:{_metrics}"
if _metrics and not _metrics.rpartition(":")[2].isdecimal():
    sys.exit("Slope cannot start:\n  - SLOPE_METRICS_BIND must be an address and port such as 127.0.0.1:9464")
if _metrics and _metrics.rpartition(":")[2] == _settings["bind"].rpartition(":")[2]:
    sys.exit("Slope cannot start:\n  - SLOPE_METRICS_BIND must have another port than SLOPE_BIND")
bind = [_settings["bind"], *([_metrics] if _metrics else [])]
workers = _settings["workers"]
threads = _settings["threads"]
preload_app = False  # a database client must not cross a fork
# As many as there can be file descriptors for: a process that runs out of them cannot even say so.
worker_connections = _settings["connections"]
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
if resource.RLIM_INFINITY not in (_soft, _hard):
    resource.setrlimit(resource.RLIMIT_NOFILE, (_hard, _hard))
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


_STATUSES: dict[type[Exception], HTTPStatus] = {
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.ForbiddenProxyRequest: HTTPStatus.FORBIDDEN,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.InvalidResponseHeader: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InvalidResponseHeaderName: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.ConfigurationProblem: HTTPStatus.INTERNAL_SERVER_ERROR,
}
_CODES = {
    HTTPStatus.EXPECTATION_FAILED: ("expectation_failed", "Send the same without `Expect`."),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("internal_error", "A mistake of ours."),
}
_UNREADABLE = ("malformed_request", "The request line or a header cannot be read.")


_HEALTH = re.compile(
    rb"(?:GET|HEAD) /(?:livez|readyz) [^\r\n]*\r\n(?:(?!content-length|transfer-enc)[^\r\n]+\r\n)*\r\n", re.I
)
"""A question for the health that is here as a whole: its head ends, and no body follows."""
_LONGEST_HEALTH = 2048
_FOR_HEALTH = 1
_YIELD_SECONDS, _MOST_YIELDS = 0.00005, 20
"""Our choice: at most a millisecond, for a connection that is then used for many requests."""


class Worker(ThreadWorker):
    """A process with threads, which answers what never reaches the application as the application would.

    Neither the answer nor the log repeats what was sent: a request line holds identifiers of patients.
    Questions for the health have a thread of their own: the others may all wait for a database that hangs. No
    thread is taken by a connection on which nothing has come yet.
    """

    def get_thread_pool(self) -> Any:  # noqa: ANN401 (the server has no types)
        """Make the threads, and the one for questions for the health."""
        self.for_health = futures.ThreadPoolExecutor(_FOR_HEALTH, thread_name_prefix="health")
        return super().get_thread_pool()

    def accept(self, listener: Any) -> None:  # noqa: ANN401
        """Take a caller, the later the more this process has: so they spread over the processes."""
        time.sleep(min(self.nr_conns, _MOST_YIELDS) * _YIELD_SECONDS)
        super().accept(listener)

    def enqueue_req(self, conn: Any) -> None:  # noqa: ANN401
        """Give a connection to a thread; one on which nothing has come is watched until something does."""
        try:
            begun = conn.sock.recv(_LONGEST_HEALTH, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            if not conn.initialized:
                self._watch(conn)
                return
            begun = b""  # the request was read with the one before it
        except OSError:  # reset: the thread finds out
            begun = b""
        threads = self.for_health if _HEALTH.fullmatch(begun) else self.tpool
        done = threads.submit(self.handle, conn)
        done.add_done_callback(lambda ended: self.method_queue.defer(self.finish_request, conn, ended))

    def _watch(self, conn: Any) -> None:  # noqa: ANN401
        conn.sock.setblocking(False)
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _cap_keepalive(self, deadline: float) -> None:
        """Let a process that ends wait no longer for connections on which nothing ever came."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Begin or cease to take callers; who ends takes those who wait and closes the door at once.

        Otherwise the system lets callers in behind the back of a process that only finishes what it has,
        and resets them when that has ended.
        """
        super().set_accept_enabled(enabled)
        if enabled or (self.alive and self.is_parent_alive()):
            return
        for listener in self.sockets:
            taken = -1
            while taken != self.nr_conns:
                taken = self.nr_conns
                with contextlib.suppress(OSError):  # such as too few descriptors for all who wait
                    self.accept(listener)
            listener.close()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:  # noqa: ANN401, ARG002
        """Answer a request that the server itself refuses with a problem, and close the connection."""
        usual = HTTPStatus.INTERNAL_SERVER_ERROR
        if isinstance(exc, errors.ParseException):
            usual = HTTPStatus.BAD_REQUEST
        status = _STATUSES.get(type(exc), usual)
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            where = "".join(traceback.format_tb(exc.__traceback__))
            self.log.error("A request could not be handled: %s\n%s", type(exc).__name__, where)
        else:
            self.log.warning("A request was refused: %s", type(exc).__name__)
        try:
            util.write_nonblock(client, _problem(status))
        except OSError:
            self.log.debug("The caller has gone.")


def _problem(status: HTTPStatus) -> bytes:
    code, detail = _CODES.get(status, _UNREADABLE)
    members = {"type": f"urn:slope:problem:{code}", "title": status.phrase, "status": status}
    body = json.dumps({**members, "code": code, "detail": detail})
    lines = (
        f"HTTP/1.1 {status} {status.phrase}",
        "Content-Type: application/problem+json",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", body)).encode()


worker_class = Worker
_DRAINED = 60_000
"""Bytes of a body that may be left unread: the server passes over a little more, or closes without a word."""


_MULTIPROCESS, _PLACE = "PROMETHEUS_MULTIPROC_DIR", "SLOPE_METRICS_PLACE"
_PREALLOCATED = 1024 * 1024
if _metrics and _MULTIPROCESS not in os.environ:  # on a reload it is there
    os.environ[_MULTIPROCESS] = tempfile.mkdtemp(prefix="slope-metrics-", dir=worker_tmp_dir)


def pre_fork(server: Any, worker: Any) -> None:  # noqa: ANN401 (the server has no types)
    """Give the process a place in which it counts: the lowest that no other process has.

    The files are there before they are written, because a full disk ends a process that writes to a file
    that is mapped and not there yet. Without room the process counts nothing.
    """
    taken = {getattr(other, "place", None) for other in server.WORKERS.values()}
    worker.place = next(place for place in range(len(taken) + 1) if place not in taken)
    if not _metrics:
        return
    os.environ[_PLACE] = f"{os.getpid()}-{worker.place}"
    try:
        for kind in ("counter", "histogram"):
            file = Path(os.environ[_MULTIPROCESS]) / f"{kind}_{os.environ[_PLACE]}.db"
            with file.open("ab") as made:
                os.posix_fallocate(made.fileno(), 0, _PREALLOCATED)
    except OSError:
        del os.environ[_PLACE]


def on_exit(server: Any) -> None:  # noqa: ANN401 (the server has no types)
    """Delete what was counted, with the last process."""
    if _metrics and not server.reexec_pid:
        shutil.rmtree(os.environ[_MULTIPROCESS], ignore_errors=True)


def post_fork(_server: object, _worker: object) -> None:
    """Collect nothing while a process reads its code: an eighth of the work until it answers."""
    gc.disable()


def post_worker_init(worker: Any) -> None:  # noqa: ANN401 (the server has no types)
    """Open the client after the fork, before threads can race to build two; begin to look at readiness."""
    from models.store import connection  # noqa: PLC0415 (nothing of ours before the fork)

    connection.open_client()
    if look := _background_look(worker):
        look.begin()
    # What the application consists of is never collected, and what requests make is looked at less often:
    # by measuring, a quarter off the slowest answers.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()


def worker_exit(_server: object, worker: Any) -> None:  # noqa: ANN401 (the server has no types)
    """End the look at readiness and close the client of a process that ends."""
    from models.store import connection  # noqa: PLC0415 (nothing of ours before the fork)

    if look := _background_look(worker):
        look.end()
    connection.close()


def _background_look(worker: Any) -> Any:  # noqa: ANN401 (None for an application that has none)
    return getattr(getattr(worker, "wsgi", None), "extensions", {}).get("slope-background-look")


def pre_request(_worker: object, request: Any) -> None:  # noqa: ANN401 (the server has no types)
    """Refuse to be asked before a body; close the connection, and say so, where one may be left unread.

    Raises:
        ExpectationFailed: the caller waits to be told to go on. Nothing of the body was read, so it is sent
            again without the expectation (RFC 9110, 10.1.1); the server would say "go on" to what it refuses.
        InvalidHeader: no Host, without which a request of HTTP/1.1 is none (RFC 9112, 3.2).
    """
    headers = dict(request.headers)
    if "EXPECT" in headers and request.version >= (1, 1):
        raise errors.ExpectationFailed(headers["EXPECT"])
    if "HOST" not in headers and request.version >= (1, 1):
        raise errors.InvalidHeader("HOST")
    length = headers.get("CONTENT-LENGTH", "0")
    if "TRANSFER-ENCODING" in headers or not length.isdecimal() or int(length) > _DRAINED:
        request.force_close()
