"""Refusals: why nothing was done, what it would cost, what costs less, and what the person can type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mcp import types

from reelwright.agents.answers import build_refusal, describe_quote
from reelwright.agents.next_steps import list_person_steps, list_tool_calls
from reelwright.agents.orders import Order
from reelwright.agents.policy import MAX_CHEAPER_CALLS, MAX_MODELS_TRIED, MAX_OTHER_MODELS, SHORT_ARGUMENTS_CHARS
from reelwright.agents.wallet import Wallet
from reelwright.catalogue.models import load_models
from reelwright.errors import BadInput, MoneyError, ReelwrightError
from reelwright.net.redact import redact_error
from reelwright.studio.results.results import ProjectQuote
from reelwright.studio.studio import AsyncStudio
from reelwright.units import Micros, format_usd


async def refuse(
    error: ReelwrightError,
    studio: AsyncStudio | None = None,
    order: Order | None = None,
    quote: ProjectQuote | None = None,
    wallet: Wallet | None = None,
) -> types.CallToolResult:
    """Build the MCP error result for ``error``, with what the agent or its person can do next. ``order`` and ``quote``:
    what was refused at which price.
    """
    reason = redact_error(error)
    project = quote.project if quote else None
    fields: dict[str, Any] = {"code": error.code, "message": error.message, "hint": error.hint}
    if isinstance(error, BadInput):
        fields |= {"field": error.field, "accepted": error.accepted}
    fields["do"] = list_tool_calls(reason.actions, project)
    ask_person = list_person_steps(reason.actions, project)
    if quote and order and studio and isinstance(error, MoneyError):
        fields["quote"] = describe_quote(quote)
        fields["cheaper"] = await list_cheaper(studio, order, quote)
        ask_person = [await _build_command(studio, order, quote, wallet)]
    if wallet and studio and isinstance(error, MoneyError):
        fields["wallet_left_usd"] = format_usd(max(Micros(0), (await wallet.read(studio)).left_micros))
    fields["ask_person"] = " · ".join(ask_person)
    return build_refusal({**fields, "nothing_was_spent": error.was_billed == "no"})


async def _build_command(studio: AsyncStudio, order: Order, quote: ProjectQuote, wallet: Wallet | None) -> str:
    """Build the command by which the person agrees: more money for the wallet, or the order itself."""
    if wallet and not (quote.unconfirmed_price_steps or quote.unknown_price_steps):
        budget = await wallet.read(studio)
        more = format_usd(Micros(budget.cap_micros + max(0, quote.micros - budget.left_micros)))
        typed = f"reelwright spend budget set key --usd {more} --of {wallet.key}"
        return f"{typed} · and, for the next start, --wallet {more} in the settings of the client"
    more = " --accept-unconfirmed" if quote.unconfirmed_price_steps else ""
    return order.build_command(format_usd(quote.micros)) + more


async def list_cheaper(studio: AsyncStudio, order: Order, quote: ProjectQuote) -> list[dict[str, Any]]:
    """Quote variations of an order and list up to three tool calls that cost less, the cheapest first. Spends
    nothing.
    """
    found: list[tuple[Micros, dict[str, Any]]] = []
    models = 0
    for change, options in _list_changes(order):
        is_other_model = change.get("model", "animatic") != "animatic"
        if is_other_model and models >= MAX_OTHER_MODELS:
            continue
        other = Order(order.kind, order.subject, {**order.options, **options}, is_script=order.is_script)
        try:
            priced = await other.quote(studio)
            studio.refuse_unsold(priced)
        except ReelwrightError:
            continue  # this order cannot be made that way
        if priced.unknown_price_steps or priced.unconfirmed_price_steps or priced.micros >= quote.micros:
            continue
        models += is_other_model
        arguments = {**order.arguments, **change}
        short = len(str(arguments)) <= SHORT_ARGUMENTS_CHARS
        call = {"tool": order.tool, "usd": format_usd(priced.micros)}
        found.append((priced.micros, {**call, **({"arguments": arguments} if short else {"same_call_with": change})}))
    return [call for _, call in sorted(found, key=lambda one: one[0])[:MAX_CHEAPER_CALLS]]


def _list_changes(order: Order) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """List changes of an order that may make it cheaper: as arguments of the tool, and as options of the studio."""
    changes: list[tuple[dict[str, Any], dict[str, Any]]] = []
    if order.is_script and not order.options.get("draft"):
        changes.append(({"draft": True}, {"draft": True}))
    if order.kind in ("film", "edit"):
        name = "models" if order.kind == "film" else "model"
        drawn: Any = ("animatic",) if order.kind == "film" else "animatic"
        changes.append(({"model": "animatic"}, {name: drawn}))
    if order.options.get("samples", 1) > 1:
        changes.append(({"samples": 1}, {"samples": 1}))
    row = load_models().get(str(order.options.get("model")))
    if order.kind == "clip" and row and row.seconds:
        changes.append(({"length": min(row.seconds)}, {"seconds": min(row.seconds)}))
    if order.kind == "clip":
        changes += [({"model": name}, {"model": name}) for name in _list_cheap_models(order)]
    if order.kind == "film" and (order.options.get("models") or order.options.get("flavor")):
        changes += [({"model": name}, {"models": (name,)}) for name in _list_cheap_models(order)[:3]]
    return changes


def _list_cheap_models(order: Order) -> Sequence[str]:
    """List AI video models with a price per second, the cheapest first."""
    used = {order.options.get("model"), *order.options.get("models", ())}
    rated = [
        (min(rate.micros for rate in row.prices.rates if rate.micros is not None), row.id)
        for row in load_models().values()
        if row.kind == "video" and row.has_confirmed_price and row.prices.unit != "nothing" and row.id not in used
        and row.prices.rates and all(rate.micros is not None for rate in row.prices.rates)
    ]  # fmt: skip
    return [name for _, name in sorted(rated)][:MAX_MODELS_TRIED]
