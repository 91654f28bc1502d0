"""Where a request of ours may go: never inside, whatever a name means at the moment.

An address that people type could point at the machine itself, at the cloud's metadata or at the hospital's
own network (server-side request forgery). So a name is resolved once, each address it has is looked at, and
only to those the connection is made; a name that leads both outside and inside is refused. Names themselves
are not judged: `127.1`, `2130706433` and `0x7f000001` are addresses to the resolver.

What the operator lists may be reached although it is inside: a hospital's integration engine. Where the
operator names an egress proxy, everything that is not on the list goes through it. The proxy resolves names
by itself; what this host can resolve is looked at before, the rest is the proxy's to refuse.
"""

from __future__ import annotations

import base64
import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

from services.settings import Environment, Settings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_INSIDE: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
        *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
)
"""IANA's registries of special-purpose addresses (RFC 6890), as of 2026, and multicast (RFC 5771). 6to4 and
Teredo hold IPv4 addresses."""
_UNICAST = IPv6Network("2000::/3")
"""Addresses outside of it are no global unicast ones (RFC 4291, 2.4): NAT64 and site-local are among them."""


class Refused(Exception):
    """The address may not be reached from here."""


class NotResolved(Exception):
    """The name is not known, or its resolver did not answer in time."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """An egress proxy that makes tunnels (the method CONNECT).

    Attributes:
        authorization: the header's value, "" when it asks for none.
    """

    host: str
    port: int
    authorization: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """How a host is reached.

    Attributes:
        addresses: where to connect to, the first that answers.
        port: of these addresses.
        proxy: the proxy that stands there; None when it is the host itself.
    """

    addresses: tuple[str, ...]
    port: int
    proxy: Proxy | None = None


@dataclass(frozen=True, slots=True)
class Egress:
    """What the operator permits.

    Attributes:
        networks: may be reached although they are inside, without the proxy.
        proxy: leads to everything else; None when this host reaches the outside by itself.
        plain: addresses may be `http`, for development and tests.
        ca_file: further certificate authorities that are trusted, "" for none.
    """

    networks: tuple[Network, ...] = ()
    proxy: Proxy | None = None
    plain: bool = False
    ca_file: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Egress:
        """Return what the settings say."""
        return cls(
            networks=tuple(ipaddress.ip_network(text) for text in settings.webhook_networks.split()),
            proxy=_proxy(settings.webhook_proxy) if settings.webhook_proxy else None,
            plain=settings.env is not Environment.PRODUCTION,
            ca_file=settings.webhook_ca_file,
        )

    def permits(self, address: Address) -> bool:
        """Return whether an address may be reached."""
        reached = _unmapped(address)
        return self._is_listed(reached) or is_outside(reached)

    def refuses(self, host: str) -> bool:
        """Return whether a host is written as an address, in any spelling, that may not be reached."""
        try:
            rows = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except (OSError, ValueError):
            return False
        return not all(map(self.permits, _addresses(rows)))

    def route(self, host: str, port: int, *, seconds: float) -> Route:
        """Return how a host is reached now; it is resolved here and nowhere else.

        Args:
            host: a name or an address, in any spelling that the resolver knows.
            port: of the host.
            seconds: how long resolving may take.

        Raises:
            Refused: it leads inside.
            NotResolved: it leads nowhere.
        """
        try:
            found = _resolve(host, port, seconds)
        except NotResolved:
            if self.proxy is None:
                raise
            found = ()
        if not all(self.permits(address) for address in found):
            raise Refused
        direct = bool(found) and all(self._is_listed(_unmapped(address)) for address in found)
        if self.proxy is None or direct:
            return Route(_texts(found), port)
        to_proxy = _resolve(self.proxy.host, self.proxy.port, seconds)
        return Route(_texts(to_proxy), self.proxy.port, self.proxy)

    def _is_listed(self, address: Address) -> bool:
        return any(address in network for network in self.networks)


def is_outside(address: Address) -> bool:
    """Return whether an address is a host on the public internet."""
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return address.is_global and not any(address in network for network in _INSIDE)


def _unmapped(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped


def _texts(addresses: Iterable[Address]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(address) for address in addresses))


def _addresses(rows: Iterable[Any]) -> list[Address]:
    return [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows]


def _resolve(host: str, port: int, seconds: float) -> tuple[Address, ...]:
    """Return the addresses of a host; in a thread, because the system's resolver keeps no limit of ours."""
    found: list[Address] = []

    def look_up() -> None:
        try:
            found.extend(_addresses(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, ValueError):  # a name that cannot be encoded is a ValueError
            found.clear()

    thread = Thread(target=look_up, name="resolve", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive() or not found:
        raise NotResolved
    return tuple(found)


def _proxy(text: str) -> Proxy:
    parts = urlsplit(text)
    authorization = ""
    if parts.username is not None:
        credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = f"Basic {base64.b64encode(credentials.encode()).decode('ascii')}"
    return Proxy(parts.hostname or "", parts.port or 3128, authorization)
