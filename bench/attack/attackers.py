"""`python -m bench.attack.attackers NAME PORT SECONDS`: one kind of attack, for so long, against the proxy.

What it needs to know comes as JSON by its input: tokens of patients of its own. In the end it prints how
often each status was answered; "broken" counts connections that ended without an answer.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from bench import load
from bench.courses import SLOW, Course, report

Sending = Iterator[bytes]
LONGEST = 120_000
TAKEN = 7_900
"""So many combining characters are as much as any body may hold, and a body of who is not signed in."""
MARKS = "\N{COMBINING ACUTE ACCENT}\N{COMBINING GRAVE ACCENT BELOW}"
"""Above and below by turns: to bring them in order takes the square of their number."""
SLOW_CALLERS = 200
SIGN_INS = 64
BATCH = 100


class From(load.KeepAlive):
    """A connection from an address of its own."""

    def __init__(self, port: int, place: int) -> None:
        super().__init__(port, 70)
        self._from = f"127.0.0.{2 + place % 250}"

    def connect(self) -> socket.socket:
        """Connect from that address."""
        made = socket.create_connection(("127.0.0.1", self._port), self._timeout, (self._from, 0))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made


def combining(_given: Mapping[str, Any], _place: int) -> Sending:
    """Sign-ins and codes that are hard to normalize: as long as they are taken, and as any body may be."""
    texts = ["e" + (MARKS * length)[:length] for length in (TAKEN, LONGEST)]
    for number in count():
        text = texts[number // 2 % 2]
        sent = {"email": "jo@example.org", "password": text}
        code = {"code": text, "password": "x" * 15, "email": "jo@example.org"}
        path, body = ("/v1/auth/sign-in", sent) if number % 2 else ("/v1/auth/enrol", code)
        yield load.post(path, json.dumps(body, ensure_ascii=False).encode())


def sign_ins(given: Mapping[str, Any], place: int) -> Sending:
    """Wrong passwords; every other one for an account that there is."""
    for number in count():
        email = given["email"] if number % 2 else f"{place}.{number}@example.org"
        body = {"email": email, "password": f"wrong horse {place} {number}"}
        yield load.post("/v1/auth/sign-in", json.dumps(body).encode())
        time.sleep(1 - time.time() % 1)  # all at once, each second


def poison(given: Mapping[str, Any], place: int) -> Sending:
    """Reports of an unknown version with keys that cannot be stored."""
    patient, token = given["patients"][place % len(given["patients"])]
    keys = ("\0", "$where", "a.b", "\ud800", "x" * 60_000, "")
    for number in count():
        body = report({keys[number % len(keys)]: 1}, datetime.now(UTC)) | {"instrument_version": "2099"}
        yield load.post(f"/v1/patients/{patient}/reports", json.dumps(body).encode(), token)


def late(given: Mapping[str, Any], place: int) -> Sending:
    """Full batches of late reports, each of which has a history of two years evaluated anew."""
    own = given["patients"][place :: given["attackers"]]
    for number in count():
        patient, token = own[number % len(own)]
        entries = [_late(patient, number * BATCH + index) for index in range(BATCH)]
        yield load.post("/v1/report-batches", json.dumps({"entries": entries}).encode(), token)


def _late(patient: str, number: int) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(days=600 - number % 500, minutes=number)
    answers = Course(40, SLOW, number).answers(number % 500)
    return report(answers, at) | {"patient_id": patient, "id": str(uuid4())}


ATTACKS: dict[str, tuple[Callable[[Mapping[str, Any], int], Sending] | None, int]] = {
    "combining characters": (combining, 4),
    "slow headers and bodies": (None, SLOW_CALLERS),
    "64 sign-ins at once": (sign_ins, SIGN_INS),
    "poison keys": (poison, 4),
    "late batches": (late, 4),
}
"""Each with how many attack at once."""


def main(name: str, port: int, seconds: float) -> None:
    """Attack until the time is over, and say what was answered."""
    given, deadline = json.load(sys.stdin), time.monotonic() + seconds
    making, attackers = ATTACKS[name]
    given["attackers"] = attackers

    def work(place: int) -> Counter[str]:
        if making is None:
            return _drip(port, place, deadline)
        return _send(From(port, place), making(given, place), deadline)

    with ThreadPoolExecutor(attackers) as pool:
        done = list(pool.map(work, range(attackers)))
    json.dump(sum(done, Counter()), sys.stdout)


def _send(connection: From, requests: Sending, deadline: float) -> Counter[str]:
    statuses = Counter[str]()
    while time.monotonic() < deadline:
        try:
            statuses[str(connection.send(next(requests)).status)] += 1
        except OSError:
            statuses["broken"] += 1
    connection.close()
    return statuses


def _drip(port: int, place: int, deadline: float) -> Counter[str]:
    """Hold connections with a header, or a body, that comes byte by byte and does not end."""
    statuses = Counter[str]()
    begun = b"POST /v1/auth/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    if place % 2:
        begun += b"Content-Length: 100000\r\n\r\n"
    while time.monotonic() < deadline:
        try:
            with From(port, place).connect() as held:
                statuses["held"] += 1
                held.sendall(begun)
                while time.monotonic() < deadline:
                    held.sendall(b"x")
                    time.sleep(1)
        except OSError:
            statuses["broken"] += 1
    return statuses


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
