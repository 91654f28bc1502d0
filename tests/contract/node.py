"""Node.js for tests: what it runs was installed by `make node`, at the versions that the lock files name."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIRED = "SLOPE_REQUIRE_NODE"


def packages_of(folder: Path) -> Path:
    """Return the folder of installed programs; skip where there is none, unless the run requires it."""
    programs = folder / "node_modules" / ".bin"
    if shutil.which("node") and programs.is_dir():
        return programs
    missing = "Node.js or its packages are missing: run `make node`"
    if os.environ.get(REQUIRED):
        pytest.fail(missing)
    pytest.skip(missing)


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, and return what it said."""
    return subprocess.run(
        [str(part) for part in command], cwd=folder, text=True, capture_output=True, timeout=900, check=False
    )
