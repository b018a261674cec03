"""The server dies while films are made: open pages say so, lose nothing that was typed, and go on when it is back."""

from __future__ import annotations

from pathlib import Path

import pytest

from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio
from server.browser import open_browser
from server.stand import find_free_port
from web.test_browser import needs_browser, type_into
from web.test_studio_command import run_studio

FILM = "# Fenn {n}\n\nIt never flickers.\n\n**40 hours** on one charge\n\nNot once.\n"
GROUP = "document.querySelectorAll('#group-{name} + ul .job').length"
AWAY = "!document.getElementById('offline').hidden"
FIELD = "document.getElementById('text')"
BRIEF = "“It keeps the light.” For “Lumen”, a candle"


async def queue_films(home: Path, folder: Path) -> None:
    async with AsyncStudio(Settings(home=home, hands=1)) as studio:
        for n in range(3):
            script = folder / f"{n}.md"
            script.write_text(FILM.format(n=n))
            await studio.enqueue_make(script=script, models=("animatic",), short_side=720, yes=True)


@needs_browser
@pytest.mark.timeout(300)
async def test_a_server_killed_amid_three_jobs_is_missed_and_all_goes_on_without_a_reload(tmp_path: Path) -> None:
    home, port = tmp_path / "home", str(find_free_port())
    await queue_films(home, tmp_path)
    studio = ("--no-browser", "--port", port)
    async with open_browser(tmp_path / "profile") as queue, queue.open_another() as create:
        with run_studio(home, *studio, REELWRIGHT_JOBS_AT_ONCE="3") as (process, url):
            await queue.open(f"{url}/queue")
            await queue.wait_for(f"{GROUP.format(name='running')} === 3")
            await queue.run("window.isSame = true")
            await create.open(url)
            process.kill()
            process.wait()
            await queue.wait_for(AWAY)
            assert await queue.run("getComputedStyle(document.querySelector('.live-dot')).visibility") == "hidden"
            await queue.run("document.querySelector('[data-key=Backspace]').click()")
            await type_into(create, "#text", BRIEF)
            await create.wait_for(AWAY)
            assert await queue.run("window.isSame"), "an order waits for the server, and the page with it"
        with run_studio(home, *studio, REELWRIGHT_JOBS_AT_ONCE="3"):
            await create.wait_for("document.querySelector('[data-main]') !== null")
            assert await create.run(f"{FIELD}.value") == BRIEF
            await queue.wait_for(f"!({AWAY})")
            await queue.wait_for(f"{GROUP.format(name='finished')} === 3", 150)
            assert await queue.run("window.isSame")
