"""Google's adapter against its fake: films of Omni as operations, pictures as answers that are the result."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from reelwright.errors import BadInput, NotAccepted, NotFound, OutcomeUnknown, Refused, Unreachable
from reelwright.net.http import HttpClient
from reelwright.net.keys import Key
from reelwright.providers.fakes.script import Script, answer_nonsense, answer_status, expire_after, filter_samples
from reelwright.providers.google import Google
from reelwright.providers.protocol import Output, Progress
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.operation import Operation

from providers.conformance import AT_ONCE, PNG, SECRET, Conformance, Remote  # isort: skip
from providers.exchanges import Exchange  # isort: skip

FRAME = Digest(hashlib.sha256(PNG).hexdigest())
LARGE = Digest("f" * 64)
FILM = Request(
    model="gemini-omni-1.1-flash",
    mode="image_to_video",
    prompt="slow push in",
    ms=4000,
    aspect="9:16",
    resolution="720p",
    inputs=(Input(role="first_frame", asset=FRAME),),
)


class Sells:
    assets = {FRAME: PNG, LARGE: PNG + bytes(10 * 1024**2 - len(PNG) + 1)}
    name = "google"

    @asynccontextmanager
    async def adapter(self, url: str, secret: str) -> AsyncIterator[Google]:
        async with HttpClient("Google", url, auth={"x-goog-api-key": secret}) as http:
            yield Google(http)


class TestFilms(Sells, Remote):
    request = FILM
    bad = (
        replace(FILM, ms=11_000),
        replace(FILM, ms=2_000),
        replace(FILM, aspect="1:1"),
        replace(FILM, seed=1),
        replace(FILM, samples=2),
        replace(FILM, sound=False),
        replace(FILM, extra={"negative_prompt": "blur"}),
        replace(FILM, mode="first_last_frame"),
    )
    cancels = ("cancelled",)

    async def test_a_bill_by_tokens_is_the_fakes_to_the_micro_dollar(self):
        for model in ("gemini-omni-1.1-flash", "gemini-omni-1.2-flash"):
            for resolution in ("360p", "720p", "1080p", "4k"):
                for ms in (3000, 8000, 10_000):
                    request = replace(FILM, model=model, resolution=resolution, ms=ms)
                    async with self.opened() as at:
                        progress = await self.over(at, await self.bought(at, request))
                        assert progress.bill and progress.bill.micros == at.bill.sum_micros() > 0
                        assert progress.bill.certainty == "computed"
                        price = at.provider.price(request)
                        assert price.micros is not None and progress.bill.micros <= price.micros

    async def test_every_way_to_ask_for_a_film_is_taken(self):
        reference = Input(role="reference", asset=FRAME)
        last = Input(role="last_frame", asset=FRAME)
        ways = [
            replace(FILM, mode="text_to_video", inputs=()),
            replace(FILM, mode="first_last_frame", inputs=(*FILM.inputs, last)),
            replace(FILM, mode="reference_to_video", inputs=(reference, reference)),
        ]
        for request in ways:
            async with self.opened() as at:
                assert (await self.over(at, await self.bought(at, request))).state == "succeeded"

    async def test_a_picture_above_ten_megabytes_is_refused_before_anything_leaves(self):
        large = replace(FILM, inputs=(Input(role="first_frame", asset=LARGE),))
        async with self.opened() as at:
            with pytest.raises(BadInput) as raised:
                await self.prepared(at, large)
            assert raised.value.field == "first_frame" and "10,485,760" in raised.value.accepted
            assert not at.server.calls

    async def test_when_an_output_goes_is_read_from_its_own_entry(self):
        async with self.opened(AT_ONCE.add_rule("submit", expire_after(7200))) as at:
            progress = await self.over(at, await self.bought(at))
            (output,) = progress.outputs
            assert output.expires and 7000 < output.expires.timestamp() - time.time() < 7300

    async def test_the_key_goes_to_no_other_host(self):
        async with self.opened() as at, self.opened() as other:
            operation = await self.bought(at)
            elsewhere = Output(sample=0, mime="video/mp4", url=f"{other.server.url}/v1beta/files/x:download?alt=media")
            with pytest.raises((Unreachable, NotFound)):
                await self.fetched(at, operation, elsewhere)
            assert not [call for call in other.server.calls if call.secret]

    async def test_what_another_adapter_prepared_is_sent_without_pictures_or_not_at_all(self):
        words = replace(FILM, mode="text_to_video", inputs=())
        async with self.opened() as at:
            prepared = [await self.prepared(at, request) for request in (words, FILM)]
            async with self.adapter(at.server.url, SECRET) as other:
                assert isinstance(await other.submit(prepared[0], at.keep, at.make), Operation)
                with pytest.raises(NotAccepted):
                    await other.submit(prepared[1], at.keep, at.make)
            assert at.server.count("submit") == 1

    async def test_a_poll_that_is_answered_with_400_goes_on_for_a_while_and_not_for_ever(self):
        odd = answer_status(400, body='{"error": {"code": "invalid_request", "message": "Try again."}}')
        async with self.opened(AT_ONCE.add_rule("poll", odd, range(1, 60))) as at:
            operation = await self.bought(at)
            for _ in range(19):
                with pytest.raises(Unreachable):
                    await at.provider.poll(operation)
            assert (await at.provider.poll(operation)).state == "lost"

    @pytest.mark.parametrize(
        "said", ["API key not valid. Please pass a valid API key.", "API key expired. Please renew the API key."]
    )
    async def test_a_key_that_was_revoked_meanwhile_never_gives_up_what_was_bought(self, said):
        body = f'{{"error": {{"code": 400, "message": "{said}", "status": "INVALID_ARGUMENT"}}}}'
        async with self.opened(AT_ONCE.add_rule("poll", answer_status(400, body=body), range(1, 60))) as at:
            operation = await self.bought(at)
            for _ in range(25):
                with pytest.raises(Refused) as raised:
                    await at.provider.poll(operation)
                assert raised.value.code == "wrong_credentials"

    async def test_an_answer_that_has_passed_since_forgives_those_before_it(self):
        odd = answer_status(400, body='{"error": {"code": "invalid_request", "message": "Try again."}}')
        script = Script(latency_s=(60, 60)).add_rule("poll", odd, [*range(1, 20), *range(21, 40)])
        async with self.opened(script) as at:
            operation = await self.bought(at)
            for number in range(1, 40):
                if number == 20:
                    assert (await at.provider.poll(operation)).state in ("queued", "running")
                    continue
                with pytest.raises(Unreachable):
                    await at.provider.poll(operation)

    async def test_a_throttle_that_is_told_only_at_the_first_poll_is_waited_out(self):
        said = '{"error": {"code": "too_many_requests", "message": "Please retry in 23s"}}'
        async with self.opened(AT_ONCE.add_rule("poll", answer_status(429, body=said), [1])) as at:
            operation = await self.bought(at)
            with pytest.raises(Unreachable):
                await at.provider.poll(operation)
            assert (await self.over(at, operation)).state == "succeeded"

    async def test_ids_that_look_like_paths_are_quoted(self):
        async with self.opened() as at:
            assert (await at.provider.poll(Operation(id="../files/x"))).state == "lost"
            assert all(".." not in call.path or "%2F" not in call.path for call in at.server.calls)


class TestPictures(Sells, Conformance):
    request = Request(model="gemini-3.1-flash-image", mode="text_to_image", prompt="a fox in snow", aspect="9:16")
    bad = (
        replace(request, ms=1000),
        replace(request, aspect="5:1"),
        replace(request, samples=2),
        replace(request, seed=1),
        replace(request, mode="text_to_video"),
    )

    async def test_a_picture_is_kept_before_it_is_told(self):
        async with self.opened() as at:
            progress = await self.submit(at)
            assert isinstance(progress, Progress) and progress.state == "succeeded"
            (output,) = progress.outputs
            work = at.server.fake.remote.get(at.bill.submissions[0])
            assert output.asset and output.url is None and output.mime == "image/png"
            assert at.kept[output.asset] == await at.server.fake.remote.get_output(work, 0)

    async def test_a_picture_from_a_picture_takes_it_along(self):
        source = Input(role="reference", asset=FRAME)
        request = replace(self.request, mode="image_to_image", inputs=(source,))
        async with self.opened() as at:
            progress = await self.submit(at, request)
            assert isinstance(progress, Progress) and len(progress.outputs) == 1
            work = at.server.fake.remote.get(at.bill.submissions[0])
            assert work and work.spec.inputs == 1

    async def test_a_filtered_picture_is_refused_and_costs_nothing(self):
        async with self.opened(AT_ONCE.add_rule("submit", filter_samples())) as at:
            progress = await self.submit(at)
            assert isinstance(progress, Progress) and progress.state == "refused"
            assert not at.kept and at.bill.sum_micros() == 0

    async def test_a_picture_that_is_no_base64_leaves_the_outcome_unknown(self):
        told = (
            '{"id": "v1_x", "status": "completed", "steps": [{"type": "model_output", '
            '"content": [{"type": "image", "data": "no base64!", "mime_type": "image/png"}]}]}'
        )
        async with self.opened(AT_ONCE.add_rule("submit", answer_nonsense(told))) as at:
            with pytest.raises(OutcomeUnknown):
                await self.submit(at)


class Told:
    status = 200

    def __init__(self, told: Any) -> None:
        self.json, self.body, self.headers = told, b"", {}


class Replayed:
    """One answer after the other, whatever is asked: a recorded one by its name, or JSON (``HERE`` is this server)."""

    def __init__(self, *answers: Any) -> None:
        self._answers = [
            Exchange(f"google_interactions/{one}") if isinstance(one, str) else Told(one) for one in answers
        ]
        self.asked: list[str] = []

    async def __aenter__(self) -> Replayed:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head.splitlines()[0])
        answer = self._answers.pop(0)
        if isinstance(answer, Told):
            answer.body = json.dumps(answer.json).replace("HERE", self.url).encode()
        headers = {**answer.headers, "content-length": str(len(answer.body)), "connection": "close"}
        head_ = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        told = f"HTTP/1.1 {answer.status} X\r\n{head_}\r\n"
        writer.write(told.encode() + answer.body)
        await writer.drain()
        writer.close()


async def replayed(*names: str) -> Progress:
    async with Replayed(*names) as server, HttpClient("Google", server.url, auth={"x-goog-api-key": SECRET}) as http:
        return await Google(http).poll(Operation(id="v1_abc123"))


@pytest.mark.parametrize("name", ["poll_lost_404", "poll_lost_400"])
async def test_an_unknown_id_is_lost_however_it_is_said(name):
    assert (await replayed(name)).state == "lost"


async def test_what_another_key_made_is_never_counted_as_lost():
    async with Replayed("poll_lost_400", "poll_lost_404") as server, HttpClient("Google", server.url, auth={}) as http:
        provider = Google(http, Key("google", "canary-key-of-now", "the test"))
        for _ in range(2):
            with pytest.raises(Refused):
                await provider.poll(Operation(id="v1_gone", key="0123456789ab"))


async def test_a_poll_that_is_throttled_says_for_how_long():
    async with Replayed("submit_429_rate") as server, HttpClient("Google", server.url, auth={}) as http:
        with pytest.raises(Unreachable) as raised:
            await Google(http).poll(Operation(id="v1_x"))
    assert raised.value.after_s == 30


async def test_a_film_inside_of_the_answer_is_fetched_from_it():
    names = ["poll_success_inline", "poll_success_inline"]
    async with Replayed(*names) as server, HttpClient("Google", server.url, auth={"x-goog-api-key": SECRET}) as http:
        provider, operation = Google(http), Operation(id="v1_abc123")
        (output,) = (await provider.poll(operation)).outputs
        film = b"".join([part async for part in provider.fetch(operation, output)])
    assert film == Exchange("google_interactions/download_ok").body
    assert server.asked == ["GET /v1/interactions/v1_abc123 HTTP/1.1"] * 2


async def test_an_expired_film_is_not_there_any_more():
    async with Replayed("download_expired_404") as server, HttpClient("Google", server.url, auth={}) as http:
        output = Output(sample=0, mime="video/mp4", url=f"{server.url}/v1beta/files/fox123:download?alt=media")
        with pytest.raises(NotFound):
            [part async for part in Google(http).fetch(Operation(id="v1_abc123"), output)]


async def test_a_refused_key_is_said_when_it_is_asked():
    with pytest.raises(Refused):
        await replayed("submit_403_frontend_array")


MADE = {
    "id": "v1_x",
    "status": "completed",
    "steps": [
        {"type": "model_output", "content": [{"type": "video", "uri": "HERE/v1beta/files/fox1:download?alt=media"}]}
    ],
}


async def test_a_film_that_is_made_and_not_yet_laid_down_is_still_on_its_way():
    ready = {"state": "ACTIVE", "expirationTime": "2026-11-22T06:00:00.123456789Z"}
    answers = [MADE, {"state": "PROCESSING"}, MADE, ready, MADE, {"state": "FAILED", "error": {"message": "disk"}}]
    async with Replayed(*answers) as server, HttpClient("Google", server.url, auth={}) as http:
        provider, operation = Google(http), Operation(id="v1_x")
        assert (await provider.poll(operation)).state == "running"
        done = await provider.poll(operation)
        assert done.state == "succeeded" and done.outputs[0].expires
        assert done.outputs[0].expires.isoformat() == "2026-11-22T06:00:00.123456+00:00"
        failed = await provider.poll(operation)
        assert failed.state == "failed" and "disk" in failed.message
    assert server.asked[1] == "GET /v1beta/files/fox1 HTTP/1.1"
