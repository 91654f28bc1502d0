"""The settings of a service for trying out: secrets made once into `var/`, readable by their owner only.

What is made here is handed to the children through the environment, and written to `var/development.env` so
that another terminal can run `flask` against the same service. Production gets its secrets from elsewhere.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from pathlib import Path

from launch import demo, places
from launch.failure import CannotStart

KEYS = "signing-keys.json"
_NEW_KEYS = "from services.access.tokens import new_key_set; print(new_key_set())"


def settings(database_uri: str) -> dict[str, str]:
    """Return the variables of a development service, making the secrets that are missing."""
    places.VAR.mkdir(exist_ok=True)
    keys = places.VAR / KEYS
    refresh = places.VAR / "refresh-secret"
    if not _usable_keys(keys):
        _write_private(keys, _new_keys())
    if not refresh.exists() or len(refresh.read_text(encoding="utf-8")) < 32:
        _write_private(refresh, secrets.token_urlsafe(48))
    return {
        "SLOPE_ENV": "development",
        "SLOPE_EMBEDDED": "1",
        "SLOPE_DATABASE_URI": database_uri,
        "SLOPE_SIGNING_KEYS": str(keys),
        "SLOPE_REFRESH_SECRET": refresh.read_text(encoding="utf-8"),
        "SLOPE_BIND": places.address(),
        "SLOPE_PUBLIC_URL": places.public_url(),
        "SLOPE_DEMO_SIGN_INS": str(demo.sign_ins()),
    }


def remember(variables: dict[str, str]) -> None:
    """Write the variables where `python3 -m launch flask ...` finds them."""
    lines = [f"{name}={value}" for name, value in variables.items()]
    _write_private(places.VAR / "development.env", "\n".join(lines) + "\n")


def remembered() -> dict[str, str]:
    """Return the variables of the service that was started last.

    Raises:
        CannotStart: none was.
    """
    path = places.VAR / "development.env"
    if not path.exists():
        raise CannotStart("No service has been started here: run `make run` first, in another terminal.")
    pairs = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines())
    return {name: value for name, _, value in pairs}


def key_ids() -> list[str]:
    """Return the ids of the keys by which our service signs; none where there is no such file."""
    try:
        keys = json.loads((places.VAR / KEYS).read_text(encoding="utf-8"))["keys"]
        return [str(key["kid"]) for key in keys]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _usable_keys(path: Path) -> bool:
    try:
        return bool(json.loads(path.read_text(encoding="utf-8"))["keys"])
    except (OSError, ValueError, KeyError):
        return False


def _new_keys() -> str:
    done = subprocess.run(
        [places.program("python"), "-c", _NEW_KEYS],
        cwd=places.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotStart(f"The signing keys could not be made: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout


def _write_private(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    fresh.replace(path)
