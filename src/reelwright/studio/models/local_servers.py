"""Servers of language models on this machine: which ones answer, and which models they have."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from reelwright.errors import BadInput, Unreachable
from reelwright.known_providers import PROVIDER_ENTRIES
from reelwright.providers.open_provider import resolve_base_url
from reelwright.reel.film.brief import Brief
from reelwright.settings import Settings
from reelwright.studio import late_modules as late
from reelwright.studio.policy import FEW_FACTS, LOCAL_CHECK_S, LOCAL_LOOK_S, LOCAL_SUGGESTION_S, UNUSED_BRIEF_SHARE
from reelwright.studio.results.inventory import LocalModels
from reelwright.studio.results.verb_options import LOCAL_PLANNER

if TYPE_CHECKING:
    from reelwright.net.http import HttpClient
    from reelwright.providers.wires.local_chat import LocalServer

_NO_FACTS: Final = frozenset({"descriptor", "call", "who", "old", "mail"})
"""Pieces of a brief that are no facts, beside contacts: what it is, and where to go."""
_BILLIONS: Final = re.compile(r"(?<![\d.])(\d{1,6}(?:\.\d{1,4})?)b\b", re.I)
_INSTALL: Final = {"darwin": "brew install ollama", "win32": "winget install Ollama.Ollama"}
_LOOKED_FOR: Final = ("ollama", "lmstudio")
"""The servers whose ports are tried without a request by the person; no other port is tried."""


async def refuse_absent(brief: Brief, settings: Settings) -> None:
    """Raise ``Unreachable`` or ``BadInput`` if the brief's planner is a model that Ollama or LM Studio does not have.

    Call it before anything is written. Spends nothing. Models of other servers are not checked: it is not known whether
    such a server lists all models that it serves.
    """
    row = late.writer.get_planner_model(brief)
    if row.profile not in _LOOKED_FOR:
        return
    server, served = late.local_chat.SERVERS[row.profile], brief.planner.partition(":")[2]
    base = _get_address(server, settings)
    there = await _list_names(server, base, LOCAL_CHECK_S)
    if not late.local_text.is_available(served, there):
        shown = ", ".join(f"{row.id}:{name}" for name in there) or f"a model: {server.label} has none yet"
        raise BadInput("planner", brief.planner, shown, hint=server.get_hint.format(model=served))


async def list_local_models(settings: Settings, within_s: float = LOCAL_LOOK_S) -> tuple[LocalModels, ...]:
    """List the language-model servers on this machine that answer within ``within_s`` seconds, with their models."""
    found = await asyncio.gather(
        *(_look_up_server(late.local_chat.SERVERS[kind], settings, within_s) for kind in _LOOKED_FOR)
    )
    return tuple(one for one in found if one)


def list_local_models_now(settings: Settings) -> tuple[LocalModels, ...]:
    """List the language-model servers on this machine: ``list_local_models`` for callers that cannot await."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(list_local_models(settings))).result()


def list_install_commands() -> tuple[str, str]:
    """Return the two commands that put a language model on this machine: its server, and a model for it."""
    return _INSTALL.get(sys.platform, "curl -fsSL https://ollama.com/install.sh | sh"), "ollama pull llama3.2"


async def find_local_planner(settings: Settings) -> str:
    """Return the best language model that answers on this machine, as a ``planner`` value.

    Raises ``BadInput`` with the commands that install one if none answers. Sends no request to a model.
    """
    if found := choose_best_planner(await list_local_models(settings)):
        return found
    server, model = list_install_commands()
    accepted = "a language model that answers on this machine; neither Ollama nor LM Studio has one"
    raise BadInput("planner", LOCAL_PLANNER, accepted, hint=f"to install one: {server}, then {model}")


def choose_best_planner(local: Sequence[LocalModels]) -> str:
    """Return the planner with the most parameters by its name, the first among equals; empty if there is none."""
    planners = [name for one in local for name in one.planners]
    return max(planners, key=_count_billions, default="")


def _count_billions(planner: str) -> float:
    found = _BILLIONS.findall(planner)
    return float(found[-1]) if found else 0.0


async def suggest_planner(
    text: str, language: str | None, settings: Settings, within_s: float = LOCAL_SUGGESTION_S
) -> str:
    """Return the best local model as a ``--planner`` value if the brief ``needs_planner``, else empty text.

    Also empty if no local server answers within ``within_s`` seconds. Sends no request to any model.
    """
    if not await asyncio.to_thread(needs_planner, text, language):
        return ""
    return choose_best_planner(await list_local_models(settings, within_s))


def needs_planner(text: str, language: str | None) -> bool:
    """Return whether a language model would write more than is read in the brief: fewer than ``FEW_FACTS`` facts are
    found, or less than half of it is used.
    """
    facts = late.brief_reader.read_brief(text, language)
    no_facts = {*_NO_FACTS, *late.contacts.CONTACTS}
    if sum(piece.kind not in no_facts for piece in facts.pieces) < FEW_FACTS:
        return True
    return late.unused.compute_unused_share(text, late.description.describe_facts(facts)) > UNUSED_BRIEF_SHARE


async def _look_up_server(server: LocalServer, settings: Settings, within_s: float) -> LocalModels | None:
    try:
        base = _get_address(server, settings)
        client, fetch = _build_client(server, base, within_s), late.local_text.fetch_model_names
        async with asyncio.timeout(within_s), client as http:  # what it needs is imported before its time runs
            names = await fetch(http, server, within_s)
    except (BadInput, Unreachable, TimeoutError):
        return None
    planners = tuple(f"{server.kind}:{name}" for name in names)
    return LocalModels(server=server.label, address=base, planners=planners)


async def _list_names(server: LocalServer, base: str, within_s: float) -> tuple[str, ...]:
    async with _build_client(server, base, within_s) as http:
        return await late.local_text.fetch_model_names(http, server, within_s)


def _build_client(server: LocalServer, base: str, within_s: float) -> HttpClient:
    timeouts = late.exchange.Timeouts(connect_s=within_s, read_s=within_s)
    return late.http.HttpClient(server.label, base, timeouts=timeouts)


def _get_address(server: LocalServer, settings: Settings) -> str:
    doors = (door for seller in PROVIDER_ENTRIES for door in seller.endpoints)
    door = next(door for door in doors if door.setting_name == server.setting_name)
    return resolve_base_url(door, settings)
