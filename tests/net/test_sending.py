"""A send that may cost money: one request, and the difference between nothing and anything having left is exact."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from net.raw import Act, Visit, closed_port, drop, fine, hang, says, serving
from reelwright.errors import BadInput, NotAccepted, OutcomeUnknown, ProviderError, Refused, Unreachable
from reelwright.net.exchange import Network, Timeouts
from reelwright.net.http import HttpClient
from reelwright.net.network_backend import dial_first
from reelwright.net.send_deadline import limit_send_time
from reelwright.send_and_answer_waits import SEND_ACKNOWLEDGED_S, SEND_ON_ITS_WAY_S

QUICK = Timeouts(connect_s=1, write_s=1, read_s=0.4, pool_s=1)
BODY = {"prompt": "a lamp " * 50}


async def sent(base: str, ways: Network | None = None, **asked: object) -> object:
    """What one send to ``base`` came to: its answer, or the error that it raised."""
    async with HttpClient(
        "paper", base, auth={"Authorization": "Bearer key-of-paper"}, timeouts=QUICK, network=ways
    ) as http:
        try:
            return await http.send_once("POST", "/videos", json=BODY, **asked)  # type: ignore[arg-type]
        except ProviderError as error:
            return error


async def test_an_answer_comes_back_whole_and_one_request_was_made() -> None:
    async with serving(fine) as server:
        answer = await sent(server.url)
    assert answer.status == 200 and answer.parse_json() == {"id": "op-1"}  # type: ignore[attr-defined]
    assert server.posts == len(server.visits) == 1
    assert "authorization: bearer key-of-paper" in server.text_in.lower()
    assert "connection: close" in server.text_in.lower()


@pytest.mark.parametrize("status", ["200 OK", "307 Temporary Redirect", "401 Unauthorized", "429 Too Many Requests",
                                    "503 Service Unavailable"])  # fmt: skip
async def test_every_status_is_an_answer_and_nothing_is_sent_again(status: str) -> None:
    async def act(visit: Visit) -> None:
        await visit.request()
        await visit.answer(b"{}", status, "Location: /elsewhere", "Retry-After: 1")

    async with serving(act) as server:
        answer = await sent(server.url)
    assert answer.status == int(status[:3]) and answer.headers["retry-after"] == "1"  # type: ignore[attr-defined]
    assert server.posts == len(server.visits) == 1


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"


async def reset_after_the_request(visit: Visit) -> None:
    await visit.request()
    visit.reset()


async def reset_after_the_first_byte(visit: Visit) -> None:
    await visit.read(1)
    visit.reset()


async def reset_in_the_body(visit: Visit) -> None:
    await visit.request()
    await visit.say(HEAD + b"half of it")
    visit.reset()


UNKNOWN: dict[str, Act] = {
    "closed without a word": drop,
    "no answer in time": hang,
    "reset after the request": reset_after_the_request,
    "reset after the first byte": reset_after_the_first_byte,
    "reset in the body": reset_in_the_body,
    "head cut off": says(b"HTTP/1.1 200 OK\r\nContent-Len"),
    "body cut off": says(HEAD + b"half of it"),
    "chunks cut off": says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
    "hangs in the head": says(b"HTTP/1.1 200 OK\r\n", then_hangs=True),
    "hangs in the body": says(HEAD + b"half of it", then_hangs=True),
    "not HTTP": says(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "a lie about its length": says(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"),
    "packed wrongly": says(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain"),
    "packed as nobody asked": says(b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 5\r\n\r\nplain"),
    "too large": says(b"HTTP/1.1 200 OK\r\nContent-Length: 4001\r\n\r\n" + b"x" * 4001),
    "too large when unpacked": says(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(gzip.compress(b"x" * 9999))
        + gzip.compress(b"x" * 9999)
    ),
}


@pytest.mark.parametrize("how", UNKNOWN)
async def test_whatever_happens_after_a_byte_left_is_unknown_and_sent_once(how: str) -> None:
    async with serving(UNKNOWN[how]) as server:
        came = await sent(server.url, cap=4000)
    assert isinstance(came, OutcomeUnknown) and came.was_billed == "unknown", came
    assert (came.code, came.params["provider"]) == ("answer_lost", "paper")
    assert len(server.visits) == 1 and server.bytes_in >= 1
    assert "key-of-paper" not in f"{came} {came.hint} {came.__cause__!r}"


async def test_a_refusal_in_the_middle_of_a_long_request_is_an_answer() -> None:
    """As of a server that takes no more than a megabyte: it answers, closes, and the rest meets a reset."""

    async def refuses(visit: Visit) -> None:
        await visit.read(1000)
        await visit.answer(b'{"error": "too large"}', "413 Payload Too Large")
        await asyncio.sleep(0.05)

    for _ in range(10):
        async with serving(refuses) as server, HttpClient("paper", server.url, timeouts=QUICK) as http:
            answer = await http.send_once("POST", "/videos", content=b"x" * 20_000_000)
        assert answer.status == 413 and answer.parse_json() == {"error": "too large"}
        assert len(server.visits) == 1


async def test_a_long_request_arrives_whole() -> None:
    async with serving(fine) as server, HttpClient("paper", server.url) as http:
        body = os.urandom(5_000_000)
        assert (await http.send_once("POST", "/videos", content=body)).status == 200
        assert bytes(server.visits[0].got).endswith(body)


async def test_an_answer_that_drips_is_given_up_in_time() -> None:
    async def drips(visit: Visit) -> None:
        await visit.request()
        await visit.say(HEAD)
        for _ in range(600):
            await visit.say(b"x")
            await asyncio.sleep(0.1)

    async with serving(drips) as server:
        began = time.monotonic()
        came = await sent(server.url)
    assert isinstance(came, OutcomeUnknown) and time.monotonic() - began < 20


async def test_a_gzip_that_nobody_asked_for_is_unpacked() -> None:
    packed = gzip.compress(b'{"id": 1}')
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    async with serving(says(head + packed)) as server:
        answer = await sent(server.url)
    assert answer.parse_json() == {"id": 1}  # type: ignore[attr-defined]
    assert "accept-encoding: identity" in server.text_in.lower()


async def nobody(hosts: Sequence[str], port: int) -> object:
    raise socket.gaierror(-2, "Name or service not known")


async def nothing(hosts: Sequence[str], port: int) -> object:
    return []


async def never(hosts: Sequence[str], port: int) -> object:
    await asyncio.sleep(30)
    raise AssertionError


async def somewhere(name: str, port: int) -> Sequence[str]:
    return ["93.184.216.34", "2606:4700::1111"]


async def test_nothing_was_accepted_when_nobody_listens() -> None:
    assert isinstance(await sent(f"http://127.0.0.1:{closed_port()}"), NotAccepted)


WAYS = {"no such name": (nobody, dial_first), "no address": (nothing, dial_first), "no resolver": (never, dial_first),
        "no way there": (somewhere, nobody), "no connection": (somewhere, never)}  # fmt: skip


@pytest.mark.parametrize("how", WAYS)
async def test_nothing_was_accepted_when_there_is_no_address_or_no_connection(how: str) -> None:
    resolve, dial = WAYS[how]
    came = await sent("https://api.example.test", Network(resolve=resolve, dial=dial))  # type: ignore[arg-type]
    assert isinstance(came, NotAccepted) and came.retry == "later" and came.was_billed == "no"


async def test_a_name_with_several_addresses_is_reached_by_the_one_that_answers() -> None:
    async def several(name: str, port: int) -> Sequence[str]:
        return ["::1", "127.0.0.2", "127.0.0.1"]  # the server listens on the last only

    async with serving(fine) as server:
        base = f"http://localhost:{server.port}"
        answer = await sent(base, Network(resolve=several))
    assert answer.status == 200 and server.posts == 1 and f"host: localhost:{server.port}" in server.text_in.lower()


async def test_nothing_was_accepted_when_the_connection_is_not_secure() -> None:
    async def plain(visit: Visit) -> None:
        await visit.read()
        await visit.say(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    async with serving(plain) as server:
        came = await sent(f"https://127.0.0.1:{server.port}")
    assert isinstance(came, NotAccepted), came
    assert "POST" not in server.text_in and "key-of-paper" not in server.text_in


async def test_nothing_was_accepted_when_the_certificate_is_anothers(own_certificate: tuple[object, object]) -> None:
    theirs, _ = own_certificate
    async with serving(fine, theirs) as server:  # type: ignore[arg-type]
        came = await sent(server.url)
    assert isinstance(came, NotAccepted) and "certificate" in str(came).lower(), came
    assert server.bytes_in == 0


@pytest.mark.parametrize("act", [fine, drop])
async def test_over_a_secure_connection_it_is_the_same(act: Act, own_certificate: tuple[object, object]) -> None:
    theirs, ours = own_certificate
    async with serving(act, theirs) as server:  # type: ignore[arg-type]
        came = await sent(server.url, Network(trust=lambda: ours))  # type: ignore[arg-type,return-value]
    assert server.posts == 1
    assert isinstance(came, OutcomeUnknown) if act is drop else came.status == 200  # type: ignore[attr-defined]


async def test_when_the_other_side_hangs_up_first_an_error_never_says_less_than_what_left() -> None:
    """Who is quicker is chance; what must hold is that bytes which arrived are never called nothing."""

    async def hangs_up(visit: Visit) -> None:
        visit.reset()

    for _ in range(30):
        async with serving(hangs_up) as server:
            came = await sent(server.url)
        assert isinstance(came, NotAccepted | OutcomeUnknown)
        if server.bytes_in:
            assert isinstance(came, OutcomeUnknown)


async def test_a_connection_that_was_closed_before_the_first_byte_means_that_nothing_left() -> None:
    async def late(hosts: Sequence[str], port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        line = await dial_first(hosts, port)
        await asyncio.sleep(0.1)
        return line

    async def hangs_up(visit: Visit) -> None:
        visit.reset()

    async with serving(hangs_up) as server:
        came = await sent(server.url, Network(dial=late))
    assert isinstance(came, NotAccepted) and server.bytes_in == 0, came


async def test_a_send_that_was_held_up_too_long_is_not_made() -> None:
    async def blocks(hosts: Sequence[str], port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        time.sleep(0.3)  # the whole loop stands still
        return await dial_first(hosts, port)

    patience = Timeouts(send_within_s=0.2)
    async with (
        serving(fine) as server,
        HttpClient("paper", server.url, timeouts=patience, network=Network(dial=blocks)) as http,
    ):
        with pytest.raises(NotAccepted) as caught:
            await http.send_once("POST", "/videos", json=BODY)
        assert caught.value.code == "send_delayed"
        assert (await http.get("/videos/1")).status == 200, "a question is never too late"
    assert server.posts == 0


async def test_what_the_director_was_held_up_before_counts_as_well() -> None:
    async with serving(fine) as server, HttpClient("paper", server.url) as http:
        with limit_send_time(0.05):
            await asyncio.sleep(0.1)
            with pytest.raises(NotAccepted) as caught:
                await http.send_once("POST", "/videos", json=BODY)
            assert caught.value.code == "send_delayed"
        assert (await http.send_once("POST", "/videos", json=BODY)).status == 200
    assert server.posts == 1


STOPPED = textwrap.dedent("""
    import asyncio, sys
    from reelwright.errors import NotAccepted
    from reelwright.net.exchange import Network, Timeouts
    from reelwright.net.http import HttpClient
    from reelwright.net.network_backend import dial_first
    async def slowly(hosts, port):
        print("dialling", flush=True)
        await asyncio.sleep(0.2)
        return await dial_first(hosts, port)
    async def main():
        timeouts = Timeouts(send_within_s=1.0)
        http = HttpClient("paper", sys.argv[1], timeouts=timeouts, network=Network(dial=slowly))
        try:
            await http.send_once("POST", "/videos", json={"prompt": "a lamp"})
            print("sent")
        except NotAccepted as error:
            print("not made:", error)
    asyncio.run(main())
""")


async def test_a_process_that_was_stopped_before_its_first_byte_does_not_send_when_it_goes_on() -> None:
    async with serving(fine) as server:
        run = [sys.executable, "-c", STOPPED, server.url]
        child = await asyncio.create_subprocess_exec(*run, stdout=subprocess.PIPE, env=dict(os.environ))
        assert child.stdout and await child.stdout.readline() == b"dialling\n"
        child.send_signal(signal.SIGSTOP)
        await asyncio.sleep(1.2)
        child.send_signal(signal.SIGCONT)
        said = await asyncio.wait_for(child.stdout.read(), 10)
        await child.wait()
    assert said.startswith(b"not made:"), said
    assert server.posts == 0


LONG = 24_000_000
HALF_WAY = textwrap.dedent("""
    import asyncio, sys
    from reelwright.errors import OutcomeUnknown
    from reelwright.net.exchange import Timeouts
    from reelwright.net.http import HttpClient
    async def main():
        timeouts = Timeouts(send_within_s=0.5, through_s=float(sys.argv[2]))
        http = HttpClient("paper", sys.argv[1], timeouts=timeouts)
        try:
            await http.send_once("POST", "/videos", content=b"x" * 24_000_000, read_s=20)
            print("sent")
        except OutcomeUnknown as error:
            print("unknown:", error)
    asyncio.run(main())
""")


@pytest.mark.parametrize(("through_s", "said", "whole"), [("0.5", b"unknown:", False), ("60", b"sent", True)])
async def test_a_process_that_was_stopped_in_the_middle_of_a_request_does_not_send_the_rest_later(
    through_s: str, said: bytes, whole: bool
) -> None:
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def takes_its_time(visit: Visit) -> None:
        await visit.read()
        begun.set()
        await goes_on.wait()
        while len(visit.got) < LONG and await visit.read():
            pass
        await visit.answer()

    async with serving(takes_its_time) as server:
        run = [sys.executable, "-c", HALF_WAY, server.url, through_s]
        child = await asyncio.create_subprocess_exec(*run, stdout=subprocess.PIPE, env=dict(os.environ))
        await asyncio.wait_for(begun.wait(), 20)
        child.send_signal(signal.SIGSTOP)
        await asyncio.sleep(1.5)
        goes_on.set()
        child.send_signal(signal.SIGCONT)
        assert child.stdout
        told = await asyncio.wait_for(child.stdout.read(), 20)
        await child.wait()
    assert told.startswith(said), told
    assert (server.bytes_in > LONG) is whole


LATE = textwrap.dedent("""
    import asyncio, sys
    from reelwright.net.exchange import Timeouts
    from reelwright.net.http import HttpClient
    async def main():
        http = HttpClient("paper", sys.argv[1], timeouts=Timeouts(read_s=1.0))
        answer = await http.send_once("POST", "/videos", json={"prompt": "a lamp"})
        print("answered", len(answer.parse_json()["id"]))
    asyncio.run(main())
""")


async def test_an_answer_that_came_while_the_process_was_stopped_is_read_when_it_goes_on() -> None:
    """2026-11-24: stopped longer than the reading time, the operation's id lay in the socket and became unknown."""
    begun, stopped = asyncio.Event(), asyncio.Event()
    long = b"op" * 300_000  # more than one read

    async def answers_late(visit: Visit) -> None:
        await visit.request()
        begun.set()
        await stopped.wait()
        await visit.answer(b'{"id": "' + long + b'"}')

    async with serving(answers_late) as server:
        run = [sys.executable, "-c", LATE, server.url]
        child = await asyncio.create_subprocess_exec(*run, stdout=subprocess.PIPE, env=dict(os.environ))
        await asyncio.wait_for(begun.wait(), 20)
        await asyncio.sleep(0.2)  # until its reading time runs
        child.send_signal(signal.SIGSTOP)
        stopped.set()
        await asyncio.sleep(1.8)
        child.send_signal(signal.SIGCONT)
        assert child.stdout
        told = await asyncio.wait_for(child.stdout.read(), 20)
        await child.wait()
    assert told == b"answered 600000\n"
    assert server.posts == 1


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="this system has no such bound")
async def test_what_nobody_acknowledges_is_given_up_by_the_system_in_the_time_that_is_promised() -> None:
    async with serving(fine) as server:
        _, writer = await dial_first(["127.0.0.1"], server.port)
        line = writer.get_extra_info("socket")
        assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == SEND_ACKNOWLEDGED_S * 1000
        writer.transport.abort()
    assert Timeouts().through_s + SEND_ACKNOWLEDGED_S <= SEND_ON_ITS_WAY_S


KILLED = textwrap.dedent("""
    import asyncio, sys
    from reelwright.net.http import HttpClient
    async def main():
        async with HttpClient("paper", sys.argv[1]) as http:
            await http.get("/videos/1")
            await http.send_once("POST", "/videos", json={"prompt": "a lamp " * 50})
            print("answered")
    asyncio.run(main())
""")


@pytest.mark.parametrize(("at", "arrived"), [("C03", "half"), ("C04", "whole"), ("", "whole")])
async def test_the_crash_points_stand_in_the_middle_of_the_request_and_before_the_answers_body(
    at: str, arrived: str, tmp_path: Path
) -> None:
    log = tmp_path / "visits"
    crash = {"REELWRIGHT_CRASH_AT": at, "REELWRIGHT_CRASH_LOG": str(log)}
    async with serving(fine) as server:
        run = [sys.executable, "-c", KILLED, server.url]
        child = await asyncio.create_subprocess_exec(*run, stdout=subprocess.PIPE, env={**os.environ, **crash})
        out, _ = await asyncio.wait_for(child.communicate(), 20)
    assert child.returncode == (-signal.SIGKILL if at else 0) and bool(out) is (not at)
    head, _, body = bytes(server.visits[-1].got).partition(b"\r\n\r\n")
    length = int(re.search(rb"content-length: (\d+)", head.lower())[1])  # type: ignore[index]
    assert len(body) == (length // 2 if arrived == "half" else length)
    assert log.read_text().split() == (["C03"] if at == "C03" else ["C03", "C04"]), "a question reaches neither"


@pytest.mark.parametrize("value", ["bad\nvalue", "bad\r\nx: y", "bad\0value"])
async def test_what_cannot_be_put_into_a_header_is_refused_and_nothing_leaves(value: str) -> None:
    async with serving(fine) as server:
        came = await sent(server.url, headers={"x-name": value})
    assert isinstance(came, Refused) and server.bytes_in == 0


async def test_a_body_that_is_no_json_is_refused_and_nothing_leaves() -> None:
    async with serving(fine) as server, HttpClient("paper", server.url) as http:
        for body in (float("nan"), object(), {1, 2}):
            with pytest.raises(Refused):
                await http.send_once("POST", "/videos", json=body)
    assert server.bytes_in == 0


async def test_a_proof_that_cannot_be_had_means_that_nothing_was_sent() -> None:
    async def unreachable() -> dict[str, str]:
        raise Unreachable("the token server is gone")

    async def wrong() -> dict[str, str]:
        raise BadInput("key", None, "a key")

    async with serving(fine) as server:
        for auth, kind in ((unreachable, NotAccepted), (wrong, Refused)):
            async with HttpClient("paper", server.url, auth=auth) as http:
                with pytest.raises(kind):
                    await http.send_once("POST", "/videos", json=BODY)
    assert server.bytes_in == 0


async def test_a_form_with_a_file_arrives_as_one_multipart_request() -> None:
    async with serving(fine) as server, HttpClient("paper", server.url) as http:
        files = {"input_reference": ("frame.png", b"\x89PNG bytes", "image/png")}
        answer = await http.send_once("POST", "/videos", form={"prompt": "a lamp", "seconds": "4"}, files=files)
    assert answer.status == 200 and server.posts == 1
    text = server.text_in
    assert 'name="prompt"' in text and 'filename="frame.png"' in text and "PNG bytes" in text


async def test_sends_at_the_same_time_have_a_connection_each() -> None:
    async with serving(fine) as server, HttpClient("paper", server.url) as http:
        answers = await asyncio.gather(*[http.send_once("POST", "/videos", json=BODY) for _ in range(40)])
    assert {answer.status for answer in answers} == {200}
    assert server.posts == len(server.visits) == 40
