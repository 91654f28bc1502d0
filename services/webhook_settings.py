"""The settings of webhooks: what inside may be reached, and by which way out. Part of `Settings`."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from services.mail_settings import MailSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings(MailSettings):
    """What the operator permits webhooks, beside what is needed to send e-mail."""

    webhook_networks: str = field(
        default="",
        metadata={
            "help": "networks inside that webhooks may reach, such as `10.20.0.0/24` of an integration"
            " engine, separated by spaces; everything else inside is refused"
        },
    )
    webhook_proxy: str = field(
        default="",
        metadata={
            "help": "egress proxy for webhooks, `http://[user:password@]host:port`; it has to allow CONNECT",
            "secret": True,
        },
    )
    webhook_ca_file: str = field(
        default="", metadata={"help": "file with further certificate authorities that webhooks trust, PEM"}
    )

    def webhook_problems(self, prefix: str) -> list[str]:
        """Return what is wrong with them, a sentence each."""
        problems = []
        if not _are_networks(self.webhook_networks):
            problems.append(f"{prefix}WEBHOOK_NETWORKS must be networks such as 10.20.0.0/24 fd00:20::/64")
        if self.webhook_proxy and not _is_proxy(self.webhook_proxy):
            problems.append(f"{prefix}WEBHOOK_PROXY must be an address such as http://proxy.example.org:3128")
        if self.webhook_ca_file and not Path(self.webhook_ca_file).is_file():
            problems.append(f"{prefix}WEBHOOK_CA_FILE names no file")
        return problems


def _are_networks(text: str) -> bool:
    try:
        return all(ipaddress.ip_network(network) for network in text.split())
    except ValueError:
        return False


def _is_proxy(text: str) -> bool:
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return named and parts.scheme == "http" and parts.path in {"", "/"}
