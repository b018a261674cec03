"""What people type in unusual ways: by keys alone, in Arabic, far too much, and after their session has ended."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from reelwright.settings import Settings
from server.browser import Tab, open_browser
from server.conftest import APPROVING, open_server
from server.local_issuer import open_issuer
from server.test_sign_in import OWNER, serve_with
from web.conftest import small_films
from web.test_bought_once import sign_in
from web.test_browser import LISTEN, check_page, needs_browser, type_into

__all__ = ["small_films"]
BRIEF = "“It never flickers.” For “Fenn”, a desk lamp"
ARABIC = "# فن\n\nلا يرمش أبدا.\n\n**40 ساعة** بشحنة واحدة\n"
PRICED = "document.querySelector('[data-main]') !== null"
WORDS = "document.querySelector(\"[name^='words.']\")"


async def press(tab: Tab, key: str, modifiers: int = 0) -> None:
    """Press a key as a keyboard does; ``modifiers`` 2: Ctrl."""
    text = {"text": "\r"} if key == "Enter" else {"text": key} if len(key) == 1 and not modifiers else {}
    codes = {"windowsVirtualKeyCode": {"Tab": 9, "Enter": 13}.get(key, 0)}
    await tab.call("Input.dispatchKeyEvent", type="keyDown", key=key, modifiers=modifiers, **text, **codes)
    await tab.call("Input.dispatchKeyEvent", type="keyUp", key=key, modifiers=modifiers, **codes)


async def tab_to(tab: Tab, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(60):
        if await tab.run(f"document.activeElement.matches({json.dumps(selector)})"):
            return
        await press(tab, "Tab")
    raise AssertionError(f"no way by Tab to {selector}")


@needs_browser
@pytest.mark.timeout(300)
async def test_a_film_is_made_changed_and_found_again_by_keys_alone(settings: Settings, tmp_path: Path) -> None:
    async with open_server(settings, None) as server, open_browser(tmp_path / "profile") as tab:
        await tab.call("Page.enable")
        await tab.call("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)
        await tab.open(f"{server.url}/studio")
        await tab_to(tab, "#text")
        await tab.call("Input.insertText", text=BRIEF)
        await tab.wait_for(PRICED)
        await press(tab, "Enter", 2)
        await tab.wait_for("document.querySelector('video[src*=files]') !== null", 120)
        await press(tab, "ArrowRight")
        await tab.wait_for("document.querySelector('.tile[aria-current]')?.dataset.shot === '2'")
        await tab.wait_for("document.querySelector('.panel-body [name=shot]').value === '2'")
        await tab_to(tab, "[name^='words.']")
        await press(tab, "a", 2)
        await tab.run(f"{WORDS}.select()")
        await tab.call("Input.insertText", text="Never dark again")
        await tab.wait_for("document.getElementById('cost').hasAttribute('data-numbers')")
        await press(tab, "Enter", 2)
        await tab.wait_for("document.querySelector('#revision')?.textContent.includes('2')", 60)
        await press(tab, "Escape")
        for key in "gq":
            await press(tab, key)
        await tab.wait_for("document.querySelector('.job') !== null")
        await press(tab, "j")
        await press(tab, "Enter")
        await tab.wait_for("document.querySelector('.tile') !== null")
        await check_page(tab, server.url)


@needs_browser
@pytest.mark.timeout(180)
async def test_an_arabic_script_is_read_drawn_and_edited(settings: Settings, tmp_path: Path) -> None:
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, None, options) as server, open_browser(tmp_path / "profile") as tab:
        await tab.call("Page.enable")
        await tab.call("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)
        await tab.open(f"{server.url}/studio")
        await type_into(tab, "#text", ARABIC)
        await tab.wait_for(PRICED)
        await press(tab, "Enter", 2)
        await tab.wait_for(f"{WORDS} !== null")
        await tab.open(f"{server.url}{await tab.run('location.pathname')}?tab=script")
        await type_into(tab, "[name=script]", ARABIC.replace("لا يرمش أبدا.", "نور لا ينطفئ."))
        await tab.wait_for("document.getElementById('cost').hasAttribute('data-numbers')")
        assert await tab.run("getComputedStyle(document.querySelector('[name=script]')).unicodeBidi") == "plaintext"
        assert "نور" in str(await tab.run("document.getElementById('strip').textContent"))
        await check_page(tab, server.url)


@needs_browser
@pytest.mark.timeout(180)
async def test_a_hundred_thousand_characters_are_answered_and_the_page_goes_on(
    settings: Settings, tmp_path: Path
) -> None:
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, None, options) as server, open_browser(tmp_path / "profile") as tab:
        await tab.call("Page.enable")
        await tab.call("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)
        await tab.open(f"{server.url}/studio")
        await type_into(tab, "#text", "It never flickers. " * 5300)
        await tab.wait_for("document.querySelector('[data-code], [data-main]') !== null", 60)
        assert len(str(await tab.run("document.querySelector('#text').value"))) > 100_000, "nothing of it is cut off"
        await type_into(tab, "#text", BRIEF)
        await tab.wait_for(f"{PRICED} && document.querySelector('#room [data-code]') === null", 30)
        await check_page(tab, server.url)


@needs_browser
@pytest.mark.timeout(180)
async def test_who_types_after_the_session_has_ended_is_told_and_keeps_the_words(
    settings: Settings, tmp_path: Path
) -> None:
    async with (
        open_issuer(person=OWNER, has_page=True) as issuer,
        serve_with(settings, issuer, None, replace(APPROVING, has_director=False)) as server,
        open_browser(tmp_path / "profile") as tab,
        tab.open_another() as other,
    ):
        await tab.call("Page.enable")
        await tab.call("Page.navigate", url=f"{server.url}/studio")
        await sign_in(tab, server)
        await type_into(tab, "#text", BRIEF)
        await tab.wait_for(PRICED)
        await other.open(f"{server.url}/ping")
        await other.run("fetch('/auth/sign-out', {method: 'POST'}).then(() => 1)")
        await type_into(tab, "#text", BRIEF.replace("Fenn", "Lumen"))
        await tab.wait_for("!document.getElementById('signed-out').hidden")
        assert "Lumen" in str(await tab.run("document.querySelector('#text').value"))
        await other.call("Page.navigate", url=f"{server.url}/auth/sign-in?next=/studio")
        await sign_in(other, server)
        await type_into(tab, "#text", BRIEF.replace("Fenn", "Lumen2"))
        await tab.wait_for("document.getElementById('signed-out').hidden")
        await tab.wait_for("document.getElementById('understood').textContent.includes('Lumen2')")
