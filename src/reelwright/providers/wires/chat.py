"""A single question to a language model through pydantic-ai's direct request, with no hidden retry.

The libraries speak the wire of the model's maker.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from importlib.util import find_spec
from typing import Any, Final

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import compute_catalogue_digest, find_model
from reelwright.errors import BadInput
from reelwright.net.http import HttpClient
from reelwright.providers.wires.chat_answer import ChatAnswer
from reelwright.providers.wires.one_post import OnePost
from reelwright.reason import Action
from reelwright.reel.records.money import Price
from reelwright.units import Micros

_NAMES: Final[Mapping[str, str]] = {"openai": "OpenAI", "anthropic": "Anthropic", "google": "Google"}


async def ask(http: HttpClient, prepared_request: Mapping[str, Any], read_s: float) -> ChatAnswer:
    """Send one question to a language model, with at most one POST, and return its answer; spends.

    Raises ``NotAccepted``, ``Refused``, ``OutcomeUnknown``; ``BadInput`` if the extra ``llm`` is not installed.
    """
    ask_library = await load_libraries()
    name = _NAMES.get(prepared_request["holder"], prepared_request["holder"])
    post = OnePost(http, name, read_s=read_s, waits_on_503=bool(prepared_request["waits_on_503"]))
    answer: ChatAnswer = await ask_library(post, http.base, prepared_request, name)
    return answer


async def load_libraries() -> Any:
    """Import the libraries for language models in a thread, which takes seconds the first time, and return their
    ``ask`` function.

    Raises ``BadInput`` if the extra ``llm`` is not installed.
    """
    return await asyncio.to_thread(_import_libraries)


def is_installed() -> bool:
    """Whether the libraries for language models (the extra ``llm``) are installed. Imports nothing."""
    return find_spec("pydantic_ai") is not None


def make_not_installed_error() -> BadInput:
    """Build the error that says to install the extra ``llm``."""
    actions = [Action("install", {"extra": "llm"})]
    return BadInput("planner", "a language model", "only with the optional package llm", actions=actions)


def _import_libraries() -> Any:
    try:
        from reelwright.providers.wires import chat_libraries
    except ImportError as cause:
        raise make_not_installed_error() from cause
    return chat_libraries.ask


def compute_bill(answer: ChatAnswer, name: str, today: date | None = None) -> Price | None:
    """Return the price of the tokens that an answer of model ``name`` used; None if it does not count them."""
    row, day, (into, out) = find_model(name), today or date.today(), answer.tokens
    each = {of: _get_rate(row, of, day) for of in ("in", "out")}
    if not into + out or each["in"] is None or each["out"] is None:
        return None
    micros = -(-(into * each["in"] + out * each["out"]) // 1_000_000)
    basis = f"{into} tokens in and {out} out, as the answer counts them"
    return Price(
        micros=Micros(micros), basis=basis, catalogue=compute_catalogue_digest(row.provider), certainty="computed"
    )


def _get_rate(row: Model, of: str, day: date) -> int | None:
    """Return the micro-dollars of a million tokens: the highest rate in force. None if it is unknown."""
    rates = [
        rate.micros
        for rate in row.prices.rates
        if rate.of == of and (rate.since is None or rate.since <= day) and (rate.until is None or day <= rate.until)
    ]
    return None if not rates or None in rates else max(rate for rate in rates if rate is not None)
