"""`python -m bench.delivery --engine embedded|documentdb|mongodb://...`: how fast alerts become mails.

Two workers and a mail server on loopback. First, how many messages a minute go through the outbox when a
thousand wait. Then, from the report to the first attempt to send a mail, with 20 new alerts a minute beside
usual reports at half the rate that the server reached alone.
"""

from __future__ import annotations

import argparse
import math
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event

import orjson
from aiosmtpd.controller import Controller

from bench import clinic, engines, load, servers
from bench.clinic import Clinic
from bench.servers import Process
from models.accounts import accounts
from models.accounts.account import Membership, NewAccount
from models.alerts.alerts import AlertDocument
from models.outbox.messages import MessageDocument
from models.store.base import new_id
from models.store.embedded import free_port
from services import clock
from services.access.actor import Actor, Role
from services.access.permissions import Operation, scope_for
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report

WORKERS = 2
CLINICIANS = 20
ALERTS = 50
ALERTS_A_MINUTE = 20
SENDERS = 8
LOW_MOOD = {f"phq_{n}": 0 for n in range(1, 9)} | {"phq_9": 2}
FIRM = {"cheerful": 4, "calm": 4, "active": 4, "rested": 4, "interested": 4}


@dataclass
class Mailbox:
    """A mail server that takes everything and notes when."""

    port: int = field(default_factory=free_port)
    taken: list[float] = field(default_factory=list)

    async def handle_DATA(self, *_given: object) -> str:
        """Take a mail."""
        self.taken.append(time.perf_counter())
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Run the mail server in a thread."""
    mailbox = Mailbox()
    running = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    running.start()
    try:
        yield mailbox
    finally:
        running.stop()


@contextmanager
def running(processes: list[Process], ready: str = "") -> Iterator[None]:
    """Run processes until the block ends."""
    try:
        for process in processes:
            process.start()
        for process in processes:
            if ready and process.port:
                process.wait_ready(ready)
        yield
    finally:
        for process in processes:
            process.stop()


def staff(opened: Clinic, count: int) -> None:
    """Open accounts of clinicians with addresses."""
    roles = (Membership(opened.site.id, Role.CLINICIAN.value),)
    for number in range(count):
        new = NewAccount(new_id(), f"Clinician {number}", email=f"c{number}@example.org", roles=roles)
        accounts.create(new, now=clock.now())


def raise_alert(opened: Clinic, number: int) -> None:
    """Have a new patient send a report that raises an urgent alert."""
    actor, now = opened.enrol(f"Patient {number}"), clock.now()
    report = Submission(new_id(), "phq_9", "1", now, LOW_MOOD)
    scope = scope_for(actor, Operation.REPORT_SUBMIT)
    submit_report(actor.patient_id or "", report, scope, actor=actor, now=now)


def throughput(opened: Clinic, variables: dict[str, str], logs: Path, mailbox: Mailbox) -> float:
    """Return how many messages a minute two workers carry while a thousand wait."""
    staff(opened, CLINICIANS)
    for number in range(ALERTS):
        raise_alert(opened, number)
    wanted = CLINICIANS * ALERTS
    workers = [servers.flask(["worker"], variables, logs / f"worker{n}") for n in range(WORKERS)]
    with running(workers):
        deadline = time.monotonic() + 300
        while len(mailbox.taken) < wanted and time.monotonic() < deadline:
            time.sleep(0.1)
    if len(mailbox.taken) < wanted:
        raise SystemExit(f"FAILED: {len(mailbox.taken)} of {wanted} mails came within five minutes")
    return (wanted - 1) / (mailbox.taken[wanted - 1] - mailbox.taken[0]) * 60


def usual(opened: Clinic, patients: list[Actor]) -> Iterator[bytes]:
    """Yield requests of reports that raise nothing, of one patient after the other."""
    tokens = {actor.account_id: opened.token(actor) for actor in patients}
    while True:
        for patient in patients:
            yield request(patient, tokens[patient.account_id], "who_5", FIRM)


def request(patient: Actor, token: str, instrument: str, answers: dict[str, int]) -> bytes:
    """Return the request of a report that was observed now."""
    body = {"id": new_id(), "instrument": instrument, "instrument_version": "1", "answers": answers}
    body |= {"observed_at": clock.now().isoformat()}
    return load.post(f"/v1/patients/{patient.patient_id}/reports", orjson.dumps(body), token)


def report_to_attempt(opened: Clinic, server: Process, seconds: float) -> tuple[float, float, list[float]]:
    """Return the rate of usual reports alone, that beside, and the seconds from each alert's report on."""
    groups = [[opened.enrol(f"Usual {n}.{m}") for m in range(10)] for n in range(SENDERS)]
    alone = load.drive(server.port, [usual(opened, group).__next__ for group in groups], 8).rate
    pause, ended, sent = SENDERS / (alone / 2), Event(), dict[str, datetime]()

    def beside(group: list[Actor]) -> int:
        connection, requests, count = load.KeepAlive(server.port), usual(opened, group), 0
        begun = time.perf_counter()
        while not ended.is_set():
            connection.send(next(requests))
            count += 1
            time.sleep(max(0.0, begun + count * pause - time.perf_counter()))
        connection.close()
        return count

    with ThreadPoolExecutor(SENDERS) as senders:
        counts = [senders.submit(beside, group) for group in groups]
        connection = load.KeepAlive(server.port)
        begun = time.perf_counter()
        for number in range(round(ALERTS_A_MINUTE * seconds / 60)):
            patient = opened.enrol(f"Low {number}")
            asked = request(patient, opened.token(patient), "phq_9", LOW_MOOD)
            sent[patient.patient_id or ""] = clock.now()
            connection.send(asked)
            time.sleep(max(0.0, begun + (number + 1) * 60 / ALERTS_A_MINUTE - time.perf_counter()))
        ended.set()
        rate = sum(count.result() for count in counts) / (time.perf_counter() - begun)
    time.sleep(5)
    return alone, rate, sorted(waits(sent))


def waits(sent: dict[str, datetime]) -> Iterator[float]:
    """Yield for each patient the seconds from the report to the first attempt to send a mail."""
    for patient_id, at in sent.items():
        alert = AlertDocument.raw().find_one(
            {"patient_id": patient_id, "topic": "self_harm"}, {"public_id": 1}
        )
        rows = MessageDocument.raw().find({"alert_ids": {"$in": [alert["public_id"]]}, "channel": "email"})
        tried = [row["first_attempt_at"] for row in rows if row["first_attempt_at"] is not None]
        yield (min(tried) - at).total_seconds() if tried else math.inf


def measure(engine: engines.Engine, seconds: float) -> None:
    """Measure both and print."""
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mailbox = stack.enter_context(mail_server())
        given = servers.settings(engine.uri, f"slope_bench_{secrets.token_hex(4)}") | servers.LONG_TOKENS
        mail = {"HOST": "127.0.0.1", "PORT": str(mailbox.port), "TLS": "none", "FROM": "slope@example.org"}
        variables = given | {f"SLOPE_SMTP_{name}": value for name, value in mail.items()}
        opened = stack.enter_context(clinic.opened(variables))
        print(f"{engine.name}, {engine.durability}; {WORKERS} workers, mail server on loopback")
        print(f"messages through the outbox: {throughput(opened, variables, logs, mailbox):,.0f} a minute")
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mailbox = stack.enter_context(mail_server())
        variables |= {
            "SLOPE_DATABASE_NAME": f"slope_bench_{secrets.token_hex(4)}",
            "SLOPE_SMTP_PORT": str(mailbox.port),
        }
        opened = stack.enter_context(clinic.opened(variables))
        staff(opened, 1)
        server = servers.server("wsgi:app", variables, logs / "server")
        workers = [servers.flask(["worker"], variables, logs / f"worker{n}") for n in range(WORKERS)]
        with running([server, *workers], "/readyz"):
            alone, rate, found = report_to_attempt(opened, server, seconds)
        rank = [found[max(math.ceil(len(found) * part) - 1, 0)] for part in (0.5, 0.95)]
        print(
            f"report to first attempt, {len(found)} alerts at {ALERTS_A_MINUTE} a minute beside {rate:.0f}"
            f" reports a second, of {alone:.0f} that went in alone ({rate / alone:.0%}):"
            f" p50 {rank[0]:.2f} s, p95 {rank[1]:.2f} s, longest {found[-1]:.2f} s"
        )


def main() -> int:
    """Measure on the engine that is named."""
    parser = argparse.ArgumentParser(prog="python -m bench.delivery", description=__doc__)
    parser.add_argument("--engine", default="embedded")
    parser.add_argument("--seconds", type=float, default=60, help="length of the second part")
    arguments = parser.parse_args()
    with engines.running(arguments.engine) as engine:
        measure(engine, arguments.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
