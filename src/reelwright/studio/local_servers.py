"""Servers of language models on this machine: which ones answer, and which models they have."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from reelwright.errors import BadInput, Unreachable
from reelwright.known_providers import PROVIDER_ENTRIES
from reelwright.net.exchange import Timeouts
from reelwright.net.http import HttpClient
from reelwright.planner.writer import get_planner_model
from reelwright.providers.local_text import fetch_model_names, is_available
from reelwright.providers.registry import resolve_base_url
from reelwright.providers.wires.local_chat import SERVERS, LocalServer
from reelwright.reel.brief import Brief
from reelwright.settings import Settings
from reelwright.studio.inventory import LocalModels

CHECK_S: Final = 5.0
LOOK_S: Final = 1.0
SUGGEST_S: Final = 0.05
"""Time limit for a suggestion, for which nobody waits."""
UNUSED_SHARE: Final = 0.5
_LOOKED_FOR: Final = ("ollama", "lmstudio")
"""The servers whose ports are tried without a request by the person; no other port is tried."""


async def refuse_absent(brief: Brief, settings: Settings) -> None:
    """Raise ``Unreachable`` or ``BadInput`` if the brief's planner is a model that Ollama or LM Studio does not have.

    Call it before anything is written. Spends nothing. Models of other servers are not checked: it is not known whether
    such a server lists all models that it serves.
    """
    row = get_planner_model(brief)
    if row.profile not in _LOOKED_FOR:
        return
    server, served = SERVERS[row.profile], brief.planner.partition(":")[2]
    base = _get_address(server, settings)
    there = await _list_names(server, base, CHECK_S)
    if not is_available(served, there):
        shown = ", ".join(f"{row.id}:{name}" for name in there) or f"a model: {server.label} has none yet"
        raise BadInput("planner", brief.planner, shown, hint=server.get_hint.format(model=served))


async def list_local_models(settings: Settings, within_s: float = LOOK_S) -> tuple[LocalModels, ...]:
    """List the language-model servers on this machine that answer within ``within_s`` seconds, with their models."""
    found = await asyncio.gather(*(_look_up_server(SERVERS[kind], settings, within_s) for kind in _LOOKED_FOR))
    return tuple(one for one in found if one)


def list_local_models_now(settings: Settings) -> tuple[LocalModels, ...]:
    """List the language-model servers on this machine: ``list_local_models`` for callers that cannot await."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(list_local_models(settings))).result()


async def suggest_planner(text: str, language: str | None, settings: Settings, within_s: float = SUGGEST_S) -> str:
    """Return a local model as a ``--planner`` value if the rules use less than half of the brief, else empty text.

    Also empty if no local server answers within ``within_s`` seconds. Sends no request to any model.
    """
    if await asyncio.to_thread(_measure_unused, text, language) <= UNUSED_SHARE:
        return ""
    planners = [name for one in await list_local_models(settings, within_s) for name in one.planners]
    if not planners:
        return ""
    return planners[0]


def _measure_unused(text: str, language: str | None) -> float:
    from reelwright.planner.certain.description import describe_facts
    from reelwright.planner.reading.read import read_brief
    from reelwright.planner.unused import compute_unused_share

    return compute_unused_share(text, describe_facts(read_brief(text, language)))


async def _look_up_server(server: LocalServer, settings: Settings, within_s: float) -> LocalModels | None:
    try:
        base = _get_address(server, settings)
        async with asyncio.timeout(within_s):
            names = await _list_names(server, base, within_s)
    except (BadInput, Unreachable, TimeoutError):
        return None
    planners = tuple(f"{server.kind}:{name}" for name in names)
    return LocalModels(server=server.label, address=base, planners=planners)


async def _list_names(server: LocalServer, base: str, within_s: float) -> tuple[str, ...]:
    async with HttpClient(server.label, base, timeouts=Timeouts(connect_s=within_s, read_s=within_s)) as http:
        return await fetch_model_names(http, server, within_s)


def _get_address(server: LocalServer, settings: Settings) -> str:
    door = next(
        door for seller in PROVIDER_ENTRIES for door in seller.endpoints if door.setting_name == server.setting_name
    )
    return resolve_base_url(door, settings)
