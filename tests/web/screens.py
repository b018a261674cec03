"""Photographs every page of the studio: `make screens`. Light, dark, on a phone, and from right to left.

The studio of the pictures buys on paper, and draws the rest. Run as a program: ``python -m web.screens FOLDER [WORD]``;
with a word, only pages whose name has it.
"""

from __future__ import annotations

import asyncio
import base64
import io
import math
import random
import sys
import tempfile
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from PIL import Image, ImageColor, ImageDraw, ImageOps

from client.proxy import Proxy
from reelwright.errors import OutcomeUnknown
from reelwright.providers.protocol import Output
from reelwright.reel.records.operation import Operation
from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio
from server.browser import Tab, open_browser
from server.conftest import APPROVING, MODEL, Served, open_server

CAFE: Final = """---
accent: "#f5b841"
---

# Halden

## A flask for the first hour

It keeps the morning.
![a walker on a ridge before sunrise, wide]()

**12 hours** hot, 24 cold

Pour. Wait. Watch the light.
![steam over an enamel cup at first light, close]()

[Keep the morning](https://halden.example)
"""
LAMP: Final = "# Fenn\n\nIt never flickers.\n\n**40 hours** on one charge\n\n[Order yours](https://fenn.example)\n"
MARKET: Final = (
    "Night market at the old ferry dock, this Friday and Saturday from 7 pm. 40 stalls, three stages, free entry. "
    "“48 hours only.” Loud and fast."
)
SEEN_PICTURES: Final = (
    "[...document.images].every((one) => one.complete || one.getBoundingClientRect().top > innerHeight)"
)


class Painter(Proxy):
    """A proxy whose takes are a painted landscape, so that the pictures of a page show what takes look like."""

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        ordered = self._accepted()[operation.id]
        sold = ordered["sold"]
        yield await asyncio.to_thread(encode_landscape, ordered["prompt"], (sold["width"], sold["height"]), sold["ms"])


def encode_landscape(prompt: str, size: tuple[int, int], ms: int) -> bytes:
    """Encode one frame of a landscape, by its prompt, that lasts ``ms`` milliseconds, with silence beside it."""
    file, tick = io.BytesIO(), Fraction(1, 1000)
    with av.open(file, "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=24)
        (video.width, video.height), video.pix_fmt, video.codec_context.time_base = size, "yuv420p", tick
        audio = container.add_stream("aac", rate=48_000, layout="mono")
        frame = av.VideoFrame.from_image(paint_landscape(prompt, size))
        frame.pts, frame.time_base = 0, tick
        for packet in (*video.encode(frame), *video.encode(None)):
            packet.duration = ms
            container.mux(packet)
        sound = av.AudioFrame("fltp", "mono", 48 * ms)
        sound.sample_rate, sound.pts, sound.time_base = 48_000, 0, Fraction(1, 48_000)
        sound.planes[0].update(bytes(sound.planes[0].buffer_size))
        for packet in (*audio.encode(sound), *audio.encode(None)):
            container.mux(packet)
    return file.getvalue()


def paint_landscape(prompt: str, size: tuple[int, int]) -> Image.Image:
    """Paint a sky, a sun and five ridges in the hue of a prompt."""
    width, height = size
    hue, draws = zlib.crc32(prompt.encode()) % 50, random.Random(prompt)
    low, high = (ImageColor.getrgb(f"hsl({hue + turn}, {share}%, {light}%)") for turn, share, light in
                 ((5, 85, 78), (200, 45, 38)))  # fmt: skip
    picture = ImageOps.colorize(Image.linear_gradient("L").resize(size), high, low)
    pen, sun = ImageDraw.Draw(picture), (width * draws.uniform(0.25, 0.75), height * 0.52)
    pen.circle(sun, height * 0.09, fill=ImageColor.getrgb(f"hsl({hue + 5}, 90%, 92%)"))
    for ridge in range(5):
        waves = [(draws.uniform(1, 4) * (step + 1), draws.uniform(0, 7), 0.05 / (step + 1)) for step in range(4)]
        top = height * (0.55 + ridge * 0.09)
        line = [
            (x, top - height * sum(tall * math.sin(often * x / width * 3 + at) for often, at, tall in waves))
            for x in range(0, width + 8, 8)
        ]
        shade = ImageColor.getrgb(f"hsl({hue + 200}, 35%, {46 - ridge * 9}%)")
        pen.polygon([(0, height), *line, (width, height)], fill=shade)
    return picture


@dataclass(frozen=True)
class View:
    """A page at a size, in a theme. ``language``: the tag that the browser asks for."""

    name: str
    path: str
    theme: str = "dark"
    width: int = 1440
    height: int = 900
    language: str = "en"
    then: str = ""
    scale: int = 1


def list_views(project: str) -> list[View]:
    """Every page in both themes, on a phone, and those with most text in other languages."""
    pages = {
        "create": "studio?start=market", "queue": "studio/queue", "projects": "studio/projects",
        "project": f"studio/projects/{project}?shot=2", "spend": "studio/spend", "spend-model": "studio/spend?by=model",
        "models": "studio/models",
        "settings": "studio/settings",
    }  # fmt: skip
    views = []
    for name, path in pages.items():
        views += [View(f"{name}-{theme}", path, theme) for theme in ("dark", "light")]
        views.append(View(f"{name}-phone", path, "light", 390, 844, scale=2))
    shown = "document.querySelector('[data-commands]').click()"
    views.append(View("commands-dark", pages["project"], then=shown))
    views.append(View("create-german", pages["create"], "light", language="de"))
    views += [View(f"{name}-rtl", pages[name], "light", language="ar-XB") for name in ("queue", "spend")]
    return views


@asynccontextmanager
async def open_filled_studio(
    folder: Path, settings: Settings | None = None, short_side: int = 1080
) -> AsyncIterator[tuple[Served, str]]:
    """Serve a studio that has films, paid takes, a purchase to decide and budgets; yield it with a project's id.

    ``short_side``: that of the films, where nobody looks at their pictures.
    """
    settings = settings or Settings(home=folder / "home", hands=2)
    proxy = Painter(folder / "proxy", finds=False)
    proxy.loses = False
    async with open_server(settings, proxy, replace(APPROVING, has_director=False), can_draw=True) as server:
        studio = server.deployment.get_studio()
        if not await studio.list_projects(limit=1):
            await _fill(studio, proxy, short_side)
        halden = next(one for one in await studio.list_projects() if one.title == "Halden")
        yield server, halden.id


async def _fill(studio: AsyncStudio, proxy: Proxy, short_side: int) -> None:
    await studio.make(script=_write(LAMP), models=("animatic",), short_side=short_side, yes=True)
    film = await studio.make(
        script=_write(CAFE), models=(MODEL,), short_side=short_side, yes=True, accept_unconfirmed=True
    )
    await studio.accept(film.project)  # a painted take does not move
    for prompt, seconds in (("a walker on a ridge before sunrise", 8), ("steam over an enamel cup", 4)):
        await studio.clip(prompt, model=MODEL, yes=True, accept_unconfirmed=True, seconds=seconds)
    proxy.answers = [OutcomeUnknown("the line dropped after the request")]
    await studio.clip("a tram in the rain at night", model=MODEL, yes=True, accept_unconfirmed=True, seconds=8)
    await studio.clip("a fox in the snow, slow push", model=MODEL, yes=True, accept_unconfirmed=True, seconds=6)
    await studio.set_budget("account", "20", per="month")
    await studio.set_budget("deployment", "2", per="day")
    await studio.enqueue_make(MARKET, models=("animatic",), yes=True)
    await studio.enqueue_make("“It keeps the light.” For “Lumen”, a candle", models=("animatic",), yes=True)


def _write(script: str) -> Path:
    folder = Path(tempfile.mkdtemp())
    path = folder / "script.md"
    path.write_text(script, encoding="utf-8")
    return path


async def photograph(tab: Tab, url: str, view: View) -> bytes:
    """Open a page at its size and theme, and return the picture as WebP."""
    await tab.call(
        "Emulation.setDeviceMetricsOverride", width=view.width, height=view.height, deviceScaleFactor=view.scale,
        mobile=view.width < 600,
    )  # fmt: skip
    features = [
        {"name": "prefers-color-scheme", "value": view.theme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    await tab.call("Emulation.setEmulatedMedia", features=features)
    await tab.call("Network.enable")
    await tab.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": view.language})
    await tab.open(f"{url}/{view.path}")
    await tab.run("document.fonts.ready.then(() => 1)")
    await tab.wait_for(SEEN_PICTURES)
    if view.then:
        await tab.run(view.then)
    await asyncio.sleep(0.4)
    shot = await tab.call("Page.captureScreenshot", format="png")
    picture, made = Image.open(io.BytesIO(base64.b64decode(shot["data"]))), io.BytesIO()
    picture.convert("RGB").save(made, "WEBP", quality=74, method=6)
    return made.getvalue()


async def _keep(tab: Tab, url: str, view: View, folder: Path, word: str) -> None:
    if word in view.name:
        (folder / f"{view.name}.webp").write_bytes(await photograph(tab, url, view))
        print(view.name)


async def main(folder: Path, word: str, home: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        async with open_browser(Path(profile)) as tab:
            async with open_server(
                Settings(home=home / "first"), None, replace(APPROVING, has_director=False)
            ) as server:
                for view in (View("first-dark", "studio"), View("first-phone", "studio", "light", 390, 844, scale=2)):
                    await _keep(tab, server.url, view, folder, word)
            async with open_filled_studio(home) as (server, project):
                for view in list_views(project):
                    await _keep(tab, server.url, view, folder, word)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made_home:
        kept = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(made_home)
        asyncio.run(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "", kept))
