"""Google's own client as oracle: what our adapters send is what it sends, and our fakes satisfy it as a client.

Runs with google-genai 2 (``make test``), which still speaks Veo on the Gemini wire, and with 3 (``make test-oracles``).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from reelwright.net.http import HttpClient
from reelwright.providers.fakes.gemini_longrunning import FakeGeminiLongrunning
from reelwright.providers.fakes.google import FakeGoogle
from reelwright.providers.fakes.script import Script, answer_status, filter_samples
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.families.veo_wires import PassThroughProxy, Vertex, build_folder_name
from reelwright.providers.gemini_longrunning import GeminiLongrunning
from reelwright.providers.google import Google
from reelwright.reel.base.ids import mint
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request

genai = pytest.importorskip("google.genai")
from google.genai import errors, types  # noqa: E402  # only where it is installed
from google.oauth2.credentials import Credentials  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")
"""Their warnings are about their own code."""
MAJOR = int(genai.__version__.partition(".")[0])
SECRET = "canary-oracle"
AT_ONCE = Script(latency_s=(0, 0))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
OTHER = b"\x89PNG\r\n\x1a\n" + bytes(65)
PICTURES = {Digest(hashlib.sha256(picture).hexdigest()): picture for picture in (PNG, OTHER)}
FIRST, LAST = (Digest(hashlib.sha256(picture).hexdigest()) for picture in (PNG, OTHER))


def read(digest: Digest) -> AsyncIterator[bytes]:
    async def parts() -> AsyncIterator[bytes]:
        yield PICTURES[digest]

    return parts()


async def keep(data: AsyncIterator[bytes], mime: str) -> Digest:
    return Digest(hashlib.sha256(b"".join([part async for part in data])).hexdigest())


async def make(*args: object) -> Any:
    raise AssertionError


async def sent_by(provider: Any, request: Request, purchase: str) -> Any:
    provider.check(request)
    inputs = [(one, one.asset) for one in request.inputs if one.asset]
    return await provider.submit(await provider.prepare(request, inputs, purchase, read), keep, make)


def client(url: str, **more: Any) -> Any:
    """Theirs, with all of its hidden retries off."""
    once = types.HttpRetryOptions(attempts=1)
    return genai.Client(api_key=SECRET, http_options=types.HttpOptions(base_url=url, retry_options=once, **more))


def on_vertex(url: str) -> Any:
    once = types.HttpRetryOptions(attempts=1)
    return genai.Client(
        vertexai=True,
        project="p1",
        location="us-central1",
        credentials=Credentials(token=SECRET),
        http_options=types.HttpOptions(base_url=url, retry_options=once),
    )


async def theirs(call: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(call)


def image(picture: bytes) -> dict[str, str]:
    return {"type": "image", "data": base64.b64encode(picture).decode(), "mime_type": "image/png"}


def film(text: str, task: str, *pictures: bytes, duration: str = "8s", resolution: str = "720p") -> dict[str, Any]:
    """What somebody tells their client."""
    return {
        "model": "gemini-omni-1.1-flash",
        "input": [*(image(picture) for picture in pictures), {"type": "text", "text": text}],
        "background": True,
        "store": True,
        "response_format": {
            "type": "video",
            "delivery": "uri",
            "aspect_ratio": "9:16",
            "resolution": resolution,
            "duration": duration,
        },
        "generation_config": {"video_config": {"task": task}},
    }


def omni(mode: str, *inputs: Input, ms: int = 8000, **more: Any) -> Request:
    return Request(
        model="gemini-omni-1.1-flash", mode=mode, prompt="a fox", ms=ms, aspect="9:16",
        resolution=more.pop("resolution", "720p"), inputs=inputs, **more,
    )  # fmt: skip


def given(role: Any, digest: Digest) -> Input:
    return Input(role=role, asset=digest)


NAMED = {"references": [{"role": "person", "name": "Mia"}, {"role": "place", "name": "pier"}]}
REFERRED = (
    "[# References <IMAGE_REF_0>@Image1 <IMAGE_REF_1>@Image2] a fox <IMAGE_REF_0> is Mia (person). "
    "<IMAGE_REF_1> is pier (place). Use the given images as references. They are not to be used as literal frames."
)
OMNI = {
    "words": (omni("text_to_video"), film("a fox", "text_to_video")),
    "first frame": (omni("image_to_video", given("first_frame", FIRST)), film("a fox", "image_to_video", PNG)),
    "both frames": (
        omni("first_last_frame", given("last_frame", LAST), given("first_frame", FIRST)),
        film("<FIRST_FRAME> <LAST_FRAME> a fox", "image_to_video", PNG, OTHER),
    ),
    "references": (
        omni("reference_to_video", given("reference", FIRST), given("reference", LAST), extra=NAMED),
        film(REFERRED, "reference_to_video", PNG, OTHER),
    ),
    "short and large": (
        omni("text_to_video", ms=3000, resolution="4k"),
        film("a fox", "text_to_video", duration="3s", resolution="4k"),
    ),
    "a picture": (
        Request(model="gemini-3.1-flash-image", mode="text_to_image", prompt="a fox", aspect="9:16"),
        {
            "model": "gemini-3.1-flash-image",
            "input": [{"type": "text", "text": "a fox"}],
            "background": False,
            "store": False,
            "response_format": {"type": "image", "aspect_ratio": "9:16"},
        },
    ),
}


@pytest.mark.parametrize("name", OMNI)
async def test_an_interaction_is_sent_as_their_client_sends_it(name):
    request, told = OMNI[name]
    async with FakeServer(FakeGoogle(script=AT_ONCE)) as server:
        async with HttpClient("Google", server.url, auth={"x-goog-api-key": SECRET}) as http:
            await sent_by(Google(http), request, mint("purchase"))
        their = client(server.url)
        await theirs(lambda: their.interactions.create(**told))
        ours, other = [call for call in server.calls if call.kind == "submit"]
        assert ours.parse_json() == other.parse_json()
        assert ours.path.rpartition("/")[2] == other.path.rpartition("/")[2] == "interactions"
        assert ours.headers["x-goog-api-key"] == other.headers["x-goog-api-key"] == SECRET
        assert server.count("submit") == 2


async def test_their_client_reads_a_whole_life_from_our_fake():
    async with FakeServer(FakeGoogle(script=AT_ONCE)) as server:
        their = client(server.url)
        made = await theirs(lambda: their.interactions.create(**film("a fox", "text_to_video")))
        assert made.id.startswith("v1_") and made.status == "in_progress"
        done = await theirs(lambda: their.interactions.get(id=made.id))
        assert done.status == "completed" and done.usage.output_tokens_by_modality[0].tokens == 8 * 5792
        work = server.fake.remote.get(made.id.removeprefix("v1_"))
        name = done.output_video.uri.rpartition("/")[2].partition(":")[0]
        film_ = await theirs(lambda: their.files.download(file=f"files/{name}"))
        assert film_ == await server.fake.remote.get_output(work, 0)


async def test_their_client_cancels_at_our_fake_as_we_do():
    async with FakeServer(FakeGoogle(script=Script(latency_s=(60, 60)))) as server:
        their = client(server.url)
        made = await theirs(lambda: their.interactions.create(**film("a fox", "text_to_video")))
        assert (await theirs(lambda: their.interactions.cancel(id=made.id))).status == "cancelled"
        async with HttpClient("Google", server.url, auth={"x-goog-api-key": SECRET}) as http:
            operation = await sent_by(Google(http), omni("text_to_video"), mint("purchase"))
            assert await Google(http).cancel(operation) == "cancelled"
        verbs = [(call.method, call.path.rpartition("v1_")[2][32:]) for call in server.calls]
        assert verbs[1] == verbs[3] == ("POST", "/cancel")


async def test_their_client_understands_every_no_of_our_fake():
    for code in (400, 401, 403, 404, 429, 500, 503):
        async with FakeServer(FakeGoogle(script=AT_ONCE.add_rule("submit", answer_status(code)))) as server:
            their = client(server.url)
            with pytest.raises(Exception) as raised:
                await theirs(lambda t=their: t.interactions.create(**film("a fox", "text_to_video")))
            assert getattr(raised.value, "status_code", getattr(raised.value, "code", 0)) == code


async def test_their_client_sees_a_filtered_film_as_words():
    async with FakeServer(FakeGoogle(script=AT_ONCE.add_rule("submit", filter_samples()))) as server:
        their = client(server.url)
        made = await theirs(lambda: their.interactions.create(**film("a fox", "text_to_video")))
        done = await theirs(lambda: their.interactions.get(id=made.id))
        assert done.status == "completed" and done.output_video is None


# ---- Veo
def veo(mode: str, *inputs: Input, model: str = "vertex-veo-3.1", **more: Any) -> Request:
    told = {"aspect": "16:9", "ms": 8000, "resolution": "720p", **more}
    return Request(model=model, mode=mode, prompt="a fox", inputs=inputs, **told)


def lowered(body: Any) -> Any:
    """Their client writes ``ASSET``, their documents and recorded exchanges ``asset``; the wire takes either."""
    for one in body["instances"][0].get("referenceImages", ()):
        one["referenceType"] = one["referenceType"].lower()
    return body


def frame(picture: bytes) -> Any:
    return types.Image(image_bytes=picture, mime_type="image/png")


def asset(picture: bytes) -> Any:
    return types.VideoGenerationReferenceImage(image=frame(picture), reference_type="asset")


PLAIN = {"number_of_videos": 1, "duration_seconds": 8, "aspect_ratio": "16:9", "resolution": "720p"}
VEO: dict[str, tuple[Request, dict[str, Any], dict[str, Any]]] = {
    "words": (veo("text_to_video"), {}, PLAIN),
    "first frame": (veo("image_to_video", given("first_frame", FIRST)), {"image": frame(PNG)}, PLAIN),
    "both frames": (
        veo("first_last_frame", given("first_frame", FIRST), given("last_frame", LAST)),
        {"image": frame(PNG)},
        {**PLAIN, "last_frame": frame(OTHER)},
    ),
    "references": (
        veo("reference_to_video", given("reference", FIRST), given("reference", LAST)),
        {},
        {**PLAIN, "reference_images": [asset(PNG), asset(OTHER)]},
    ),
}
ON_VERTEX = {
    **VEO,
    "all that can be told": (
        veo(
            "text_to_video",
            samples=4,
            seed=7,
            sound=False,
            extra={
                "negative_prompt": "blurry",
                "person_generation": "allow_adult",
                "enhance_prompt": True,
                "compression_quality": "OPTIMIZED",
                "resize_mode": "PAD",
            },
        ),
        {},
        {
            **PLAIN,
            "number_of_videos": 4,
            "seed": 7,
            "generate_audio": False,
            "negative_prompt": "blurry",
            "person_generation": "allow_adult",
            "enhance_prompt": True,
            "compression_quality": "OPTIMIZED",
            "resize_mode": "pad",
        },
    ),
}


@pytest.mark.parametrize("name", ON_VERTEX)
async def test_a_submission_to_vertex_is_sent_as_their_client_sends_it(name):
    request, source, told = ON_VERTEX[name]
    purchase = mint("purchase")
    async with FakeServer(FakeGeminiLongrunning(script=AT_ONCE)) as server:
        async with HttpClient("Google", server.url, auth={"authorization": f"Bearer {SECRET}"}) as http:
            wire = Vertex(project="p1", storage="gs://films/out")
            await sent_by(GeminiLongrunning(http, wire=wire), request, purchase)
        their = on_vertex(server.url)
        folder = f"gs://films/out/{build_folder_name(request.prompt, purchase)}/"
        beside = {"output_gcs_uri": folder, "labels": {"reelwright": purchase}}
        await theirs(
            lambda: their.models.generate_videos(
                model="veo-3.1-generate-001",
                source=types.GenerateVideosSource(prompt="a fox", **source),
                config=types.GenerateVideosConfig(**told, **beside),
            )
        )
        ours, other = server.calls
        assert ours.parse_json() == lowered(other.parse_json())
        assert ours.path == other.path
        assert ours.headers["authorization"] == other.headers["authorization"] == f"Bearer {SECRET}"


async def test_their_client_polls_vertex_as_we_do_and_reads_what_our_fake_tells():
    async with FakeServer(FakeGeminiLongrunning(script=AT_ONCE.add_rule("submit", filter_samples(1)))) as server:
        async with HttpClient("Google", server.url, auth={"authorization": f"Bearer {SECRET}"}) as http:
            provider = GeminiLongrunning(http, wire=Vertex(project="p1"))
            operation = await sent_by(provider, veo("text_to_video", samples=2), mint("purchase"))
            progress = await provider.poll(operation)
            ours = b"".join([part async for part in provider.fetch(operation, progress.outputs[0])])
        their = on_vertex(server.url)
        done = await theirs(lambda: their.operations.get(types.GenerateVideosOperation(name=operation.id)))
        assert done.done and done.response.rai_media_filtered_count == len(progress.missing) == 1
        (only,) = done.response.generated_videos
        assert only.video.video_bytes == ours
        polls = [call for call in server.calls if call.kind == "poll"]
        assert len({(call.method, call.path, call.body.replace(b" ", b"")) for call in polls}) == 1


async def test_their_client_understands_every_no_of_vertex():
    for code in (400, 401, 403, 404, 429, 503):
        async with FakeServer(FakeGeminiLongrunning(script=AT_ONCE.add_rule("submit", answer_status(code)))) as server:
            their = on_vertex(server.url)
            source = types.GenerateVideosSource(prompt="a fox")
            with pytest.raises(errors.APIError) as raised:
                await theirs(lambda t=their, s=source: t.models.generate_videos(model="veo-3.1-generate-001", source=s))
            assert raised.value.code == code and server.count("submit") == 1


@pytest.mark.skipif(MAJOR >= 3, reason="google-genai 3 no longer speaks Veo on the Gemini wire")
@pytest.mark.parametrize("name", VEO)
async def test_a_submission_on_the_gemini_wire_is_sent_as_their_client_sends_it(name):
    request, source, told = VEO[name]
    request = Request(**{**{f: getattr(request, f) for f in request.__slots__}, "model": "litellm-veo-3.1"})
    async with FakeServer(FakeGeminiLongrunning(script=AT_ONCE)) as server:
        async with HttpClient("Google", server.url, auth={"x-goog-api-key": SECRET}) as http:
            provider = GeminiLongrunning(http, wire=PassThroughProxy.from_address(http.base))
            operation = await sent_by(provider, request, mint("purchase"))
            assert (await provider.poll(operation)).state == "succeeded"
        their = client(f"{server.url}/gemini", api_version="v1beta")
        made = await theirs(
            lambda: their.models.generate_videos(
                model="veo-3.1-generate-001",
                source=types.GenerateVideosSource(prompt="a fox", **source),
                config=types.GenerateVideosConfig(**told),
            )
        )
        done = await theirs(lambda: their.operations.get(made))
        assert done.done and len(done.response.generated_videos) == 1
        ours, polled, other, asked = server.calls
        assert (ours.path, ours.parse_json()) == (other.path, lowered(other.parse_json()))
        assert polled.path.rpartition("/")[0] == asked.path.rpartition("/")[0]
        assert ours.headers["x-goog-api-key"] == other.headers["x-goog-api-key"]
