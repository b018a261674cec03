"""Every page in both themes, narrow and wide: no fault of accessibility, nothing sideways, no error, no other host."""

from __future__ import annotations

from pathlib import Path

import pytest

from reelwright.settings import Settings
from server.browser import PROGRAM, Tab, open_browser
from web.axe import list_violations
from web.screens import open_filled_studio
from web.test_browser import LISTEN, check_page

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed")
PROJECT_PAGES = ("", "?tab=script", "?tab=look", "?tab=film")
PAGES = (
    "studio", "studio?start=market", "studio/queue", "studio/projects", "studio/spend", "studio/spend?by=model",
    "studio/models", "studio/models?kind=text", "studio/settings", "studio/nothing",
    *(f"studio/projects/{{project}}{tab}" for tab in PROJECT_PAGES),
)  # fmt: skip


MODES = (("light", 1440, "en"), ("dark", 1440, "de"), ("dark", 390, "ar-XB"), ("light", 320, "en"))
"""Theme, width and language. Every other one has both themes, and a wide window and a narrow one."""


@pytest.mark.sampled("turn")
@pytest.mark.parametrize("turn", [0, 1])
@pytest.mark.timeout(600)
async def test_no_page_has_a_fault_of_accessibility_scrolls_sideways_or_asks_another_host(
    turn: int, settings: Settings, tmp_path: Path
) -> None:
    """Each page in two of the modes; in the other two with the other ``turn``."""
    faults: list[str] = []
    async with (
        open_filled_studio(tmp_path, settings, short_side=180) as (server, project),
        open_browser(tmp_path / "profile") as tab,
    ):
        await tab.call("Page.enable")
        await tab.call("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)
        for number, (theme, width, language) in enumerate(MODES):
            await show(tab, theme, width, language)
            for page in PAGES[(number + turn) % 2 :: 2]:
                await tab.open(f"{server.url}/{page.format(project=project)}")
                await check_page(tab, server.url)
                faults += [f"{page} {theme} {width}: {one}" for one in await list_violations(tab)]
            await tab.run("document.querySelector('[data-commands]')?.click()")
            faults += [f"commands {theme} {width}: {one}" for one in await list_violations(tab)]
    assert not faults, "\n".join(faults)


async def show(tab: Tab, theme: str, width: int, language: str) -> None:
    await tab.call("Network.enable")
    await tab.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})
    features = [{"name": "prefers-color-scheme", "value": theme}, {"name": "prefers-reduced-motion", "value": "reduce"}]
    await tab.call("Emulation.setEmulatedMedia", features=features)
    await tab.call(
        "Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1, mobile=width < 600
    )
