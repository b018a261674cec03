"""Where outputs may be fetched from: a table of addresses that must never be reached, and names that lead to them."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.raw import Visit, fine, serving
from reelwright.errors import BadInput, Unreachable
from reelwright.net.address import is_public, parse_ip, parse_url, resolve_public
from reelwright.net.exchange import Network
from reelwright.net.http import HttpClient

CLOSED = """
0.0.0.0 0.0.0.1 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.0.0.2 127.255.255.255
169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1
192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1
255.255.255.255 168.63.129.16
:: ::1 ::127.0.0.1 ::10.0.0.1 ::ffff:10.0.0.1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:0:10.0.0.1
64:ff9b:: 64:ff9b::10.0.0.1 64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 2001:0:7f00:1::1
2001:0:4136:e378:8000:63bf:f5ff:fffe 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:a00:1:: 2002:a9fe:a9fe::
2620:4f:8000::1 3fff::1 5f00::1 fc00::1 fd00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 ff0e::1 4000::1 e000::1
""".split()
OPEN = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.216.34 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1
169.253.255.255 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
::ffff:8.8.8.8 64:ff9b::8.8.8.8 2001:4860:4860::8888 2002:808:808:: 2606:4700::1111 2a00:1450:4001::1
""".split()
NOT_FETCHED = """
https://127.0.0.1/x https://127.1/x https://127.0.1/x https://0/x https://0.0.0.0/x https://2130706433/x
https://0x7f.1/x https://0x7f000001/x https://0177.0.0.1/x https://017700000001/x https://127.0.0.01/x
https://[::1]/x https://[::ffff:10.0.0.1]/x https://[::ffff:7f00:1]/x https://[fe80::1%25eth0]/x https://[64:ff9b::7f00:1]/x
https://169.254.169.254/latest https://10.0.0.1/x https://localhost/x https://localhost./x https://LOCALHOST/x
https://printer.local/x https://printer.local./x https://metadata.google.internal/x https://metadata/x https://nas.lan/x
https://a.localhost/x https://router.home/x https://1.0.0.127.in-addr.arpa/x https://x.onion/x https://x.test/x
https://user@outputs.example.com/x https://user:pass@outputs.example.com/x https://outputs.example.com@127.0.0.1/x
https://outputs.example.com\\@127.0.0.1/x https://127.0.0.1#@outputs.example.com/ https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/x https://127。0。0。1/x
https://outputs.exämple.com/x https://１２７.0.0.1/x https://outputs.example.com:22/x https://outputs.example.com:8443/x
https://outputs.example.com:0/x https://outputs.example.com:99999/x https://outputs.example.com:-1/x
http://outputs.example.com/x http://8.8.8.8/x ftp://outputs.example.com/x file:///etc/passwd gopher://127.0.0.1:70/_
data:text/plain,x javascript:1 //outputs.example.com/x outputs.example.com/x https:///x https://%31%32%37.0.0.1/x
https://outputs.example.com%2f@127.0.0.1/ https://[::1 https://[]/x https://..../x https://-x.example.com/x https://a..b/x
https://127.0.0.1.:443/x https://0x7f.0x0.0x0.0x1/x https://1.2.3.4.5/x https://256.256.256.256/x https://[v1.fe80]/x
""".split()


@pytest.mark.parametrize("address", CLOSED)
def test_an_address_that_is_not_everybodys_is_closed(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OPEN)
def test_an_address_of_the_public_internet_is_open(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_as_open_as_outside(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    wrapped = [
        ipaddress.IPv6Address((0xFFFF << 32) | number),
        ipaddress.IPv6Address((0x64FF9B << 96) | number),
        ipaddress.IPv6Address((0x2002 << 112) | (number << 80)),
    ]
    assert {is_public(one) for one in wrapped} == {is_public(inner)}


@given(st.ip_addresses())
def test_whatever_python_calls_private_or_reserved_is_closed(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not is_public(address) or getattr(address, "sixtofour", None) or getattr(address, "teredo", None)


class Honeypot:
    """Counts connections, wherever they were meant to go."""

    def __init__(self, port: int) -> None:
        self.port, self.dialled = port, list[tuple[str, ...]]()

    async def dial(self, hosts: Sequence[str], port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self.dialled.append(tuple(hosts))
        return await asyncio.open_connection("127.0.0.1", self.port)


async def fetched(http: HttpClient, url: str) -> bytes:
    return b"".join([part async for part in http.stream(url, cap=10_000)])


@pytest.mark.parametrize("url", NOT_FETCHED)
async def test_a_url_that_leads_or_may_lead_inside_is_not_fetched(url: str) -> None:
    async def public(name: str, port: int) -> Sequence[str]:
        return ["93.184.216.34"]

    async with serving(fine) as server:
        pot = Honeypot(server.port)
        async with HttpClient(
            "paper", "https://api.example.com", network=Network(resolve=public, dial=pot.dial)
        ) as http:
            with pytest.raises(Unreachable):
                await fetched(http, url)
    assert (pot.dialled, server.visits) == ([], [])


@pytest.mark.parametrize("address", CLOSED)
async def test_a_name_that_resolves_to_a_closed_address_is_not_fetched_from(address: str) -> None:
    for answer in ([address], ["93.184.216.34", address]):

        async def resolve(name: str, port: int, answer: list[str] = answer) -> Sequence[str]:
            return answer

        pot = Honeypot(1)
        async with HttpClient(
            "paper", "https://api.example.com", network=Network(resolve=resolve, dial=pot.dial)
        ) as http:
            with pytest.raises(Unreachable) as caught:
                await fetched(http, "https://outputs.example.com/film.mp4")
        assert caught.value.code == "output_address_refused"
        assert pot.dialled == []


async def test_a_name_is_resolved_once_and_its_certificate_is_asked_for_by_name(
    own_certificate: tuple[object, object],
) -> None:
    """The second answer of a resolver that flips is never heard."""
    answers = [["93.184.216.34"], ["127.0.0.1"], ["10.0.0.1"]]
    asked: list[str] = []
    names: list[str] = []
    theirs, ours = own_certificate
    theirs.sni_callback = lambda sock, name, context: names.append(name)  # type: ignore[attr-defined]

    async def flips(name: str, port: int) -> Sequence[str]:
        asked.append(name)
        return answers[len(asked) - 1]

    async def film(visit: Visit) -> None:
        await visit.request()
        await visit.answer(b"a film")

    async with serving(film, theirs) as server:  # type: ignore[arg-type]
        pot = Honeypot(server.port)
        ways = Network(resolve=flips, dial=pot.dial, trust=lambda: ours)  # type: ignore[arg-type,return-value]
        key = {"Authorization": "Bearer key-of-paper"}
        async with HttpClient("paper", "https://api.example.com", auth=key, network=ways) as http:
            assert await fetched(http, "https://outputs.example.com/film.mp4?sig=1") == b"a film"
    theirs.sni_callback = None  # type: ignore[attr-defined]
    assert asked == ["outputs.example.com"] and pot.dialled == [("93.184.216.34",)]
    assert names == ["outputs.example.com"]
    assert "authorization" not in server.text_in.lower()
    assert "GET /film.mp4?sig=1 " in server.text_in and "host: outputs.example.com" in server.text_in.lower()


@pytest.mark.parametrize("inside", ["https://127.0.0.1/x", "https://inside.example.com/x", "http://169.254.169.254/x",
                                    "//127.0.0.1/x", "file:///etc/passwd"])  # fmt: skip
async def test_a_redirect_is_looked_at_like_the_first_address(
    inside: str, own_certificate: tuple[object, object]
) -> None:
    theirs, ours = own_certificate

    async def resolve(name: str, port: int) -> Sequence[str]:
        return ["10.0.0.1"] if name.startswith("inside") else ["93.184.216.34"]

    async def moved(visit: Visit) -> None:
        await visit.request()
        await visit.answer(b"", "302 Found", f"Location: {inside}")

    async with serving(moved, theirs) as server:  # type: ignore[arg-type]
        pot = Honeypot(server.port)
        ways = Network(resolve=resolve, dial=pot.dial, trust=lambda: ours)  # type: ignore[arg-type,return-value]
        async with HttpClient("paper", "https://api.example.com", network=ways) as http:
            with pytest.raises(Unreachable):
                await fetched(http, "https://outputs.example.com/film.mp4")
    assert pot.dialled == [("93.184.216.34",)]


async def test_a_provider_on_this_machine_may_give_outputs_of_this_machine() -> None:
    async def resolve(name: str, port: int) -> Sequence[str]:
        return ["93.184.216.34"]

    for url in ("http://127.0.0.1:9/x", "http://localhost:9000/x", "http://[::1]:9/x", "https://127.0.0.1:9/x"):
        assert await resolve_public(parse_url(url), resolve, may_use_loopback=True)
        with pytest.raises(BadInput):
            await resolve_public(parse_url(url), resolve, may_use_loopback=False)
    for url in ("http://10.0.0.1/x", "http://127.1/x", "http://outputs.example.com/x", "https://169.254.169.254/x"):
        with pytest.raises(BadInput):
            await resolve_public(parse_url(url), resolve, may_use_loopback=True)


@given(st.text(max_size=60), st.sampled_from(["https://", "http://", "https://[", "https://a@", "", "//"]))
def test_taking_a_url_apart_gives_a_plain_place_or_bad_input(text: str, before: str) -> None:
    try:
        at = parse_url(before + text)
    except BadInput:
        return
    assert at.url.isascii() and "@" not in at.url.split("/")[2] and at.host == at.host.lower()
    assert parse_ip(at.host) or not at.host.rpartition(".")[2].isdigit()
    assert parse_url(at.url).origin == at.origin
