"""A scripted fortnight: from reports to people, by real mails and webhooks, through kills and outages.

It is Easter 2027 in Germany: two public holidays, a weekend between them, and on the Sunday the clock is
put forward. Reports and actions are made here; everything else is done by two workers that run as processes,
follow the test's clock, and are killed ten times. A server of the same clinic is asked at the end; what it
and the workers wrote to their logs, and what `/metrics` says, is searched.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from bench import servers
from bench.servers import Process
from models.alerts.alert import Alert, NotFollowed, State
from models.alerts.alerts import AlertDocument, present
from models.outbox import messages
from models.outbox.message import Message, MessageKind, MessageState
from models.outbox.messages import MessageDocument
from models.patients.patient import Patient
from models.sites.escalation_policy import EscalationPolicy
from models.sites.sites import Site
from models.sites.working_hours import WorkingHours
from models.store.base import new_id
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.access.security import Security
from services.alerts import actions
from services.alerts.actions import Action, AlertAction
from services.alerts.outcomes import Outcome
from services.delivery.carry import LEASE
from services.delivery.egress import Egress
from services.delivery.signing import Signing
from services.delivery.subscriptions import Webhooks
from services.patients import patients
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from services.settings import Settings
from tests.mail_server import HOST, PASSWORD, USER, MailReceiver, free_port, mail_server
from tests.moved_clock import MovedClock
from tests.people import People, Person, own_actor
from tests.questionnaires import answers_for
from tests.receivers import Receiver, certificate_for, receiver

THURSDAY = datetime(2027, 3, 25, 15, 0, tzinfo=UTC)
"""Four in the afternoon; Good Friday follows, and the clinic is open again on Tuesday."""
TUESDAY = datetime(2027, 3, 30, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WARD = "ward@clinic.example.org"
LOW_MOOD = {f"phq_{n}": 0 for n in range(1, 9)} | {"phq_9": 2}
SECRET_WORDS = ("Verysecret", "Geheimnis", "nobodyshouldreadthis", "phq_9", "alsfrs_r")
COORDINATION = (Topic.SILENCE.value, Topic.DATA_QUERY.value)
"""What the webhook for coordination may be told; `silence` is the name of a step of the worker, too."""
CLINICAL = tuple(topic.value for topic in Topic if topic not in COORDINATION)
LOOPBACK = "127.0.0.0/8"


@dataclass
class Fortnight:
    """The clinic, its receivers, its workers and the clock."""

    clock: MovedClock
    people: People
    site: Site
    doctors: list[Person]
    logs: Path
    variables: dict[str, str]
    mail: MailReceiver
    clinical: Receiver
    engine: Receiver
    server: Process
    metrics_port: int
    workers: list[Process] = field(default_factory=list)
    started: int = 0
    kills: int = 0
    random: random.Random = field(default_factory=lambda: random.Random(7))

    def start(self) -> None:
        worker = servers.flask(["worker"], self.variables, self.logs / f"worker-{self.started}")
        self.started += 1
        worker.start()
        self.workers.append(worker)

    def kill(self) -> None:
        """Kill a worker without warning, start another one, and let the leases of the dead one end."""
        victim = self.workers.pop(self.random.randrange(len(self.workers)))
        os.killpg(victim.pid, signal.SIGKILL)
        assert victim.running is not None
        victim.running.wait()
        self.kills += 1
        self.start()
        self.clock.step(LEASE)

    def drain(self) -> None:
        """Tell a worker to end; it ends by itself, without an error, once it has done what it holds."""
        worker = self.workers.pop()
        assert worker.running is not None
        until(lambda: "worker_started" in worker.log.read_text())
        worker.running.send_signal(signal.SIGTERM)
        self.mail.held = False
        assert worker.running.wait(120) == 0
        assert "worker_ended" in worker.log.read_text()

    def ask(self, method: str, path: str, person: Person | None = None, body: object = None) -> str:
        """Ask the server, or its address for metrics where nobody asks; return the body."""
        headers = {"Content-Type": "application/json"}
        if person is not None:
            token = self.people.security.signer.issue(person.actor, self.now())
            headers |= {"Authorization": f"Bearer {token}"}
        port = self.metrics_port if person is None else self.server.port
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            assert response.status < 500
            return response.read().decode()

    def now(self) -> datetime:
        return self.clock.now()

    def go_to(self, moment: datetime, *, kill: bool = False) -> None:
        """Put the clock forward, and wait until the workers have done what is due."""
        self.clock.step(moment - self.now())
        if kill:
            time.sleep(self.random.uniform(0, 0.6))
            self.kill()
        self.settle()

    def settle(self, seconds: float = 60) -> None:
        """Wait until nothing is due."""
        until(lambda: not self._due() and not self._due(), seconds)

    def _due(self) -> bool:
        time.sleep(0.15)
        now = self.now()
        waits = {"$gt": datetime(2000, 1, 1, tzinfo=UTC), "$lte": now}
        queries = ({"notice_at": waits}, {"clock_at": waits}, {"escalates_at": waits})
        due = any(AlertDocument.raw().find_one(query, {"_id": 1}) for query in queries)
        waiting = ({"free_at": waits}, {"lease": {"$gt": ""}})  # due, or being carried
        return due or any(MessageDocument.raw().find_one(query, {"_id": 1}) for query in waiting)

    def patient(self) -> Patient:
        return self.people.patient(
            self.site, name="Maria Verysecret", consent_at=THURSDAY - timedelta(days=900)
        )

    def report(self, patient: Patient, instrument: str, answers: dict[str, int], days_ago: float = 0) -> None:
        now, actor = self.now(), own_actor(patient)
        at = now - timedelta(days=days_ago, minutes=5)
        given = Submission(new_id(), instrument, "1", at, answers, note="nobodyshouldreadthis")
        scope = scope_for(actor, Operation.REPORT_SUBMIT)
        submit_report(patient.id, given, scope, actor=actor, now=now)

    def falls(self, patient: Patient) -> Alert:
        """Have a patient report a fall over four months; return the alert of it."""
        for place, total in enumerate((46, 43, 40, 36, 32)):
            self.report(patient, "alsfrs_r", answers_for(total), days_ago=28 * (4 - place))
        return self.alert(patient, Topic.DECLINE)

    def alert(self, patient: Patient, topic: Topic) -> Alert:
        row = AlertDocument.raw().find_one({"patient_id": patient.id, "topic": topic.value}, {"public_id": 1})
        assert row is not None
        return self.again(row["public_id"])

    def again(self, alert: Alert | str) -> Alert:
        public_id = alert if isinstance(alert, str) else alert.public_id
        return present([public_id])[public_id]

    def act(self, alert: Alert, doctor: Person, action: Action, **details: Any) -> Alert:
        scope, present_rev = scope_for(doctor.actor, Operation.ALERT_ACT), self.again(alert).rev
        wanted = AlertAction(action, **details)
        done = actions.act(alert.public_id, wanted, present_rev, scope, actor=doctor.actor, now=self.now())
        return done.alert

    def told(self, alert: Alert) -> Counter[tuple[str, str]]:
        """Who has been sent a mail about an alert, and of what kind; a repeated mail is one."""
        mails = {mail["Message-ID"]: to for to, mail in self.mail.taken}
        known = {
            f"<{message.public_id}@localhost>": message for message in messages.of_alert(alert.public_id)
        }
        return Counter((to, known[mail_id].kind.value) for mail_id, to in mails.items() if mail_id in known)

    def everybody(self, kind: MessageKind, *, ward: bool = False) -> Counter[tuple[str, str]]:
        names = [doctor.account.email or "" for doctor in self.doctors] + [WARD] * ward
        return Counter({(name, kind.value): 1 for name in names})


def events_about(alert: Alert, to: Receiver) -> int:
    """How many events about an alert a receiver was told; a repeated one is one."""
    return len(
        {event.headers["webhook-id"] for event in to.received if alert.public_id.encode() in event.body}
    )


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it does not come about"
        time.sleep(0.05)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def fortnight(
    app: Flask, security: Security, settings: Settings, tmp_path: Path, port: int
) -> Iterator[Fortnight]:
    certificate = certificate_for(HOST, tmp_path)
    clock = MovedClock(tmp_path)
    clock.step(THURSDAY - clock.now())
    people = People(security, THURSDAY - timedelta(days=1000))
    hours = WorkingHours(country="DE")
    site = people.site(hours=hours, escalation=EscalationPolicy(second_address=WARD))
    doctors = [
        people.signed_in(people.account((site, Role.CLINICIAN), name=f"Dr Geheimnis {n}")) for n in "AB"
    ]
    with ExitStack() as stack:
        mail = stack.enter_context(mail_server(certificate, port))
        clinical, engine = (stack.enter_context(receiver()) for _ in range(2))
        admin = people.staff(site, Role.ADMIN).actor
        reach = Scope(site_ids=frozenset({site.id}), roles=((site.id, Role.ADMIN),))
        egress = Egress.of(replace(settings, webhook_networks=LOOPBACK))
        made = Webhooks(Signing(settings.refresh_secret), egress, site.id, reach, admin, THURSDAY)
        for one, audience in ((clinical, "clinical"), (engine, "coordination")):
            kinds = ["alert.raised", "alert.escalated", "alert.withdrawn"]
            made.create(
                {"id": new_id(), "address": one.url, "audience": audience, "events": kinds, "description": ""}
            )
        variables = {
            **clock.variables,
            "SLOPE_DATABASE_URI": settings.database_uri,
            "SLOPE_DATABASE_NAME": settings.database_name,
            "SLOPE_SIGNING_KEYS": settings.signing_keys,
            "SLOPE_REFRESH_SECRET": settings.refresh_secret,
            "SLOPE_SWEEP_SECONDS": "0.2",
            "SLOPE_SMTP_HOST": HOST,
            "SLOPE_SMTP_PORT": str(port),
            "SLOPE_SMTP_USER": USER,
            "SLOPE_SMTP_PASSWORD": PASSWORD,
            "SLOPE_SMTP_FROM": "slope@clinic.example.org",
            "SLOPE_SMTP_CA_FILE": str(certificate.authority),
            "SLOPE_WEBHOOK_NETWORKS": LOOPBACK,
        }
        metrics = free_port()
        given = {**variables, "SLOPE_METRICS_BIND": f"127.0.0.1:{metrics}"}
        server = servers.server("wsgi:app", given, tmp_path / "server")
        found = Fortnight(
            clock, people, site, doctors, tmp_path, variables, mail, clinical, engine, server, metrics
        )
        server.start()
        stack.callback(server.stop)
        for _ in range(2):
            found.start()
        yield found
        for worker in found.workers:
            worker.stop()


def test_a_fortnight(fortnight: Fortnight, port: int, tmp_path: Path) -> None:
    safety = raised_and_escalated_on_thursday(fortnight)
    nothing_over_easter(fortnight, safety)
    decline = raised_and_put_off(fortnight)
    dead_mail_server(fortnight, safety)
    slow_mail_server(fortnight)
    drained_while_it_carries(fortnight)
    comes_back_and_is_closed(fortnight, decline)
    fortnight.go_to(THURSDAY + timedelta(days=14))
    while fortnight.kills < 10:
        fortnight.kill()
    fortnight.settle()
    nothing_is_missing_and_nothing_twice(fortnight)
    nothing_is_said_about_anybody(fortnight, asked_at_last(fortnight))


def raised_and_escalated_on_thursday(here: Fortnight) -> Alert:
    """An urgent alert: everybody at once, the second address after an hour; then somebody acknowledges."""
    patient = here.patient()
    here.report(patient, "phq_9", LOW_MOOD)
    here.kill()
    alert = here.alert(patient, Topic.SELF_HARM)
    assert alert.level is Level.URGENT
    here.settle()
    # Two working hours on Thursday, two more on the Tuesday after Easter, on the clock of summer.
    assert abs(alert.due_at - TUESDAY.replace(hour=8)) < MINUTE
    assert here.told(alert) == here.everybody(MessageKind.RAISED)
    assert [events_about(alert, receiver) for receiver in (here.clinical, here.engine)] == [1, 1]
    here.go_to(THURSDAY + 59 * MINUTE)
    assert here.told(alert) == here.everybody(MessageKind.RAISED)
    here.go_to(THURSDAY + 61 * MINUTE, kill=True)
    expected = here.everybody(MessageKind.RAISED) + here.everybody(MessageKind.ESCALATED, ward=True)
    assert here.told(alert) == expected
    here.go_to(THURSDAY + 70 * MINUTE)
    alert = here.act(alert, here.doctors[0], Action.ACKNOWLEDGE)
    assert alert.until is not None
    assert abs(alert.until - TUESDAY.replace(hour=9, minute=10)) < MINUTE
    return alert


def nothing_over_easter(here: Fortnight, alert: Alert) -> None:
    """Acknowledged: nobody is told again, whatever the clock says, until it runs out in working hours."""
    before = here.told(alert)
    for hours in (20, 44, 68, 92):
        here.go_to(THURSDAY + hours * HOUR, kill=hours in {44, 92})
        assert here.told(alert) == before
    here.go_to(TUESDAY.replace(hour=9, minute=9))
    assert here.told(alert) == before
    here.go_to(TUESDAY.replace(hour=9, minute=11), kill=True)
    assert here.again(alert).state is State.OPEN
    assert here.told(alert) - before == here.everybody(MessageKind.RAISED)
    here.act(alert, here.doctors[0], Action.ACKNOWLEDGE)


def raised_and_put_off(here: Fortnight) -> Alert:
    """Another patient falls; the team is told, and one of them snoozes it over the next weekend."""
    here.go_to(TUESDAY.replace(hour=9, minute=30))
    alert = here.falls(here.patient())
    here.settle()
    assert set(here.told(alert)) == set(here.everybody(MessageKind.RAISED))
    assert here.again(alert).level is Level.SOON
    until = (TUESDAY + timedelta(days=6)).replace(hour=9)
    return here.act(alert, here.doctors[1], Action.SNOOZE, until=until)


def dead_mail_server(here: Fortnight, safety: Alert) -> None:
    """The mail server is dead for an hour: what became true is told afterwards, what is past is not."""
    here.go_to(TUESDAY.replace(hour=10))
    port = here.mail.port
    here.mail.stop()
    told, dies = here.patient(), here.patient()
    waits, dropped = here.falls(told), here.falls(dies)
    for minutes in range(10, 61, 10):
        here.go_to(TUESDAY.replace(hour=10) + minutes * MINUTE, kill=minutes in {20, 40})
    scope = scope_for(here.doctors[0].actor, Operation.PATIENT_READ)
    rev = patients.read(dies.id, scope, now=here.now()).rev
    died = {"profile": {"died_on": here.now().date()}, "closed": True}
    patients.change(dies.id, died, rev, actor=here.doctors[0].actor, now=here.now())
    until(lambda: here.again(dropped).not_followed is NotFollowed.DIED)
    here.mail.start(port)
    here.go_to(TUESDAY.replace(hour=11, minute=45))  # the longest pause is over
    assert set(here.told(waits)) == set(here.everybody(MessageKind.RAISED))
    assert here.told(dropped) == Counter()
    mails = [mail for mail in messages.of_alert(dropped.public_id) if mail.channel == "email"]
    assert {mail.state for mail in mails} == {MessageState.DROPPED}
    # Reports came one after the other, and a higher level takes the place of what was not told yet.
    assert {"patient_died"} <= {mail.reason for mail in mails} <= {"patient_died", "superseded"}
    here.act(waits, here.doctors[0], Action.DISMISS, outcome=Outcome.KNOWN)
    here.act(safety, here.doctors[0], Action.RESOLVE, outcome=Outcome.CALLED, note="nobodyshouldreadthis")


def slow_mail_server(here: Fortnight) -> None:
    """Mails take long: webhooks do not wait for them."""
    here.go_to(TUESDAY.replace(hour=12))
    here.mail.held = True
    alert = here.falls(here.patient())
    until(lambda: events_about(alert, here.clinical))
    assert here.told(alert) == Counter()
    here.mail.held = False
    here.settle()
    assert set(here.told(alert)) == set(here.everybody(MessageKind.RAISED))
    here.act(alert, here.doctors[0], Action.RESOLVE, outcome=Outcome.CALLED)


def drained_while_it_carries(here: Fortnight) -> None:
    """The only worker is told to end while it holds messages: it carries them, each once, and then ends."""
    here.drain()
    here.mail.held = True
    patient = here.patient()
    here.report(patient, "phq_9", LOW_MOOD)
    alert = here.alert(patient, Topic.SELF_HARM)
    until(lambda: MessageDocument.raw().find_one({"lease": {"$gt": ""}, "channel": "email"}))
    assert not here.told(alert), "none is carried yet"
    here.drain()
    assert MessageDocument.raw().find_one({"lease": {"$gt": ""}}) is None, "what was held was finished"
    carried = here.told(alert)
    assert carried
    for _ in range(2):
        here.start()
    here.settle()
    assert set(here.told(alert)) == set(here.everybody(MessageKind.RAISED)), "nothing is lost"
    ids = Counter(mail["Message-ID"] for _, mail in here.mail.taken)
    mine = {f"<{message.public_id}@localhost>" for message in messages.of_alert(alert.public_id)}
    assert all(ids[mail_id] <= 1 for mail_id in mine), "and nothing was sent twice"
    here.act(alert, here.doctors[0], Action.RESOLVE, outcome=Outcome.CALLED, note="nobodyshouldreadthis")


def asked_at_last(here: Fortnight) -> str:
    """Ask the server for what holds names, topics and answers, also in vain; return its metrics."""
    here.server.wait_ready("/livez")
    doctor, patient = here.doctors[0], here.patient()
    report: dict[str, Any] = {"id": new_id(), "instrument": "phq_9", "instrument_version": "1"}
    report |= {"observed_at": here.now().isoformat(), "note": "nobodyshouldreadthis"}
    report |= {"answers": LOW_MOOD}
    assert "Verysecret" in here.ask("GET", "/v1/alerts?state=any", doctor)
    words = {"words": "verysecret", "topic": "self_harm", "state": "any"}
    assert "Verysecret" in here.ask("POST", "/v1/alerts/search", doctor, words)
    path = f"/v1/patients/{patient.id}"
    assert "Verysecret" in here.ask("GET", path, doctor)
    for sent in (report, report, {**report, "id": new_id(), "answers": {"phq_1": "nobodyshouldreadthis"}}):
        here.ask("POST", f"{path}/reports", doctor, sent)
    here.ask("GET", f"/v1/sites/{here.site.id}/alert-figures/months.csv", doctor)
    here.settle()
    return here.ask("GET", "/metrics")


def comes_back_and_is_closed(here: Fortnight, alert: Alert) -> None:
    """The snooze ends: whoever had the alert is told first, and closes it."""
    before = here.told(alert)
    here.go_to((TUESDAY + timedelta(days=6)).replace(hour=8, minute=50), kill=True)
    assert here.told(alert) == before
    here.go_to((TUESDAY + timedelta(days=6)).replace(hour=9, minute=1))
    assert here.told(alert) - before == Counter({(here.doctors[1].account.email, "raised"): 1})
    done = here.act(alert, here.doctors[1], Action.RESOLVE, outcome=Outcome.VISIT_BROUGHT_FORWARD)
    assert (done.state, done.end and done.end.outcome) == (State.ENDED, "visit_brought_forward")


def every_message() -> list[Message]:
    return [messages.MESSAGES.read({**raw, "key": raw["_id"]}) for raw in MessageDocument.raw().find({})]


def nothing_is_missing_and_nothing_twice(here: Fortnight) -> None:
    made = every_message()
    assert {message.state for message in made} <= {MessageState.DELIVERED, MessageState.DROPPED}
    delivered = [message for message in made if message.state is MessageState.DELIVERED]
    mails = {mail["Message-ID"].strip("<>").partition("@")[0] for _, mail in here.mail.taken}
    hooks = {event.headers["webhook-id"] for event in (*here.clinical.received, *here.engine.received)}
    by_channel = {
        name: {message.public_id for message in delivered if message.channel == name}
        for name in ("email", "webhook")
    }
    assert mails == by_channel["email"]
    assert hooks == by_channel["webhook"]
    # A repetition is recognized by its id: nobody gets two that say the same under two.
    said = Counter((message.recipient, message.channel, message.about, message.kind) for message in delivered)
    assert set(said.values()) == {1}
    assert here.kills == 10


def nothing_is_said_about_anybody(here: Fortnight, metrics: str) -> None:
    mails = [mail.as_string() for _, mail in here.mail.taken]
    hooks = [(event.path, event.body.decode()) for event in here.clinical.received]
    others = [(event.path, event.body.decode()) for event in here.engine.received]
    logs = [path.read_text() for path in (*here.logs.glob("worker-*"), here.logs / "server")]
    assert "/v1/alerts/search" in logs[-1], "the server's log was kept"
    assert 'slope_alerts{level="urgent",state="open"} 1.0' in metrics
    ids = [raw["_id"].partition(":")[0] for raw in AlertDocument.raw().find({}, {"_id": 1})]
    assert not any(
        key in metrics for key in (here.site.id, *ids, *(doctor.account.id for doctor in here.doctors))
    )
    logs.append(metrics)
    paths = [path for path, _ in (*hooks, *others)]
    bodies = [body for _, body in (*hooks, *others)]
    for text in (*mails, *paths, *bodies, *logs):
        for word in SECRET_WORDS:
            assert word not in text
    for text in (*mails, *paths, *(body for _, body in others), *logs):
        assert not re.search(rf"\b({'|'.join(CLINICAL)})\b", text)
    assert not any(topic in text for text in (*mails, *paths) for topic in COORDINATION)
    assert all(json.loads(body)["data"].get("topic") for _, body in hooks)
