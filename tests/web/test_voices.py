"""The voices of a film: each is heard before it is used, for nothing, and the one that is chosen is in the price."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from server.browser import open_browser
from server.conftest import APPROVING, open_server
from studio.worlds import AT_ONCE, KEYS, world
from web.axe import list_violations
from web.conftest import FREE, Visitor
from web.test_browser import LISTEN, check_page, needs_browser, type_into
from web.test_every_page import show

SPOKEN = "# Fenn\n\nIt never flickers.\n> Never dark again.\n"
INSIDE = """[...document.querySelectorAll('dialog[open] :is(a, button, select)')].filter((one) => {
  const own = one.getBoundingClientRect(), room = one.closest('dialog').getBoundingClientRect();
  return own.left < room.left || own.right > room.right;
}).map((one) => one.textContent)"""
VOICE = "eleven_v3:JBFqnCBsd6RMkjVDRZzb"


async def test_a_voice_is_listed_with_a_sample_that_costs_nothing(speaker: Visitor) -> None:
    page = await speaker.see("/studio/voices?model=eleven_v3")
    assert page.list_tags("a", **{"data-voice": VOICE}) and page.list_tags("option", value="eleven_v3", selected="")
    samples = [have["href"] for have in page.list_tags("a") if "data-sample" in have]
    assert len(samples) == 2 and "no sample" in page.text, "one of three has none"
    heard = await speaker.client.get(f"/studio/{samples[0]}")
    assert (heard.status_code, heard.headers["content-type"], heard.content[:4]) == (200, "audio/wav", b"RIFF")
    for missing in ("elevenlabs/XB0fDUnXU5powFXDhCwa", "elevenlabs/nobody", "nowhere/nobody"):
        assert (await speaker.see(f"/studio/voices/{missing}/sample")).answer.status_code == 404, missing
    assert not (await speaker.studio.show_spending()).rows


async def test_without_a_key_the_page_of_the_voices_says_what_is_missing(visitor: Visitor) -> None:
    page = await visitor.see("/studio/voices")
    assert "No voice can speak yet" in page.text and not page.list_tags("a", **{"data-sample": ""})
    assert "reelwright voices add kokoro" in page.text, "one that needs no key is named"


async def test_a_voice_of_this_machine_is_heard_before_it_is_used_and_costs_nothing(hummer: Visitor) -> None:
    page = await hummer.see("/studio/voices")
    assert page.list_tags("option", value="kokoro-82m", selected="") and page.list_tags(
        "a", **{"data-voice": "kokoro-82m"}
    )
    assert page.list_tags("a", **{"data-voice": "kokoro-82m:af_heart"})
    heard = await hummer.client.get("/studio/voices/kokoro/af_heart/sample")
    assert (heard.status_code, heard.headers["content-type"], heard.content[:4]) == (200, "audio/wav", b"RIFF")
    assert (await hummer.see("/studio/voices/kokoro/nobody/sample")).answer.status_code == 404
    assert (await hummer.draft({"text": SPOKEN, "model": "animatic", "voice": "kokoro-82m"})).price == "0.00"


async def test_a_voice_that_is_chosen_for_a_new_film_is_in_its_price(speaker: Visitor) -> None:
    assert (await speaker.see(f"/studio?voice={VOICE}")).list_tags("input", name="voice", value=VOICE)
    silent = await speaker.draft({"text": SPOKEN, "model": "animatic"})
    spoken = await speaker.draft({"text": SPOKEN, "model": "animatic", "voice": VOICE})
    assert (silent.price, float(spoken.price) > 0) == ("0.00", True)


@needs_browser
@pytest.mark.timeout(180)
async def test_a_person_hears_a_voice_and_uses_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEYS["elevenlabs"], "a-key-of-a-test")
    with world(tmp_path / "home", {"elevenlabs": AT_ONCE}) as there:
        options = replace(APPROVING, has_director=False)
        async with open_server(there.settings, None, options) as server, open_browser(tmp_path / "profile") as tab:
            await tab.open(f"{server.url}/studio")
            await type_into(tab, "#text", SPOKEN)
            await tab.wait_for("document.querySelector('[data-main]') !== null")
            await tab.run("document.querySelector('[data-open-voices]').click()")
            await tab.wait_for("document.querySelectorAll('dialog[open] [data-voice]').length === 3")
            await tab.run("document.querySelector('[data-sample]').click()")
            await tab.wait_for("document.querySelector('[data-sample][aria-current]') !== null")
            await tab.run("document.querySelector('[data-voice]').click()")
            await tab.wait_for("document.querySelector('#quote [name=max_usd]').value !== '0.00'")
            assert not await tab.run("document.querySelector('dialog[open]')")
            assert str(await tab.run("document.getElementById('voice').value")).endswith(":XB0fDUnXU5powFXDhCwa")


@needs_browser
@pytest.mark.timeout(240)
async def test_the_dialog_of_the_voices_has_no_fault_of_accessibility_in_either_theme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEYS["elevenlabs"], "a-key-of-a-test")
    faults: list[str] = []
    with world(tmp_path / "home", {"elevenlabs": AT_ONCE}) as there:
        options = replace(APPROVING, has_director=False)
        async with open_server(there.settings, None, options) as server, open_browser(tmp_path / "profile") as tab:
            await tab.call("Page.enable")
            await tab.call("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)
            for theme, width, language in (("light", 1440, "en"), ("dark", 320, "de")):
                await show(tab, theme, width, language)
                await tab.open(f"{server.url}/studio")
                await type_into(tab, "#text", SPOKEN)
                await tab.wait_for("document.querySelector('[data-main]') !== null")
                await tab.run("document.querySelector('[data-open-voices]').click()")
                await tab.wait_for("document.querySelectorAll('dialog[open] [data-voice]').length === 3")
                faults += [f"{theme} {width}: {one}" for one in await list_violations(tab)]
                await tab.run("document.querySelector('[data-sample]').click()")
                await tab.wait_for("document.querySelector('[data-sample][aria-current]') !== null")
                faults += [f"{theme} {width}, heard: {one}" for one in await list_violations(tab)]
                assert await tab.run(INSIDE) == [], f"cut off at {width}"
                await check_page(tab, server.url)
    assert not faults, "\n".join(faults)


async def test_the_moods_of_a_project_say_what_they_sound_like_and_are_heard(visitor: Visitor) -> None:
    project = await visitor.make(FREE)
    page = await visitor.see(f"/studio/projects/{project}?tab=look")
    samples = [have["href"] for have in page.list_tags("a") if "data-sample" in have]
    moods = await visitor.studio.list_moods()
    uses = [have["data-mood"] for have in page.list_tags("button") if "data-mood" in have]
    assert len(samples) == len(moods) and uses == [one.name for one in moods]
    assert all(one.description in page.text for one in moods)
    heard = await visitor.client.get(f"/{samples[0].removeprefix('../../')}")
    assert (heard.status_code, heard.headers["content-type"]) == (200, "audio/mp4")
    german = await visitor.see(f"/studio/projects/{project}?tab=look", **{"Accept-Language": "de"})
    assert "E-Piano, Jazzgitarre" in german.text and not [one for one in moods if one.description in german.text]
