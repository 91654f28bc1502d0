"""A mail goes out by a real server, and each way of failing is told from the others."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from threading import Event

import pytest

from services.delivery.smtp import Fate, MailServer, NotSent
from services.mail_settings import MailSettings, MailTls
from tests.mail_server import HOST, MailReceiver, free_port, mail_server
from tests.receivers import Certificate, certificate_for, raw_server

TO = "doctor@clinic.example.org"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate_for(HOST, tmp_path_factory.mktemp("mail"))


@pytest.fixture
def receiver(certificate: Certificate) -> Iterator[MailReceiver]:
    with mail_server(certificate) as running:
        yield running


def server_of(receiver: MailReceiver, certificate: Certificate | None, **changed: object) -> MailServer:
    found = MailServer.of(MailSettings(**receiver.settings(certificate, **changed)), "slope.example.org")
    assert found is not None
    return found


def mail() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "slope@clinic.example.org", TO, "Slope: 알림"
    made.set_content("An alert needs you.")
    return made


def failure(server: MailServer, to: str = TO, seconds: float = 10) -> NotSent:
    with pytest.raises(NotSent) as caught:
        server.send(mail(), to, seconds=seconds)
    return caught.value


def test_a_mail_goes_out_encrypted_and_signed_in(receiver: MailReceiver, certificate: Certificate) -> None:
    server_of(receiver, certificate).send(mail(), TO)
    ((to, taken),) = receiver.taken
    assert (to, taken["Subject"]) == (TO, "Slope: 알림")


def test_one_without_tls_goes_out_where_that_is_meant() -> None:
    with mail_server() as plain:
        server_of(plain, None).send(mail(), TO)
        assert len(plain.taken) == 1


REFUSED = [
    ("450 4.2.1 busy", "recipient_deferred", Fate.LATER),
    ("452 4.2.2 mailbox full", "recipient_deferred", Fate.LATER),
    ("550 5.1.1 no such user", "address_refused", Fate.NO_ADDRESS),
    ("550 no such user", "address_refused", Fate.NO_ADDRESS),
    ("550 5.7.1 relaying denied", "refused_by_policy", Fate.LATER),
    ("530 5.7.0 authenticate first", "refused_by_policy", Fate.LATER),
]


@pytest.mark.parametrize(("answer", "reason", "fate"), REFUSED)
def test_what_a_server_says_of_an_address(
    receiver: MailReceiver, certificate: Certificate, answer: str, reason: str, fate: Fate
) -> None:
    receiver.recipients[TO] = answer
    error = failure(server_of(receiver, certificate))
    assert (error.reason, error.fate) == (reason, fate)
    assert receiver.taken == []


@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        ("451 4.3.0 later", Fate.LATER),
        ("554 5.6.0 not like this", Fate.REFUSED),
        ("554 5.7.1 looks like spam", Fate.LATER),
    ],
)
def test_what_a_server_says_of_a_mail(
    receiver: MailReceiver, certificate: Certificate, answer: str, fate: Fate
) -> None:
    receiver.data = answer
    error = failure(server_of(receiver, certificate))
    assert (error.reason, error.fate) == ("mail_refused", fate)


def test_a_wrong_password_is_our_fault(receiver: MailReceiver, certificate: Certificate) -> None:
    error = failure(server_of(receiver, certificate, smtp_password="another"))
    assert (error.reason, error.fate) == ("not_authenticated", Fate.LATER)


def test_without_tls_offered_nothing_is_said(certificate: Certificate) -> None:
    with mail_server() as plain:
        error = failure(server_of(plain, certificate))
        assert (error.reason, plain.taken) == ("not_offered", [])


def test_a_certificate_that_nobody_vouches_for_is_refused(
    receiver: MailReceiver, certificate: Certificate
) -> None:
    assert failure(server_of(receiver, certificate, smtp_ca_file="")).reason == "tls_failed"
    assert receiver.taken == []


def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    other = certificate_for("mail.example.org", tmp_path)
    with mail_server(other) as running:
        assert failure(server_of(running, other)).reason == "tls_failed"


def test_a_server_that_is_not_there(certificate: Certificate) -> None:
    nobody = MailReceiver(free_port())
    assert failure(server_of(nobody, certificate)).reason == "no_connection"


def silent(connection: socket.socket, ended: Event) -> None:
    ended.wait(20)


def dripping(connection: socket.socket, ended: Event) -> None:
    """Greet for ever, a byte at a time."""
    while not ended.wait(0.1):
        connection.sendall(b"2")


@pytest.mark.parametrize("tls", [MailTls.NONE, MailTls.TLS])
@pytest.mark.parametrize("serve", [silent, dripping])
def test_a_server_that_does_not_come_to_an_end_is_cut_off(serve: object, tls: MailTls) -> None:
    with raw_server(serve) as port:  # type: ignore[arg-type]
        begun = time.monotonic()
        error = failure(server_of(MailReceiver(port), None, smtp_tls=tls), seconds=1)
        assert time.monotonic() - begun < 15
    assert error.fate is Fate.LATER


def test_tls_from_the_first_byte_on(certificate: Certificate) -> None:
    said: list[bytes] = []

    def serve(connection: socket.socket, _ended: Event) -> None:
        with certificate.context().wrap_socket(connection, server_side=True) as secure:
            secure.sendall(b"220 ready\r\n")
            lines = secure.makefile("rb")
            while line := lines.readline():
                said.append(line)
                if line.upper().startswith(b"DATA"):
                    secure.sendall(b"354 go on\r\n")
                    while lines.readline() != b".\r\n":
                        pass
                secure.sendall(b"250 OK\r\n")

    with raw_server(serve) as port:
        receiver = MailReceiver(port)
        wanted = {"smtp_tls": MailTls.TLS, "smtp_user": "", "smtp_password": ""}
        server_of(receiver, certificate, **wanted).send(mail(), TO)
    assert any(line.upper().startswith(b"RCPT TO") for line in said)


def test_what_comes_after_the_mail_was_taken_does_not_make_it_fail() -> None:
    def serve(connection: socket.socket, ended: Event) -> None:
        connection.sendall(b"220 ready\r\n")
        lines = connection.makefile("rb")
        while line := lines.readline():
            if line.upper().startswith(b"QUIT"):
                ended.wait(20)  # says nothing more
            if line.upper().startswith(b"DATA"):
                connection.sendall(b"354 go on\r\n")
                while lines.readline() != b".\r\n":
                    pass
            connection.sendall(b"250 OK\r\n")

    with raw_server(serve) as port:
        server_of(MailReceiver(port), None).send(mail(), TO, seconds=8)


def test_the_password_shows_nowhere(receiver: MailReceiver, certificate: Certificate) -> None:
    assert "a password of the tests" not in repr(server_of(receiver, certificate))
