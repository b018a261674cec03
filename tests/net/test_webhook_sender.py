"""Webhooks go only where they may: the address is checked at every attempt, and nothing is followed or waited for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from net.raw import Visit, closed_port, fine, serving
from net.test_addresses import CLOSED, NOT_FETCHED, Honeypot
from reelwright.errors import BadInput
from reelwright.net import webhook_sender
from reelwright.net.exchange import Network
from reelwright.net.webhook_sender import check_webhook_url, send_webhook

PUBLIC = "93.184.216.34"
CLOUD = ("169.254.169.254", "fd00:ec2::254", "168.63.129.16", "fe80::1", "0.0.0.0", "::", "100::1", "224.0.0.1",
         "fd20:ce::254", "fd00:c1::a9fe:a9fe", "fd00:42::42", "100.100.100.200")  # fmt: skip
"""Never a receiver, whatever is allowed."""
PRIVATE = ("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd00::1")


def network_of(pot: Honeypot, *addresses: str) -> Network:
    async def resolve(name: str, port: int) -> Sequence[str]:
        return addresses

    return Network(resolve=resolve, dial=pot.dial)


@pytest.mark.parametrize("url", NOT_FETCHED)
async def test_a_url_that_leads_or_may_lead_inside_gets_no_connection(url: str) -> None:
    async with serving(fine) as server:
        pot = Honeypot(server.port)
        answer = await send_webhook(url, {}, "{}", may_use_private=False, network=network_of(pot, PUBLIC))
    assert answer.reason and answer.reason.code == "webhook_address_refused", answer
    assert (pot.dialled, server.visits) == ([], [])


@pytest.mark.parametrize("address", CLOSED)
async def test_a_name_that_resolves_to_a_closed_address_gets_no_connection(address: str) -> None:
    for found in ((address,), (PUBLIC, address)):
        pot = Honeypot(1)
        network = network_of(pot, *found)
        answer = await send_webhook("https://hooks.example.com/", {}, "{}", may_use_private=False, network=network)
        assert answer.reason and answer.reason.code == "webhook_address_refused"
        assert pot.dialled == []


@pytest.mark.parametrize("address", [*CLOUD, *PRIVATE])
async def test_allowing_private_networks_opens_them_and_nothing_else(address: str) -> None:
    pot = Honeypot(closed_port())
    network = network_of(pot, address)
    answer = await send_webhook("https://hooks.corp.example/", {}, "{}", may_use_private=True, network=network)
    is_refused = answer.reason is not None and answer.reason.code == "webhook_address_refused"
    assert is_refused == (address in CLOUD) == (not pot.dialled), answer
    plain = await send_webhook("http://hooks.corp.example/", {}, "{}", may_use_private=True, network=network)
    assert plain.reason and plain.reason.code == "webhook_address_refused", "what is signed is also kept secret"


@pytest.mark.parametrize("url", [one for one in NOT_FETCHED if "@" in one or "%" in one or "\\" in one])
async def test_a_url_that_two_parsers_read_differently_is_refused_whatever_is_allowed(url: str) -> None:
    pot = Honeypot(1)
    answer = await send_webhook(url, {}, "{}", may_use_private=True, network=network_of(pot, "10.0.0.1"))
    if "#" not in url:
        assert answer.reason and answer.reason.code == "webhook_address_refused" and pot.dialled == []


async def test_a_name_is_resolved_once_and_a_flip_is_never_heard(own_certificate: tuple[object, object]) -> None:
    theirs, ours = own_certificate
    asked: list[str] = []

    async def flips(name: str, port: int) -> Sequence[str]:
        asked.append(name)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    async with serving(fine, theirs) as server:  # type: ignore[arg-type]
        pot = Honeypot(server.port)
        network = Network(resolve=flips, dial=pot.dial, trust=lambda: ours)  # type: ignore[arg-type,return-value]
        answer = await send_webhook(
            "https://outputs.example.com/x?k=1", {"webhook-id": "m"}, "{}", may_use_private=False, network=network
        )
    assert answer.status == 200 and answer.reason is None and len(asked) == 1 and pot.dialled == [(PUBLIC,)]
    assert "POST /x?k=1 " in server.text_in and "webhook-id: m" in server.text_in.lower()


async def test_a_certificate_that_is_not_trusted_gets_nothing(own_certificate: tuple[object, object]) -> None:
    theirs, _ = own_certificate
    async with serving(fine, theirs) as server:  # type: ignore[arg-type]
        answer = await send_webhook(f"{server.url}/x", {}, '{"a": 1}', may_use_private=True)
    assert answer.reason and answer.reason.code == "webhook_unreachable"
    assert server.posts == 0


@pytest.mark.parametrize("inside", ["http://169.254.169.254/x", "http://127.0.0.1:{port}/x", "/inside"])
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
async def test_a_redirect_is_a_refusal_and_is_not_followed(status: str, inside: str) -> None:
    async def moved(visit: Visit) -> None:
        await visit.request()
        await visit.answer(b"", status, f"Location: {inside.format(port=server.port)}")

    async with serving(moved) as server:
        answer = await send_webhook(f"{server.url}/x", {}, "{}", may_use_private=True)
        assert answer.reason and answer.reason.code == "webhook_refused" and answer.status == int(status[:3])
        assert len(server.visits) == 1


@pytest.mark.timed
@pytest.mark.parametrize("part", ["connect", "name", "head", "drip"])
async def test_a_slow_receiver_has_five_seconds_in_all(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_sender, "WEBHOOK_ATTEMPT_S", 0.4)

    async def sleep(*_: object) -> Sequence[str]:
        await asyncio.sleep(30)
        return []

    async def drip(visit: Visit) -> None:
        await visit.request()
        for letter in "HTTP/1.1 200 OK" if part == "drip" else "":
            await visit.say(letter.encode())
            await asyncio.sleep(0.1)
        await asyncio.sleep(30)

    async with serving(drip) as server:
        network = {"connect": Network(dial=sleep), "name": Network(resolve=sleep)}.get(part)  # type: ignore[arg-type]
        url = "https://slow.example.com/" if part == "name" else f"{server.url}/x"
        began = time.monotonic()
        answer = await send_webhook(url, {}, "{}", may_use_private=True, network=network)
    assert time.monotonic() - began < 5
    assert answer.status is None and answer.reason and answer.reason.code == "webhook_too_slow"


@pytest.mark.timed
async def test_an_answer_is_read_no_further_than_its_head() -> None:
    async def endless(visit: Visit) -> None:
        await visit.request()
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 65536)
        await asyncio.sleep(30)

    async with serving(endless) as server:
        began = time.monotonic()
        assert (await send_webhook(f"{server.url}/x", {}, "{}", may_use_private=True)).reason is None
        assert time.monotonic() - began < 4


async def test_answers_say_when_to_come_again_and_when_never(monkeypatch: pytest.MonkeyPatch) -> None:
    for status, header, after_s, is_gone in (
        ("429 Too Many", "Retry-After: 120", 120.0, False), ("503 Away", "Retry-After: 999999999", 86_400.0, False),
        ("503 Away", "Retry-After: -5", 0.0, False), ("500 Fault", "Retry-After: 120", 0.0, False),
        ("410 Gone", "Retry-After: 1", 0.0, True), ("404 Not Found", "X: y", 0.0, False),
    ):  # fmt: skip

        async def act(visit: Visit, status: str = status, header: str = header) -> None:
            await visit.request()
            await visit.answer(b"no", status, header)

        async with serving(act) as server:
            answer = await send_webhook(f"{server.url}/x", {}, "{}", may_use_private=True)
        assert (answer.status, answer.after_s, answer.is_gone) == (int(status[:3]), after_s, is_gone)
        assert answer.reason and answer.reason.code == "webhook_refused"


async def test_a_broken_answer_is_no_arrival() -> None:
    for raw in (b"", b"hello\r\n\r\n", b"HTTP/1.1 \xff\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length"):

        async def act(visit: Visit, raw: bytes = raw) -> None:
            await visit.request()
            await visit.say(raw)

        async with serving(act) as server:
            answer = await send_webhook(f"{server.url}/x", {}, "{}", may_use_private=True)
        assert answer.reason and answer.reason.code == "webhook_unreachable", raw


def test_a_url_is_https_or_of_this_machine() -> None:
    for url in ("https://hooks.example.com/x?a=b", "http://127.0.0.1:9000/", "http://localhost:9000/", "http://[::1]/"):
        assert check_webhook_url(url) == url
    for url in (
        "http://hooks.example.com/", "ftp://x.example/", "https://u:p@x.example/", "https://x.example/#a", "x", "",
        f"https://x.example/{'a' * 2000}",
    ):  # fmt: skip
        with pytest.raises(BadInput):
            check_webhook_url(url)
