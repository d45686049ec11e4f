"""Endpoint rules in every spelling."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.settings.endpoints import checked, host_of, is_loopback


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://fc.cn-hangzhou.aliyuncs.com", "https://fc.cn-hangzhou.aliyuncs.com"),
        ("https://Host.EXAMPLE/", "https://host.example"),
        ("https://host.example.", "https://host.example"),
        ("https://host.example:443", "https://host.example"),
        ("https://host.example:0443", "https://host.example"),
        ("https://host.example:8443", "https://host.example:8443"),
        ("https://10.0.0.1:80", "https://10.0.0.1:80"),
        ("https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://localhost.", "http://localhost"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://127.255.0.9", "http://127.255.0.9"),
        ("http://[::1]:1", "http://[::1]:1"),
        ("http://0x7f000001", "http://0x7f000001"),
        ("http://2130706433", "http://2130706433"),
        ("http://0177.1", "http://0177.1"),
        ("http://[::ffff:127.0.0.1]", "http://[::ffff:127.0.0.1]"),
        ("http://[::ffff:7f00:1]", "http://[::ffff:7f00:1]"),
    ],
)
def test_what_may_be_named(url: str, origin: str) -> None:
    assert checked(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "host.example",
        "//host.example",
        "ftp://host.example",
        "HTTPS://host.example",
        "https:host.example",
        "https://",
        "https://.",
        "https://...",
        "https://a..b",
        "https://host.example..",
        "https://user@host.example",
        "https://user:secret@host.example",
        "https://host.example/path",
        "https://host.example//",
        "https://host.example?",
        "https://host.example?a=b",
        "https://host.example#",
        "https://host.example/#x",
        "https://host.example\\@127.0.0.1",
        "https://host example",
        " https://host.example",
        "https://host.example\n",
        "https://host.example:",
        "https://host.example:0",
        "https://host.example:65536",
        "https://host.example:443443443",
        "https://host.example:+1",
        "https://host.example:１",
        "https://хост.example",
        "https://１２７.0.0.1",
        "https://[::1",
        "https://[::::]",
        "https://[12345::1]",
        "https://[fe80::1%25eth0]",
        "https://[::1].",
        "https://%31%32%37.0.0.1",
    ],
)
def test_what_is_no_origin(url: str) -> None:
    with pytest.raises(ValueError, match=r"scheme://|no host|no such port"):
        checked(url)


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "169.254.169.254.",
        "169.254.0.23",
        "169.254.1",
        "2852039166",
        "0xa9fea9fe",
        "0xA9FEA9FE",
        "0251.0376.0251.0376",
        "0xa9.254.0251.254",
        "025177524776",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[::169.254.169.254]",
        "[::ffff:0:a9fe:a9fe]",
        "[64:ff9b::169.254.169.254]",
        "[2002:a9fe:a9fe::1]",
        "[fe80::1]",
        "[FE80::1]",
        "[fd00:ec2::254]",
        "[fd20:ce::254]",
        "100.100.100.200",
        "1684301000",
        "[::ffff:100.100.100.200]",
        "metadata.google.internal",
        "METADATA.Google.Internal.",
        "metadata.tencentyun.com",
        "0.0.0.0",
        "0",
        "[::]",
    ],
)
def test_link_local_and_metadata_addresses_are_refused_in_any_spelling(host: str) -> None:
    for scheme in ("https", "http"):
        with pytest.raises(ValueError, match="link-local or cloud-metadata"):
            checked(f"{scheme}://{host}:8080")


@pytest.mark.parametrize(
    "host",
    ["host.example", "10.0.0.1", "128.0.0.1", "126.255.255.255", "[::2]", "[2001:db8::1]", "localhost.example",
     "127.0.0.1.example", "notlocalhost"],
)  # fmt: skip
def test_keys_never_leave_in_the_clear(host: str) -> None:
    with pytest.raises(ValueError, match="in the clear"):
        checked(f"http://{host}")
    assert not is_loopback(host)


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_in_all_its_spellings(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    parts = address.packed
    spellings = [
        str(address),
        str(number),
        hex(number),
        f"0{number:o}",
        ".".join(f"0{part:o}" for part in parts),
        ".".join(hex(part) for part in parts),
        f"{parts[0]}.{number & 0xFFFFFF}",
        f"[::ffff:{address}]",
    ]

    def verdict(scheme: str, host: str) -> str:
        try:
            return checked(f"{scheme}://{host}") and "fine"
        except ValueError as error:
            return str(error).partition(" ")[2]

    assert len({verdict("http", one) for one in spellings}) == 1
    assert len({verdict("https", one) for one in (*spellings, f"[64:ff9b::{address}]")}) == 1


@given(st.text(max_size=60))
def test_any_text_is_an_origin_or_an_error(text: str) -> None:
    for url in (text, f"https://{text}", f"http://{text}"):
        try:
            origin = checked(url)
        except ValueError:
            continue
        assert origin.isascii()
        assert checked(origin) == origin
        assert host_of(origin)


def test_the_host_of_an_origin() -> None:
    assert host_of("https://a.b:1") == "a.b"
    assert host_of("https://[::1]:1") == "[::1]"


@pytest.mark.parametrize(
    "url",
    [
        "http://[64:ff9b::7f00:1]",
        "http://[2002:7f00:1::]",
        "http://[::ffff:0:127.0.0.1]",
        "http://[::127.0.0.1]",
    ],
)
def test_an_address_that_a_gateway_translates_is_not_this_machine(url: str) -> None:
    """Such a packet leaves the machine: nothing may go there in the clear, the demo keys not at all."""
    assert not is_loopback(host_of(url))
    with pytest.raises(ValueError, match="in the clear"):
        checked(url)
    assert checked(url.replace("http:", "https:"))


def test_a_password_in_an_endpoint_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="no user info") as caught:
        checked("https://user:hunter2@host.example")
    assert "hunter2" not in str(caught.value)
