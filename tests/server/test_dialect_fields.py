"""What changes what is bought is never ignored: every door that makes videos, each with many fields and files."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import httpx2
import pytest
from PIL import Image

from reelwright.server.program_requests import HARMLESS, MAX_USD_HEADER
from reelwright.settings import Settings
from reelwright.studio.runtime.rehearsal import Rehearsal
from server.conftest import APPROVING, MODEL, Served, open_server
from sweep import sweep

IDLE: Final = replace(APPROVING, has_director=False)
BRIEF: Final = "“It never flickers.” For “Fenn”, a desk lamp"


@dataclass(frozen=True)
class Door:
    """A path that makes videos. ``plain``: a request that works. ``place``: where in its JSON further fields go."""

    path: str
    plain: Mapping[str, Any]
    place: tuple[Any, ...] = ()
    job: str = "id"


OPENAI: Final = Door("/v1/videos", {"prompt": "a heron", "model": MODEL})
S0: Final = Door("/api/generate", {"prompt": "a heron", "model": MODEL}, job="job_id")
S1: Final = Door("/generate", {"prompt": "a heron", "model": MODEL}, job="job_id")
S2: Final = Door("/api/generate", {"prompt": BRIEF, "model": "hailuo_fast"}, job="video_id")
S3: Final = Door("/api/mv/scenes", {"idea": BRIEF, "config_flavor": "spot"}, job="job_id")
OPERATION: Final = {"instances": [{"prompt": "a heron"}], "parameters": {"durationSeconds": 4}}
GOOGLE: Final = Door(f"/v1beta/models/{MODEL}:predictLongRunning", OPERATION, job="name")
DOORS: Final[Mapping[str, tuple[Door, tuple[str, ...]]]] = {
    "OpenAI": (OPENAI, ("json", "form", "multipart")),
    "Veo web app": (S0, ("form", "multipart")),
    "Mochi cluster": (S1, ("json", "form", "multipart")),
    "ad pipeline": (S2, ("json",)),
    "vertical shorts": (S3, ("json", "form", "multipart")),
    "Google": (GOOGLE, ("json", "form", "multipart")),
    "Google, an instance": (replace(GOOGLE, place=("instances", 0)), ("json",)),
    "Google, parameters": (replace(GOOGLE, place=("parameters",)), ("json",)),
}
FIELDS: Final[Mapping[str, Any]] = {
    "seconds": "8", "duration": "8", "durationSeconds": "8", "length": "8", "num_frames": "81", "fps": "60",
    "size": "720x1280", "width": "720", "height": "1280", "aspect_ratio": "9:16", "aspectRatio": "9:16",
    "aspect": "9:16", "resolution": "999p", "quality": "high", "n": "2", "sampleCount": "2", "sample_count": "2",
    "numberOfVideos": "2", "num_outputs": "2", "samples": "2", "negative_prompt": "rain", "negativePrompt": "rain",
    "seed": "7", "generateAudio": "false", "audio": "x", "style": "film", "image": "x", "image_url": "data:x",
    "input_reference": "x", "input_reference[file_id]": "x", "input_reference[image_url]": "x", "start_image": "x",
    "last_frame": "x", "lastFrame": "x", "video": "x", "reference_images": "x", "referenceImages": "x",
    "reference_assets": "x", "max_usd": "many", "budget": "0.01", "provider": "other", "lora": "x", "prompts": "x",
    "remix_video_id": "job_1", "storageUri": "gs://x/y", "personGeneration": "dont_allow", "resizeMode": "CROP",
}  # fmt: skip
FILES: Final = (
    "input_reference", "input_reference[]", "input_reference[0]", "image", "images", "startImage", "start_image[]",
    "lastFrame", "referenceImages", "video", "mask", "audio", "prompt", "file",
)  # fmt: skip


def draw_picture(size: tuple[int, int] = (1280, 720)) -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", size, (200, 80, 40)).save(picture, "PNG")
    return picture.getvalue()


def build_json(door: Door, more: Mapping[str, Any]) -> Any:
    body = json.loads(json.dumps(door.plain))
    place = body
    for step in door.place:
        place = place[step]
    place.update(more)
    return body


async def send(
    client: httpx2.AsyncClient, door: Door, encoding: str, more: Mapping[str, Any], files: Mapping[str, Any] = {}
) -> httpx2.Response:
    headers = {
        "Idempotency-Key": f"{door.path} {door.place} {encoding} {sorted(more)} {sorted(files)}".replace("'", "")
    }
    if encoding == "json":
        return await client.post(door.path, json=build_json(door, more), headers=headers)
    fields = {**door.plain, **more}
    parts = {name: (None, value if isinstance(value, str) else "x") for name, value in fields.items()}
    if encoding == "multipart":
        return await client.post(door.path, files={**parts, **files}, headers=headers)
    return await client.post(door.path, data={name: part[1] for name, part in parts.items()}, headers=headers)


async def describe_order(server: Served, door: Door, answer: httpx2.Response) -> str:
    """Everything that was ordered, as text."""
    studio = server.deployment.get_studio()
    job = await studio.read_video_job(answer.json()[door.job].rpartition("/")[2])
    plan = await studio.read_plan(job.project)
    return f"{plan.plan} {job.labels}"


def names_field(answer: httpx2.Response, name: str) -> bool:
    """Whether an error names the field, by its last part."""
    return name.rpartition("[")[0] in answer.text if "[" in name else name in answer.text


@pytest.mark.parametrize("dialect", DOORS)
async def test_no_field_and_no_file_is_dropped_in_silence(settings: Settings, dialect: str) -> None:
    door, encodings = DOORS[dialect]
    picture = ("a.png", draw_picture(), "image/png")
    async with (
        open_server(settings, None, IDLE, rehearsal=Rehearsal(speed=3600)) as server,
        server.open_client() as client,
    ):
        with sweep() as case:
            for encoding in encodings:
                plain = await send(client, door, encoding, {})
                before = await describe_order(server, door, plain) if plain.status_code == 200 else ""
                if before:
                    again = await send(client, door, encoding, {"user": "another order"})
                    assert await describe_order(server, door, again) == before
                cases = [({name: value}, {}) for name, value in FIELDS.items()]
                cases += [({}, {name: picture}) for name in FILES] if encoding == "multipart" else []
                for more, files in cases:
                    (name,) = {**more, **files}
                    with case(f"{encoding} {'file ' if files else ''}{name}"):
                        answer = await send(client, door, encoding, more, files)
                        if answer.status_code != 200:
                            assert 400 <= answer.status_code < 500, answer.text
                            is_other = plain.status_code != 200  # another encoding than the door reads
                            assert is_other or names_field(answer, name), answer.text
                        else:
                            assert await describe_order(server, door, answer) != before, "dropped in silence"


@pytest.mark.parametrize("dialect", [*DOORS][:6])
async def test_harmless_fields_change_nothing(settings: Settings, dialect: str) -> None:
    door, encodings = DOORS[dialect]
    async with (
        open_server(settings, None, IDLE, rehearsal=Rehearsal(speed=3600)) as server,
        server.open_client() as client,
    ):
        for encoding in encodings[-1:] if door is S0 else encodings[:1]:
            answer = await send(client, door, encoding, dict.fromkeys(HARMLESS, "x"))
            assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("dialect", [*DOORS][:6])
async def test_the_header_caps_the_price_at_every_door(settings: Settings, dialect: str) -> None:
    door, encodings = DOORS[dialect]
    encoding = "multipart" if door is S0 else encodings[0]
    settings = replace(settings, model="hailuo_fast", stills="flux-dev")  # of the flavor of the shorts, which is drawn
    async with (
        open_server(settings, None, IDLE, rehearsal=Rehearsal(speed=3600)) as server,
        server.open_client(headers={MAX_USD_HEADER: "0.001"}) as client,
    ):
        answer = await send(client, door, encoding, {})
        assert answer.status_code == 402, answer.text
        assert (await client.get("/api/v1/jobs")).json()["jobs"] == []
        client.headers[MAX_USD_HEADER] = "many"
        assert (await send(client, door, encoding, {})).status_code in (400, 422)
