"""What a person sees: bars on a terminal and nothing in a pipe, the guide's own examples, memory, connections."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from client.program import PROMPTS
from reelwright.client.generator import VeoVideoGenerator
from reelwright.providers.fakes.media_spec import MediaSpec, make_tiny_file
from reelwright.providers.fakes.script import Script, trickle
from reelwright.reel.base.document import to_json
from reelwright.settings import Settings

HERE = Path(__file__).parent
GUIDE = HERE.parents[1] / "docs" / "guides" / "video-generation.md"
Serving = Callable[..., str]


def padded(size: int) -> bytes:
    """A real clip of exactly ``size`` bytes, by a box that players skip."""
    shown = asyncio.run(make_tiny_file(MediaSpec(provider="p", model="m", kind="video", prompt="p")))
    rest = size - len(shown)
    return shown + rest.to_bytes(4, "big") + b"free" + bytes(rest - 8)


def environ(**more: str) -> dict[str, str]:
    roots = [str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(roots), **more}


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    """A fake proxy in a process of its own; returns its address."""
    servers: list[subprocess.Popen[str]] = []

    def serve(footage: bytes = b"", script: Script | None = None) -> str:
        (tmp_path / "script.json").write_text(to_json(script or Script(latency_s=(0.1, 0.1))))
        command = [sys.executable, "-m", "reelwright.providers.fakes", "gemini_longrunning"]
        command += ["--bill", str(tmp_path / "bill"), "--script", str(tmp_path / "script.json")]
        if footage:
            (tmp_path / "footage").write_bytes(footage)
            command += ["--footage", str(tmp_path / "footage")]
        servers.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        assert servers[-1].stdout
        return servers[-1].stdout.readline().strip()

    yield serve
    for server in servers:
        server.terminate()
        server.wait(10)
        assert server.stdout
        server.stdout.close()


def test_a_terminal_shows_bars_and_a_pipe_nothing(tmp_path: Path):
    command = [sys.executable, str(HERE / "program.py")]
    piped = subprocess.run([*command, str(tmp_path / "a")], env=environ(), capture_output=True, text=True, check=True)
    assert piped.stderr == "" and len(json.loads(piped.stdout)) == len(PROMPTS)
    seen = on_a_terminal([*command, str(tmp_path / "b"), "1.0"], environ())
    assert "a cat" in seen and "waiting" in seen


def on_a_terminal(command: list[str], env: dict[str, str]) -> str:
    """What a program that ends well shows on a terminal."""
    ours, theirs = pty.openpty()
    told = {**env, "TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": "120"}
    watched = subprocess.Popen(command, env=told, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    seen = b""
    while select.select([ours], [], [], 30)[0]:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        seen += part
    os.close(ours)
    assert watched.wait(30) == 0, seen
    return seen.decode()


NOT_YET, FULL = "38;5;237", "38;2;114;156;31"
"""What a bar is drawn in where it has not come yet, and once all of it has come."""
ONE_VIDEO = """
import asyncio, sys
from reelwright.client.generator import VeoVideoGenerator

async def main():
    async with VeoVideoGenerator(poll_initial_delay=0.05, poll_max_delay=0.05) as generator:
        await generator.generate_video_async("a lighthouse", sys.argv[1])

asyncio.run(main())
"""


def shares(seen: str) -> list[tuple[float, float]]:
    """Of every drawing of a bar that tells so many megabytes of so many: the share told, and the share drawn."""
    found = []
    for line in re.split(r"[\r\n]", seen):
        told = re.search(r"downloading, ([\d.]+) of ([\d.]+) MB", line)
        if told:
            parts = re.findall(r"\x1b\[([\d;]*)m([━╸╺]+)", line)
            drawn = sum(len(bar) for colour, bar in parts if colour != NOT_YET) / sum(len(bar) for _, bar in parts)
            found.append((float(told[1]) / float(told[2]), drawn))
    return found


def test_the_bar_of_a_slow_download_grows_to_its_size_and_ends_full(tmp_path: Path, serving: Serving):
    """Source: systems.md S4-20."""
    footage = padded(4_000_000)
    address = serving(footage, Script(latency_s=(0.1, 0.1)).add_rule("fetch", trickle(2_000_000)))
    env = environ(
        REELWRIGHT_HOME=str(tmp_path / "home"), LITELLM_API_KEY="sk-canary",
        VIDEO_GENERATION_BASE_URL=f"{address}/gemini/v1beta",
    )  # fmt: skip
    seen = on_a_terminal([sys.executable, "-c", ONE_VIDEO, str(tmp_path / "a.mp4")], env)
    assert (tmp_path / "a.mp4").stat().st_size == len(footage)
    assert "of 4.0 MB" in seen
    found = shares(seen)
    assert len({told for told, _ in found}) >= 5 and found == sorted(found), "it grows, and step by step"
    assert all(abs(told - drawn) < 0.05 for told, drawn in found), found
    assert f"\x1b[{FULL}m{'━' * 28}\x1b[0m done" in seen and f"\x1b[{NOT_YET}m{'━' * 28}\x1b[0m done" not in seen


def test_a_terminal_that_goes_away_ends_no_prompt(tmp_path: Path):
    ours, theirs = pty.openpty()
    watched = subprocess.Popen(
        [sys.executable, str(HERE / "program.py"), str(tmp_path / "a"), "1.0"],
        env=environ(TERM="xterm"), stdout=subprocess.PIPE, stderr=theirs, text=True,
    )  # fmt: skip
    os.close(theirs)
    assert os.read(ours, 1)
    os.close(ours)
    told, _ = watched.communicate(timeout=60)
    assert watched.returncode in (0, 120)  # 120 is Python's own word that standard error could not be flushed
    assert all(Path(said).is_file() for said in json.loads(told))


def test_the_guide_s_examples_run_as_they_stand(tmp_path: Path, serving: Serving):
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    assert len(blocks) >= 2
    address = serving()
    env = environ(
        REELWRIGHT_HOME=str(tmp_path / "home"),
        LITELLM_API_KEY="sk-canary",
        VIDEO_GENERATION_BASE_URL=f"{address}/gemini/v1beta",
        VIDEO_GENERATION_POLL_INITIAL_DELAY="0.05",
        VIDEO_GENERATION_POLL_MAX_DELAY="0.05",
    )
    for block in blocks:
        code = block.replace("http://localhost:4000", address)
        ran = subprocess.run(
            [sys.executable, "-c", code], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.count(".mp4") >= 1, ran.stdout


async def test_a_large_video_takes_no_memory_of_its_size(tmp_path: Path, serving: Serving):
    size = 96_000_000
    address = serving(await asyncio.to_thread(padded, size))
    held: list[int] = []

    async def watch() -> None:
        while True:
            held.append(psutil.Process().memory_info().rss)
            await asyncio.sleep(0.02)

    async with VeoVideoGenerator(
        base_url=f"{address}/gemini/v1beta", api_key="sk-canary", settings=Settings(home=tmp_path / "home"),
        output_dir=tmp_path / "videos",
        poll_initial_delay=0.05, poll_max_delay=0.05, show_progress=False,
    ) as generator:  # fmt: skip
        await generator.generate_video_async("something small, to load all that is needed", tmp_path / "small.mp4")
        watching = asyncio.create_task(watch())
        await asyncio.sleep(0.1)
        video = await generator.generate_video_async("a large one")
        watching.cancel()
    assert video.file_size_mb and video.file_size_mb >= size / 1e6
    assert max(held) - held[0] < 20_000_000


@asynccontextmanager
async def relay(address: str) -> AsyncIterator[tuple[str, list[int]]]:
    """An address that leads to ``address``, and the numbers of the connections that were made to it."""
    port, made = int(address.rsplit(":", 1)[1]), list[int]()

    open_ = set[asyncio.Task[None]]()

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
        sink.write_eof()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(pump(reader, back), pump(there, writer), return_exceptions=True)
        finally:
            for one in (writer, back):
                one.close()
                with contextlib.suppress(OSError):
                    await one.wait_closed()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made.append(len(made) + 1)
        open_.add(asyncio.create_task(carry(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", made
    finally:
        server.close()
        await asyncio.wait(open_, timeout=5)
        for task in open_:
            task.cancel()
        await asyncio.gather(*open_, return_exceptions=True)


async def test_polls_share_one_connection(tmp_path: Path, serving: Serving):
    address = serving()
    async with relay(address) as (through, made):
        async with VeoVideoGenerator(
            base_url=f"{through}/gemini/v1beta", api_key="sk-canary", settings=Settings(home=tmp_path / "home"),
            output_dir=tmp_path / "videos", poll_initial_delay=0.01, poll_max_delay=0.01, show_progress=False,
        ) as generator:  # fmt: skip
            await generator.generate_video_async("a cat")
        assert len(made) == 3  # the request that costs, all polls, the download
