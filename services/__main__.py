"""What has to be true before a server starts: settings, keys that sign, zones, descriptors, directories.

`python -m services` says what is wrong, one sentence each, or prints what the configuration of the server
needs, as JSON; without secrets. What may change while it runs is asked again by the readiness.
"""

from __future__ import annotations

import json
import os
import sys

import jwt

from services import machine
from services.access.tokens import Signer
from services.settings import InvalidSettings, Settings

MOST_CONNECTIONS = 1000
"""Idle connections wait in a poll, not in a thread; this only bounds how many there may be."""


def of_machine(settings: Settings) -> list[str]:
    """Return what this machine lacks, one sentence each."""
    found = (machine.zones(), machine.enough_descriptors(settings.threads), machine.temporary_files())
    return [verdict for verdict in found if verdict != machine.OK]


def of_keys(settings: Settings) -> list[str]:
    """Return which signing keys are of no use, one sentence each."""
    try:
        broken = Signer(settings).broken_keys()
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:  # of another kind, or no key at all
        return [f"SLOPE_SIGNING_KEYS cannot be used ({type(error).__name__}): make one with `flask keys new`"]
    return [
        f"SLOPE_SIGNING_KEYS: what the key {kid} signs it does not verify: make another with `flask keys new`"
        for kid in broken
    ]


def check(settings: Settings) -> None:
    """Refuse what cannot serve.

    Raises:
        InvalidSettings: with one sentence for each thing that is wrong.
    """
    problems = of_machine(settings) + of_keys(settings)
    if problems:
        raise InvalidSettings(problems)


def main() -> None:
    """Print what the server's own configuration needs, as JSON."""
    try:
        found = Settings.from_environment(os.environ)
        check(found)
    except InvalidSettings as error:
        sys.exit(str(error))
    names = ("bind", "metrics_bind", "workers", "threads", "proxies")
    shown = {name: getattr(found, name) for name in names}
    shown |= {"connections": machine.connections(MOST_CONNECTIONS)}
    print(json.dumps({**shown, "max_body_bytes": found.max_body_kib * 1024}))


if __name__ == "__main__":
    main()
