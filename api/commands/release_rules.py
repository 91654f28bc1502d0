"""The rules of a release, in a process of their own: each release's library has the same name."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import scoring

PRESENT = Path(scoring.__file__).parents[1]
_PROGRAM = Path(__file__).with_name("release_episodes.py")


class NotARelease(Exception):
    """There are no rules in this folder, or they cannot be run; the message says which."""


class Release:
    """A running process that reads histories by the rules of one release.

    Attributes:
        version: of its rules.
    """

    def __init__(self, given: IO[str], answers: IO[str], folder: Path) -> None:
        self._given, self._answers, self._folder = given, answers, folder
        self.version: str = self._answer()["rules_version"]

    def ask(self, told: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what the rules say of one patient's history.

        Raises:
            NotARelease: they could not be run.
        """
        self._given.write(json.dumps(told) + "\n")
        self._given.flush()
        return self._answer()

    def _answer(self) -> Mapping[str, Any]:
        line = self._answers.readline()
        if not line:
            raise NotARelease(f"The rules in {self._folder} cannot be run.")
        answer: Mapping[str, Any] = json.loads(line)
        return answer


@contextmanager
def release(folder: Path) -> Iterator[Release]:
    """Start the rules of the release whose checkout is in this folder.

    Raises:
        NotARelease: there are none.
    """
    if not (folder / "scoring" / "decline" / "replay.py").is_file():
        raise NotARelease(f"{folder} is not a checkout of a release: it has no scoring/decline/replay.py.")
    command = [sys.executable, "-P", str(_PROGRAM)]
    environment = {"PYTHONPATH": str(folder.resolve()), "PYTHONUTF8": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as process:  # noqa: S603 (named by the operator)
        try:
            yield Release(cast(IO[str], process.stdin), cast(IO[str], process.stdout), folder)
        finally:
            process.kill()
