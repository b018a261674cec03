"""The pages in Chromium: draft and price follow what is typed, a change has its price first, nothing is foreign."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from reelwright.settings import Settings
from reelwright.studio.runtime.rehearsal import Rehearsal
from server.browser import PROGRAM, Tab, open_browser
from server.conftest import APPROVING, open_server

needs_browser = pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed")
LISTEN = """window.faults = [];
addEventListener('error', (event) => faults.push(String(event.message)));
addEventListener('unhandledrejection', (event) => faults.push(String(event.reason)));
addEventListener('securitypolicyviolation', (event) => faults.push(event.violatedDirective));"""


GIVE_PICTURE = """(async () => {
  const canvas = Object.assign(document.createElement('canvas'), {width: 640, height: 360});
  canvas.getContext('2d').fillRect(0, 0, 300, 300);
  const picture = await new Promise((done) => canvas.toBlob(done, 'image/png'));
  const given = new DataTransfer();
  given.items.add(new File([picture], 'own.png', {type: 'image/png'}));
  document.querySelector('reel-drop').dispatchEvent(new DragEvent('drop', {dataTransfer: given, cancelable: true}));
})()"""
GIVE_TEXT = "document.querySelector('reel-drop').take(new File(['x'], 'notes.txt', {type: 'text/plain'}))"


SEEN_MAIN = """(() => {
  const {top, bottom} = document.querySelector('[data-main]').getBoundingClientRect(), x = innerWidth / 3;
  return top > 0 && bottom <= innerHeight && document.elementFromPoint(x, (top + bottom) / 2) !== null;
})()"""
ONE_ROW = """(() => {
  const shown = [...document.querySelectorAll('.transport button')].filter((one) => one.offsetHeight);
  const middles = shown.map((one) => one.offsetTop + one.offsetHeight / 2);
  return Math.max(0, ...middles) - Math.min(...middles, Infinity) < 2;
})()"""
WHOLE_BAR = """(() => {
  const bar = document.querySelector('.bar'), wide = (one) => one.getBoundingClientRect().width;
  const isWhole = [...bar.querySelectorAll('.button .icon')].every((one) => wide(one) > 11);
  return isWhole && bar.scrollWidth <= bar.clientWidth && wide(bar.querySelector('h1')) > 30;
})()"""


async def type_into(tab: Tab, selector: str, text: str) -> None:
    """Put text into a field as typing does."""
    field = f"document.querySelector({json.dumps(selector)})"
    await tab.run(f"{field}.focus()")
    await tab.run(f"{field}.select()")
    await tab.call("Input.insertText", text=text)


async def check_page(tab: Tab, url: str) -> None:
    """No script failed, nothing broke the policy, all came from this server, and nothing is wider than the window."""
    assert await tab.run("window.faults") == []
    loaded = await tab.run("performance.getEntriesByType('resource').map((one) => one.name)")
    assert not [one for one in loaded if not one.startswith((url, "data:"))]
    assert await tab.run("document.documentElement.scrollWidth <= innerWidth")
    assert await tab.run(
        "(({scrollWidth, clientWidth}) => scrollWidth <= clientWidth)(document.getElementById('room'))"
    )


@needs_browser
@pytest.mark.timeout(180)
async def test_a_person_types_a_brief_sees_the_price_and_then_the_price_of_a_change(
    settings: Settings, tmp_path: Path
) -> None:
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, None, options) as server, open_browser(tmp_path / "profile") as tab:
        await tab.call("Page.enable")
        await tab.call("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)
        await tab.open(f"{server.url}/studio")
        await type_into(tab, "#text", "“It never flickers.” For “Fenn”, a desk lamp")
        await tab.wait_for("document.querySelector('[data-main]') !== null")
        understood = str(await tab.run("document.getElementById('understood').textContent"))
        assert "It never flickers." in understood and "Fenn" in understood
        await check_page(tab, server.url)
        await tab.open(f"{server.url}/studio/queue")
        await tab.open(f"{server.url}/studio")
        kept = "document.getElementById('text').value.includes('flickers') && document.querySelector('[data-main]')"
        await tab.wait_for(f"Boolean({kept})")
        await tab.call("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", modifiers=2)
        await tab.wait_for(
            "location.pathname.startsWith('/studio/projects/') && document.querySelector('.tile') !== null"
        )
        await check_page(tab, server.url)
        assert await tab.run("document.querySelectorAll('.tile-wanted').length") > 0
        await type_into(tab, "[name^='words.']", "Never dark again")
        await tab.wait_for("document.getElementById('cost').hasAttribute('data-numbers')")
        assert await tab.run("document.querySelectorAll('.tile-again').length") > 0
        assert await tab.run("document.querySelector(\"[name^='words.']\").value") == "Never dark again"
        await tab.run("document.querySelector('[data-main]').click()")
        await tab.wait_for("location.search === '?shot=1' && document.querySelector('.tile') !== null")
        assert "Revision 2" in str(await tab.run("document.querySelector('.bar').textContent"))
        await check_page(tab, server.url)
        film = str(await tab.run("location.pathname"))
        await tab.run(GIVE_TEXT)
        assert "neither a picture nor a clip" in str(await tab.run("document.querySelector('.drop-state').textContent"))
        await tab.run(GIVE_PICTURE)
        await tab.wait_for("document.querySelector('[data-main]')?.value.startsWith('picture:')")
        assert await tab.run("document.querySelectorAll('.tile-again').length") > 0
        await check_page(tab, server.url)
        for width in (320, 390, 820, 1024):
            await tab.call(
                "Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1, mobile=False
            )
            tabs = (f"{film}?tab={name}" for name in ("look", "film", "history", "script"))
            for path in ("/studio?start=lamp", "/studio/queue", "/studio/projects", film, *tabs):
                await tab.open(f"{server.url}{path}")
                await check_page(tab, server.url)
                assert await tab.run(WHOLE_BAR), f"the bar of {path} is squeezed at {width}"
                assert await tab.run(ONE_ROW), f"the player's buttons of {path} wrap at {width}"
                if path == "/studio?start=lamp":
                    assert await tab.run(SEEN_MAIN), f"the button with the price is out of sight at {width}"


@needs_browser
@pytest.mark.timeout(180)
async def test_a_model_offered_beside_its_price_is_chosen_by_a_click(settings: Settings, tmp_path: Path) -> None:
    rehearsal = Rehearsal(speed=3600)
    async with open_server(settings, None, rehearsal=rehearsal) as server, open_browser(tmp_path / "profile") as tab:
        await tab.open(f"{server.url}/studio")
        await type_into(tab, "#text", "“It never flickers.” For “Fenn”, a desk lamp")
        await tab.wait_for("document.querySelector('.offer') !== null")
        assert await tab.run("document.querySelector('.money strong').textContent") == "free"
        shown = str(await tab.run("document.querySelector('.offer').value"))
        await tab.run("document.querySelector('.offer').click()")
        await tab.wait_for("document.querySelector('.money strong').textContent.startsWith('$')")
        assert await tab.run("document.querySelector('[name=model]').value") == shown
        assert await tab.run("document.querySelector('[name=max_usd]').value") != "0.00"


@needs_browser
@pytest.mark.timeout(180)
async def test_a_film_is_found_while_its_title_is_typed(settings: Settings, tmp_path: Path) -> None:
    options = replace(APPROVING, has_director=False)
    shown = "[...document.querySelectorAll('.project-card strong')].map((one) => one.textContent).join()"
    async with open_server(settings, None, options) as server, open_browser(tmp_path / "profile") as tab:
        studio = server.deployment.get_studio()
        for name in ("Fenn", "Lumen"):
            await studio.enqueue_make(f"“It keeps the light.” For “{name}”, a lamp", models=("animatic",), yes=True)
        await tab.call("Page.enable")
        await tab.call("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)
        await tab.open(f"{server.url}/studio/projects")
        assert await tab.run(shown) == "Lumen,Fenn"
        await tab.call("Input.dispatchKeyEvent", type="keyDown", key="/", code="Slash", text="/")
        await tab.call("Input.insertText", text="fen")
        await tab.wait_for(f"{shown} === 'Fenn'")
        assert await tab.run("location.search") == "?q=fen" and await tab.run("document.activeElement.value") == "fen"
        await check_page(tab, server.url)


@needs_browser
@pytest.mark.timeout(180)
async def test_a_brand_is_shown_while_it_is_typed_and_a_dropped_logo_is_kept(
    settings: Settings, tmp_path: Path
) -> None:
    options = replace(APPROVING, has_director=False)
    shown = "document.querySelector('#brand-preview img').src"
    async with open_server(settings, None, options) as server, open_browser(tmp_path / "profile") as tab:
        await tab.call("Page.enable")
        await tab.call("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)
        await tab.open(f"{server.url}/studio/settings")
        await tab.run(f"window.bare = {shown}")
        await type_into(tab, "#brand input[name=accent]", "#2244CC")
        await tab.wait_for(f"window.bare !== {shown}")
        studio = server.deployment.get_studio()
        assert (await studio.read_brand()).accent is None, "what is typed is not set"
        await tab.run(GIVE_PICTURE)
        await tab.wait_for("document.querySelector('img.logo') !== null")
        assert (await studio.read_brand()).logo
        await check_page(tab, server.url)


@needs_browser
@pytest.mark.timeout(240)
async def test_what_is_typed_while_the_server_is_down_is_priced_when_it_is_back_and_survives_a_reload(
    settings: Settings, tmp_path: Path
) -> None:
    options = replace(APPROVING, has_director=False)
    field = "document.querySelector(\"[name^='words.']\")"
    async with open_browser(tmp_path / "profile") as tab:
        async with open_server(settings, None, options) as server:
            studio, port = server.deployment.get_studio(), int(server.url.rpartition(":")[2])
            made = await studio.make(script="# Fenn\n\nIt never flickers.\n", models=("animatic",), goal="plan")
            await tab.open(f"{server.url}/studio/projects/{made.project}?shot=1")
        await type_into(tab, "[name^='words.']", "Never dark again")
        await tab.wait_for("!document.getElementById('offline').hidden")
        async with open_server(settings, None, options, port):
            await tab.wait_for("document.getElementById('cost').hasAttribute('data-numbers')")
            assert await tab.run("document.getElementById('offline').hidden")
            await tab.open(f"{server.url}/studio/projects/{made.project}?shot=1")
            await tab.wait_for("document.getElementById('cost').hasAttribute('data-numbers')")
            assert await tab.run(f"{field}.value") == "Never dark again"
            await tab.run("document.querySelector('[data-main]').click()")
            await tab.wait_for("document.readyState === 'complete' && document.body.textContent.includes('Revision 2')")
            assert not await tab.run("document.querySelector('form[data-held]')"), "what was ordered is not asked again"


@needs_browser
@pytest.mark.timeout(180)
async def test_the_still_of_a_shot_follows_its_words_while_they_are_typed_and_nothing_is_saved(
    settings: Settings, tmp_path: Path
) -> None:
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, None, options) as server, open_browser(tmp_path / "profile") as tab:
        studio = server.deployment.get_studio()
        queued = await studio.enqueue_make(
            "“It never flickers.” For “Fenn”, a desk lamp", models=("animatic",), yes=True
        )
        await tab.open(f"{server.url}/studio/projects/{queued.project}")
        assert await tab.run("document.getElementById('draft-still').hidden"), "nothing was typed yet"
        shown = "document.querySelector('#draft-still img')?.src ?? ''"
        seen = [""]
        for words in ("Never dark", "Never dark again"):
            await type_into(tab, "[name^='words.']", words)
            await tab.wait_for(f"![{', '.join(map(json.dumps, seen))}].includes({shown})")
            seen.append(str(await tab.run(shown)))
            tile = "document.querySelector('.tile image, .tile img')"
            assert await tab.run(f"({tile}.getAttribute('href') ?? {tile}.src) === {shown}")
            assert await tab.run("document.querySelector(\"[name^='words.']\").value") == words
        assert all(one.startswith("data:image/webp") for one in seen[1:])
        details = await studio.show(queued.project)
        assert details.revision == 1 and "Never dark again" not in details.shots[0].words.values()
        await type_into(tab, "[name^='words.']", next(iter(details.shots[0].words.values())))
        await tab.wait_for("document.getElementById('draft-still').hidden")


async def open_at(tab: Tab, url: str, width: int, height: int, language: str = "en") -> None:
    """Open a page in a window of a size, in a language."""
    await tab.call(
        "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
    )
    await tab.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})
    await tab.open(url)
    await tab.run("document.fonts.ready.then(() => 1)")


FIELDS_INSIDE = """[...document.querySelectorAll('.sheet :is(input, select)')].filter((one) => one.offsetWidth > 1
  && one.getBoundingClientRect().right > one.closest('.sheet').getBoundingClientRect().right).map((one) => one.name)"""
KEYS_READ = """[...document.querySelectorAll('.models td:has(> .state)')].filter((one) => one.offsetWidth < 70
  || one.firstChild.getBoundingClientRect().right > one.nextElementSibling.getBoundingClientRect().left + 1)
  .map((one) => one.textContent)"""
TITLE_SEEN = """(({width, right, left}) => {
  const title = document.querySelector('.bar h1');
  const next = document.querySelector('.bar summary').getBoundingClientRect();
  return width > 30 && title.scrollWidth <= title.clientWidth && right <= next.left
    && getComputedStyle(title).clipPath === 'none' && document.querySelector('.bar').scrollWidth <= innerWidth;
})(document.querySelector('.bar h1').getBoundingClientRect())"""


@needs_browser
@pytest.mark.timeout(180)
async def test_small_windows_and_long_languages_cut_no_field_title_or_button(
    settings: Settings, tmp_path: Path
) -> None:
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, None, options) as server, open_browser(tmp_path / "profile") as tab:
        studio = server.deployment.get_studio()
        queued = await studio.enqueue_make("“It never flickers.” For “Fenn”, a lamp", models=("animatic",), yes=True)
        await tab.call("Network.enable")
        film = f"{server.url}/studio/projects/{queued.project}"
        for path in (f"{server.url}/studio?start=lamp", film):
            await open_at(tab, path, 320, 700)
            if path == film:
                await type_into(tab, "[name^='words.']", "Never dark")
            await tab.wait_for("document.querySelector('[data-main]') !== null")
            assert await tab.run(SEEN_MAIN), f"the button with the price is out of sight on {path}"
        await open_at(tab, f"{server.url}/studio/settings", 320, 700)
        assert await tab.run(FIELDS_INSIDE) == []
        for width, language in ((320, "en"), (390, "de"), (1280, "en"), (1280, "de")):
            await open_at(tab, f"{server.url}/studio/models", width, 800, language)
            assert await tab.run(KEYS_READ) == [], f"the keys of models at {width} in {language}"
            used = "document.querySelector('.models .end .button').getBoundingClientRect().right <= innerWidth"
            assert await tab.run(used), f"the button of a model at {width} in {language}"
        for width, language in ((320, "en"), (320, "de"), (390, "de")):
            await open_at(tab, f"{server.url}/studio/spend", width, 700, language)
            assert await tab.run(TITLE_SEEN), f"the title of the month at {width} in {language}"
        await open_at(tab, film, 390, 844, "de")
        highest = "Math.max(...[...document.querySelectorAll('.tabs a')].map((one) => one.offsetHeight))"
        assert await tab.run(f"{highest} < 50"), "the name of a tab wraps"
        assert await tab.run("document.querySelector('.crumb').offsetWidth > 20"), "no way back to the projects"
        await open_at(tab, f"{server.url}/studio?start=lamp", 1440, 700)
        hidden = "(({scrollHeight, clientHeight}) => scrollHeight - clientHeight)(document.getElementById('room'))"
        assert await tab.run(hidden) == 0, "what nobody sees lets the page scroll past its end"
        await type_into(tab, "#text", "فيلم لمقهى «نور». قهوة محمّصة كل صباح. “ابدأ يومك بالنور.”")
        await tab.wait_for("document.querySelector('.word > span') !== null")
        for wanted in ("#text", ".word > span"):
            direction = f"getComputedStyle(document.querySelector('{wanted}')).unicodeBidi"
            assert await tab.run(direction) == "plaintext", "Arabic words run as on an English page"
        await open_at(tab, f"{server.url}/studio/settings", 390, 844, "ar-XB")
        arrow = "getComputedStyle(document.querySelector('select')).backgroundPosition"
        assert str(await tab.run(arrow)).startswith(("9px", "left 9px")), "the arrow of a list stands over its text"
