"""Where things are: the checkout, its virtual environment, and `var/`, which holds what is made."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VAR = ROOT / "var"
LOGS = VAR / "log"
DATABASE = VAR / "database"
ADDRESS = "127.0.0.1:8000"


def program(name: str) -> str:
    """Return the path of a program of the virtual environment."""
    return str(VENV / "bin" / name)


def last_line(log: Path) -> str:
    """Return the last line of a log that says something."""
    if not log.exists():
        return "nothing was written"
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "nothing was written")
