"""S1's own model: a prompt becomes a clip that a server of one's own made with Mochi, over the wire of vLLM-Omni."""

from __future__ import annotations

import io
from dataclasses import replace

import av

from reelwright.providers.fakes.openai_videos import FakeOpenaiVideos
from reelwright.providers.fakes.script import Script
from reelwright.providers.fakes.server import FakeServer
from reelwright.settings import Settings
from server.conftest import open_server
from server.test_dialects import get, wait_for


async def test_mochi_on_a_server_of_one_s_own_makes_the_clip_of_s1(settings: Settings) -> None:
    mochi = FakeOpenaiVideos(script=Script(speed=3600), profile="vllm_omni")
    async with FakeServer(mochi) as own:
        at_home = replace(settings, base_urls={"openai_videos": own.url})
        async with open_server(at_home, None) as server, server.open_client() as client:
            made = (await client.post("/generate", json={"prompt": "A fox", "account_id": "team-1"})).json()
            done = await wait_for(client, f"/status/{made['job_id']}", "COMPLETED", "FAILED")
            assert done["status"] == "COMPLETED", done
            sent = next(call for call in own.calls if call.kind == "submit")
            film = (await client.get(f"/download/{made['job_id']}")).content
            assert [one["job_id"] for one in (await get(client, "/jobs/team-1"))["jobs"]] == [made["job_id"]]
    for name, value in (("model", "genmo/mochi-1-preview"), ("width", "848"), ("height", "480"), ("prompt", "A fox")):
        assert f'name="{name}"\r\n\r\n{value}\r\n' in sent.body.decode(), name
    with av.open(io.BytesIO(film)) as container:
        assert container.format.name.startswith("mov") and container.streams.video[0].frames > 0
