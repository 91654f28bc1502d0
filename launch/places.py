"""Where things are: the checkout, its environment, `var/`, which holds what is made, and the address."""

from __future__ import annotations

import os
import urllib.request
from http.client import HTTPResponse
from pathlib import Path
from typing import cast

from launch.failure import CannotStart

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VAR = ROOT / "var"
LOGS = VAR / "log"
DATABASE = VAR / "database"
HOST = "127.0.0.1"


def port() -> int:
    """Return the port of the service: 8000, or what SLOPE_PORT says.

    Raises:
        CannotStart: it is no port.
    """
    text = os.environ.get("SLOPE_PORT") or "8000"
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise CannotStart(
            "SLOPE_PORT is not a port: give a number from 1 to 65535, or leave it out for 8000."
        )
    return int(text)


def address() -> str:
    """Return host and port of the service."""
    return f"{HOST}:{port()}"


def public_url() -> str:
    """Return where a browser finds the service: by name, because passkeys know no numbers."""
    return f"http://localhost:{port()}"


def asked(url: str, seconds: float) -> HTTPResponse:
    """Return the answer of a service on this machine, whatever proxy the environment names.

    Raises:
        OSError: it does not answer, or answers with an error.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return cast("HTTPResponse", opener.open(url, timeout=seconds))


def program(name: str) -> str:
    """Return the path of a program of the virtual environment."""
    return str(VENV / "bin" / name)


def last_line(log: Path) -> str:
    """Return the last line of a log that says something."""
    if not log.exists():
        return "nothing was written"
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "nothing was written")
