"""The settings of e-mail: which server takes the messages, and how it is spoken to. Part of `Settings`."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.headerregistry import Address
from enum import StrEnum
from pathlib import Path


class MailTls(StrEnum):
    """How the connection to the mail server is made secure.

    STARTTLS: asked for in the conversation, and needed. TLS: from the first byte on.
    """

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """What is needed to send e-mail; without a host nothing is sent out."""

    smtp_host: str = field(
        default="", metadata={"help": "mail server; without one nothing is sent by e-mail"}
    )
    smtp_port: int = field(default=587, metadata={"help": "port of the mail server"})
    smtp_tls: MailTls = field(
        default=MailTls.STARTTLS,
        metadata={"help": "starttls, tls (from the first byte on, usually port 465) or none"},
    )
    smtp_user: str = field(default="", metadata={"help": "name at the mail server, where it asks for one"})
    smtp_password: str = field(
        default="", repr=False, metadata={"help": "password at the mail server", "secret": True}
    )
    smtp_from: str = field(
        default="", metadata={"help": "address that mails come from, such as slope@clinic.example.org"}
    )
    smtp_ca_file: str = field(
        default="",
        metadata={"help": "file with further certificate authorities that the mail server may have, PEM"},
    )
    smtp_plain: bool = field(
        default=False,
        metadata={"help": "production may talk to the mail server without TLS, on a network of its own"},
    )
    without_email: bool = field(
        default=False,
        metadata={"help": "production without a mail server is meant: nobody is told by e-mail"},
    )

    def mail_problems(self, prefix: str, *, production: bool) -> list[str]:
        """Return what is wrong with them, a sentence each."""
        problems = []
        if production and not self.smtp_host and not self.without_email:
            problems.append(
                f"{prefix}SMTP_HOST is missing: nobody would be told of an alert by e-mail. Name a mail"
                f" server, or set {prefix}WITHOUT_EMAIL=1 when that is meant"
            )
        if not self.smtp_host:
            return problems
        if not _is_address(self.smtp_from):
            problems.append(f"{prefix}SMTP_FROM must be an address such as slope@clinic.example.org")
        if not 1 <= self.smtp_port <= 65535:
            problems.append(f"{prefix}SMTP_PORT must be from 1 to 65535")
        if bool(self.smtp_user) != bool(self.smtp_password):
            problems.append(f"{prefix}SMTP_USER and {prefix}SMTP_PASSWORD belong together")
        if self.smtp_ca_file and not Path(self.smtp_ca_file).is_file():
            problems.append(f"{prefix}SMTP_CA_FILE names no file")
        if production and self.smtp_tls is MailTls.NONE and not self.smtp_plain:
            problems.append(
                f"{prefix}SMTP_TLS is none: mails and the password would go in clear. Use starttls, or set"
                f" {prefix}SMTP_PLAIN=1 when the mail server is on a network of its own"
            )
        return problems


def _is_address(text: str) -> bool:
    try:
        found = Address(addr_spec=text)
    except (ValueError, IndexError):
        return False
    return bool(found.username and found.domain)
