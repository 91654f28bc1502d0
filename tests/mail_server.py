"""A real mail server on loopback: STARTTLS and AUTH, and answers that a test chooses."""

from __future__ import annotations

import asyncio
import email
import random
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from services.mail_settings import MailTls
from tests.receivers import Certificate

_PATIENCE = 60.0
"""Seconds until a server that does not come up is given up."""
_NOT_GIVEN_OUT = range(20_000, 32_000)
HOST, USER, PASSWORD = "127.0.0.1", "slope", "a password of the tests"


@dataclass
class MailReceiver:
    """A mail server that keeps what it takes.

    Attributes:
        recipients: what it answers to an address, `250 OK` where nothing is said.
        data: what it answers to a mail; `answers` are used up before.
        held: it keeps whoever sends a mail waiting for its answer.
        taken: recipient and mail, in the order in which they came.
    """

    port: int
    recipients: dict[str, str] = field(default_factory=dict)
    data: str = "250 OK"
    answers: list[str] = field(default_factory=list)
    held: bool = False
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    certificate: Certificate | None = None
    running: Controller | None = None

    def start(self, port: int) -> None:
        """Serve at this port."""
        secure: dict[str, Any] = {}
        if self.certificate is not None:
            secure = {
                "tls_context": self.certificate.context(),
                "require_starttls": True,
                "auth_required": True,
                "authenticator": _authenticated,
            }
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.running = Controller(
                _Handler(self), hostname=HOST, port=port, ready_timeout=_PATIENCE, **secure
            )
            self.running.start()

    def stop(self) -> None:
        """Be away."""
        if self.running is not None:
            self.running.stop()
        self.running = None

    def settings(self, certificate: Certificate | None = None, **changed: Any) -> dict[str, Any]:
        """Return the settings of a service that uses this server."""
        secure = {"smtp_tls": MailTls.STARTTLS, "smtp_user": USER, "smtp_password": PASSWORD}
        return {
            "smtp_host": HOST,
            "smtp_port": self.port,
            "smtp_from": "slope@clinic.example.org",
            **({"smtp_tls": MailTls.NONE} if certificate is None else secure),
            **({} if certificate is None else {"smtp_ca_file": str(certificate.authority)}),
            **changed,
        }


class _Handler:
    def __init__(self, receiver: MailReceiver) -> None:
        self._receiver = receiver

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        answer = self._receiver.recipients.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        while self._receiver.held:
            await asyncio.sleep(0.02)
        answer = self._receiver.answers.pop(0) if self._receiver.answers else self._receiver.data
        if answer.startswith("250"):
            mail = email.message_from_bytes(envelope.content, policy=default)
            assert isinstance(mail, EmailMessage)
            self._receiver.taken += [(to, mail) for to in envelope.rcpt_tos]
        return answer


def _authenticated(*given: Any) -> AuthResult:
    return AuthResult(success=given[4].password == PASSWORD.encode(), handled=False)


@contextmanager
def mail_server(certificate: Certificate | None = None, port: int = 0) -> Iterator[MailReceiver]:
    """Run a mail server, with STARTTLS and AUTH where a certificate is given."""
    receiver = MailReceiver(port or free_port(), certificate=certificate)
    receiver.start(receiver.port)
    try:
        yield receiver
    finally:
        receiver.stop()


def free_port() -> int:
    """Return a port that nobody uses now, and that the system gives to nobody who asks for any."""
    for port in random.SystemRandom().sample(_NOT_GIVEN_OUT, 50):
        with suppress(OSError), socket.create_server((HOST, port)):
            return port
    raise OSError("no port is free")


def text_of(mail: EmailMessage) -> str:
    """Return the text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
