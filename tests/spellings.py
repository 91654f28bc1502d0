"""One report in every spelling that means the same, as docs/decisions.md lists them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

HOUR = timedelta(hours=1)
_ARABIC = {ord(str(digit)): chr(0x660 + digit) for digit in range(10)}

SAME: dict[str, Callable[[dict[str, Any], datetime], dict[str, Any] | str]] = {
    "another offset": lambda body, at: body | {"observed_at": _east(at, 5.5)},
    "Z": lambda body, _: body | {"observed_at": body["observed_at"].replace("+00:00", "Z")},
    "letter case of the id": lambda body, _: body | {"id": body["id"].upper()},
    "mode spelled out": lambda body, _: body | {"mode": "self"},
    "respondent spelled out": lambda body, _: body | {"respondent": "patient"},
    "the patient's own zone spelled out": lambda body, _: body | {"zone": "Europe/Lisbon"},
    "another zone's name": lambda body, _: body | {"zone": "Etc/Unknown"},
    "3.0 for 3": lambda body, _: body | {"answers": {k: float(v) for k, v in body["answers"].items()}},
    "4e0 for 4": lambda body, _: json.dumps(body).replace('"speech": 4', '"speech": 4e0'),
    "null for absent": lambda body, _: (
        body | {"answers": body["answers"] | {"cutting_with_gastrostomy": None}}
    ),
    "nulls of what may be left out": lambda body, _: (
        body | dict.fromkeys(["zone", "mode", "sent_at", "note"])
    ),
    "small letters in the time": lambda body, _: (
        body | {"observed_at": body["observed_at"].replace("+00:00", "z").lower()}
    ),
    "digits of the phone's language": lambda body, _: (
        body | {"observed_at": body["observed_at"].translate(_ARABIC)}
    ),
    "no word in the box": lambda body, _: body | {"note": " "},
    "another time of sending": lambda body, at: body | {"sent_at": (at + HOUR).isoformat()},
    "another time on the form": lambda body, _: body | {"duration_seconds": 90},
    "another order": lambda body, _: dict(reversed(body.items())),
}


def _east(at: datetime, hours: float) -> str:
    local = (at + timedelta(hours=hours)).replace(tzinfo=None)
    return f"{local.isoformat()}+{int(hours):02}:{int(hours % 1 * 60):02}"
