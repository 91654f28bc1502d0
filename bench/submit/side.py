"""One of two commits that are compared: its tree, its database, its patients and its server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from bench import servers
from bench.servers import Process
from bench.submit import supplier
from bench.submit.cohort import HistoryFull

_ON_THE_WAY = 500  # requests asked for when those that were prepared do not suffice
_SECONDS_TO_END = 10


class SupplierEnded(Exception):
    """The process that makes the requests ended too early; the text is the last line of its log."""


@dataclass(slots=True)
class Side:
    """A commit under measurement.

    Attributes:
        name: as it is printed.
        server: serves the commit's code.
        process: its supplier (`bench.submit.supplier`).
        log: where the supplier writes what is not part of its answers.
        with_flags: patients who have a flag at the start.
    """

    name: str
    server: Process
    process: subprocess.Popen[str]
    log: Path
    with_flags: int = 0
    _ready: deque[bytes] = field(default_factory=deque)
    _ordered: int = 0
    _lock: Lock = field(default_factory=Lock)

    def wait_seeded(self) -> None:
        """Wait until every patient has a history."""
        self.with_flags = self._answer()["with_flags"]

    def order(self, requests: int) -> None:
        """Have at least so many requests made, without waiting for them."""
        missing = requests - len(self._ready)
        if missing > 0 and not self._ordered:
            assert self.process.stdin is not None
            self.process.stdin.write(f"{missing}\n")
            self.process.stdin.flush()
            self._ordered = missing

    def prepare(self, requests: int) -> None:
        """Have at least so many requests ready, as far as the patients have something to report."""
        self.order(requests)
        if self._ordered:
            self._ready.extend(text.encode("latin-1") for text in self._answer())
            self._ordered = 0

    def next_request(self) -> bytes:
        """Return the next request; several clients may ask at once.

        Raises:
            HistoryFull: there are none left.
        """
        with self._lock:
            if not self._ready:
                self.prepare(_ON_THE_WAY)
            if not self._ready:
                raise HistoryFull("the patients have reported up to now: give more --patients")
            return self._ready.popleft()

    def _answer(self) -> Any:  # noqa: ANN401 (JSON)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            said = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise SupplierEnded(f"{self.name}: {said[-1] if said else 'it wrote nothing'}")
        return json.loads(line)


@contextmanager
def running(
    name: str, tree: Path, variables: Mapping[str, str], logs: Path, mix: tuple[int, int]
) -> Iterator[Side]:
    """Begin to seed the patients of a tree; the caller starts its server when they are there.

    Args:
        name: as it is printed.
        tree: the files of the commit.
        variables: the settings of its service.
        logs: folder where both write; made here.
        mix: patients, and how many reports each has before the start.
    """
    module = tree / "bench" / "submit" / "supplier.py"
    if not module.exists():
        shutil.copy(supplier.__file__, module)
    logs.mkdir()
    log = logs / "supplier.log"
    command = [sys.executable, "-m", "bench.submit.supplier", *map(str, mix)]
    with (
        log.open("ab") as output,
        subprocess.Popen(
            command,
            cwd=tree,
            env={**os.environ, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        server = servers.server("wsgi:app", dict(variables), logs / "server.log", tree=tree)
        try:
            yield Side(name, server, process, log)
        finally:
            server.stop()
            process.terminate()
            try:
                process.wait(_SECONDS_TO_END)
            finally:
                process.kill()
