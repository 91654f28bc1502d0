"""Makes `.venv` and installs one of the lock files into it, by hash, unless that has been done already.

A stamp in `.venv` holds the digest of what was installed, so a second run costs milliseconds and a changed
lock file is noticed. `python3 -m launch.environment requirements-dev.lock` is what the Makefile calls.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from launch import places
from launch.failure import CannotStart

_NETWORK = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|Temporary failure in name resolution"
    r"|Network is unreachable|No matching distribution|ProxyError|Name or service not known"
    r"|Connection refused|SSLError"
)


def install(lock_name: str) -> bool:
    """Install a lock file into `.venv`, making it first when it is missing or broken.

    Returns:
        Whether there was anything to do.

    Raises:
        CannotStart: the lock file is older than pyproject.toml, or a package cannot be had.
    """
    lock = places.ROOT / lock_name
    _refuse_stale(lock_name, lock.read_text(encoding="utf-8"))
    stamp = places.VENV / f"installed-{lock_name}"
    wanted = _digest(lock.read_bytes())
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted and _works():
        return False
    if not _works():
        _make()
        _made_at().write_text(_here(), encoding="utf-8")
    _pip(lock_name)
    stamp.write_text(wanted, encoding="utf-8")
    return True


def _digest(lock: bytes) -> str:
    return hashlib.sha256(lock + sys.version.encode()).hexdigest()


def _refuse_stale(lock_name: str, lock: str) -> None:
    with (places.ROOT / "pyproject.toml").open("rb") as project:
        wanted = tomllib.load(project)["project"]["dependencies"]
    names = {re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0].lower() for text in wanted}
    locked = {line.split("==")[0].split("[")[0].lower() for line in lock.split("\n") if "==" in line}
    missing = sorted(names - locked)
    if missing:
        raise CannotStart(
            f"{lock_name} is older than pyproject.toml ({', '.join(missing)} missing): "
            "run `make lock`, or check out the two files together."
        )


def _made_at() -> Path:
    return places.VENV / "made-at"


def _here() -> str:
    return str(places.VENV.resolve())


def _works() -> bool:
    # The programs in it name the folder they were installed to: a checkout that was moved needs them anew.
    if _made_at().exists() and _made_at().read_text(encoding="utf-8") != _here():
        return False
    try:
        command = [places.program("python"), "-m", "pip", "--version"]
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def _make() -> None:
    command = [sys.executable, "-m", "venv", "--clear", str(places.VENV)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise CannotStart(
            "The virtual environment could not be made: install Python's venv module (on Debian and "
            "Ubuntu `apt-get install python3-venv`) and run this again."
        )


def _pip(lock_name: str) -> None:
    places.LOGS.mkdir(parents=True, exist_ok=True)
    log = places.LOGS / "pip.log"
    command = [places.program("python"), "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--retries", "2", "--require-hashes", "-r", lock_name]
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(command, cwd=places.ROOT, stdout=output, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise CannotStart(_advice(log.read_text(encoding="utf-8", errors="replace")))


def _advice(output: str) -> str:
    if "DO NOT MATCH THE HASHES" in output:
        return (
            "A downloaded package is not the one that requirements.lock names: do not go on; "
            "check where packages come from (`pip config list`) and see var/log/pip.log."
        )
    if "No space left" in output:
        return "The disk is full: make room and run this again."
    if _NETWORK.search(output):
        return (
            "The packages could not be fetched: check the network connection (or the proxy) "
            "and run this again; what pip said is in var/log/pip.log."
        )
    return "The packages could not be installed: what pip said is in var/log/pip.log."


def main() -> None:
    """Install the lock file that the command line names."""
    try:
        if install(sys.argv[1]):
            print(f"installed {sys.argv[1]} into .venv")
    except CannotStart as failure:
        sys.exit(str(failure))


if __name__ == "__main__":
    main()
