"""The order of `make run`: each step says what it does, how long it took, and fails with a sentence.

A second run finds the packages, the secrets, the data and the demo site of the first. What the steps start is
handed to the supervisor; what a step needs to know about processes is in `children`.
"""

from __future__ import annotations

import errno
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from launch import children, demo, development, environment, exclusive, places, readiness
from launch.children import Child
from launch.failure import CannotStart
from launch.supervisor import Supervisor
from models.store import embedded

_READY_SECONDS = 60.0
_GRACE_SECONDS = 12.0
NEEDED_MEBIBYTES = 64
"""Our choice: the demo's data, logs, and room to go on for a while."""
_SETTING = re.compile(r"- (SLOPE_.+)")


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(f"  {text}", flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Announce a step, and say how long it took."""
    print(f"- {what} ...", end="", flush=True)
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f" {time.monotonic() - begun:.1f} s", flush=True)


def run() -> None:
    """Bring the service up and keep it up until interrupted.

    Raises:
        CannotStart: with the sentence to show.
    """
    refuse_full_disk()
    with exclusive.only_one():
        refuse_taken_port()
        demo.refuse_lost_data()
        with step("packages (the first time takes up to a minute)"):
            environment.install("requirements.lock")
        started: list[Child] = []
        try:
            _start_all(started)
            demo.welcome(places.public_url())
            Supervisor(started, say).watch()
        finally:
            _end_all(started)


def _start_all(started: list[Child]) -> None:
    port = embedded.free_port()
    log = places.DATABASE / "output.log"
    database = Child("database", lambda: _spawn_database(port), log, lambda: embedded.answers(port))
    with step("database (embedded, data in var/database)"):
        _start(database, started)
        variables = development.settings(embedded.uri_of(port))
        development.remember(variables)
    with step("indexes"):
        flask(["database", "indexes"], variables)
    demo.seed_when_empty(step, lambda arguments: flask(arguments, variables))
    with step("server and worker"):
        server = ["gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"]
        _start(children.program("server", server, variables, readiness.server_answers), started)
        worker = ["flask", "--app", "wsgi", "worker"]
        _start(children.program("worker", worker, variables, readiness.worker_was_seen), started)
        _wait_until_ready(started)


def _spawn_database(port: int) -> subprocess.Popen[bytes]:
    try:
        return embedded.start(places.DATABASE, port, python=places.program("python")).process
    except embedded.DatabaseNotStarted as error:
        if embedded.DAMAGED in str(error):
            raise CannotStart(
                f"The data cannot be used, {error}: delete it with `rm -r var/database`, or put a copy back "
                "that was made before, and run this again."
            ) from error
        raise CannotStart(f"The database does not start ({error}): see var/database/output.log.") from error


def _start(child: Child, started: list[Child]) -> None:
    child.start()
    started.append(child)


def flask(arguments: list[str], variables: dict[str, str]) -> str:
    """Run a command of the application and return what it printed.

    Raises:
        CannotStart: it failed.
    """
    log = places.LOGS / f"{'-'.join(arguments)}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [places.program("flask"), "--app", "wsgi", *arguments]
    with log.open("w", encoding="utf-8") as errors:
        done = subprocess.run(
            command,
            cwd=places.ROOT,
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            stderr=errors,
            check=False,
        )
    if done.returncode:
        setting = _SETTING.fullmatch(places.last_line(log))
        if setting:
            raise CannotStart(
                f"A setting in the environment does not fit ({setting[1]}): change or unset it "
                "(`env | grep SLOPE_` lists them), and run this again."
            )
        where = log.relative_to(places.ROOT)
        raise CannotStart(f"`flask {' '.join(arguments)}` failed ({places.last_line(log)}): see {where}.")
    return done.stdout.decode()


def refuse_full_disk() -> None:
    """Refuse to begin where the data would soon find no room.

    Raises:
        CannotStart: there is too little.
    """
    place = places.VAR if places.VAR.is_dir() else places.ROOT
    free = shutil.disk_usage(place).free // 1024**2
    if free < NEEDED_MEBIBYTES:
        raise CannotStart(
            f"The disk beneath {place} has {free} MB left and the data needs {NEEDED_MEBIBYTES}: make room "
            "and run this again."
        )


def refuse_taken_port() -> None:
    """Refuse to start on a port that somebody uses.

    Raises:
        CannotStart: it is taken.
    """
    port = places.port()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((places.HOST, port))
        except PermissionError:
            raise CannotStart(
                f"Port {port} is for the administrator of this machine: choose one above 1023, for instance "
                "`make run PORT=8000`."
            ) from None
        except OSError:
            raise CannotStart(
                f"Port {port} is taken by another program: end it (`ss -ltnp 'sport = :{port}'` names it), "
                f"or choose another port, for instance `make run PORT={port + 1}`."
            ) from None


def _wait_until_ready(started: list[Child]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not readiness.is_ready():
        for child in started:
            if child.exit_code() is not None:
                raise CannotStart(
                    f"The {child.name} ended at once ({places.last_line(child.log)}): "
                    f"see {child.log.relative_to(places.ROOT)}."
                )
        if time.monotonic() > deadline:
            raise CannotStart(
                f"The service was not ready within {_READY_SECONDS:.0f} s: see var/log/server.log."
            )
        time.sleep(0.1)


def _end_all(started: list[Child]) -> None:
    # The server and the worker end before the database, so that what they are doing can be stored.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    database, others = started[:1], started[1:]
    for group in (others, database):
        for child in group:
            child.ask_to_end()
        for child in group:
            child.end(_GRACE_SECONDS)


def _show_what_cannot_be_shown() -> None:
    """Let a name that the terminal has no characters for be shown escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _not_ours(error: PermissionError) -> str:
    path = error.filename or places.VAR
    return (
        f"{path} cannot be written by this user: it was probably made by another one; give it to yourself "
        f"(`sudo chown -R $USER {places.ROOT}`) or use a copy of your own, and run this again."
    )


_OF_PLACES = {
    errno.ENOSPC: "there is no room left: make some",
    errno.EDQUOT: "this user's quota is used up: make room",
    errno.EROFS: "its file system is read-only: use a checkout that can be written, such as a copy",
    errno.EEXIST: "there is a file where a directory has to be: delete it",
    errno.ENOTDIR: "there is a file where a directory has to be: delete it",
    errno.EMFILE: "no more files may be opened: allow more (ulimit -n)",
}


def _of_the_place(error: OSError) -> str:
    """Return one sentence for what is wrong with the place that the checkout lies in.

    Raises:
        OSError: it is none of what places are known for.
    """
    if error.errno not in _OF_PLACES:
        raise error
    return f"{error.filename or places.VAR} cannot be used, {_OF_PLACES[error.errno]}, and run this again."


def interruptible(work: Callable[[], None]) -> int:
    """Run the work; a signal to end is the usual way out of it.

    Returns:
        The exit code: 1 when a step failed, with its sentence on stderr.
    """

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    # Ctrl-C too: whoever starts it in the background of a script may have it ignored.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, interrupt)
    _show_what_cannot_be_shown()
    try:
        work()
    except BrokenPipeError:  # nobody reads any more: what runs was ended on the way out
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 (until the process ends)
        return 1
    except PermissionError as error:
        print(f"\n{_not_ours(error)}", file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        print(f"\n{_of_the_place(error)}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nSlope has ended.", flush=True)
    except CannotStart as failure:
        print(f"\n{failure}", file=sys.stderr, flush=True)
        return 1
    return 0
