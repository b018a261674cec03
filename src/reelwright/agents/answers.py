"""The answers of the tools: small JSON, without secrets, never longer than an agent can read at once."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from mcp import types

from reelwright.agents.policy import MAX_ANSWER_BYTES, SHORTENING_STEPS
from reelwright.net.redact import redact
from reelwright.studio.results.results import ProjectQuote
from reelwright.units import format_usd


def build_answer(fields: Mapping[str, Any], *, images: Sequence[tuple[str, bytes]] = ()) -> types.CallToolResult:
    """Build the MCP result of a tool from its fields, shortened to what an agent can read at once. ``images``: MIME
    types with bytes.
    """
    return _build(shorten(fields), images)


def build_long_answer(fields: Mapping[str, Any]) -> types.CallToolResult:
    """Build the MCP result of a tool from its fields, at any length, because the agent asked for it."""
    return _build(drop_empty(fields), ())


def build_refusal(fields: Mapping[str, Any]) -> types.CallToolResult:
    """Build the MCP error result of a tool that did nothing."""
    return _build(shorten(fields), (), is_error=True)


def _build(
    fields: Mapping[str, Any], images: Sequence[tuple[str, bytes]], *, is_error: bool = False
) -> types.CallToolResult:
    text = redact(_to_text(fields))
    pictures = [types.ImageContent(data=base64.b64encode(data).decode(), mime_type=mime) for mime, data in images]
    return types.CallToolResult(
        content=[*pictures, types.TextContent(text=text)], structured_content=json.loads(text), is_error=is_error
    )


def drop_empty(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields without those whose value is None or empty."""
    return {name: value for name, value in fields.items() if value not in (None, "", (), [], {})}


def shorten(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields without empty ones, and with long texts and lists cut until they fit into
    ``MAX_ANSWER_BYTES`` of JSON.
    """
    found = drop_empty(fields)
    for letters, items in SHORTENING_STEPS:
        if len(_to_text(found).encode()) <= MAX_ANSWER_BYTES:
            return found
        found = {**{name: _cut(value, letters, items) for name, value in found.items()}, "is_shortened": True}
    return found


def _cut(value: Any, letters: int, items: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= letters else value[: letters - 1] + "…"
    if isinstance(value, Mapping):
        return {name: _cut(one, letters, items) for name, one in list(value.items())[: max(items, 12)]}
    if isinstance(value, list | tuple):
        return [_cut(one, letters, items) for one in value[:items]]
    return value


def _to_text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def describe_quote(quote: ProjectQuote) -> dict[str, Any]:
    """Return a quote in short as JSON fields: the price, what it buys, how long it takes, and each shot that costs
    something.
    """
    rows = [
        {"n": row.n, "name": row.name, "usd": format_usd(row.micros), "basis": "; ".join(row.basis)}
        for row in quote.shots
        if row.micros
    ]
    return drop_empty(
        {
            "usd": format_usd(quote.micros),
            "is_most": bool(quote.possible_steps) or None,
            "steps_to_make": len(quote.wanted_steps),
            "steps_done": quote.up_to_date,
            "usd_by_step": {kind: format_usd(micros) for kind, micros in quote.prices_by_step.items()},
            "seconds": round(quote.max_duration_s),
            "shots": [drop_empty(row) for row in rows],
            "price_unknown_for": list(quote.unknown_price_steps),
            "price_unconfirmed_for": list(quote.unconfirmed_price_steps),
            "sent_takes": quote.sent_takes or None,
            "usd_by_continuation": {kind: format_usd(usd) for kind, usd in quote.prices_by_continuation.items()},
            "film_usd": format_usd(quote.film_micros) if quote.film_micros is not None else None,
            "budget_usd": format_usd(quote.budget.micros) if quote.budget else None,
            "project": quote.project,
            "expires_at": quote.expires_at.isoformat(timespec="seconds") if quote.expires_at else None,
            "notes": list(quote.notes),
        }
    )


def compute_poll_seconds(left_s: float, *, is_rehearsal: bool = False) -> int:
    """Return after how many seconds an agent should call ``status`` again, from the seconds of work that are left.

    Providers of a rehearsal are many times faster than the estimate.
    """
    return int(min(5 if is_rehearsal else 30, max(2, round(left_s / 4))))
