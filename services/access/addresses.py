"""Addresses of callers in the form in which they are counted: who has one IPv6 address has a whole /64."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

_LONGEST = 64


def network_of(address: str) -> str:
    """Return the network that an address is counted by, in its normal form.

    An IPv4 address stands for itself, also where it comes as an IPv6 one (RFC 4291, 2.5.5.2), an IPv6 address
    for its /64 (RFC 4291, 2.5.4: the least that a subscriber gets). What is no address stands for itself.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:_LONGEST]
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found)
