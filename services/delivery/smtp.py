"""One mail to one address by SMTP (RFC 5321): with TLS and authentication, and within a limit of time.

What the server answers is sorted into three: it may work later, the address is not there, or the mail itself
is refused. A refusal for reasons of policy (5.7.x of RFC 3463: relaying, authentication) is about us and not
about the address: it is tried again, and switches nothing off.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from typing import Any

from services.delivery.deadline import Deadline
from services.mail_settings import MailSettings, MailTls

SECONDS = 45.0
"""For everything together (our choice)."""
READ_SECONDS = 15.0
_LEAVE_SECONDS = 2.0
_OUR_FAULT = frozenset({530, 534, 535, 538})
"""Authentication is asked for or refused (RFC 4954)."""
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPAuthenticationError, "not_authenticated"),
    (smtplib.SMTPSenderRefused, "sender_refused"),
    (smtplib.SMTPNotSupportedError, "not_offered"),
    (smtplib.SMTPException, "no_answer"),
    (ssl.SSLError, "tls_failed"),
    (TimeoutError, "timed_out"),
    (OSError, "no_connection"),
)
"""What may work later; the first kind that fits. SMTPException is an OSError."""
_POLICY = re.compile(rb"\A5\.7\.\d")


class Fate(StrEnum):
    """What a mail that was not sent comes to."""

    LATER = "later"
    NO_ADDRESS = "no_address"
    REFUSED = "refused"


class NotSent(Exception):
    """The server did not take the mail.

    Attributes:
        reason: a word, without anything that the server said.
    """

    def __init__(self, reason: str, fate: Fate = Fate.LATER) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fate = fate


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server.

    Attributes:
        name: what we call ourselves to it.
    """

    host: str
    port: int
    name: str
    tls: MailTls = MailTls.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""

    @classmethod
    def of(cls, settings: MailSettings, name: str) -> MailServer | None:
        """Return the server of the settings, None when they name none."""
        if not settings.smtp_host:
            return None
        return cls(
            settings.smtp_host,
            settings.smtp_port,
            name,
            settings.smtp_tls,
            settings.smtp_user,
            settings.smtp_password,
            settings.smtp_ca_file,
        )

    def send(self, mail: EmailMessage, to: str, *, seconds: float = SECONDS) -> None:
        """Send a mail to one address.

        Args:
            mail: with all its headers.
            to: the address.
            seconds: after which everything is given up.

        Raises:
            NotSent: saying why, and whether it may work later.
        """
        deadline = Deadline(seconds)
        try:
            client = self._connected(deadline)
            try:
                client.send_message(mail, to_addrs=[to])
                _take_leave(client)
            finally:
                client.close()
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent("timed_out") if deadline.has_passed else _why(error, to) from error
        finally:
            deadline.end()

    def _connected(self, deadline: Deadline) -> smtplib.SMTP:
        secure, timeout = self.tls is MailTls.TLS, min(READ_SECONDS, deadline.left())
        options = {"context": self._context()} if secure else {}
        kind = _Secure if secure else _Plain
        client = kind(deadline, self.host, self.port, local_hostname=self.name, timeout=timeout, **options)
        try:
            if self.tls is MailTls.STARTTLS:
                client.starttls(context=self._context())
            if self.user:
                client.login(self.user, self.password)
        except BaseException:
            client.close()
            raise
        return client

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self.ca_file:
            context.load_verify_locations(self.ca_file)
        return context


class _Watched(smtplib.SMTP):
    """A client whose connection is cut off at the deadline."""

    def __init__(self, deadline: Deadline, *where: Any, **options: Any) -> None:
        self._deadline = deadline
        super().__init__(*where, **options)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        opened: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._deadline.watch(opened)
        return opened


class _Plain(_Watched):
    """Without TLS at first."""


class _Secure(smtplib.SMTP_SSL, _Watched):
    """With TLS from the first byte on; the connection is watched before that."""

    def __init__(self, deadline: Deadline, *where: Any, **options: Any) -> None:
        self._deadline = deadline
        super().__init__(*where, **options)


def _take_leave(client: smtplib.SMTP) -> None:
    """The mail was taken: whatever the server says now, it is not to be sent again."""
    with suppress(smtplib.SMTPException, OSError):
        client.sock.settimeout(_LEAVE_SECONDS)  # type: ignore[union-attr]
        client.quit()


def _why(error: Exception, to: str) -> NotSent:
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, text = error.recipients.get(to, (451, b""))
            return _of_recipient(int(code), text)
        case smtplib.SMTPDataError():
            permanent = error.smtp_code >= 500 and not _is_policy(error.smtp_code, error.smtp_error)
            return NotSent("mail_refused", Fate.REFUSED if permanent else Fate.LATER)
    return NotSent(next(word for kind, word in _WORDS if isinstance(error, kind)))


def _of_recipient(code: int, text: bytes | str) -> NotSent:
    if code < 500 or _is_policy(code, text):
        return NotSent("recipient_deferred" if code < 500 else "refused_by_policy")
    return NotSent("address_refused", Fate.NO_ADDRESS)


def _is_policy(code: int, text: bytes | str) -> bool:
    said = text if isinstance(text, bytes) else text.encode()
    return code in _OUR_FAULT or _POLICY.match(said) is not None
