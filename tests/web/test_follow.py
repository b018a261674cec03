"""Tabs, filters, shots and rooms are followed without loading a page anew, and nothing that is typed is lost by it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from reelwright.settings import Settings
from reelwright.web.queue import queue_pages
from server.browser import Tab, open_browser
from server.conftest import APPROVING, open_server
from web.conftest import Visitor, small_films
from web.test_browser import LISTEN, check_page, needs_browser, type_into
from web.test_by_mouse import MIDDLE

__all__ = ["small_films"]
SCRIPT = "# Fenn\n\nIt never flickers.\n\n**40 hours** on one charge\n"
CURRENT = "document.querySelector('.rail [aria-current]').dataset.go"
SHOT = "document.querySelector('.panel-body [name=shot]')?.value"
WORDS = "document.querySelector(\"[name^='words.']\")"


async def click(tab: Tab, selector: str, until: str) -> None:
    await tab.run(f"document.querySelector({selector!r}).click()")
    await tab.wait_for(until)


@needs_browser
@pytest.mark.timeout(240)
async def test_rooms_tabs_filters_and_shots_change_in_place_and_back_leads_back(
    settings: Settings, tmp_path: Path
) -> None:
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, None, options) as server, open_browser(tmp_path / "profile") as tab:
        studio = server.deployment.get_studio()
        planned = await studio.make(script=SCRIPT, models=("animatic",), goal="plan")
        await tab.call("Page.enable")
        await tab.call("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)
        await tab.open(f"{server.url}/studio/models")
        await tab.run("window.isSame = true")
        await click(tab, "[data-go=q]", "document.querySelector('.job') !== null")
        assert await tab.run(f"[{CURRENT}, document.title.split(' ')[0]]") == ["q", "Queue"]
        await studio.enqueue_make(script=SCRIPT.replace("Fenn", "Lumen"), models=("animatic",), yes=True)
        await tab.wait_for("document.querySelectorAll('.job').length === 2")  # its events are followed from here on
        await click(tab, "#filters a:last-child", "document.getElementById('group-waiting') === null")
        assert await tab.run("document.querySelector('#find [name=only]').value") == "finished"
        await click(tab, "[data-go=p]", "document.querySelector('.project-card') !== null")
        card = f".project-card[href$='{planned.project}']"
        await click(tab, card, "document.querySelector('.tile') !== null")
        await click(tab, ".tile[data-shot='2']", f"{SHOT} === '2'")
        assert await tab.run("document.querySelector('.tile[aria-current]').dataset.shot") == "2"
        await click(tab, ".tabs a:last-child", "document.querySelector('.panel h2').textContent === 'History'")
        assert await tab.run("window.isSame") and str(await tab.run("location.search")) == "?shot=2&tab=history"
        assert await tab.run("document.querySelector('.tile[aria-current]').dataset.shot") == "2"
        await check_page(tab, server.url)
        await tab.run("history.back()")
        await tab.wait_for(f"{SHOT} === '2'")
        await tab.run("history.back()")
        await tab.wait_for("document.querySelector('.project-card') !== null")
        await check_page(tab, server.url)


@needs_browser
@pytest.mark.timeout(240)
async def test_words_that_were_typed_are_there_again_after_another_tab_of_the_panel(
    settings: Settings, tmp_path: Path
) -> None:
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, None, options) as server, open_browser(tmp_path / "profile") as tab:
        planned = await server.deployment.get_studio().make(script=SCRIPT, models=("animatic",), goal="plan")
        await tab.call("Page.enable")
        await tab.open(f"{server.url}/studio/projects/{planned.project}?shot=2")
        await type_into(tab, "[name^='words.']", "Never dark again")
        await tab.wait_for("document.getElementById('cost').hasAttribute('data-numbers')")
        await click(tab, ".tabs a:last-child", "document.querySelector('.panel h2')?.textContent === 'History'")
        await tab.run("window.isSame = true")
        await click(tab, ".tabs a:first-child", f"{SHOT} === '2' && {WORDS}.value === 'Never dark again'")
        await tab.wait_for("document.getElementById('cost').hasAttribute('data-numbers')")
        assert await tab.run("window.isSame")


async def test_a_long_group_shows_its_first_rows_and_all_of_them_when_asked(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_pages, "_MOST_ROWS", 2)
    await visitor.deployment.get_studio().pause_queue()
    for n in range(3):
        script = SCRIPT.replace("Fenn", f"Fenn {n}")
        await visitor.studio.enqueue_make(script=script, models=("animatic",), yes=True)
    page = await visitor.see("/studio/queue")
    assert len(page.list_tags("li", **{"class": "job"})) == 2 and "Show all 3" in page.text
    whole = await visitor.see("/studio/queue?rows=all")
    assert len(whole.list_tags("li", **{"class": "job"})) == 3 and "Show all" not in whole.text
    found = await visitor.see("/studio/queue?q=Fenn")
    assert len(found.list_tags("li", **{"class": "job"})) == 3, "what is searched is not hidden"


@needs_browser
@pytest.mark.timeout(240)
async def test_a_page_is_asked_for_once_and_at_the_press_of_the_mouse(settings: Settings, tmp_path: Path) -> None:
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, None, options) as server, open_browser(tmp_path / "profile") as tab:
        planned = await server.deployment.get_studio().make(script=SCRIPT, models=("animatic",), goal="plan")
        await tab.call("Page.enable")
        await tab.open(f"{server.url}/studio/projects/{planned.project}?shot=1")
        asked = "performance.getEntriesByType('resource').filter((one) => new URL(one.name).search === '?shot=2')"
        await tab.run("document.addEventListener('click', (event) => { window.clicked = event.timeStamp; }, true)")
        at = await find_still_middle(tab, ".tile[data-shot='2']")
        await tab.call("Input.dispatchMouseEvent", type="mousePressed", button="left", clickCount=1, **at)
        assert await tab.run(SHOT) == "1"  # it is shown when the button is let go
        await asyncio.sleep(0.1)
        await tab.call("Input.dispatchMouseEvent", type="mouseReleased", button="left", clickCount=1, **at)
        await tab.wait_for(f"{SHOT} === '2'")
        assert await tab.run(f"{asked}.map((one) => one.startTime < clicked)") == [True]
        at = await find_still_middle(tab, ".tabs a:last-child")
        await tab.call("Input.dispatchMouseEvent", type="mousePressed", button="left", clickCount=1, **at)
        await tab.call(
            "Input.dispatchMouseEvent", type="mouseReleased", button="left", clickCount=1, x=1, y=1
        )  # let go elsewhere
        await click(tab, ".tile[data-shot='1']", f"{SHOT} === '1'")
        assert await tab.run("location.search") == "?shot=1"


async def find_still_middle(tab: Tab, selector: str) -> dict[str, float]:
    """Where the middle of an element is, once it stays there: pictures that arrive may move it."""
    before = None
    async with asyncio.timeout(20):
        while (at := await tab.run(MIDDLE % json.dumps(selector))) is None or at != before:
            before = at
            await asyncio.sleep(0.1)
    return dict(zip("xy", at, strict=True))
