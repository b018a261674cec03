"""The language models on this machine: which servers answer, what they have, and whether the one that is asked does."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from reelwright.errors import BadInput, Unreachable
from reelwright.net.exchange import Patience
from reelwright.net.http import Http
from reelwright.planner.writer import model_of
from reelwright.providers.local_text import is_there, names_at
from reelwright.providers.shop import SELLERS, address_of
from reelwright.providers.wires.local_chat import SERVERS, LocalServer
from reelwright.reel.brief import Brief
from reelwright.settings import Settings
from reelwright.studio.answers import LocalModels

CHECK_S: Final = 5.0
LOOK_S: Final = 1.0
SUGGEST_S: Final = 0.05
"""Nobody waits for a suggestion."""
UNUSED_SHARE: Final = 0.5
_LOOKED_FOR: Final = ("ollama", "lmstudio")
"""Whose ports are looked at without being asked to: never the one of a server of our own, nor any other."""


async def refuse_absent(brief: Brief, settings: Settings) -> None:
    """Raise ``Unreachable`` or ``BadInput`` where a model of Ollama or LM Studio is to plan, and is not there.

    Asked before anything is written. Spends nothing. Other servers are left to the question itself: what they list, and
    whether that is all that they serve, is not known.
    """
    row = model_of(brief)
    if row.profile not in _LOOKED_FOR:
        return
    server, served = SERVERS[row.profile], brief.planner.partition(":")[2]
    base = _address(server, settings)
    there = await _names(server, base, CHECK_S)
    if not is_there(served, there):
        shown = ", ".join(f"{row.id}:{name}" for name in there) or f"a model: {server.label} has none yet"
        raise BadInput("planner", brief.planner, shown, hint=server.get.format(model=served))


async def local_models(settings: Settings, within_s: float = LOOK_S) -> tuple[LocalModels, ...]:
    """The servers of this machine that answer ``within_s``, with their models. Never raises for one that does not."""
    found = await asyncio.gather(*(_looked_at(SERVERS[kind], settings, within_s) for kind in _LOOKED_FOR))
    return tuple(one for one in found if one)


def local_models_now(settings: Settings) -> tuple[LocalModels, ...]:
    """The same without await; also inside a running event loop."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(local_models(settings))).result()


async def suggestion(text: str, language: str | None, settings: Settings, within_s: float = SUGGEST_S) -> str:
    """One line that says which option would write the words: where the rules use less than half of a brief, and a
    server of this machine answers at once. Empty otherwise. Asks no model anything.
    """
    if await asyncio.to_thread(_unused, text, language) <= UNUSED_SHARE:
        return ""
    planners = [name for one in await local_models(settings, within_s) for name in one.planners]
    if not planners:
        return ""
    return (
        f"the rules use less than half of this brief; a model on this machine would write it: --planner {planners[0]}"
    )


def _unused(text: str, language: str | None) -> float:
    from reelwright.planner.certain.find import certain_of
    from reelwright.planner.certain.shown import shown
    from reelwright.planner.unused import unused_share

    return unused_share(text, shown(certain_of(text, language)))


async def _looked_at(server: LocalServer, settings: Settings, within_s: float) -> LocalModels | None:
    try:
        base = _address(server, settings)
        async with asyncio.timeout(within_s):
            names = await _names(server, base, within_s)
    except (BadInput, Unreachable, TimeoutError):
        return None
    planners = tuple(f"{server.kind}:{name}" for name in names)
    return LocalModels(server=server.label, address=base, planners=planners)


async def _names(server: LocalServer, base: str, within_s: float) -> tuple[str, ...]:
    async with Http(server.label, base, patience=Patience(connect_s=within_s, read_s=within_s)) as http:
        return await names_at(http, server, within_s)


def _address(server: LocalServer, settings: Settings) -> str:
    door = next(door for seller in SELLERS for door in seller.doors if door.named == server.named)
    return address_of(door, settings)
