"""The table of a person who sends an order again, in a browser: whatever the way, it is bought once."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from client.proxy import Proxy
from reelwright.settings import Settings
from server.browser import Tab, open_browser
from server.conftest import APPROVING, MODEL, Served, open_server
from server.local_issuer import open_issuer
from server.test_sign_in import OWNER, serve_with
from web.conftest import SCRIPT
from web.test_browser import needs_browser, type_into

IDLE = replace(APPROVING, has_director=False)
ON_CREATE = "document.readyState === 'complete' && document.querySelector('.create [data-main]') !== null"
ON_PROJECT = "document.readyState === 'complete' && location.pathname.startsWith('/studio/projects/')"
PRESS = "document.querySelector('[data-main]').click()"
PRICE = "document.querySelector('[name=max_usd]').value"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_API_KEY", "a-key-of-a-test")


async def go_back(tab: Tab) -> None:
    found = await tab.call("Page.getNavigationHistory")
    before = found["entries"][found["currentIndex"] - 1]["id"]
    await tab.call("Page.navigateToHistoryEntry", entryId=before)


async def fill_order(tab: Tab, url: str) -> str:
    """Type a film of one paid shot, agree to its price, and return it."""
    await tab.open(f"{url}/studio")
    fields = {"text": SCRIPT, "model": MODEL}
    for name, value in fields.items():
        field = f"document.querySelector('[name={name}]')"
        typed = f"{field}.value = {json.dumps(value)}; {field}.dispatchEvent(new Event('input', {{bubbles: true}}))"
        await tab.run(typed)
    await tab.wait_for("document.querySelector('[name=accept_unconfirmed]') !== null")
    await tab.run("document.querySelector('[name=accept_unconfirmed]').checked = true")
    return str(await tab.run(PRICE))


async def press_twice(tab: Tab, server: Served) -> None:
    await tab.run(f"{PRESS}; {PRESS}")
    await tab.wait_for(ON_PROJECT)


async def press_without_script(tab: Tab, server: Served) -> None:
    """Two clicks whose second one no script holds back: the browser ends the first request and sends another."""
    await tab.run("""const form = document.querySelector('.create');
        form.querySelector('[data-main]').type = 'hidden';
        form.insertAdjacentHTML('beforeend', '<input type=hidden name=goal value=film>');
        form.submit(); setTimeout(() => form.submit(), 5)""")
    await tab.wait_for(ON_PROJECT)


async def go_back_and_press(tab: Tab) -> None:
    await go_back(tab)
    await tab.wait_for(f"{ON_CREATE} && document.querySelector('[name=accept_unconfirmed]') !== null")
    assert await tab.run("document.querySelector('[name=model]').value") == MODEL
    assert await tab.run("document.querySelector('[name=sent]') === null")
    await tab.run("document.querySelector('[name=accept_unconfirmed]').checked = true")
    await tab.run(PRESS)
    await tab.wait_for(ON_PROJECT)


async def press_and_go_back(tab: Tab, server: Served) -> None:
    await tab.run(PRESS)
    await tab.wait_for(ON_PROJECT)
    await go_back_and_press(tab)


async def press_and_reload(tab: Tab, server: Served) -> None:
    await tab.run(PRESS)
    await tab.wait_for(ON_PROJECT)
    await tab.call("Page.reload")
    await tab.wait_for(ON_PROJECT)


async def lose_the_answer(tab: Tab) -> None:
    """Press, let the server have the order, and let the browser lose its answer."""
    await tab.call("Fetch.enable", patterns=[{"urlPattern": "*/studio/films", "requestStage": "Response"}])
    await tab.run(PRESS)
    paused = await tab.wait_for_event("Fetch.requestPaused")
    assert paused["responseStatusCode"] == 303
    await tab.call("Fetch.failRequest", requestId=paused["requestId"], errorReason="ConnectionReset")
    await tab.call("Fetch.disable")
    await tab.wait_for("document.readyState === 'complete' && document.querySelector('.create') === null")


async def lose_the_answer_and_reload(tab: Tab, server: Served) -> None:
    await lose_the_answer(tab)
    await tab.call("Page.reload")
    await tab.wait_for(ON_PROJECT)


async def lose_the_answer_and_go_back(tab: Tab, server: Served) -> None:
    await lose_the_answer(tab)
    await go_back_and_press(tab)


async def check_bought_once(server: Served, proxy: Proxy, price: str) -> None:
    studio = server.deployment.get_studio()
    (project,) = await studio.list_projects()
    assert len(await studio.list_jobs()) == 1
    done = await studio.resume(project.id, yes=True, accept_unconfirmed=True)
    assert len(proxy.submissions) == 1
    assert 0 < done.micros <= float(price) * 1_000_000, "no more than the price that was shown"


@needs_browser
@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    "act",
    [press_twice, press_without_script, press_and_go_back, press_and_reload, lose_the_answer_and_reload,
     lose_the_answer_and_go_back],
)  # fmt: skip
async def test_an_order_that_is_sent_again_is_bought_once(
    act: Callable[[Tab, Served], Awaitable[None]], settings: Settings, tmp_path: Path
) -> None:
    proxy = Proxy(tmp_path / "proxy")
    proxy.loses = False
    async with open_server(settings, proxy, IDLE, can_draw=True) as server, open_browser(tmp_path / "profile") as tab:
        await tab.call("Page.enable")
        price = await fill_order(tab, server.url)
        await act(tab, server)
        await check_bought_once(server, proxy, price)


@needs_browser
@pytest.mark.timeout(180)
async def test_a_new_film_stays_empty_after_a_reload_and_a_draft_changed_after_back_is_another_order(
    settings: Settings, tmp_path: Path
) -> None:
    proxy = Proxy(tmp_path / "proxy")
    async with open_server(settings, proxy, IDLE, can_draw=True) as server, open_browser(tmp_path / "profile") as tab:
        await tab.call("Page.enable")
        await fill_order(tab, server.url)
        await press_twice(tab, server)
        for _ in range(2):  # anew, and once more from its own page
            await tab.open(f"{server.url}/studio")
            assert await tab.run("document.querySelector('#text').value") == ""
            await tab.call("Page.reload")
            await tab.wait_for("performance.getEntriesByType('navigation')[0].type === 'reload'")
            await tab.wait_for("document.readyState === 'complete'")
            assert await tab.run("[document.querySelector('#text').value, document.querySelector('[name=sent]')]") == [
                "", None,
            ]  # fmt: skip
        await go_back(tab)
        await tab.wait_for(ON_PROJECT)
        await tab.call("Fetch.enable", patterns=[{"urlPattern": "*/studio/draft"}])
        await go_back(tab)
        assert "sent=" in (await tab.wait_for_event("Fetch.requestPaused"))["request"]["postData"]
        await type_into(tab, "#text", SCRIPT.replace("Fenn", "Lumen"))
        assert "sent=" not in (await tab.wait_for_event("Fetch.requestPaused"))["request"]["postData"]
        await tab.call("Fetch.disable")
        await tab.run("history.replaceState({draft: [['text', 'Old']]}, ''); localStorage.clear(); window.isOld = true")
        await tab.run("document.querySelector('a[href$=studio]').click()")
        await tab.wait_for("!window.isOld && document.readyState === 'complete'")
        assert await tab.run("document.querySelector('#text').value") == "", "a link to the same page keeps the state"


@needs_browser
@pytest.mark.timeout(180)
async def test_an_order_that_is_sent_again_after_a_new_sign_in_is_bought_once(
    settings: Settings, tmp_path: Path
) -> None:
    proxy = Proxy(tmp_path / "proxy")
    proxy.loses = False
    async with (
        open_issuer(person=OWNER, has_page=True) as issuer,
        serve_with(settings, issuer, proxy, IDLE, can_draw=True) as server,
        open_browser(tmp_path / "profile") as tab,
        tab.open_another() as other,
    ):
        await tab.call("Page.enable")
        await tab.call("Page.navigate", url=f"{server.url}/studio")
        await sign_in(tab, server)
        price = await fill_order(tab, server.url)
        await lose_the_answer(tab)
        await other.open(f"{server.url}/ping")
        await other.run("fetch('/auth/sign-out', {method: 'POST'}).then(() => 1)")
        await tab.call("Page.reload")
        await tab.wait_for("document.querySelector('[data-code=sign_in_needed]') !== null")
        await other.call("Page.navigate", url=f"{server.url}/auth/sign-in?next=/studio")
        await sign_in(other, server)
        await tab.call("Page.reload")
        await tab.wait_for(ON_PROJECT)
        await check_bought_once(server, proxy, price)


async def sign_in(tab: Tab, server: Served) -> None:
    await tab.wait_for("document.getElementById('go') !== null")
    await tab.run("document.getElementById('go').click()")
    await tab.wait_for(f"location.href.startsWith('{server.url}/studio') && document.readyState === 'complete'")
