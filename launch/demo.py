"""The demo site: seeded once into an empty database, and shown with commands that can be pasted.

Sowing is the application's (`flask demo seed`). A marker tells a finished seeding from one that was cut
short; both lie beside the data, so that whoever deletes the data deletes them too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from launch import places
from launch.failure import CannotStart
from models.store import embedded

SIGN_INS = "demo.json"
UNFINISHED = "demo.unfinished"
_REPORT = {
    "instrument": "who_5",
    "instrument_version": "1",
    "answers": {"cheerful": 3, "calm": 3, "active": 2, "rested": 2, "interested": 4},
}


def sign_ins() -> Path:
    """Return where the demo's sign-ins are kept."""
    return places.DATABASE / SIGN_INS


def seed_when_empty(
    step: Callable[[str], AbstractContextManager[None]], flask: Callable[[list[str]], str]
) -> None:
    """Seed the demo site unless that has been done.

    Raises:
        CannotStart: an earlier seeding was cut short, so part of the data is missing.
    """
    unfinished = places.DATABASE / UNFINISHED
    if unfinished.exists():
        raise CannotStart(
            "The demo data is half written, because an earlier seeding was cut short: "
            "delete it with `rm -r var/database` and run this again."
        )
    if sign_ins().exists():
        _read_sign_ins()
        return
    with step("demo site (26 synthetic patients, most with 6 to 18 months of reports)"):
        unfinished.touch()
        printed = flask(["demo", "seed"])
        sign_ins().touch(0o600)
        sign_ins().write_text(printed, encoding="utf-8")
        unfinished.unlink()


def refuse_lost_data() -> None:
    """Refuse sign-ins whose data is gone, before a new database is made beside them.

    Raises:
        CannotStart: the file of the data is missing or empty.
    """
    data = places.DATABASE / embedded.DATA_FILE
    if sign_ins().exists() and not (data.exists() and data.stat().st_size):
        raise CannotStart(
            f"The data in {data.relative_to(places.ROOT)} was deleted or emptied, and the sign-ins of the "
            "demo belong to it: put it back, or delete the rest (`rm -r var/database`), and run this again."
        )


def welcome(address: str) -> None:
    """Show where the service is, who can sign in, and three commands to begin with."""
    print(text(_read_sign_ins(), address), flush=True)


def _read_sign_ins() -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(sign_ins().read_text(encoding="utf-8"))
    except ValueError as error:
        raise CannotStart(
            f"{sign_ins().relative_to(places.ROOT)} is damaged, so the sign-ins of the demo data are lost: "
            "delete both with `rm -r var/database` and run this again."
        ) from error
    return found


def text(demo: dict[str, Any], address: str) -> str:
    """Return the welcome for the sign-ins that the seeding printed."""
    people = demo["sign_ins"]
    width = max(len(person["email"]) for person in people)
    rows = [f"  {person['role']:<12} {person['email']:<{width}}  {person['password']}" for person in people]
    clinician = next(person for person in people if person["role"] == "clinician")
    lines = [
        "",
        f"Slope runs at {address}   (Ctrl-C ends it)",
        f"API documentation: {address}/docs",
        f"Mails that would have gone out: {address}/mailbox",
        "",
        f"{demo['notice']} Sign-ins of {demo['site']['name']}:",
        *rows,
        "",
        "Paste into another terminal: sign in, send a report, read the worklist.",
        "",
        *_commands(address, clinician, demo["patient"]["id"]),
        "",
        "`make decline` plays a patient who loses function fast, report by report, until an alert opens.",
        "",
    ]
    return "\n".join(lines)


def _commands(address: str, clinician: dict[str, str], patient_id: str) -> list[str]:
    credentials = json.dumps({"email": clinician["email"], "password": clinician["password"]})
    report = json.dumps(_REPORT)[:-1]
    return [
        f"SLOPE={address}",
        'TOKEN=$(curl -sS $SLOPE/v1/auth/sign-in -H "Content-Type: application/json" \\',
        f'  -d \'{credentials}\' | sed \'s/.*"access_token": *"\\([^"]*\\)".*/\\1/\')',
        f'curl -sS $SLOPE/v1/patients/{patient_id}/reports -H "Authorization: Bearer $TOKEN" \\',
        f'  -H "Content-Type: application/json" -d \'{report},',
        '  "id": "\'$(python3 -c "import uuid; print(uuid.uuid4())")\'",',
        '  "observed_at": "\'$(date -u +%Y-%m-%dT%H:%M:%SZ)\'"}\'',
        'curl -sS $SLOPE/v1/alerts -H "Authorization: Bearer $TOKEN"',
    ]
