"""Fetching what was made: whole or an error, few redirects, and no key for other hosts."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from net.raw import Act, Visit, closed_port, drop, hang, says, serving
from reelwright.errors import BadInput, NotFound, ProviderError, ReelwrightError, Refused, Unreachable
from reelwright.net.exchange import Timeouts
from reelwright.net.http import HttpClient

QUICK = Timeouts(connect_s=1, write_s=1, read_s=0.4, pool_s=1)
KEY = {"Authorization": "Bearer key-of-paper"}
FILM = bytes(range(256)) * 2000


def gives(body: bytes = FILM, status: str = "200 OK", *headers: str) -> Act:
    async def act(visit: Visit) -> None:
        await visit.request()
        await visit.answer(body, status, *headers)

    return act


async def fetched(base: str, url: str, cap: int = 1_000_000, patience: Timeouts = QUICK) -> bytes:
    async with HttpClient("paper", base, auth=KEY, timeouts=patience) as http:
        return b"".join([part async for part in http.stream(url, cap=cap)])


async def test_an_output_comes_whole_and_the_providers_own_host_sees_the_key() -> None:
    async with serving(gives()) as server:
        assert await fetched(server.url, f"{server.url}/files/1?alt=media") == FILM
    assert "GET /files/1?alt=media" in server.text_in and "key-of-paper" in server.text_in


async def test_another_host_of_this_machine_never_sees_the_key() -> None:
    async with serving(gives()) as outputs, serving(gives(b"", "302 Found", f"Location: {outputs.url}/b")) as server:
        assert await fetched(server.url, f"{server.url}/a") == FILM
        assert await fetched(server.url, f"{outputs.url}/direct") == FILM
    assert "key-of-paper" in server.text_in and len(outputs.visits) == 2
    assert "authorization" not in outputs.text_in.lower()


async def test_chunks_are_put_together_and_an_end_that_is_missing_is_noticed() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
    async with serving(says(head + b"0\r\n\r\n")) as server:
        assert await fetched(server.url, server.url) == b"hello"
    async with serving(says(head)) as server:
        with pytest.raises(Unreachable):
            await fetched(server.url, server.url)


@pytest.mark.parametrize("kept", [0, 1, 300_000, len(FILM) - 1])
async def test_a_body_that_was_cut_off_is_an_error_and_never_a_short_file(kept: int) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(FILM)
    async with serving(says(head + FILM[:kept])) as server:
        with pytest.raises(Unreachable) as caught:
            await fetched(server.url, server.url)
    assert caught.value.code == "output_incomplete"


async def test_a_body_whose_end_cannot_be_told_is_an_error() -> None:
    async with serving(says(b"HTTP/1.1 200 OK\r\n\r\n" + FILM)) as server:
        with pytest.raises(Unreachable) as caught:
            await fetched(server.url, server.url)
    assert caught.value.code == "output_length_unknown"


@pytest.mark.parametrize(
    ("act", "kind", "code"),
    [
        (gives(b"", "404 Not Found"), NotFound, "output_gone"),
        (gives(b"", "410 Gone"), NotFound, "output_gone"),
        (gives(b"", "403 Forbidden"), Unreachable, "output_not_served"),
        (gives(b"", "500 Internal Server Error"), Unreachable, "output_not_served"),
        (gives(b"x", "206 Partial Content"), Unreachable, "output_not_served"),
        (gives(b"", "204 No Content"), Unreachable, "output_not_served"),
        (gives(b"", "302 Found"), Unreachable, "output_redirected"),
        (gives(b"x", "200 OK", "Content-Encoding: gzip"), Unreachable, "output_compressed"),
        (gives(b"x" * 1001), BadInput, "invalid_value"),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\nx"), BadInput, "invalid_value"),
        (
            says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n" + b"x" * 2048),
            BadInput,
            "invalid_value",
        ),
        (says(b"nonsense\r\n\r\n"), Unreachable, "output_incomplete"),
        (drop, Unreachable, "output_incomplete"),
        (hang, Unreachable, "output_incomplete"),
    ],
)
async def test_each_way_in_which_an_output_does_not_come_has_its_error(
    act: Act, kind: type[Exception], code: str
) -> None:
    async with serving(act) as server:
        with pytest.raises(kind) as caught:
            await fetched(server.url, f"{server.url}/a?token=secret-of-the-link", cap=1000)
    assert isinstance(caught.value, ReelwrightError) and (type(caught.value), caught.value.code) == (kind, code)
    assert "secret-of-the-link" not in str(caught.value)


async def test_three_moves_are_followed_and_the_fourth_is_not() -> None:
    async def moves(visit: Visit) -> None:
        await visit.request()
        step = int(bytes(visit.got).split(b" ")[1].decode().rpartition("/")[2])
        if step == 0:
            await visit.answer(b"there")
        else:
            await visit.answer(b"", "307 Temporary Redirect", f"Location: {step - 1}")

    async with serving(moves) as server:
        assert await fetched(server.url, f"{server.url}/moved/3") == b"there"
        with pytest.raises(Unreachable) as caught:
            await fetched(server.url, f"{server.url}/moved/4")
    assert caught.value.code == "output_redirected" and caught.value.params["most"] == 3


async def test_an_output_that_drips_is_given_up() -> None:
    async def drips(visit: Visit) -> None:
        await visit.request()
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1200):
            await visit.say(b"x")
            await asyncio.sleep(0.05)

    async with serving(drips) as server:
        began = time.monotonic()
        with pytest.raises(Unreachable) as caught:
            await fetched(server.url, server.url)
    assert caught.value.code == "output_incomplete" and "slower" in caught.value.params["cause"]
    assert time.monotonic() - began < 20


async def test_a_reader_that_takes_its_time_does_not_make_an_output_slow() -> None:
    async with serving(gives()) as server, HttpClient("paper", server.url, timeouts=QUICK) as http:
        size = 0
        async for part in http.stream(server.url, cap=1_000_000):
            size += len(part)
            await asyncio.sleep(0.1)
    assert size == len(FILM)


async def test_a_reader_that_stops_early_leaves_nothing_open() -> None:
    async with serving(gives()) as server, HttpClient("paper", server.url) as http:
        stream = http.stream(server.url, cap=1_000_000)
        await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]
        await asyncio.sleep(0.05)
        assert await server.visits[0].reader.read() == b"" or server.visits[0].reader.at_eof()


async def keeps(visit: Visit) -> None:
    """Answers every request on one connection."""
    answered = 0
    while await visit.read():
        if bytes(visit.got).count(b"\r\n\r\n") > answered:
            answered += 1
            await visit.answer(b"{}")


async def test_questions_share_a_connection_and_what_changes_something_has_its_own() -> None:
    async with serving(keeps) as server, HttpClient("paper", server.url, auth=KEY) as http:
        answers = [await http.get("/videos/1", params={"x": "1 & 2"}) for _ in range(5)]
        assert (await http.get(f"{server.url}/videos/1")).status == 200
        assert len(server.visits) == 1
        assert (await http.send_free("POST", "/videos/1/cancel")).status == 200
    assert {answer.status for answer in answers} == {200} and len(server.visits) == 2
    assert "GET /videos/1?x=1" in server.text_in and "POST /videos/1/cancel " in server.text_in


async def test_a_kept_connection_that_the_other_side_closed_is_not_used_again() -> None:
    async with serving(gives(b"{}")) as server, HttpClient("paper", server.url) as http:
        for _ in range(20):
            assert (await http.get("/videos/1")).status == 200
            await asyncio.sleep(0.005)


async def test_a_key_that_is_renewed_goes_out_with_the_next_question_on_a_kept_connection() -> None:
    keys = iter(["first-key", "first-key", "second-key"])

    async def key() -> dict[str, str]:
        return {"authorization": f"Bearer {next(keys)}"}

    async with serving(keeps) as server, HttpClient("paper", server.url, auth=key) as http:
        for path in ("/a", "/b", "/c"):
            await http.get(path)
    assert len(server.visits) == 1
    asked = [head.lower() for head in server.text_in.split("\r\n\r\n") if head]
    assert [head.split()[1] for head in asked] == ["/a", "/b", "/c"]
    assert ["first-key" in head for head in asked] == [True, True, False]
    assert "second-key" in asked[2] and all(head.count("host:") == 1 for head in asked)


async def test_a_kept_connection_on_which_more_came_than_was_asked_for_is_not_used_again() -> None:
    """Else the next question would take it for its answer."""

    async def says_two_answers(visit: Visit) -> None:
        while await visit.read():
            answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
            false = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nfalse!"
            await visit.say(answer + false if len(server.visits) == 1 else answer)

    async with serving(says_two_answers) as server, HttpClient("paper", server.url) as http:
        assert [(await http.get("/videos/1")).body for _ in range(3)] == [b"{}"] * 3
    assert len(server.visits) == 2


async def test_more_questions_than_connections_wait_for_one_and_give_up_in_time() -> None:
    at_once = most = 0

    async def slow(visit: Visit) -> None:
        nonlocal at_once, most
        while await visit.read():
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.2)
            at_once -= 1
            await visit.answer(b"{}")

    async with serving(slow) as server, HttpClient("paper", server.url) as http:
        answers = await asyncio.gather(*(http.get(f"/videos/{n}") for n in range(150)))
    assert {answer.status for answer in answers} == {200} and most <= 100
    # As long as it takes to open and ask on all connections: none may end before the last has waited for one.
    stays = replace(QUICK, connect_s=60, read_s=2, pool_s=0.1)
    async with serving(hang) as server, HttpClient("paper", server.url, timeouts=stays) as http:
        asked = await asyncio.gather(*(http.get("/videos/1") for _ in range(110)), return_exceptions=True)
    assert all(isinstance(one, Unreachable) for one in asked)
    assert sum("PoolTimeout" in str(one) for one in asked) == 10


async def test_a_cancelled_question_leaves_no_connection_to_the_next() -> None:
    async def answers_late(visit: Visit) -> None:
        while body := await visit.read():
            await asyncio.sleep(0.3 if b"late" in body else 0)
            await visit.answer(b"late" if b"late" in body else b"soon")

    async with serving(answers_late) as server, HttpClient("paper", server.url) as http:
        asking = asyncio.create_task(http.get("/late"))
        await asyncio.sleep(0.1)
        asking.cancel()
        await asyncio.wait({asking})
        assert (await http.get("/soon")).body == b"soon"
    assert len(server.visits) == 2


@pytest.mark.parametrize("act", [drop, hang, says(b"nonsense"), says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")])
async def test_a_question_without_an_answer_is_unreachable(act: Act) -> None:
    async with serving(act) as server, HttpClient("paper", server.url, timeouts=QUICK) as http:
        for ask in (http.get("/videos/1"), http.send_free("DELETE", "/videos/1")):
            with pytest.raises(Unreachable) as caught:
                await ask
            assert caught.value.retry == "later" and caught.value.was_billed == "no"
    async with HttpClient("paper", f"http://127.0.0.1:{closed_port()}", timeouts=QUICK) as http:
        with pytest.raises(Unreachable):
            await http.get("/videos/1")


async def test_an_answer_above_the_cap_is_not_read() -> None:
    async with serving(gives(b"x" * 2000)) as server, HttpClient("paper", server.url) as http:
        assert len((await http.get("/a", cap=2000)).body) == 2000
        await asyncio.sleep(0.01)
        with pytest.raises(Unreachable) as caught:
            await http.get("/a", cap=1999)
    assert caught.value.code == "answer_incomplete" and "1999" in caught.value.params["cause"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x", "https://elsewhere.example.com/x", "http://[bad", "https://a@b/"]
)
async def test_no_key_is_taken_to_a_place_that_is_not_the_providers(url: str) -> None:
    async with serving(gives(b"{}")) as server, HttpClient("paper", server.url, auth=KEY) as http:
        for ask in (http.get(url), http.send_free("POST", url), http.send_once("POST", url)):
            with pytest.raises(Refused):
                await ask
    assert server.visits == []


BASES = """http://api.example.com ftp://127.0.0.1 https://u:p@api.example.com https:// https://api.example.com?key=1
https://api.example.com#x http://10.0.0.1:4000 http://127.1 http://localhost.evil.example.com""".split()


@pytest.mark.parametrize("base", [*BASES, ""])
def test_a_base_that_would_show_the_key_to_others_is_bad_input(base: str) -> None:
    with pytest.raises(BadInput) as caught:
        HttpClient("paper", base, auth=KEY)
    assert "u:p" not in str(caught.value)


async def test_errors_show_neither_key_nor_query() -> None:
    async with serving(drop) as server, HttpClient("paper", server.url, auth=KEY, timeouts=QUICK) as http:
        for ask in (http.get("/a", params={"key": "query-secret"}), http.send_once("POST", "/a?key=query-secret")):
            with pytest.raises(ProviderError) as caught:
                await ask
            seen = f"{caught.value!r} {caught.value.hint} {caught.value.__cause__!r} {caught.value.__dict__}"
            assert "query-secret" not in seen and "key-of-paper" not in seen
