"""Starting and ending processes: each child leads a session of its own, and does not outlive this one.

Ctrl-C therefore reaches the launcher alone, which ends the children in its own order. On Linux the kernel
ends a child whose parent was killed. Keeping children alive is the supervisor's.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from launch import places

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(slots=True)
class Child:
    """A process that is to run as long as the launcher does.

    Attributes:
        name: word for it in messages.
        spawn: starts it and returns it.
        log: where it writes.
        answers: says within some seconds whether it answers; without it, whoever runs is taken to be well.
        process: what runs now, or what ended last.
    """

    name: str
    spawn: Callable[[], subprocess.Popen[bytes]]
    log: Path
    answers: Callable[[], bool] | None = field(default=None)
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start it, after ending whatever its last run left behind."""
        self.end(0)
        self.process = self.spawn()

    def exit_code(self) -> int | None:
        """Return how it ended, or None while it runs."""
        return self.process.poll() if self.process else None

    def ask_to_end(self) -> None:
        """Send SIGTERM, when it runs."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def end(self, seconds: float) -> None:
        """Wait for its end, then end by force what is left of its session."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def program(
    name: str,
    arguments: list[str],
    variables: Mapping[str, str],
    answers: Callable[[], bool] | None = None,
) -> Child:
    """Describe a child that is a program of the virtual environment; it writes to `var/log/<name>.log`."""
    log = places.LOGS / f"{name}.log"

    def spawn() -> subprocess.Popen[bytes]:
        places.LOGS.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            return subprocess.Popen(
                [places.program(arguments[0]), *arguments[1:]],
                cwd=places.ROOT,
                env={**os.environ, **variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_end_with_parent(),  # noqa: PLW1509 (the launcher has one thread)
            )

    return Child(name, spawn, log, answers)


def _end_with_parent() -> Callable[[], None] | None:
    libc = _LIBC
    if libc is None:
        return None
    parent = os.getpid()

    def ask_the_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel
