"""The verb ``models fetch`` as a person meets it: licence, size and room, then a question, and no token anywhere."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engines.fake_hub import OLD, TOKEN, FakeHub, serve_hub


@contextmanager
def hub_beside(hub: FakeHub) -> Iterator[str]:
    """The hub in a thread of its own: the verb runs in another process."""
    ready, loop, url = threading.Event(), asyncio.new_event_loop(), []
    over = asyncio.Event()

    async def serve() -> None:
        async with serve_hub(hub) as server:
            url.append(server.url)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait(10)
    try:
        yield url[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


def test_nothing_is_downloaded_before_a_person_has_seen_licence_and_size_and_said_yes(reelwright, home: Path) -> None:
    hub = FakeHub(facts={"license": "cc-by-nc-4.0"}, needs_token=True)
    with hub_beside(hub) as url:
        env = {"REELWRIGHT_HUB_URL": url, "HF_TOKEN": TOKEN, "REELWRIGHT_LOG_LEVEL": "debug"}
        ran = reelwright("models", "fetch", "acme/tiny", "--json", **env)
        assert ran.code == 4 and ran.json["error"]["reason"]["code"] == "download_not_agreed"
        assert "cc-by-nc-4.0: NO COMMERCIAL USE" in ran.err and "4 files" in ran.err and OLD in ran.err
        assert "GB free for" in ran.err and not (home / "weights").exists()
        got = reelwright("models", "fetch", "acme/tiny", "--yes", **env)
    assert got.code == 0, got.err
    assert "100 % of" in got.err and (home / "models" / "tiny.yaml").is_file()
    assert all(TOKEN not in text for text in (ran.out, ran.err, got.out, got.err))


def test_the_token_of_the_hub_is_kept_like_a_key_and_is_no_providers(reelwright, home: Path) -> None:
    reelwright("keys", "add", "hub", "--unchecked", stdin=TOKEN)
    with hub_beside(FakeHub(needs_token=True)) as url:
        ran = reelwright("models", "fetch", "acme/tiny", "--yes", REELWRIGHT_HUB_URL=url)
    assert ran.code == 0, ran.err
    [row] = [line for line in reelwright("keys").out.splitlines() if line.startswith("hub ")]
    assert "weights" in row
