"""`python3 -m launch` runs the service; `python3 -m launch flask ...` runs one command against it."""

from __future__ import annotations

import os
import subprocess
import sys

from launch import development, places, steps


def _flask() -> None:
    command = [places.program("flask"), "--app", "wsgi", *sys.argv[2:]]
    variables = {**os.environ, **development.remembered()}
    sys.exit(subprocess.run(command, cwd=places.ROOT, env=variables, check=False).returncode)


if __name__ == "__main__":
    os.umask(0o077)  # data, secrets and logs are for whoever started it, and for no other user
    sys.exit(steps.interruptible(_flask if sys.argv[1:2] == ["flask"] else steps.run))
