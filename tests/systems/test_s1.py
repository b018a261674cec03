"""The Mochi cluster (S1), row by row: routes beside pages, names of files, containers, and pages on another port."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from client.proxy import Proxy
from engines.conftest import write_weights
from reelwright.engines.gpus import list_gpus
from reelwright.engines.launch import build_options
from reelwright.engines.model_cards import get_model_card, get_models_folder
from reelwright.engines.own.rules import Options
from reelwright.engines.weights import write_model_card
from reelwright.errors import BadInput
from reelwright.server import app
from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio
from reelwright.web.all_pages import build_pages
from server.conftest import APPROVING, MODEL, Served, open_server
from server.test_dialects import list_routes, wait_for

IDLE = replace(APPROVING, has_director=False)
VITE = "http://localhost:5173"
"""Where its page is served while somebody works on it."""


def test_s1_06_no_page_hides_a_route() -> None:
    pages = list_routes(build_pages().router)
    routes = [route for part in app._PARTS for route in list_routes(part.router)]
    assert len(pages) > 30 and {"/generate", "/status/{job}", "/download/{job}"} <= {one.path for one in routes}
    hidden = [
        f"{page.path} hides {route.path}"
        for page in pages
        for route in routes
        if page.methods & route.methods and page.path_regex.match(route.path.replace("{", "x-").replace("}", ""))
    ]
    assert not hidden


def test_s1_13_precision_tiling_and_offload_stand_in_the_card_and_reach_the_engine(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", write_weights(tmp_path / "mochi")
    card = write_model_card(home, folder, name="mochi", licence="Apache-2.0", may_be_sold=True)
    told = Options(**build_options(card))
    assert (told.precision, told.tiling, told.offload) == ("bf16", "auto", "auto")
    path = get_models_folder(home) / "mochi.yaml"
    written = path.read_text(encoding="utf-8")
    path.write_text(written.replace("gpu_gb: 24", "gpu_gb: 24, offload: group, tiling: 'yes'"), encoding="utf-8")
    told = Options(**build_options(get_model_card(home, "mochi")))
    assert (told.tiling, told.offload) == ("yes", "group")
    path.write_text(written.replace("gpu_gb: 24", "gpu_gb: 24, offload: half"), encoding="utf-8")
    with pytest.raises(BadInput, match="half"):
        get_model_card(home, "mochi")


async def test_s1_15_a_video_is_downloaded_under_the_id_of_its_job(server: Served) -> None:
    async with server.open_client() as client:
        job = (await client.post("/generate", json={"prompt": "a fox", "model": MODEL})).json()["job_id"]
        await wait_for(client, f"/status/{job}", "COMPLETED", "FAILED")
        sent = await client.get(f"/download/{job}")
    assert f'filename="{job}.mp4"' in sent.headers["content-disposition"]


async def test_s1_17_and_19_the_doctor_names_the_gpus_and_warns_of_little_shared_memory(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncStudio(settings) as studio:
        checks = {one.name: one for one in (await studio.examine_engines()).checks}
    memory, has_gpu = checks["shared memory"], bool(list_gpus())
    assert (checks["gpus"].message == "none") is not has_gpu
    has_room = shutil.disk_usage("/dev/shm").total >= 10e9
    assert memory.state == ("good" if has_room else "poor") and bool(memory.fix) is not has_room


@pytest.mark.parametrize("path", ["/status/job_0", "/download/job_0"])
async def test_s1_24_a_page_on_port_5173_uses_the_server_through_its_proxy_or_from_its_origin(
    settings: Settings, proxy: Proxy, path: str
) -> None:
    body = {"prompt": "a fox", "model": MODEL}
    async with open_server(settings, proxy, IDLE) as server, server.open_client() as client:
        behind = {"Host": "localhost:5173", "Origin": VITE, "Sec-Fetch-Site": "same-origin"}  # as its proxy sends it on
        assert (await client.post("/generate", json=body, headers=behind)).status_code == 200
        assert (await client.get(path, headers=behind)).status_code == 404
        across = {"Origin": VITE, "Sec-Fetch-Site": "cross-site"}
        assert (await client.post("/generate", json=body, headers=across)).status_code == 403
    allowing = replace(IDLE, origins=(VITE,))
    async with open_server(settings, proxy, allowing) as server, server.open_client() as client:
        made = await client.post("/generate", json=body, headers=across)
        assert (made.status_code, made.headers["access-control-allow-origin"]) == (200, VITE)
        assert (await client.get(path, headers=across)).headers["access-control-allow-origin"] == VITE
