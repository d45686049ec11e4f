"""Which hosts an endpoint may name: https anywhere, http on loopback, cloud metadata nowhere, in any spelling."""

from __future__ import annotations

import ipaddress
import re
import socket
from functools import lru_cache

_ORIGIN = re.compile(r"(https?)://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?/?")
# What a server on the same network may be talked into asking on our behalf.
_METADATA_NAMES = (
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "metadata.tencentyun.com",
    "instance-data",
    "metadata.azure.com",
)
_METADATA_NETS = tuple(
    ipaddress.ip_network(net)
    for net in (
        "169.254.0.0/16",
        "100.100.100.200/32",
        "fe80::/10",
        "fd00:ec2::/32",
        "fd20:ce::/32",
        "0.0.0.0/32",
        "::/128",
    )
)
_EMBEDDING_NETS = tuple(ipaddress.IPv6Network(net) for net in ("64:ff9b::/96", "::ffff:0:0:0/96", "::/96"))
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def checked(url: str) -> str:
    """`url` as scheme://host[:port], lower case, without the scheme's own port. ValueError: the rule it breaks."""
    match = _ORIGIN.fullmatch(url)
    if match is None:
        raise ValueError(
            f"{re.sub('//.*@', '//***@', url)!r} is not scheme://host[:port] "
            "(no user info, path, query or fragment; https, or http on loopback)"
        )
    scheme, host, port = match[1], match[2].lower().removesuffix("."), match[3]
    if port is not None and not 0 < int(port) < 65_536:
        raise ValueError(f"{url!r} has no such port")
    address = _address(host)
    if (address is None and host.startswith("[")) or not all(host.split(".")):
        raise ValueError(f"{url!r} has no host")
    if host in _METADATA_NAMES or (address is not None and _is_metadata(address)):
        raise ValueError(f"{url!r} is a link-local or cloud-metadata address: refused")
    if scheme == "http" and not is_loopback(host):
        raise ValueError(f"{url!r} sends keys in the clear: http is for loopback addresses, use https")
    default = {"https": 443, "http": 80}[scheme]
    return f"{scheme}://{host}" if port is None or int(port) == default else f"{scheme}://{host}:{int(port)}"


@lru_cache(64)
def is_loopback(host: str) -> bool:
    """Whether a host (of a checked endpoint, brackets and all) is this machine, without a gateway in between."""
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def host_of(origin: str) -> str:
    """The host of scheme://host[:port]."""
    rest = origin.partition("://")[2]
    return rest.partition("]")[0] + "]" if rest.startswith("[") else rest.partition(":")[0]


def _address(host: str) -> Address | None:
    """The address a host spells, also as 0x7f000001, 2130706433, 0177.1 or ::ffff:127.0.0.1; None for a name."""
    try:
        if host.startswith("["):
            found = ipaddress.IPv6Address(host[1:-1])
            return found.ipv4_mapped or found
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (ValueError, OSError):
        return None


def _translated(address: Address) -> Address:
    """What a gateway makes of a 6to4, NAT64, SIIT or IPv4-compatible address; ::1 and :: are themselves."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.sixtofour is not None:
        return address.sixtofour
    if int(address) > 1 and any(address in net for net in _EMBEDDING_NETS):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def _is_metadata(address: Address) -> bool:
    meant = (address, _translated(address))
    return any(one in net for net in _METADATA_NETS for one in meant if net.version == one.version)
