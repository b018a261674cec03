"""A new brief begins on an empty page, is read at once, and the film of another is found by its name from any page."""

from __future__ import annotations

from pathlib import Path

import pytest

from reelwright.settings import Settings
from reelwright.studio.runtime.rehearsal import Rehearsal
from server.browser import open_browser
from server.conftest import open_server
from web.test_browser import needs_browser, type_into

TEXT = "document.getElementById('text').value"
READING = "getComputedStyle(document.querySelector('.reading')).display"
FIRST, SECOND = "“It never flickers.” For “Fenn”, a desk lamp", "“It keeps the morning.” For “Halden”, a flask"


@needs_browser
@pytest.mark.timeout(240)
async def test_a_draft_that_was_ordered_is_gone_and_one_that_was_kept_gives_way_to_a_new_one(
    settings: Settings, tmp_path: Path
) -> None:
    async with (
        open_server(settings, None, rehearsal=Rehearsal(speed=3600)) as server,
        open_browser(tmp_path / "profile") as tab,
    ):
        await tab.open(f"{server.url}/studio")
        assert await tab.run(READING) == "none"
        await tab.run(f"const field = document.getElementById('text'); field.value = {FIRST!r};"
                      "field.dispatchEvent(new Event('input', { bubbles: true }))")  # fmt: skip
        assert await tab.run(READING) == "flex", "that the words are read is said before they are"
        await tab.wait_for("document.querySelector('.money strong')?.textContent === 'free'")
        await tab.wait_for(f"{READING} === 'none'")
        await tab.run("document.querySelector('button[data-main]').click()")
        await tab.wait_for("location.pathname.includes('/projects/')")
        await tab.open(f"{server.url}/studio")
        assert await tab.run(TEXT) == ""
        await type_into(tab, "#text", SECOND)
        await tab.open(f"{server.url}/studio")
        assert await tab.run(f"[{TEXT}, document.querySelector('[data-kept]').hidden]") == [SECOND, False]
        await tab.run("document.querySelector('[data-afresh]').click()")
        await tab.wait_for(f"{TEXT} === '' && document.querySelector('[data-kept]').hidden")
        await tab.open(f"{server.url}/studio/settings")
        await tab.run("document.querySelector('[data-commands]').click()")
        await type_into(tab, "#command-search", "Fenn")
        await tab.wait_for("document.querySelector('.command:not([aria-disabled])')?.textContent.startsWith('Fenn')")
        await tab.run("document.querySelector('.command').click()")
        await tab.wait_for("location.pathname.includes('/projects/')")
