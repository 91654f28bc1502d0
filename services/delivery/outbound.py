"""One POST to an address that somebody typed: only outside, no redirect, and never longer than it may take.

What clients usually do is not done here: redirects are not followed, proxies and passwords of the
environment are not used, and connections are not kept. Time-outs of sockets are for one read each, so a
receiver that sends a byte now and then would hold us for ever; here the connection is cut off at a moment,
whatever it is doing.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from urllib3.connection import HTTPConnection, HTTPException, HTTPSConnection
from urllib3.exceptions import HTTPError, SSLError

from services.delivery.deadline import Deadline
from services.delivery.egress import Egress, NotResolved, Refused, Route

SECONDS = 10.0
"""For everything together, resolving and TLS included (our choice)."""
CONNECT_SECONDS = 4.0
MOST_BYTES = 4096
_READ_SECONDS = 0.5
LONGEST_ADDRESS = 1000
_PRINTABLE = re.compile(r"[!-\[\]-~]+")
"""ASCII without spaces and backslash: browsers and libraries read others each in their own way."""


class Reason(StrEnum):
    """Why there was no answer."""

    REFUSED = "address_refused"
    NOT_RESOLVED = "name_not_resolved"
    NO_CONNECTION = "no_connection"
    TLS = "tls_failed"
    TIME_OUT = "timed_out"
    NO_ANSWER = "no_answer"


class NoAnswer(Exception):
    """The request brought no status.

    Attributes:
        reason: why; one word, without anything that the receiver said.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver said.

    Attributes:
        status: of HTTP, three digits.
        retry_after: the header as it came, None without it.
    """

    status: int
    retry_after: str | None = None


def is_address(text: str, egress: Egress) -> bool:
    """Return whether a request may be sent to an address, as far as it can be seen from its text.

    Where a name leads is looked at when it is used.
    """
    try:
        parts = _parts(text, egress)
    except NoAnswer:
        return False
    return not egress.refuses(parts.hostname or "")


def post(
    address: str, body: bytes, headers: Mapping[str, str], *, egress: Egress, seconds: float = SECONDS
) -> Answer:
    """Send a body and return the status of the answer.

    Args:
        address: `https://...`; `http://...` too where the egress says so.
        body: what is sent, byte by byte.
        headers: of the request, besides Host and Content-Length.
        egress: what may be reached, and how.
        seconds: after which everything is given up.

    Raises:
        NoAnswer: saying why.
    """
    deadline = Deadline(seconds)
    parts = _parts(address, egress)
    connection = _connection(parts, egress, deadline)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body=body, headers=headers, preload_content=False)
        with closing(connection.getresponse()) as response:
            if deadline.has_passed:  # an answer that was cut off in its headers looks complete
                raise NoAnswer(Reason.TIME_OUT)
            answer = Answer(response.status, response.headers.get("Retry-After"))
            deadline.cut_in(_READ_SECONDS)
            with suppress(*_ERRORS):  # so that the receiver sees it go; it is not looked at
                response.read1(MOST_BYTES, decode_content=False)
    except _ERRORS as error:
        raise NoAnswer(Reason.TIME_OUT if deadline.has_passed else _reason(error)) from error
    finally:
        connection.close()
        deadline.end()
    return answer


_ERRORS = (OSError, HTTPError, HTTPException, ValueError)
"""What sockets, TLS, the library and the standard library's reader of answers raise."""


def _reason(error: Exception) -> Reason:
    if isinstance(error, ssl.SSLError | SSLError):
        return Reason.TLS
    return Reason.TIME_OUT if isinstance(error, TimeoutError) else Reason.NO_ANSWER


def _parts(address: str, egress: Egress) -> SplitResult:
    refused = NoAnswer(Reason.REFUSED)
    if len(address) > LONGEST_ADDRESS or not _PRINTABLE.fullmatch(address):
        raise refused
    try:
        parts = urlsplit(address)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise refused from error
    if not usable or "@" in parts.netloc or parts.fragment or "%" in parts.netloc:
        raise refused
    if parts.scheme != "https" and not (egress.plain and parts.scheme == "http"):
        raise refused
    return parts


def _connection(parts: SplitResult, egress: Egress, deadline: Deadline) -> HTTPConnection:
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    try:
        route = egress.route(host, port, seconds=min(CONNECT_SECONDS, deadline.left()))
    except Refused as error:
        raise NoAnswer(Reason.REFUSED) from error
    except NotResolved as error:
        raise NoAnswer(Reason.NOT_RESOLVED) from error
    proxy = route.proxy
    there = (host, port) if proxy is None else (proxy.host, proxy.port)
    made = (
        _Secure(*there, route, deadline, ssl_context=_context(egress.ca_file))
        if secure
        else _Plain(*there, route, deadline)
    )
    if proxy is not None:
        asking = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
        made.set_tunnel(host, port, headers=asking)
    return made


class _Routed:
    """A connection of the library that goes where the route says; nothing is resolved again."""

    def __init__(self, host: str, port: int, route: Route, deadline: Deadline, **options: Any) -> None:
        super().__init__(host, port, timeout=deadline.left(), **options)  # type: ignore[call-arg]
        self._route = route
        self._deadline = deadline

    def _new_conn(self) -> socket.socket:
        error: OSError = OSError("no address")
        for address in self._route.addresses:
            seconds = min(CONNECT_SECONDS, self._deadline.left())
            try:
                opened = socket.create_connection((address, self._route.port), timeout=seconds)
            except OSError as failed:
                error = failed
                continue
            opened.settimeout(self._deadline.left())
            self._deadline.watch(opened)
            return opened
        raise NoAnswer(Reason.NO_CONNECTION) from error


class _Plain(_Routed, HTTPConnection):
    """Without TLS."""


class _Secure(_Routed, HTTPSConnection):
    """With TLS, for the name in the address."""


@lru_cache(maxsize=4)
def _context(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
