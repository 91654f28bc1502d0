"""The demo site: sown once into an empty database, and shown with commands that can be pasted.

Sowing is the application's (`flask demo seed`); a marker tells a finished seeding from one that was cut short.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

from launch import places
from launch.failure import CannotStart

_SIGN_INS = places.VAR / "demo.json"
_UNFINISHED = places.VAR / "demo.unfinished"


def seed_when_empty(
    step: Callable[[str], AbstractContextManager[None]], flask: Callable[[list[str]], str]
) -> None:
    """Sow the demo site unless that has been done.

    Raises:
        CannotStart: an earlier seeding was cut short, so part of the data is missing.
    """
    if _UNFINISHED.exists():
        raise CannotStart(
            "The demo data is half written, because an earlier seeding was cut short: "
            "delete it with `rm -r var/database var/demo*` and run this again."
        )
    if _SIGN_INS.exists():
        return
    with step("demo site (24 patients with 6 to 18 months of reports)"):
        _UNFINISHED.touch()
        _SIGN_INS.write_text(flask(["demo", "seed"]), encoding="utf-8")
        _UNFINISHED.unlink()


def welcome(address: str) -> None:
    """Show where the service is, who can sign in, and three commands to begin with."""
    print(json.loads(_SIGN_INS.read_text(encoding="utf-8")), address)
