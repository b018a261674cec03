"""Films made by mouse alone: from the brief to the film and its price, the queue, and a shot that was refused."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from reelwright.providers.fakes.script import filter_samples
from reelwright.settings import Settings
from reelwright.studio.runtime.rehearsal import Rehearsal
from server.browser import Tab, open_browser
from server.conftest import open_server
from studio.worlds import AT_ONCE, KEYS, world
from web.conftest import SCRIPT, TWO_SHOTS, small_films
from web.test_browser import LISTEN, check_page, needs_browser

__all__ = ["small_films"]
FILM = "document.querySelector('video[src*=files]') !== null"
PRICED = "document.getElementById('cost').hasAttribute('data-numbers')"
STATES = "[...document.querySelectorAll('.tile')].map((one) => one.className.split('tile-')[1]).join()"
SPENT = "document.querySelector('#spent b').textContent"
REVISION = "document.querySelector('#revision')?.textContent.match(/\\d+/)[0]"
GROUPS = """JSON.stringify(Object.fromEntries([...document.querySelectorAll('.group')].map((one) => [
  one.querySelector('h2').id.slice(6),
  [...one.querySelectorAll('.job-title strong')].map((name) => name.textContent),
])))"""
MIDDLE = """(() => {
  const shown = [...document.querySelectorAll(%s)].find((one) => one.checkVisibility({checkVisibilityCSS: true}));
  if (!shown || shown.disabled) return null;
  shown.scrollIntoView({block: 'center'});
  const {x, y, width, height} = shown.getBoundingClientRect(), at = [x + width / 2, y + height / 2];
  const hit = document.elementFromPoint(...at);
  return hit && (shown.contains(hit) || hit.closest('label')?.control === shown) ? at : null;
})()"""


async def click(tab: Tab, selector: str, times: int = 1, held_s: float = 0) -> None:
    """Press the mouse on the first element that is seen, once nothing lies over its middle; let it go after a while."""
    middle = MIDDLE % json.dumps(selector)
    await tab.wait_for(f"{middle} !== null")
    x, y = await tab.run(middle)
    await tab.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    for count in range(1, times + 1):
        for kind, wait_s in (("mousePressed", held_s), ("mouseReleased", 0)):
            await tab.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=count)
            await asyncio.sleep(wait_s)


async def begin(tab: Tab, url: str) -> None:
    await tab.call("Page.enable")
    await tab.call("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)
    await tab.open(url)
    await tab.wait_for("document.querySelector('#room') !== null", 60)


@needs_browser
@pytest.mark.timeout(300)
async def test_a_film_is_bought_changed_and_found_on_spend_by_mouse_alone(settings: Settings, tmp_path: Path) -> None:
    rehearsal = Rehearsal(speed=3600)
    async with open_server(settings, None, rehearsal=rehearsal) as server, open_browser(tmp_path / "profile") as tab:
        await begin(tab, f"{server.url}/studio")
        await click(tab, "#text")
        await tab.call("Input.insertText", text=SCRIPT)
        await click(tab, ".offer")
        await tab.wait_for("document.querySelector('.money strong').textContent.startsWith('$')")
        most = str(await tab.run("document.querySelector('.money strong').textContent"))
        if await tab.run("document.querySelector('[name=accept_unconfirmed]') !== null"):
            await click(tab, "[name=accept_unconfirmed]")
        await click(tab, "[data-main]")
        await tab.wait_for(FILM, 120)
        await tab.wait_for(f"{STATES} === 'had,had'")
        price = str(await tab.run(SPENT))
        assert 0 < float(price[1:]) <= float(most[1:])
        film = await tab.run("document.getElementById('player').dataset.film")
        await click(tab, ".tile[data-shot='2']")
        await tab.wait_for("document.querySelector('.panel-body [name=shot]').value === '2'")
        await click(tab, "textarea[name^='words.']", times=3)
        await tab.call("Input.insertText", text="Never dark again")
        await tab.wait_for(PRICED)
        shown = str(await tab.run("document.getElementById('cost').textContent"))
        assert "Keeps" in shown and await tab.run("document.querySelector('.cost-price').textContent") == "Free", shown
        await check_page(tab, server.url)
        await click(tab, "[data-main]")
        await tab.wait_for(f"{REVISION} === '2'", 60)
        await tab.wait_for(f"![{json.dumps(film)}, ''].includes(document.getElementById('player').dataset.film)", 60)
        assert "Never dark again" in str(await tab.run("document.getElementById('strip').textContent"))
        assert await tab.run(SPENT) == price, "a take is kept when only the words over it change"
        await click(tab, ".rail [data-go=s]")
        await tab.wait_for("document.getElementById('month') !== null")
        assert await tab.run("document.querySelector('#month .money strong').textContent") == price
        assert "Fenn" in str(await tab.run("document.getElementById('ledger').textContent"))
        await check_page(tab, server.url)


@needs_browser
@pytest.mark.timeout(180)
async def test_of_three_jobs_one_is_cancelled_and_retried_and_one_put_to_the_front_by_mouse(
    settings: Settings, tmp_path: Path
) -> None:
    async def wait_for_rows(tab: Tab, **groups: str) -> None:
        wanted = json.dumps({name: names.split() for name, names in groups.items()}, separators=(",", ":"))
        await tab.wait_for(f"{GROUPS} === {json.dumps(wanted)}")

    def find(name: str, control: str) -> str:
        return f".job:has([aria-label='Select {name}']) {control}"

    async with open_server(settings, None) as server, open_browser(tmp_path / "profile") as tab:
        studio = server.deployment.get_studio()
        await studio.pause_queue()
        for name in ("Ada", "Ben", "Cleo"):
            script = TWO_SHOTS["text"].replace("Fenn", name)
            await studio.enqueue_make(script=script, models=("animatic",), yes=True)
        await begin(tab, f"{server.url}/studio/queue")
        await wait_for_rows(tab, waiting="Ada Ben Cleo")
        await click(tab, find("Cleo", "[data-key=f]"))
        await wait_for_rows(tab, waiting="Cleo Ada Ben")
        await click(tab, find("Ada", "[data-key=Backspace]"))
        await wait_for_rows(tab, waiting="Cleo Ben", finished="Ada")
        await check_page(tab, server.url)
        await click(tab, find("Ada", "[data-key=y]"))
        await wait_for_rows(tab, waiting="Cleo Ada Ben")
        await check_page(tab, server.url)
        jobs = await studio.list_jobs()
        assert sorted(one.state for one in jobs) == ["queued"] * 3, "it is the same job again"


@needs_browser
@pytest.mark.timeout(240)
async def test_a_refused_shot_is_filmed_by_another_model_to_the_end_by_mouse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEYS["openrouter"], "a-key-of-a-test")
    refusing = AT_ONCE.add_rule("submit", filter_samples(), calls=(1,))
    with world(tmp_path / "home", {"openrouter": refusing}) as there:
        async with open_server(there.settings, None) as server, open_browser(tmp_path / "profile") as tab:
            studio = server.deployment.get_studio()
            order = await studio.enqueue_make(
                script=SCRIPT, models=("openrouter-wan-2.7",), short_side=180, yes=True, accept_unconfirmed=True
            )
            await begin(tab, f"{server.url}/studio/projects/{order.project}")
            await tab.wait_for("document.querySelector('.stuck .stuck-why') !== null", 60)
            assert await tab.run("document.querySelector('.tile[aria-current]').dataset.shot") == "2"
            assert "Not billed." in str(await tab.run("document.querySelector('.stuck-why').textContent"))
            assert there.billed == 0
            await check_page(tab, server.url)
            way = "document.querySelector('.stuck [value^=\"model:openrouter\"]')"
            price = str(await tab.run(f"{way}.querySelector('.way-price b').textContent"))
            await click(tab, ".stuck [value^='model:openrouter']")
            await tab.wait_for(PRICED)
            assert price in str(await tab.run("document.querySelector('[data-main]').textContent"))
            if await tab.run("document.querySelector('#cost [name=accept_unconfirmed]') !== null"):
                await click(tab, "#cost [name=accept_unconfirmed]")
            await click(tab, "[data-main]")
            await tab.wait_for(FILM, 90)
            await tab.wait_for(f"{STATES} === 'had,had'")
            assert await tab.run("document.querySelector('.stuck') === null")
            assert await tab.run(SPENT) == price == f"${there.billed / 1_000_000:.2f}"
            await check_page(tab, server.url)
