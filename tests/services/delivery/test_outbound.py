"""Requests to real servers on loopback: where they go, what is refused, and that nothing can hold them."""

from __future__ import annotations

import ipaddress
import socket
import time
from dataclasses import replace
from pathlib import Path
from threading import Event, active_count
from typing import Any

import pytest

from services.delivery.egress import Egress, Proxy
from services.delivery.outbound import Answer, NoAnswer, Reason, is_address, post
from tests.receivers import Certificate, certificate_for, raw_server, receiver

LOOPBACK = Egress((ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128")), plain=True)
ANYWHERE = Egress(plain=True)
LONG = 15
"""Seconds that even a busy machine does not take over a conversation that is cut off."""


def reason_of(address: str, egress: Egress = LOOPBACK, *, seconds: float = 5.0) -> Reason:
    with pytest.raises(NoAnswer) as caught:
        post(address, b"{}", {}, egress=egress, seconds=seconds)
    return caught.value.reason


def test_a_body_arrives_byte_by_byte_with_its_headers() -> None:
    with receiver() as there:
        answer = post(there.url + "?a=1", b'{"a": "\xc3\xa9"}', {"webhook-id": "x"}, egress=LOOPBACK)
    assert answer == Answer(204)
    (request,) = there.received
    assert (request.path, request.body) == ("/hook?a=1", b'{"a": "\xc3\xa9"}')
    assert request.headers["webhook-id"] == "x"
    assert request.headers["host"] == f"127.0.0.1:{there.port}"


def inside(port: int) -> tuple[str, ...]:
    """The ways to reach this machine, its network or a cloud's metadata by an address."""
    return (
        *(
            f"http://{host}:{port}/"
            for host in ("127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001")
        ),
        *(
            f"http://{host}:{port}/"
            for host in ("0x7f000001", "0177.0.0.1", "0", "[::1]", "[::ffff:127.0.0.1]", "[::]")
        ),
        *(f"http://{host}:{port}/" for host in ("①②⑦.0.0.1", "[fe80::1]", "[64:ff9b::7f00:1]")),
        *("http://169.254.169.254/latest/", "http://10.0.0.1/", "http://192.168.0.1/", "http://100.64.0.1/"),
        *("http://[2002:7f00:1::]/", "http://[fec0::1]/", "http://224.0.0.1/", "http://192.88.99.1/"),
    )


def test_no_address_leads_inside() -> None:
    with receiver() as there:
        tried = inside(there.port)
        assert len(tried) > 16
        assert {address: reason_of(address, ANYWHERE) for address in tried} == dict.fromkeys(
            tried, Reason.REFUSED
        )
    assert there.received == []


def test_a_name_that_leads_elsewhere_the_second_time_is_resolved_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a resolver under somebody else's control would do: outside when checked, inside when connected."""
    real, asked = socket.getaddrinfo, list[str]()

    def rebind(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host == "rebind.example":
            asked.append(host)
            return real("8.8.8.8" if len(asked) % 2 else "127.0.0.1", port, *args, **kwargs)
        return real(host, port, *args, **kwargs)

    connected = list[tuple[str, int]]()

    def connect(address: tuple[str, int], **_kwargs: Any) -> socket.socket:
        connected.append(address)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", rebind)
    with receiver() as there:
        with monkeypatch.context() as patched:
            patched.setattr(socket, "create_connection", connect)
            assert reason_of(f"http://rebind.example:{there.port}/", ANYWHERE) is Reason.NO_CONNECTION
        assert (asked, connected) == (["rebind.example"], [("8.8.8.8", there.port)])
        assert reason_of(f"http://rebind.example:{there.port}/", ANYWHERE) is Reason.REFUSED
    assert there.received == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_not_followed(status: int) -> None:
    with receiver() as there, receiver() as elsewhere:
        there.status, there.extra = status, {"Location": elsewhere.url}
        assert post(there.url, b"{}", {}, egress=LOOPBACK).status == status
    assert (len(there.received), elsewhere.received) == (1, [])


@pytest.mark.parametrize(
    "address",
    [
        *(
            "ftp://hook.example/",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "hook.example",
            "",
            "http:///x",
        ),
        *("http://user:word@hook.example/", "http://hook.example@127.0.0.1/", "http://hook.example/#part"),
        *(
            "http://hook.example:0/",
            "http://hook.example:99999/",
            "http://hook.example:http/",
            "http://[::1/",
        ),
        *("http://hook.example\\@127.0.0.1/", "http://hook.example/ x", "http://hook.example/\r\nX: y"),
        *(
            "http://hook.example/é",
            "http://fe80::1%25eth0/",
            "http://[fe80::1%25eth0]/",
            "http://a/" + "x" * 1000,
        ),
    ],
)
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    assert not is_address(address, LOOPBACK)
    assert reason_of(address) is Reason.REFUSED


def test_without_tls_nothing_is_sent_where_it_is_asked_for() -> None:
    secured = replace(LOOPBACK, plain=False)
    with receiver() as there:
        assert not is_address(there.url, secured)
        assert reason_of(there.url, secured) is Reason.REFUSED
    assert there.received == []
    assert is_address("https://hook.example:8443/a?b=c", secured)


def test_nothing_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login jo password word\n", encoding="utf-8")
    with receiver() as there, receiver() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("HOME", str(tmp_path))
        assert post(there.url, b"{}", {}, egress=LOOPBACK).status == 204
    assert proxy.received == []
    assert "authorization" not in there.received[0].headers


def drip(connection: socket.socket, ended: Event, *, before: bytes, byte: bytes) -> None:
    connection.recv(1000)
    connection.sendall(before)
    while not ended.wait(0.05):
        connection.sendall(byte)


def wait(_connection: socket.socket, ended: Event) -> None:
    ended.wait(20)


SLOW = {
    "says nothing": wait,
    "drips its status": lambda connection, ended: drip(connection, ended, before=b"", byte=b"H"),
    "drips a header": lambda connection, ended: drip(
        connection, ended, before=b"HTTP/1.1 200 OK\r\nX: ", byte=b"x"
    ),
    "drips headers": lambda connection, ended: drip(
        connection, ended, before=b"HTTP/1.1 200 OK\r\n", byte=b"X: y\r\n"
    ),
}


@pytest.mark.parametrize("slow", SLOW)
def test_a_receiver_that_takes_its_time_is_cut_off(slow: str) -> None:
    with raw_server(SLOW[slow]) as port:
        begun = time.monotonic()
        assert reason_of(f"http://127.0.0.1:{port}/", seconds=1.2) is Reason.TIME_OUT
        assert time.monotonic() - begun < LONG


@pytest.mark.parametrize("byte", [b"", b"\x16"], ids=["says nothing", "drips"])
def test_tls_that_takes_its_time_is_cut_off(byte: bytes) -> None:
    with raw_server(lambda connection, ended: drip(connection, ended, before=b"", byte=byte)) as port:
        begun = time.monotonic()
        assert reason_of(f"https://127.0.0.1:{port}/", seconds=1.2) in {Reason.TIME_OUT, Reason.TLS}
        assert time.monotonic() - begun < LONG


def test_a_slow_tls_handshake_is_cut_off_in_the_middle() -> None:
    record = b"\x16\x03\x03\x10\x00"  # the head of a record of 4096 bytes that come one by one

    with raw_server(lambda connection, ended: drip(connection, ended, before=record, byte=b"\x02")) as port:
        begun = time.monotonic()
        assert reason_of(f"https://127.0.0.1:{port}/", seconds=1.2) is Reason.TIME_OUT
        assert time.monotonic() - begun < LONG


def test_a_receiver_that_does_not_take_the_request_is_cut_off() -> None:
    """Its window is full: the sending stands still."""
    with raw_server(wait) as port:
        begun = time.monotonic()
        with pytest.raises(NoAnswer):
            post(f"http://127.0.0.1:{port}/", b"x" * 50_000_000, {}, egress=LOOPBACK, seconds=1.2)
        assert time.monotonic() - begun < LONG


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"


def test_of_a_long_answer_the_beginning_is_read_and_no_more() -> None:
    sent = 0

    def flood(connection: socket.socket, ended: Event) -> None:
        nonlocal sent
        connection.recv(1000)
        connection.sendall(HEAD)
        while not ended.is_set():
            sent += connection.send(b"x" * 65536)

    with raw_server(flood) as port:
        begun = time.monotonic()
        assert post(f"http://127.0.0.1:{port}/", b"{}", {}, egress=LOOPBACK).status == 200
        assert time.monotonic() - begun < LONG
    assert sent < 20_000_000  # what fits into the buffers of the system


def test_a_status_counts_although_the_body_drips() -> None:
    with raw_server(lambda connection, ended: drip(connection, ended, before=HEAD, byte=b"x")) as port:
        begun = time.monotonic()
        assert post(f"http://127.0.0.1:{port}/", b"{}", {}, egress=LOOPBACK).status == 200
        assert time.monotonic() - begun < LONG


BROKEN = {
    "hangs up": b"",
    "is no HTTP": b"SSH-2.0-OpenSSH_9\r\n\r\n",
    "has a status that is none": b"HTTP/1.1 two OK\r\n\r\n",
    "has a line without an end": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
    "has too many headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
}


@pytest.mark.parametrize("broken", BROKEN)
def test_an_answer_that_is_none_is_said_to_be(broken: str) -> None:
    def serve(connection: socket.socket, _ended: Event) -> None:
        connection.recv(1000)
        connection.sendall(BROKEN[broken])

    with raw_server(serve) as port:
        assert reason_of(f"http://127.0.0.1:{port}/") is Reason.NO_ANSWER


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    assert reason_of(f"http://127.0.0.1:{port}/") is Reason.NO_CONNECTION


def test_no_thread_stays_behind() -> None:
    with receiver() as there:
        before = active_count()
        for _ in range(5):
            post(there.url, b"{}", {}, egress=LOOPBACK)
        until = time.monotonic() + LONG  # the receiver's own end by themselves
        while active_count() > before and time.monotonic() < until:
            time.sleep(0.02)
        assert active_count() <= before


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return certificate_for("hook.example", tmp_path)


@pytest.fixture
def hook_example(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name leads to this machine."""
    real = socket.getaddrinfo

    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        return real("127.0.0.1" if host in {"hook.example", "other.example"} else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_the_certificate_is_checked_for_the_name_not_the_address(
    certificate: Certificate, hook_example: None
) -> None:
    egress = replace(LOOPBACK, plain=False, ca_file=str(certificate.authority))
    with receiver(certificate) as there:
        assert post(f"https://hook.example:{there.port}/", b"{}", {}, egress=egress).status == 204
        assert there.received[0].headers["host"] == f"hook.example:{there.port}"
        for other in ("other.example", "127.0.0.1"):
            assert reason_of(f"https://{other}:{there.port}/", egress) is Reason.TLS
        assert reason_of(f"https://hook.example:{there.port}/", LOOPBACK) is Reason.TLS
    assert len(there.received) == 1


@pytest.mark.parametrize("authorized", [False, True])
def test_behind_a_proxy_tls_goes_through_to_the_receiver(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch, authorized: bool
) -> None:
    """The proxy resolves the name: this host need not."""
    asked: list[bytes] = []

    def tunnel(connection: socket.socket, ended: Event) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(1)
        asked.append(head)
        with socket.create_connection(("127.0.0.1", there.port)) as beyond:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            join(connection, beyond, ended)

    with receiver(certificate) as there, raw_server(tunnel) as port:
        proxy = Proxy("127.0.0.1", port, "Basic am86d29yZA==" if authorized else "")
        egress = Egress(proxy=proxy, ca_file=str(certificate.authority))
        monkeypatch.setattr(socket, "getaddrinfo", only_addresses)
        answer = post("https://hook.example/path", b"{}", {}, egress=egress)
    assert answer.status == 204
    assert asked[0].startswith(b"CONNECT hook.example:443 HTTP/1")
    assert (b"Proxy-Authorization: Basic am86d29yZA==" in asked[0]) is authorized
    assert "proxy-authorization" not in there.received[0].headers
    assert (there.received[0].headers["host"], there.received[0].path) == ("hook.example", "/path")


def only_addresses(host: Any, port: Any, *args: Any, real: Any = socket.getaddrinfo, **kwargs: Any) -> Any:
    if host == "hook.example":
        raise socket.gaierror
    return real(host, port, *args, **kwargs)


def join(one: socket.socket, other: socket.socket, ended: Event) -> None:
    for end in (one, other):
        end.settimeout(0.05)
    while not ended.is_set():
        for source, target in ((one, other), (other, one)):
            try:
                piece = source.recv(65536)
            except TimeoutError:
                continue
            if not piece:
                return
            target.sendall(piece)


def test_a_proxy_that_refuses_is_no_answer() -> None:
    def refuse(connection: socket.socket, _ended: Event) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")

    with raw_server(refuse) as port:
        egress = Egress(proxy=Proxy("127.0.0.1", port), plain=True)
        assert reason_of("https://8.8.8.8/", egress) is Reason.NO_ANSWER


def test_what_waits_is_told_by_the_receiver() -> None:
    with receiver() as there:
        there.status, there.extra = 503, {"Retry-After": "120"}
        assert post(there.url, b"{}", {}, egress=LOOPBACK) == Answer(503, "120")
