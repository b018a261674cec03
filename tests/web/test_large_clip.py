"""A clip of 300 MB is dropped, the server dies amid it, and the upload goes on: whole, and in little memory."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio
from server.browser import Tab, open_browser
from server.stand import find_free_port
from studio.shelf import drawn_clip
from web.conftest import TWO_SHOTS
from web.test_browser import needs_browser
from web.test_studio_command import run_studio

SIZE = 300_000_000
STATE = "document.querySelector('.drop-state')"
MOST_GROWTH_MB = 150


def write_clip(path: Path) -> str:
    """Write a clip that plays, with a box behind it that no player reads; return the digest of its bytes."""
    clip = drawn_clip((320, 180), 4000, "a large one", False)
    left = SIZE - len(clip)
    path.write_bytes(clip + left.to_bytes(4, "big") + b"free" + os.urandom(left - 8))
    return hash_file(path)


def hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def measure_mb(process: psutil.Process) -> float:
    return process.memory_info().rss / 1e6


def find_renderers(profile: Path) -> list[psutil.Process]:
    """The processes of the tabs of a browser, by its profile."""
    own = f"--user-data-dir={profile}"  # one that has ended while it was read has no command line
    mother = next(one for one in psutil.process_iter(["cmdline"]) if own in (one.info["cmdline"] or ()))
    found = []
    for one in mother.children(recursive=True):
        with suppress(psutil.ZombieProcess):  # one that has just ended
            found += [one] if "--type=renderer" in one.cmdline() else []
    return found


async def give_file(tab: Tab, path: Path) -> None:
    document = await tab.call("DOM.getDocument")
    field = await tab.call(
        "DOM.querySelector", nodeId=document["root"]["nodeId"], selector="reel-drop input[type=file]"
    )
    await tab.call("DOM.setFileInputFiles", nodeId=field["nodeId"], files=[str(path)])


@needs_browser
@pytest.mark.timeout(300)
async def test_a_clip_of_300_mb_survives_the_death_of_its_server_whole_and_in_little_memory(tmp_path: Path) -> None:
    home, port, clip = tmp_path / "home", str(find_free_port()), tmp_path / "large.mp4"
    digest = await asyncio.to_thread(write_clip, clip)
    async with AsyncStudio(Settings(home=home, hands=1)) as studio:
        made = await studio.make(script=TWO_SHOTS["text"], models=("animatic",), goal="plan")
    grown: list[float] = []
    async with open_browser(tmp_path / "profile") as tab:
        with run_studio(home, "--no-browser", "--port", port) as (process, url):
            await tab.open(f"{url}/projects/{made.project}?shot=1")
            renderers = {one: measure_mb(one) for one in find_renderers(tmp_path / "profile")}
            server, before = psutil.Process(process.pid), measure_mb(psutil.Process(process.pid))
            await tab.call("Fetch.enable", patterns=[{"urlPattern": "*/asset"}])
            await give_file(tab, clip)
            await tab.wait_for(f"parseFloat({STATE}.style.getPropertyValue('--share')) > 15")
            grown.append(measure_mb(server) - before)
            process.kill()
            process.wait()
            await tab.wait_for(f"{STATE}.textContent.includes('%, ')")
        told = str(await tab.run(f"{STATE}.textContent"))
        assert (found := re.search(r"(\d+) %, no connection", told)) and 15 <= int(found[1]) < 100, told
        with run_studio(home, "--no-browser", "--port", port) as (process, _):
            server, before = psutil.Process(process.pid), measure_mb(psutil.Process(process.pid))
            paused = await tab.wait_for_event("Fetch.requestPaused", 120)
            (stored,) = [one for one in home.rglob("*") if one.is_file() and one.stat().st_size == SIZE]
            assert hash_file(stored) == digest
            await tab.call("Fetch.continueRequest", requestId=paused["requestId"])
            await tab.wait_for("document.querySelector('[data-main]')?.value.startsWith('clip:')", 60)
            grown.append(measure_mb(server) - before)
            grown += [measure_mb(one) - mb for one, mb in renderers.items() if one.is_running()]
    assert max(grown) < MOST_GROWTH_MB, grown
