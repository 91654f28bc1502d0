"""The files of a commit in a folder of their own: what is measured instead of the working tree."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class UnknownCommit(Exception):
    """There is no such commit in the repository, or no repository."""


def name_of(commit: str) -> str:
    """Return the hash of a commit as it is printed.

    Raises:
        UnknownCommit: git does not know it.
    """
    asked = ("rev-parse", "--verify", "--quiet", "--short=7", "--end-of-options", f"{commit}^{{commit}}")
    done = _git(*asked)
    if done.returncode:
        raise UnknownCommit(f"git knows no commit {commit} here")
    return done.stdout.strip()


def name_of_working_tree() -> str:
    """Return the hash of the commit that is checked out, and whether anything has been changed since."""
    changed = _git("status", "--porcelain").stdout.strip()
    return name_of("HEAD") + (" with uncommitted changes" if changed else "")


def extract(commit: str, directory: Path) -> None:
    """Write the files of a commit into a directory; the repository and its work trees stay as they are."""
    command = ["git", "archive", "--format=tar", name_of(commit)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as archive:
        assert archive.stdout is not None
        with tarfile.open(fileobj=archive.stdout, mode="r|") as files:
            files.extractall(directory, filter="data")


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
