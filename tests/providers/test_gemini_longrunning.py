"""Veo's adapter against its fake: on Vertex with films in storage or in the answer, and through a LiteLLM proxy."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from reasons import has_field
from reelwright.errors import BadInput, NotFound, OutcomeUnknown, ProviderError, Refused, Unreachable
from reelwright.net.http import HttpClient
from reelwright.net.keys import Keys
from reelwright.providers.fakes.script import answer_status, drop, filter_samples
from reelwright.providers.families.veo_wires import PassThroughProxy, Vertex, build_folder_name
from reelwright.providers.gemini_longrunning import GeminiLongrunning
from reelwright.providers.open_provider import close_providers, open_providers
from reelwright.providers.protocol import Output, Provider
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.operation import Operation
from reelwright.settings import load_settings

from providers.conformance import AT_ONCE, PNG, SECRET, Remote  # isort: skip

FRAME = Digest(hashlib.sha256(PNG).hexdigest())
LARGE = Digest("f" * 64)
FIRST, LAST = Input(role="first_frame", asset=FRAME), Input(role="last_frame", asset=FRAME)
REFERENCE = Input(role="reference", asset=FRAME)
FILM = Request(
    model="vertex-veo-3.1",
    mode="first_last_frame",
    prompt="A red fox walks through snow",
    ms=8000,
    aspect="9:16",
    resolution="720p",
    inputs=(FIRST, LAST),
)


REMOVES = "REELWRIGHT_VERTEX_STORAGE_AFTER_LANDING"


class Veo(Remote):
    name = "gemini_longrunning"
    assets = {FRAME: PNG, LARGE: PNG + bytes(10 * 1024**2 - len(PNG) + 1)}
    storage = ""

    def wire(self, url: str) -> Vertex | PassThroughProxy:
        return Vertex(project="p1", storage=self.storage)

    @asynccontextmanager
    async def adapter(self, url: str, secret: str) -> AsyncIterator[GeminiLongrunning]:
        auth = {"authorization": f"Bearer {secret}"}
        if isinstance(self.wire(url), PassThroughProxy):
            auth = {"x-goog-api-key": secret}
        async with HttpClient("Google", url, auth=auth) as http:
            yield GeminiLongrunning(http, wire=self.wire(http.base))

    @pytest.mark.parametrize("said", ["{id}", "operations/{id}", "projects/123456789/locations/global/operations/{id}"])
    async def test_an_operation_that_is_named_by_its_last_part_is_asked_for_by_its_full_name(self, said):
        async with self.opened() as at:
            renamed(at, said)
            operation = await self.bought(at)
            model = at.server.calls[0].path.partition("models/")[2].partition(":")[0]
            assert operation.id.endswith(f"models/{model}/operations/{operation.id.rpartition('/')[2]}")
            assert (await self.over(at, operation)).state == "succeeded"

    @pytest.mark.parametrize(
        "said", ["../{id}", "operations/../{id}", "https://[::1]/{id}", "{id}?x", "{id}#x", "a/{id}"]
    )
    async def test_an_answer_that_names_no_operation_is_unknown(self, said):
        async with self.opened() as at:
            renamed(at, said)
            with pytest.raises(OutcomeUnknown):
                await self.submit(at)

    async def test_a_name_without_its_model_is_never_asked_for(self):
        """An earlier release may have stored one."""
        async with self.opened() as at:
            for name in ("x", "../x", "models/m/x"):
                with pytest.raises(NotFound):
                    await at.provider.poll(Operation(id=name))
            assert not at.server.calls

    async def test_a_person_may_give_the_last_part_of_a_name(self):
        async with self.opened() as at:
            full = (await self.bought(at)).id
            for name in (full, full.rpartition("/")[2]):
                assert at.provider.resolve_operation(self.request.model, name) == full
            for wrong in ("a/b", "../x", "https://example.com/x", f"{full}/more"):
                with pytest.raises(BadInput, check=has_field("operation", "/operations/ID")):
                    at.provider.resolve_operation(self.request.model, wrong)


def renamed(at: Any, said: str) -> None:
    """Let the fake's answers to submits name the operation as ``said``."""
    answer = at.server.fake.answer

    async def rename(call: Any, behaviours: Any) -> Any:
        reply = await answer(call, behaviours)
        if call.kind != "submit" or reply.status != 200:
            return reply
        name = said.format(id=json.loads(reply.body)["name"].rpartition("/")[2])
        return replace(reply, body=json.dumps({"name": name}).encode())

    at.server.fake.answer = rename


class TestVertexWithStorage(Veo):
    storage = "gs://films/reelwright"
    samples = 2
    request = FILM
    bad = (
        *(replace(FILM, ms=ms) for ms in (4000, 6000, 5000)),
        replace(FILM, samples=5),
        replace(FILM, samples=0),
        replace(FILM, aspect="1:1"),
        replace(FILM, resolution="480p"),
        replace(FILM, mode="image_to_video", inputs=(LAST,)),
        replace(FILM, mode="reference_to_video", inputs=(REFERENCE,)),
        replace(FILM, mode="reference_to_video", aspect="16:9", inputs=(REFERENCE,) * 4),
        replace(FILM, model="vertex-veo-3.1-fast", mode="reference_to_video", aspect="16:9", inputs=(REFERENCE,)),
        replace(FILM, model="litellm-veo-3.1"),
        replace(FILM, model="veo-3.1-generate-preview"),
        replace(FILM, extra={"voice": "Mia"}),
    )

    @pytest.mark.parametrize("start", ["", "operations/", "projects/p1/locations/us-central1/operations/"])
    def test_a_name_of_this_project_without_its_model_is_completed(self, start):
        model = "projects/p1/locations/us-central1/publishers/google/models/veo-3.1-generate-001"
        wire = Vertex(project="p1")
        assert wire.resolve_name(f"{start}x-1", model) == f"{model}/operations/x-1"
        assert wire.resolve_name("projects/p2/locations/us-central1/operations/x", model) == ""

    @pytest.mark.parametrize("samples", [1, 2, 3, 4])
    async def test_one_submission_brings_up_to_four_films(self, samples):
        async with self.opened() as at:
            request = replace(FILM, samples=samples)
            operation = await self.bought(at, request)
            progress = await self.over(at, operation)
            films = [await self.fetched(at, operation, output) for output in progress.outputs]
            assert len(set(films)) == samples and not progress.missing
            assert progress.bill and progress.bill.micros == at.bill.sum_micros() == at.provider.price(request).micros
            assert at.server.count("submit") == 1

    async def test_what_the_filter_took_is_missing_with_its_reason_and_is_not_charged(self):
        async with self.opened(AT_ONCE.add_rule("submit", filter_samples(3))) as at:
            progress = await self.over(at, await self.bought(at, replace(FILM, samples=4)))
            assert [output.sample for output in progress.outputs] == [0]
            assert [(lost.sample, lost.reason) for lost in progress.missing] == [(n, "filtered") for n in (1, 2, 3)]
            assert all("a well-known person's likeness" in lost.message for lost in progress.missing)
            assert progress.bill and progress.bill.micros == at.bill.sum_micros() == 3_200_000

    async def test_films_of_each_purchase_lie_apart_under_a_name_that_a_person_can_read(self):
        async with self.opened() as at:
            body = (await self.prepared(at))["body"]
            folder = body["parameters"]["storageUri"].removeprefix("gs://films/reelwright/")
            assert folder == f"{build_folder_name(FILM.prompt, at.purchase)}/" and folder.endswith(f"_{at.purchase}/")
            assert re.match(r"[a-z][a-z0-9-]*_2\d{7}-\d{6}_purchase_", folder)
            assert body["labels"] == {"reelwright": at.purchase}

    async def test_references_and_all_that_vertex_can_be_told_are_taken(self):
        request = replace(
            FILM,
            mode="reference_to_video",
            aspect="16:9",
            inputs=(REFERENCE,) * 3,
            seed=7,
            sound=False,
            extra={
                "negative_prompt": "blurry",
                "person_generation": "allow_adult",
                "references": [{"role": "person", "name": "Mia"}] * 3,
            },
        )
        async with self.opened() as at:
            assert (await self.over(at, await self.bought(at, request))).state == "succeeded"
            sent = at.server.calls[0].parse_json()
            assert [one["referenceType"] for one in sent["instances"][0]["referenceImages"]] == ["asset"] * 3
            assert sent["parameters"]["seed"] == 7 and sent["parameters"]["generateAudio"] is False
            assert sent["parameters"]["negativePrompt"] == "blurry"

    async def test_a_wait_that_stands_in_the_body_is_obeyed(self):
        said = (
            '{"error": {"code": 429, "message": "Quota exceeded for aiplatform", "status": "RESOURCE_EXHAUSTED", '
            '"details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "38s"}]}}'
        )
        async with self.opened(AT_ONCE.add_rule("submit", answer_status(429, body=said))) as at:
            with pytest.raises(ProviderError) as raised:
                await self.submit(at)
            assert raised.value.after_s == 38

    async def test_a_model_that_is_gone_is_refused_by_name(self):
        said = '{"error": {"code": 404, "message": "Model veo-3.1-generate-001 was not found", "status": "NOT_FOUND"}}'
        async with self.opened(AT_ONCE.add_rule("submit", answer_status(404, body=said))) as at:
            with pytest.raises(Refused) as raised:
                await self.submit(at)
            assert raised.value.code == "model_not_sold"
            assert "veo-3.1-generate-001 was not found" in raised.value.params["fault"]

    async def test_a_picture_above_ten_megabytes_is_refused_before_anything_leaves(self):
        large = replace(FILM, inputs=(FIRST, Input(role="last_frame", asset=LARGE)))
        async with self.opened() as at:
            with pytest.raises(BadInput) as raised:
                await self.prepared(at, large)
            assert raised.value.field == "last_frame"
            assert not at.server.calls


class TestVertexInline(Veo):
    """Without storage a film stands in the answer to the poll, in base64."""

    request = replace(FILM, mode="text_to_video", inputs=(), samples=2)
    samples = 2
    bad = (replace(FILM, ms=5000),)

    async def test_what_has_expired_is_not_there(self):
        """Nothing expires on its own: what an answer holds is there as long as the answer."""
        async with self.opened() as at:
            operation = await self.bought(at)
            progress = await self.over(at, operation)
            at.server.fake.remote.forget()
            with pytest.raises(NotFound):
                await self.fetched(at, operation, progress.outputs[0])

    @pytest.mark.parametrize("met", [drop(), answer_status(502)], ids=lambda b: b.do)
    async def test_a_fetch_that_fails_is_an_error_and_the_next_one_brings_it(self, met):
        async with self.opened(AT_ONCE.add_rule("poll", met, [2])) as at:
            operation = await self.bought(at)
            progress = await self.over(at, operation)
            with pytest.raises(Unreachable):
                await self.fetched(at, operation, progress.outputs[0])
            assert await self.fetched(at, operation, progress.outputs[1])


BLOCK = bytes(range(256)) * 768
"""A multiple of three bytes: its base64 can be written one after the other."""
BLOCKS = 700
NAME = "projects/p1/locations/us-central1/publishers/google/models/veo-3.1-generate-001/operations/x"


def memory() -> int:
    """Bytes that this process holds; the server of this test writes what it repeats, and holds nothing."""
    return int(psutil.Process().memory_info().rss)


async def large_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A finished operation whose second film has more than 130 MB, written in small pieces and never held."""
    head = await reader.readuntil(b"\r\n\r\n")
    size = re.search(rb"content-length: (\d+)", head.lower())
    await reader.readexactly(int(size[1]) if size else 0)
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n")

    async def write(part: bytes) -> None:
        writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        await writer.drain()

    film = base64.b64encode(b"\0\0\0\x1cftypisom" * 4)
    await write(b'{"name": "%s", "done": true, "response": {"videos": [{"bytesBase64Encoded": "' % NAME.encode())
    await write(film + b'"}, {"mimeType": "video/mp4", "bytesBase64Encoded": "' + film)
    text = base64.b64encode(BLOCK)
    for _ in range(BLOCKS):
        await write(text)
    await write(b'"}]}}')
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    writer.close()


async def test_a_film_of_130_megabytes_in_an_answer_passes_through_without_being_held():
    server = await asyncio.start_server(large_answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, HttpClient("Google", url, auth={}) as http:
        provider, operation = GeminiLongrunning(http, wire=Vertex(project="p1")), Operation(id=NAME)
        before = most = memory()
        progress = await provider.poll(operation)
        most = max(most, memory())
        size = 0
        async for part in provider.fetch(operation, progress.outputs[1]):
            size += len(part)
            most = max(most, memory())
    assert [output.url for output in progress.outputs] == ["inline:0", "inline:1"]
    assert size == BLOCKS * len(BLOCK) + 48
    assert most - before < 24 * 1024**2, f"{(most - before) / 1024**2:.1f} MiB held at once"


class TestThroughAProxy(Veo):
    """LiteLLM's pass-through: paths and key as docs.litellm.ai says, films through the proxy as well."""

    request = replace(FILM, model="litellm-veo-3.1")
    bad = (
        replace(request, ms=6000),
        replace(request, seed=1),
        replace(request, samples=2),
        replace(request, sound=False),
        replace(request, model="vertex-veo-3.1"),
        replace(request, extra={"resize_mode": "PAD"}),
    )

    def wire(self, url: str) -> PassThroughProxy:
        return PassThroughProxy.from_address(url)

    async def test_all_of_it_goes_through_the_proxy_with_its_key(self):
        async with self.opened() as at:
            operation = await self.bought(at)
            progress = await self.over(at, operation)
            assert progress.outputs[0].url.startswith("https://generativelanguage.googleapis.com/v1beta/files/")
            await self.fetched(at, operation, progress.outputs[0])
            paths = [(call.method, call.path) for call in at.server.calls]
            assert paths[0] == ("POST", "/gemini/v1beta/models/veo-3.1-generate-001:predictLongRunning")
            assert paths[1] == ("GET", f"/gemini/v1beta/{operation.id}")
            assert paths[-1][1].startswith("/gemini/v1beta/files/")
            assert all(call.headers["x-goog-api-key"] == SECRET for call in at.server.calls)
            assert "seed" not in at.server.calls[0].parse_json()["parameters"]

    @pytest.mark.parametrize("end", ["", "/gemini", "/gemini/v1beta", "/v1beta"])
    async def test_the_address_is_taken_with_or_without_its_prefix(self, end):
        async with self.opened() as at, self.adapter(at.server.url + end, SECRET) as provider:
            at.provider = provider
            operation = await self.bought(at)
            progress = await self.over(at, operation)
            assert await self.fetched(at, operation, progress.outputs[0])

    async def test_a_film_in_googles_own_storage_is_said_to_be_out_of_reach(self):
        async with self.opened() as at:
            stored = Output(sample=0, mime="video/mp4", url="gs://b/x.mp4")
            with pytest.raises(Unreachable):
                await self.fetched(at, Operation(id="models/m/operations/x"), stored)

    async def test_the_key_of_a_proxy_goes_to_no_other_host(self):
        async with self.opened() as at, self.opened() as other:
            elsewhere = Output(sample=0, mime="video/mp4", url=f"{other.server.url}/v1beta/files/x:download")
            with pytest.raises((Unreachable, NotFound)):
                await self.fetched(at, Operation(id="models/m/operations/x"), elsewhere)
            assert not [call for call in other.server.calls if call.secret]


async def test_what_another_project_made_is_never_counted_as_lost():
    veo = TestVertexWithStorage()
    async with veo.opened() as at:
        with pytest.raises(Refused):
            await at.provider.poll(Operation(id=NAME.replace("p1", "p2")))
        assert (await at.provider.poll(Operation(id=NAME))).state == "lost"


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("A red fox, walking through fresh snow at dawn.", "a-red-fox-walking-through-fresh-snow-at"),
        ("Café ../../etc ?#%2F", "cafe-etc-2f"),
        ("「ほのか」", "film"),
        ("", "film"),
    ],
)
def test_a_folder_of_films_is_named_after_its_prompt_and_its_time(prompt: str, words: str):
    purchase = "purchase_01977420-dc00-7000-8000-000000000001"
    assert build_folder_name(prompt, purchase) == f"{words}_20250615-150640_{purchase}"


def test_places_on_vertex_are_named_as_google_names_them():
    assert Vertex(project="p").base == "https://us-central1-aiplatform.googleapis.com"
    assert Vertex(project="p", location="global").base == "https://aiplatform.googleapis.com"
    film = Vertex(project="p").build_film_url(
        "https://us-central1-aiplatform.googleapis.com", "gs://b/out 1/sample_0.mp4"
    )
    assert film == "https://storage.googleapis.com/storage/v1/b/b/o/out%201%2Fsample_0.mp4?alt=media"


def shop(home: Path, environ: dict[str, str]) -> Mapping[str, Provider]:
    settings = load_settings({"REELWRIGHT_HOME": str(home), **environ})
    return open_providers(settings, Keys(settings, environ))


@pytest.mark.parametrize(
    ("environ", "field"),
    [
        ({}, "key"),
        ({"GOOGLE_ACCESS_TOKEN": SECRET}, "GOOGLE_CLOUD_PROJECT"),
        (
            {"GOOGLE_ACCESS_TOKEN": SECRET, "GOOGLE_CLOUD_PROJECT": "p", "REELWRIGHT_VERTEX_STORAGE": "s3://b"},
            "REELWRIGHT_VERTEX_STORAGE",
        ),
        (
            {"GOOGLE_ACCESS_TOKEN": SECRET, "GOOGLE_CLOUD_PROJECT": "p", REMOVES: "yes"},
            "REELWRIGHT_VERTEX_STORAGE_AFTER_LANDING",
        ),
    ],
)
def test_what_vertex_needs_is_named_before_anything_is_reserved(environ, field, tmp_path):
    with pytest.raises(BadInput) as raised:
        shop(tmp_path, environ)["vertex"].check(FILM)
    assert raised.value.field == field and SECRET not in str(raised.value)


@pytest.mark.parametrize("seller", ["vertex", "litellm_longrunning"])
async def test_a_film_is_bought_from_the_shop_as_a_studio_opens_it(seller, tmp_path):
    class Bought(Veo):
        request = FILM if seller == "vertex" else replace(FILM, model="litellm-veo-3.1")

        @asynccontextmanager
        async def adapter(self, url: str, secret: str) -> AsyncIterator[Provider]:
            named = "GEMINI_LONGRUNNING" if seller == "vertex" else "LITELLM"
            environ = {"GOOGLE_ACCESS_TOKEN": secret, "LITELLM_API_KEY": secret, "GOOGLE_CLOUD_PROJECT": "p1"}
            environ |= {f"REELWRIGHT_{named}_BASE_URL": url, "REELWRIGHT_VERTEX_STORAGE": "gs://films"}
            providers = shop(tmp_path, environ)
            yield providers[seller]
            await close_providers(providers.values())

    bought = Bought()
    async with bought.opened() as at:
        operation = await bought.bought(at)
        progress = await bought.over(at, operation)
        assert await bought.fetched(at, operation, progress.outputs[0])
        assert operation.key and SECRET not in operation.key and at.bill.charges[0].key
