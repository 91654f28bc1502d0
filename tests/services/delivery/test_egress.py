"""Which addresses may be reached, and that a name is looked at by where it leads."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.delivery.egress import Egress, NotResolved, Proxy, Refused, Route, is_outside
from services.settings import Environment, Settings

INSIDE = (
    "0.0.0.0",  # noqa: S104 (nothing is bound to it)
    *("10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1"),
    *("172.31.255.255", "192.0.0.8", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1"),
    *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
    *("64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1"),
    *("3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "ff0e::1"),
)
OUTSIDE = ("1.1.1.1", "8.8.8.8", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00::1")


@pytest.mark.parametrize("text", INSIDE)
def test_what_is_inside_is_refused(text: str) -> None:
    assert not Egress().permits(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", [*OUTSIDE, "::ffff:8.8.8.8"])
def test_what_is_outside_is_reached(text: str) -> None:
    assert Egress().permits(ipaddress.ip_address(text))


@given(st.ip_addresses())
def test_nothing_is_outside_that_the_standard_library_calls_private(address: Any) -> None:
    assert not (is_outside(address) and (address.is_private or address.is_multicast or address.is_reserved))


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_as_the_one_in_it(address: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    assert Egress().permits(mapped) is Egress().permits(address)


def test_what_the_operator_lists_is_reached_and_nothing_beside_it() -> None:
    egress = Egress((ipaddress.ip_network("10.20.0.0/24"), ipaddress.ip_network("fd00:20::/64")))
    for text in ("10.20.0.7", "::ffff:10.20.0.7", "fd00:20::7"):
        assert egress.permits(ipaddress.ip_address(text))
    for text in ("10.20.1.7", "fd00:21::7", "127.0.0.1", "::1"):
        assert not egress.permits(ipaddress.ip_address(text))


SPELLINGS = (
    *("localhost", "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0"),
    *(
        "①②⑦.0.0.1",
        "127。0。0。1",
        "::1",
        "0:0:0:0:0:0:0:1",
        "::ffff:127.0.0.1",
        "169.254.169.254",
        "0xa9fea9fe",
    ),
)


@pytest.mark.parametrize("name", SPELLINGS)
def test_an_odd_spelling_is_an_address_to_the_resolver_and_refused(name: str) -> None:
    with pytest.raises(Refused):
        Egress().route(name, 80, seconds=5)


@pytest.mark.parametrize("name", ["", ".", "a" * 300, "a..b", "\ud800", "no-such-name.invalid"])
def test_a_name_that_leads_nowhere_is_said_to(name: str) -> None:
    with pytest.raises((NotResolved, Refused)):
        Egress().route(name, 80, seconds=5)


Leading = Callable[..., None]


@pytest.fixture
def leads_to(monkeypatch: pytest.MonkeyPatch) -> Leading:
    """Have names lead to addresses, as a resolver under somebody else's control would."""
    real = socket.getaddrinfo

    def set_up(**names: list[str]) -> None:
        def look_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
            found = names.get(str(host).replace(".", "_"))
            if found is None:
                return real(host, port, *args, **kwargs)
            if not found:
                raise socket.gaierror
            return [row for address in found for row in real(address, port, *args, **kwargs)]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return set_up


def test_a_name_that_leads_outside_and_inside_is_refused(leads_to: Leading) -> None:
    leads_to(hook_example=["8.8.8.8", "10.0.0.1"])
    with pytest.raises(Refused):
        Egress().route("hook.example", 443, seconds=5)


def test_a_route_names_the_addresses_that_were_looked_at(leads_to: Leading) -> None:
    leads_to(hook_example=["8.8.8.8", "2606:4700::1111"])
    assert Egress().route("hook.example", 443, seconds=5) == Route(("8.8.8.8", "2606:4700::1111"), 443)


def test_a_resolver_that_does_not_answer_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Event()

    def wait(*_args: Any, **_kwargs: Any) -> Any:
        ended.wait(60)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    begun = time.monotonic()
    with pytest.raises(NotResolved):
        Egress().route("hook.example", 443, seconds=0.2)
    assert time.monotonic() - begun < 15
    ended.set()


PROXY = Proxy("proxy.example", 3128)
LISTED = (ipaddress.ip_network("10.20.0.0/24"),)


def test_behind_a_proxy_the_outside_is_reached_through_it(leads_to: Leading) -> None:
    leads_to(proxy_example=["10.0.0.9"], hook_example=["8.8.8.8"], unknown_example=[])
    for name in ("hook.example", "unknown.example"):
        assert Egress(proxy=PROXY).route(name, 443, seconds=5) == Route(("10.0.0.9",), 3128, PROXY)


def test_behind_a_proxy_the_inside_is_refused_as_well(leads_to: Leading) -> None:
    leads_to(proxy_example=["10.0.0.9"], hook_example=["10.0.0.1"])
    for name in ("hook.example", "127.1", "169.254.169.254"):
        with pytest.raises(Refused):
            Egress(proxy=PROXY).route(name, 443, seconds=5)


def test_behind_a_proxy_what_the_operator_lists_is_reached_directly(leads_to: Leading) -> None:
    leads_to(engine_example=["10.20.0.7"])
    route = Egress(LISTED, proxy=PROXY).route("engine.example", 8443, seconds=5)
    assert route == Route(("10.20.0.7",), 8443)


def test_the_settings_say_what_is_permitted(settings: Settings) -> None:
    given = replace(
        settings,
        env=Environment.PRODUCTION,
        webhook_networks="10.20.0.0/24 fd00:20::/64",
        webhook_proxy="http://jo:w%40rd@proxy.example:8080",
        webhook_ca_file="/etc/ca.pem",
    )
    egress = Egress.of(given)
    assert [str(network) for network in egress.networks] == ["10.20.0.0/24", "fd00:20::/64"]
    assert egress.proxy == Proxy("proxy.example", 8080, "Basic am86d0ByZA==")
    assert (egress.plain, egress.ca_file) == (False, "/etc/ca.pem")
    usual = Egress.of(settings)
    assert (usual.networks, usual.proxy, usual.plain) == ((), None, True)
