"""One question to a language model through pydantic-ai's direct request: the wire of its maker, no hidden retry."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from importlib.util import find_spec
from typing import Any, Final

from reelwright.catalogue.model import Model
from reelwright.catalogue.models import catalogue_digest, known
from reelwright.errors import BadInput
from reelwright.net.http import Http
from reelwright.providers.wires.one_post import OnePost
from reelwright.providers.wires.said import Said
from reelwright.reel.money import Price
from reelwright.units import Micros

_NAMES: Final[Mapping[str, str]] = {"openai": "OpenAI", "anthropic": "Anthropic", "google": "Google"}


async def ask(http: Http, prepared: Mapping[str, Any], read_s: float) -> Said:
    """One request, at most one POST. Spends.

    Raises ``NotAccepted``, ``Refused``, ``OutcomeUnknown``; ``BadInput`` where the extra ``llm`` is not installed.
    """
    asking = await loaded()
    name = _NAMES.get(prepared["holder"], prepared["holder"])
    post = OnePost(http, name, read_s=read_s, waits_on_503=bool(prepared["waits_on_503"]))
    said: Said = await asking(post, http.base, prepared, name)
    return said


async def loaded() -> Any:
    """The libraries' ``ask``, loaded in a thread: it takes seconds once. Raises ``BadInput`` without the extra."""
    return await asyncio.to_thread(_libraries)


def installed() -> bool:
    """Whether the extra ``llm`` is there; loads nothing."""
    return find_spec("pydantic_ai") is not None


def not_installed() -> BadInput:
    return BadInput("planner", "a language model", "only with the extra: pip install 'reelwright[llm]'")


def _libraries() -> Any:
    try:
        from reelwright.providers.wires import chat_libraries
    except ImportError as cause:
        raise not_installed() from cause
    return chat_libraries.ask


def bill_of(said: Said, name: str, today: date | None = None) -> Price | None:
    """The price of the tokens that were really used; None where the answer does not tell them."""
    row, day, (into, out) = known(name), today or date.today(), said.tokens
    each = {of: _each(row, of, day) for of in ("in", "out")}
    if not into + out or each["in"] is None or each["out"] is None:
        return None
    micros = -(-(into * each["in"] + out * each["out"]) // 1_000_000)
    basis = f"{into} tokens in and {out} out, as the answer counts them"
    return Price(micros=Micros(micros), basis=basis, catalogue=catalogue_digest(row.provider), certainty="computed")


def _each(row: Model, of: str, day: date) -> int | None:
    """Micro-dollars of a million tokens, the dearest rate in force; None where nobody knows."""
    rates = [
        rate.micros
        for rate in row.prices.rates
        if rate.of == of and (rate.since is None or rate.since <= day) and (rate.until is None or day <= rate.until)
    ]
    return None if not rates or None in rates else max(rate for rate in rates if rate is not None)
