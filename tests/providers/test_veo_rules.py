"""S0's rules of Veo, kept by the adapter before anything leaves, and told by the fake to whoever breaks them."""

from __future__ import annotations

import base64
from dataclasses import replace
from itertools import product
from typing import Any

import httpx2
import pytest

from reelwright.errors import BadInput
from reelwright.net.http import HttpClient
from reelwright.providers.fakes.gemini_longrunning import FakeGeminiLongrunning
from reelwright.providers.fakes.script import Script
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.families.veo_wires import Vertex
from reelwright.providers.gemini_longrunning import GeminiLongrunning
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request

FRAME = Digest("a" * 64)
FIRST, LAST = Input(role="first_frame", asset=FRAME), Input(role="last_frame", asset=FRAME)
REFERENCE = Input(role="reference", asset=FRAME)
BOTH = Request(
    model="vertex-veo-3.1", mode="first_last_frame", prompt="a fox", ms=8000, aspect="16:9", resolution="720p",
    inputs=(FIRST, LAST),
)  # fmt: skip
REFERRED = replace(BOTH, mode="reference_to_video", inputs=(REFERENCE,))


@pytest.fixture
async def veo() -> Any:
    async with HttpClient("Google", "http://127.0.0.1:9") as http:
        yield GeminiLongrunning(http, wire=Vertex(project="p1"))


@pytest.mark.parametrize(("model", "seconds"), list(product(["vertex-veo-3.1", "vertex-veo-3.1-fast"], [4, 6, 8])))
async def test_a_last_frame_needs_eight_seconds_on_both_models(veo, model, seconds):
    request = replace(BOTH, model=model, ms=seconds * 1000)
    if seconds == 8:
        veo.check(request)
        return
    with pytest.raises(BadInput) as raised:
        veo.check(request)
    assert raised.value.field == "seconds" and "8" in raised.value.accepted


@pytest.mark.parametrize(
    ("model", "seconds", "aspect"),
    list(product(["vertex-veo-3.1", "vertex-veo-3.1-fast"], [4, 6, 8], ["16:9", "9:16"])),
)
async def test_references_need_eight_seconds_a_wide_picture_and_standard(veo, model, seconds, aspect):
    request = replace(REFERRED, model=model, ms=seconds * 1000, aspect=aspect)
    if (model, seconds, aspect) == ("vertex-veo-3.1", 8, "16:9"):
        veo.check(request)
        return
    with pytest.raises(BadInput) as raised:
        veo.check(request)
    assert raised.value.field in ("mode", "seconds", "aspect") and raised.value.accepted


@pytest.mark.parametrize("gone", ["veo-3.0", "veo-3.1-generate-preview", "veo-3.1-fast-generate-preview"])
async def test_what_is_retired_is_refused_and_its_successor_named(veo, gone):
    with pytest.raises(BadInput) as raised:
        veo.check(replace(BOTH, model=gone))
    assert "gemini-omni-1.1-flash" in raised.value.accepted and "retired" in raised.value.hint


@pytest.mark.parametrize("samples", [0, 5])
async def test_one_to_four_films_are_sold_at_once(veo, samples):
    with pytest.raises(BadInput) as raised:
        veo.check(replace(BOTH, samples=samples))
    assert raised.value.field == "samples"


FORMATS = {
    "image/png": b"\x89PNG\r\n\x1a\n" + bytes(40),
    "image/jpeg": b"\xff\xd8\xff\xe0" + bytes(40),
    "image/webp": b"RIFF\x30\0\0\0WEBPVP8 " + bytes(40),
    "image/gif": b"GIF89a" + bytes(40),
}


@pytest.mark.parametrize("mime", FORMATS)
async def test_a_last_frame_of_every_format_reaches_its_field_with_its_type(veo, mime):
    """S0's regression of 2025-12-01."""

    async def read(digest: Digest) -> Any:
        yield FORMATS[mime][:3]
        yield FORMATS[mime][3:]

    inputs = [(FIRST, FRAME), (LAST, Digest("b" * 64))]
    (instance,) = (await veo.prepare(BOTH, inputs, "purchase_1", read))["body"]["instances"]
    assert instance["image"] == {"bytesBase64Encoded": {"$asset": "a" * 64}, "mimeType": mime}
    assert instance["lastFrame"] == {"bytesBase64Encoded": {"$asset": "b" * 64}, "mimeType": mime}


async def test_what_is_no_picture_is_refused_by_its_role(veo):
    async def read(digest: Digest) -> Any:
        yield b"%PDF-1.7 not a picture"

    with pytest.raises(BadInput) as raised:
        await veo.prepare(BOTH, [(FIRST, FRAME)], "purchase_1", read)
    assert raised.value.field == "first_frame" and "PNG" in raised.value.accepted


IMAGE = {"bytesBase64Encoded": base64.b64encode(b"x").decode(), "mimeType": "image/jpeg"}
BROKEN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a last frame in 4 s": ({"image": IMAGE, "lastFrame": IMAGE}, {"durationSeconds": 4}),
    "references upright": ({"referenceImages": [{"image": IMAGE}]}, {"durationSeconds": 8, "aspectRatio": "9:16"}),
    "five films": ({}, {"sampleCount": 5}),
    "a field that nobody knows": ({}, {"quality": "best"}),
    "a picture without a type": ({"image": {"bytesBase64Encoded": "eA=="}}, {}),
    "no words": ({"prompt": " "}, {}),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_the_fake_refuses_what_veo_refuses(name):
    instance, parameters = BROKEN[name]
    body = {"instances": [{"prompt": "a fox", **instance}], "parameters": parameters}
    path = "/v1/projects/p/locations/l/publishers/google/models/veo-3.1-generate-001:predictLongRunning"
    async with FakeServer(FakeGeminiLongrunning(script=Script(latency_s=(0, 0)))) as server:
        async with httpx2.AsyncClient(headers={"authorization": "Bearer x"}) as http:
            answer = await http.post(server.url + path, json=body)
        assert answer.status_code == 400 and answer.json()["error"]["status"] == "INVALID_ARGUMENT"
        assert not server.fake.bill.charges
